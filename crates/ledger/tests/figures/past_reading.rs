//! Reads at an earlier instant are those of a ledger that is asked at that instant with the same events.

use ensilinja_ledger::{Figures, History, Intraday, Ledger, LegCopies, LineFigures, PastReading, Rules, Window};
use ensilinja_model::{Event, EventTime, Fact, LegKey};
use proptest::prelude::*;

use crate::arbitrary_events::arbitrary_events;
use crate::fixture::{BASE, CHAT, COMPLETE, DAY_MS, rules_once};
use crate::laws::{window_range, within_a_life};

/// Reads at an earlier instant.
fn look_back(ledger: &Ledger, rules: &Rules, at: EventTime, history: History) -> (Figures, Intraday) {
    let mut reading = PastReading::new(rules.clone(), at);
    let mut copies = LegCopies::default();
    let mut part = 0;
    while ledger.copy_legs(part, None, &mut copies) {
        reading.add(&copies);
        part += 1;
    }
    let since = ledger.remembers_since();
    (reading.figures(history, since), reading.intraday(history, since))
}

/// The figures and the day of a ledger that is asked at this instant first.
fn asked_then<'e>(rules: &Rules, events: impl IntoIterator<Item = &'e Event>, at: EventTime) -> (Figures, Intraday) {
    let mut ledger = Ledger::new(rules.clone(), at);
    for event in events {
        ledger.apply(event);
    }
    (ledger.figures(at, COMPLETE), ledger.intraday(at, COMPLETE))
}

/// The figures of a line without those of windows.
fn of_the_instant(line: &LineFigures) -> impl PartialEq + std::fmt::Debug {
    use ensilinja_ledger::{Due, Promise};
    (
        (line.waiting, line.waiting_oldest_ms, line.callback_oldest_ms, line.callback_next_due),
        (line.callback_next_due_open_ms, line.open, line.last_change, line.next_change),
        Due::ALL.iter().map(|due| line.callbacks_outstanding(*due)).collect::<Vec<_>>(),
        Promise::ALL.iter().map(|promise| line.promises_pending(*promise)).collect::<Vec<_>>(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// Exact: with all events known, every figure and every window is that of a ledger asked then.
    #[test]
    fn an_earlier_instant_has_the_figures_of_a_ledger_asked_then(
        events in arbitrary_events(3 * DAY_MS),
        now_ms in 0..4 * DAY_MS,
        back_ms in prop_oneof![Just(0), 0..3_600_000_i64, 0..2 * DAY_MS],
    ) {
        let rules = rules_once();
        let now = BASE.plus_millis(now_ms);
        let at = now.plus_millis(-back_ms);
        // It was made long before, so it has forgotten nothing.
        let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-30 * DAY_MS));
        for event in &events {
            ledger.apply(event);
        }
        let (mut figures, intraday) = look_back(&ledger, rules, at, COMPLETE);
        let (mut expected, day) = asked_then(rules, &events, at);
        (figures.legs, expected.legs) = (0, 0);
        prop_assert_eq!(&figures, &expected);
        prop_assert_eq!(&intraday, &day);
        // A read at `now` comes between, and it changes nothing.
        ledger.figures(now, COMPLETE);
        let (again, day_again) = look_back(&ledger, rules, at, COMPLETE);
        for (again, expected) in again.lines.iter().zip(&expected.lines) {
            prop_assert_eq!(of_the_instant(again), of_the_instant(expected));
            for window in [Window::Minutes15, Window::Hour, Window::Today] {
                if at >= ledger.remembers_since() {
                    prop_assert!(back_ms > DAY_MS || again.window(window).is_some());
                }
                prop_assert!(again.window(window).is_none_or(|figures| Some(figures) == expected.window(window)));
            }
        }
        for (again, expected) in day_again.lines.iter().zip(&day.lines) {
            prop_assert!(again.is_none() || again == expected);
        }
    }

    /// Forgetting: as far as a ledger that has evicted legs remembers, it is exact. A window is there exactly if it
    /// begins since then.
    #[test]
    fn a_ledger_that_forgets_is_exact_as_far_as_it_remembers(
        events in arbitrary_events(50 * DAY_MS),
        mut reads_ms in prop::collection::vec(0..70 * DAY_MS, 1..6),
        back_ms in prop_oneof![0..2 * DAY_MS, 0..12 * DAY_MS],
    ) {
        let rules = rules_once();
        let events = within_a_life(events, rules.life_ms());
        reads_ms.sort_unstable();
        let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS));
        let mut unread = events.iter().collect::<Vec<_>>();
        unread.sort_by_key(|event| event.at);
        let mut known: Vec<&Event> = Vec::new();
        let mut now = BASE;
        for read_ms in reads_ms {
            now = BASE.plus_millis(read_ms);
            let later = unread.split_off(unread.partition_point(|event| event.at <= now));
            for event in std::mem::replace(&mut unread, later) {
                ledger.apply(event);
                known.push(event);
            }
            ledger.figures(now, COMPLETE);
        }
        let at = now.plus_millis(-back_ms);
        let since = ledger.remembers_since();
        prop_assert!(since <= rules.days().start_of_previous_day(now), "yesterday is always remembered");
        let (figures, _) = look_back(&ledger, rules, at, COMPLETE);
        let (expected, _) = asked_then(rules, known, at);
        for (index, (line, expected)) in figures.lines.iter().zip(&expected.lines).enumerate() {
            if at >= since {
                prop_assert_eq!(of_the_instant(line), of_the_instant(expected));
            }
            for window in Window::ALL {
                let begins = window_range(rules, index, *window, at).start;
                prop_assert_eq!(line.window(*window).is_some(), begins >= since, "{:?}", window);
                if begins >= since {
                    prop_assert_eq!(line.window(*window), expected.window(*window), "{:?}", window);
                }
            }
        }
    }
}

#[test]
fn history_that_begins_late_leaves_windows_and_the_day_out() {
    let rules = rules_once();
    let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-30 * DAY_MS));
    ledger.apply(&Event { leg: LegKey::new(1), line: CHAT, at: BASE, fact: Fact::Offered });
    let at = BASE.plus_millis(60_000);
    let known = |history| {
        let (figures, day) = look_back(&ledger, rules, at, history);
        let line = &figures.lines[CHAT.as_usize()];
        let windows = [Window::Minutes15, Window::Today].map(|window| line.window(window).is_some());
        (line.waiting, windows, day.lines[CHAT.as_usize()].is_some())
    };
    let since = |start| History { start, from_first_record: true };
    assert_eq!(known(since(BASE.plus_millis(-DAY_MS))), (1, [true, true], true));
    assert_eq!(known(since(BASE.plus_millis(-3_600_000))), (1, [true, false], false));
    assert_eq!(known(since(BASE)), (1, [false, false], false));
}

#[test]
fn copies_of_one_line_are_those_of_its_legs() {
    let rules = rules_once();
    let mut ledger = Ledger::new(rules.clone(), BASE);
    for number in 0..10_000_u32 {
        let line = ensilinja_model::LineIndex::new(u16::try_from(number % 6).expect("six lines"));
        ledger.apply(&Event { leg: LegKey::new(number.into()), line, at: BASE, fact: Fact::Offered });
    }
    let mut reading = PastReading::new(rules.clone(), BASE);
    let (mut copies, mut part) = (LegCopies::default(), 0);
    while ledger.copy_legs(part, Some(CHAT), &mut copies) {
        reading.add(&copies);
        part += 1;
    }
    assert!(part > 1, "several parts");
    let figures = reading.figures(COMPLETE, EventTime::MIN);
    let waiting = figures.lines.iter().map(|line| line.waiting).collect::<Vec<_>>();
    assert_eq!(waiting, [0, 1_667, 0, 0, 0, 0]);
}
