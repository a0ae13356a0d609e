//! How far back figures reach: windows that have not begun, instants outside the calendar, and the range to read.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_ledger::{
    Applied, HistoricalLedger, History, Ledger, Limits, Promises, Resolution, Rules, Verdict, Window,
};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};

use crate::fixture::{BASE, COMPLETE, DAY_MS, LIMITS, SAME_DAY, figures_at, rules, rules_of};

const HOUR_MS: i64 = 3_600_000;

fn event(leg: u128, at: EventTime, fact: Fact) -> Event {
    Event { leg: LegKey::new(leg), line: LineIndex::new(0), at, fact }
}

/// The line opens for the first time on Wednesday 1 April 2026 at 9.
#[test]
fn the_windows_of_a_new_line_begin_with_its_first_opening() {
    let rules = rules_of("Apr-Dec Mo-Fr 09:00-15:00", LIMITS);
    let first_opening = BASE.plus_millis(84 * HOUR_MS);
    let events: Vec<Event> = (0..250_u32)
        .map(|n| event(n.into(), BASE.plus_millis(i64::from(n) * HOUR_MS + 1_000), Fact::Offered))
        .collect();
    let mut long_running = Ledger::new(rules.clone(), BASE);
    for hour in 0..250 {
        let now = BASE.plus_millis(hour * HOUR_MS + 60_000);
        let received = &events[..=usize::try_from(hour).expect("from 0")];
        long_running.apply(&received[received.len() - 1]);
        let shown = long_running.figures(now, COMPLETE);
        assert_eq!(shown.lines, figures_at(&rules, received, now).lines, "as from a new ledger, {hour}");
        let open_2_hours = shown.lines[0].window(Window::Open2Hours).map(|window| window.sums.offered());
        let open_ms = now.millis_since(first_opening);
        assert_eq!(open_2_hours.is_some(), open_ms >= 2 * HOUR_MS, "{hour}");
        // Tuesday 7 April is the fifth day on which the line opens, and the first was the 1st.
        let fifth_opening = BASE.plus_millis(228 * HOUR_MS);
        let open_5_days = shown.lines[0].window(Window::Open5Days).map(|window| window.sums.offered());
        let midnight_to_now = (now >= fifth_opening).then_some(hour - 74);
        assert_eq!(open_5_days, midnight_to_now, "from midnight on the first of the five days, {hour}");
        if (2 * HOUR_MS..6 * HOUR_MS).contains(&open_ms) {
            assert_eq!(open_2_hours, Some(2), "{hour}");
        }
    }
}

/// An instant outside the calendar is wrong already, and must not stop a report.
#[test]
fn an_instant_outside_the_calendar_is_counted_like_any_other() {
    let callbacks =
        |callback| Limits { promises: Promises { answer: None, callback, abandoned: Verdict::Broken }, ..LIMITS };
    let within = Term::Within { ms: 60_000 };
    let same_day = Term::SameDay { by: DeadlineTime::Closing };
    let official = Term::WorkingDays { days: 1, of: WorkingDays::Official, by: DeadlineTime::EndOfDay };
    for callback in [None, Some(within), Some(same_day), Some(official), Some(Term::WithinOpen { ms: 60_000 })] {
        let rules = rules_of("Mo-Fr 09:00-15:00", callbacks(callback));
        for at_ms in [i64::MIN, i64::MIN + 1_000_000, -1, 0, 4_200_000_000_000, i64::MAX - 10_000] {
            let at = EventTime::from_millis(at_ms);
            let mut historical = HistoricalLedger::new(rules.clone());
            for (fact, after_ms) in [(Fact::Offered, 0), (Fact::CallbackRequested, 1_000), (Fact::Ended, 2_000)] {
                historical.apply(&event(1, at.plus_millis(after_ms), fact));
            }
            let all_time = EventTime::MIN..EventTime::MAX;
            let sums = historical.figures(&[all_time], EventTime::MAX).remove(0).remove(0);
            assert_eq!((sums.offered(), sums.callbacks_requested()), (1, 1), "{at_ms} {callback:?}");
            assert_eq!(sums.callbacks_closed(Resolution::GivenUp), 1, "{at_ms} {callback:?}");
        }
    }
}

/// The maximum life of a leg is the time until a request, plus the callback term, plus the time until the callback is
/// given up; or the term of the promised answer, if that is longer.
#[test]
fn the_life_of_a_leg_is_the_longest_that_its_line_allows() {
    let give_up_ms = |rules: &Rules| rules.days().longest_working_days_ms(5);
    let promising =
        |answer, callback| Limits { promises: Promises { answer, callback, abandoned: Verdict::Broken }, ..LIMITS };
    let rules = rules_of("24/7", LIMITS);
    assert_eq!(rules.life_ms(), DAY_MS + give_up_ms(&rules));
    let rules = rules_of("24/7", promising(None, Some(Term::Within { ms: 3_600_000 })));
    assert_eq!(rules.life_ms(), DAY_MS + HOUR_MS + 1 + give_up_ms(&rules));
    let thirty_days = Term::WorkingDays { days: 30, of: WorkingDays::LineOpen, by: DeadlineTime::EndOfDay };
    let rules = rules_of("24/7", promising(Some(thirty_days), None));
    assert_eq!(rules.life_ms(), 31 * DAY_MS - 1_000 + HOUR_MS, "over the 25-hour day");
}

#[test]
fn the_range_to_read_begins_a_life_and_five_minutes_before_the_first_window() {
    let rules = rules_of("Mo-Fr 09:00-15:00", LIMITS);
    let five_minutes_ms = 300_000;
    let first_window = |rules: &Rules, now| rules.range_start(now).plus_millis(rules.life_ms() + five_minutes_ms);
    // Monday 30 March at 10. The fifth most recent opening day began on Tuesday the 24th at midnight.
    let monday = BASE.plus_millis(37 * HOUR_MS);
    assert_eq!(first_window(&rules, monday), EventTime::from_seconds(1_774_303_200));
    // A line that has never been open only has the windows of the clock. Yesterday began on the 27th.
    let rules = rules_of("Apr-Dec Mo-Fr 09:00-15:00", LIMITS);
    assert_eq!(first_window(&rules, BASE), EventTime::from_seconds(1_774_562_400));
    // The line opens for ten minutes a day, so two open hours began on the 17th.
    let rules = rules_of("Mo-Su 10:00-10:10", LIMITS);
    assert_eq!(first_window(&rules, BASE), EventTime::from_seconds(1_773_734_400));
}

#[test]
fn the_range_to_read_never_grows_beyond_the_horizon_and_never_goes_back() {
    let rules = rules();
    let mut earlier = EventTime::MIN;
    for hour in 0..180 * 24 {
        let now = BASE.plus_millis(hour * HOUR_MS - 1);
        let start = rules.range_start(now);
        assert!(start >= earlier, "hour {hour}");
        assert!(now.millis_since(start) <= rules.horizon_ms(), "hour {hour}");
        earlier = start;
    }
}

#[test]
fn the_start_of_the_range_moves_with_the_reads() {
    let rules = rules();
    let mut ledger = Ledger::new(rules.clone(), BASE);
    let later = BASE.plus_millis(20 * DAY_MS);
    let apply = |ledger: &mut Ledger, at| ledger.apply(&event(1, at, Fact::Offered));
    let [oldest, oldest_later] = [BASE, later].map(|now| rules.range_start(now));
    assert_eq!(apply(&mut ledger, oldest_later.plus_millis(-1)), Applied::Applied);
    ledger.figures(later, COMPLETE);
    assert_eq!(apply(&mut ledger, oldest_later.plus_millis(-1)), Applied::TooOld);
    assert_ne!(apply(&mut ledger, oldest_later), Applied::TooOld);
    assert!(oldest < oldest_later);
}

#[test]
fn a_window_is_present_if_its_first_second_is_known() {
    let rules = rules_of("24/7", LIMITS);
    let now = BASE.plus_millis(1_800_500);
    let is_present = |start_ms, from_first_record| {
        let history = History { start: BASE.plus_millis(start_ms), from_first_record };
        Ledger::new(rules.clone(), now).figures(now, history).lines[0].window(Window::Minutes15).is_some()
    };
    // Seconds 901 to 1 800 after the base.
    for (start_ms, present) in [(901_000, true), (901_001, false)] {
        assert_eq!(is_present(start_ms, true), present, "{start_ms}");
        assert_eq!(is_present(start_ms - rules.life_ms(), false), present, "{start_ms}");
    }
}

#[test]
fn five_open_days_advance_in_the_second_of_the_opening() {
    let rules = rules();
    // On Monday 30 March the fifth most recent opening day is Monday the 23rd before 9:00:00, and Tuesday the 24th from
    // then on.
    let offered =
        Event { leg: LegKey::new(1), line: SAME_DAY, at: EventTime::from_seconds(1_774_250_000), fact: Fact::Offered };
    for (now_ms, counted) in [(36 * HOUR_MS - 1, 1), (36 * HOUR_MS, 0)] {
        let line = figures_at(&rules, [&offered], BASE.plus_millis(now_ms)).lines.swap_remove(SAME_DAY.as_usize());
        assert_eq!(line.window(Window::Open5Days).map(|window| window.sums.offered()), Some(counted), "{now_ms}");
    }
}

#[test]
fn a_promised_answer_time_is_one_bound_for_any_number_of_lines() {
    let usual = rules();
    let bounds = usual.bounds().answer_wait_ms.iter();
    assert_eq!(bounds.filter(|bound| **bound == 600_000).count(), 1, "both a usual bound and promised");
    let promises = Promises { answer: Some(Term::Within { ms: 90_000 }), ..Promises::NONE };
    let rules = rules_of("24/7", Limits { promises, ..LIMITS });
    assert!(rules.bounds().answer_wait_ms.contains(&90_000));
    assert!(rules.bounds().answer_wait_ms.is_sorted());
}

/// Events that are applied together are looked up together, but the first of them may evict the leg of a later one.
#[test]
fn a_leg_that_is_evicted_between_two_events_of_one_call_is_a_new_leg() {
    let rules = rules_of("24/7", LIMITS);
    let mut ledger = Ledger::new(rules.clone(), BASE);
    let old: Vec<Event> = (0..20).map(|leg| event(leg, BASE, Fact::Offered)).collect();
    ledger.apply_all(&old, |_, applied| assert_eq!(applied, Applied::Applied));
    let later = BASE.plus_millis(rules.horizon_ms() + DAY_MS);
    ledger.figures(later, COMPLETE);
    // Each new leg evicts up to two old ones; then every old leg is told of again.
    let new = (100..120).map(|leg| event(leg, later, Fact::Offered));
    let again = (0..20).map(|leg| event(leg, later, Fact::Offered));
    let events: Vec<Event> = new.chain(again).collect();
    for together in events.chunks(30) {
        ledger.apply_all(together, |event, applied| assert_eq!(applied, Applied::Applied, "{:?}", event.at));
    }
    assert_eq!(ledger.legs(), 40);
    assert_eq!(ledger.figures(later, COMPLETE).lines, figures_at(&rules, &events, later).lines);
}

/// More legs than are settled together: some are settled while others are learnt.
#[test]
fn ten_thousand_legs_have_the_same_figures_applied_together_and_settled_one_by_one() {
    let rules = rules_of("24/7", LIMITS);
    let now = BASE.plus_millis(HOUR_MS);
    let facts = [Fact::Offered, Fact::CallbackRequested, Fact::CallbackReached, Fact::Ended];
    let of_leg = |leg: u32, fact: usize| {
        let at_ms = i64::from(leg) * 300 + i64::try_from(fact).expect("four facts") * 45_000;
        event(leg.into(), BASE.plus_millis(at_ms), facts[fact])
    };
    // Every other leg is told of again after all others.
    let events: Vec<Event> = (0..4)
        .flat_map(|fact| (0..10_000).map(move |leg| (leg, fact)))
        .filter(|(leg, fact)| *fact < 2 || leg % 2 == 0)
        .map(|(leg, fact)| of_leg(leg, fact))
        .collect();
    let mut one_by_one = Ledger::new(rules.clone(), now);
    for event in &events {
        one_by_one.apply(event);
        one_by_one.settle();
    }
    let mut together = Ledger::new(rules, now);
    together.apply_all(&events, |_, applied| assert_eq!(applied, Applied::Applied));
    assert_eq!(together.legs(), 10_000);
    assert_eq!(together.figures(now, COMPLETE), one_by_one.figures(now, COMPLETE));
}

#[test]
#[should_panic(expected = "a line of the rules")]
fn an_event_of_a_line_that_is_not_in_the_rules_is_refused_at_once() {
    let stranger = Event { line: LineIndex::new(7), ..event(1, BASE, Fact::Offered) };
    Ledger::new(rules_of("24/7", LIMITS), BASE).apply(&stranger);
}
