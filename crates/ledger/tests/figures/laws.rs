//! The laws of the ledger, over arbitrary events.

use std::ops::Range;
use std::sync::Arc;

use ensilinja_calendar::Days;
use ensilinja_ledger::{
    Decision, Due, Figures, Flag, HistoricalLedger, Indicator, Ledger, NpsGroup, Promise, Resolution, Rules,
    ServiceLevel, Sums, Undecided, UnknownWait, Verdict, Window, Within,
};
use ensilinja_model::{AttemptResult, Event, EventTime, Fact, FactKind, LineIndex};
use proptest::prelude::*;

use crate::arbitrary_events::{arbitrary_events, shuffled_with_duplicates};
use crate::fixture::{BASE, COMPLETE, DAY_MS, figures_at, rules, rules_once};

/// A read somewhere in the two days after the base, or at an edge of a rule.
fn read_ms() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => 0..2 * DAY_MS,
        1 => 0..14 * DAY_MS,
        2 => (0..60_i64).prop_map(|n| n * 3_600_000),
        1 => 0..400_000_i64,
    ]
}

/// How far ahead of a read events may be that have already been received.
const AHEAD_MS: i64 = 60_000;

/// The figures without the number of legs, which depends on eviction.
fn without_leg_count(mut figures: Figures) -> Figures {
    figures.legs = 0;
    figures
}

/// The prefix law does not apply to facts that may be corrected.
fn may_be_corrected(event: &Event) -> bool {
    matches!(event.fact.kind(), FactKind::OutcomeRecorded | FactKind::FeedbackReceived | FactKind::Retracted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn order_and_duplicates_change_nothing(
        (events, shuffled) in shuffled_with_duplicates(2 * DAY_MS),
        now_ms in read_ms(),
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        prop_assert_eq!(figures_at(rules, &events, now), figures_at(rules, &shuffled, now));
    }

    /// Prefix law: figures that were shown stay true, for any later facts.
    #[test]
    fn figures_depend_only_on_facts_up_to_now(events in arbitrary_events(2 * DAY_MS), now_ms in read_ms()) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let lasting: Vec<Event> = events.into_iter().filter(|event| !may_be_corrected(event)).collect();
        let known = lasting.iter().filter(|event| event.at.floor_second() <= now.floor_second());
        prop_assert_eq!(
            without_leg_count(figures_at(rules, known, now)),
            without_leg_count(figures_at(rules, &lasting, now))
        );
    }

    /// Sharing: a line has the same figures in a ledger without the lines beside it.
    #[test]
    fn a_line_has_the_same_figures_whatever_lines_are_beside_it(
        events in arbitrary_events(2 * DAY_MS),
        now_ms in read_ms(),
        division in 1..63_usize,
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let whole = figures_at(rules, &events, now).lines;
        for is_in in [true, false] {
            let own: Vec<usize> = (0..whole.len()).filter(|line| (division >> line & 1 == 1) == is_in).collect();
            let renumbered = |event: &Event| {
                let number = own.iter().position(|line| *line == event.line.as_usize())?;
                let line = LineIndex::new(u16::try_from(number).expect("there are six lines"));
                Some(Event { line, ..*event })
            };
            let shared: Vec<Event> = events.iter().filter_map(renumbered).collect();
            let expected: Vec<_> = own.iter().map(|line| whole[*line].clone()).collect();
            prop_assert_eq!(figures_at(&rules.of_lines(&own), &shared, now).lines, expected);
        }
    }

    /// Conservation: every leg that arrived is decided, has left undecided, or is waiting.
    #[test]
    fn every_leg_is_counted_exactly_once(events in arbitrary_events(DAY_MS / 2), now_ms in 0..DAY_MS) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let recent: Vec<Event> = events.into_iter().filter(|event| event.at >= BASE.plus_millis(-DAY_MS / 6)).collect();
        for line in figures_at(rules, &recent, now).lines {
            let mut offered = 0;
            let mut left = 0;
            for window in [Window::Today, Window::Yesterday] {
                let figures = &line.window(window).expect("history is complete").sums;
                offered += figures.offered();
                left += Decision::ALL.iter().map(|decision| figures.decided(*decision)).sum::<i64>();
                left += Undecided::ALL.iter().map(|undecided| figures.undecided(*undecided)).sum::<i64>();
                for decision in Decision::ALL {
                    prop_assert!(figures.decided(*decision) >= 0);
                }
            }
            prop_assert_eq!(offered, left + line.waiting);
            let outstanding: i64 = Due::ALL.iter().map(|due| line.callbacks_outstanding(*due)).sum();
            prop_assert!(line.waiting >= 0 && Due::ALL.iter().all(|due| line.callbacks_outstanding(*due) >= 0));
            prop_assert!(line.waiting > 0 || line.waiting_oldest_ms == 0);
            prop_assert!(outstanding > 0 || line.callback_oldest_ms == 0);
            let overdue = line.callbacks_outstanding(Due::Overdue) > 0;
            prop_assert!(overdue || line.callback_overdue_oldest_ms == 0);
            prop_assert!(line.callback_overdue_oldest_ms <= line.callback_oldest_ms);
        }
    }

    /// Conservation of promises: each contact of a line with a promise has one verdict, or is pending.
    #[test]
    fn every_promise_is_settled_once_or_pending(events in arbitrary_events(3 * DAY_MS), now_ms in 0..20 * DAY_MS) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let lines = figures_at(rules, &events, now).lines;
        let all_time = [EventTime::from_millis(0)..now.plus_millis(1_000)];
        let sums_of_all_time = historical(rules, &events).figures(&all_time, now);
        for (line, sums) in lines.iter().zip(sums_of_all_time).skip(1) {
            let sums = &sums[0];
            let settled = |promise| Verdict::ALL.iter().map(|verdict| sums.promises(promise, *verdict)).sum::<i64>();
            let pending = |promise| line.promises_pending(promise);
            prop_assert!(Promise::ALL.iter().all(|promise| pending(*promise) >= 0), "{line:?}");
            let all = Promise::ALL.iter().map(|promise| settled(*promise) + pending(*promise)).sum::<i64>();
            prop_assert_eq!(sums.offered(), all);
            let resolved = Resolution::ALL.iter().map(|resolution| sums.callbacks_closed(*resolution)).sum::<i64>();
            let outstanding = Due::ALL.iter().map(|due| line.callbacks_outstanding(*due)).sum::<i64>();
            prop_assert_eq!(sums.callbacks_requested(), resolved + outstanding);
            prop_assert!(sums.requests_reached() <= sums.decided(Decision::CallbackRequested));
            let ahead = line.callbacks_outstanding(Due::Today) > 0;
            prop_assert!(!ahead || line.callback_next_due.is_some_and(|due| due > now));
        }
    }

    /// A historical ledger over the range of a window has the figures that the window showed.
    #[test]
    fn a_historical_ledger_and_a_live_one_agree_on_every_window(
        events in arbitrary_events(9 * DAY_MS),
        now_ms in 0..16 * DAY_MS,
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let historical = historical(rules, &events);
        let lines = figures_at(rules, &events, now).lines;
        for window in Window::ALL {
            for (index, line) in lines.iter().enumerate() {
                let range = window_range(rules, index, *window, now);
                let past = historical.figures(&[range], now).swap_remove(index).remove(0);
                let live = &line.window(*window).expect("history is complete").sums;
                prop_assert_eq!(live.requests_reached(), 0, "it would change figures that were shown");
                prop_assert_eq!(all_figures(live), all_figures(&past), "{:?} of line {}", window, index);
            }
        }
    }

    /// Consecutive periods add up to the whole.
    #[test]
    fn figures_of_the_parts_add_up_to_those_of_the_whole(
        events in arbitrary_events(9 * DAY_MS),
        cuts_s in prop::collection::btree_set(0..12 * DAY_MS / 1_000, 2..6),
    ) {
        let rules = rules_once();
        let cuts: Vec<EventTime> = cuts_s.into_iter().map(|seconds| BASE.plus_millis(seconds * 1_000)).collect();
        let parts: Vec<_> = cuts.windows(2).map(|pair| pair[0]..pair[1]).collect();
        let whole = cuts[0]..cuts[cuts.len() - 1];
        let historical = historical(rules, &events);
        let as_of = BASE.plus_millis(10 * DAY_MS);
        for (parts, whole) in historical.figures(&parts, as_of).iter().zip(historical.figures(&[whole], as_of)) {
            let mut sum = parts[0].clone();
            parts[1..].iter().for_each(|part| sum += part);
            prop_assert_eq!(&sum, &whole[0]);
        }
    }

    /// No count or sum is negative, in any window, after any number of reads.
    #[test]
    fn no_figure_of_a_window_is_negative(
        events in arbitrary_events(DAY_MS),
        mut reads_ms in prop::collection::vec(read_ms(), 1..5),
    ) {
        reads_ms.sort_unstable();
        let mut ledger = Ledger::new(rules_once().clone(), BASE.plus_millis(-DAY_MS / 8));
        for event in &events {
            ledger.apply(event);
        }
        for read_ms in reads_ms {
            for line in ledger.figures(BASE.plus_millis(read_ms), COMPLETE).lines {
                for window in Window::ALL {
                    let shown = all_figures(&line.window(*window).expect("history is complete").sums);
                    prop_assert!(shown.iter().all(|figure| *figure >= 0), "{:?} {:?}", window, shown);
                }
            }
        }
    }

    /// Life: a leg has no entries after its maximum life, apart from corrections.
    #[test]
    fn a_leg_has_no_entries_after_its_life(events in arbitrary_events(DAY_MS), later_ms in 0..3 * DAY_MS) {
        for (line, rules) in (0..).zip(rules_of_each_line()) {
            let of_line = |event: &&Event| event.line == LineIndex::new(line) && !may_be_corrected(event);
            let alone = |event: &Event| Event { line: LineIndex::new(0), ..*event };
            let mut events: Vec<Event> = events.iter().filter(of_line).map(alone).collect();
            let first = events.first().map(|event| event.leg);
            events.retain(|event| Some(event.leg) == first);
            let Some(arrived) = events.iter().filter(|event| makes_arrival(event)).map(|event| event.at).min() else {
                continue;
            };
            let now = arrived.plus_millis(rules.horizon_ms() + later_ms);
            let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS));
            for event in &events {
                ledger.apply(event);
            }
            prop_assert_eq!(
                without_leg_count(ledger.figures(now, COMPLETE)),
                without_leg_count(figures_at(rules, [], now))
            );
        }
    }

    /// Rebuild: a new ledger with the log from the horizon on has the figures of a ledger that has read the whole log.
    #[test]
    fn reading_from_the_horizon_is_reading_everything(
        events in arbitrary_events(50 * DAY_MS),
        mut reads_ms in prop::collection::vec(0..70 * DAY_MS, 1..6),
    ) {
        let rules = rules_once();
        let events = within_a_life(events, rules.life_ms());
        reads_ms.sort_unstable();
        let mut long_running = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS));
        let received_at = |n: i32, at: EventTime| at.plus_millis(if n % 3 == 0 { DAY_MS } else { 0 });
        // One event in three arrives a day late, when its leg may have been evicted.
        let mut unread: Vec<(EventTime, &Event)> =
            (0..).zip(&events).map(|(n, event)| (received_at(n, event.at), event)).collect();
        unread.sort_by_key(|(received, _)| *received);
        let mut known: Vec<&Event> = Vec::new();
        for read_ms in reads_ms {
            let now = BASE.plus_millis(read_ms);
            let until = now.plus_millis(AHEAD_MS);
            let later = unread.split_off(unread.partition_point(|(received, _)| *received <= until));
            for (_, event) in std::mem::replace(&mut unread, later) {
                long_running.apply(event);
                long_running.apply(event);
                known.push(event);
            }
            let kept = known.iter().copied().filter(|event| event.at >= rules.range_start(now));
            prop_assert_eq!(
                without_leg_count(long_running.figures(now, COMPLETE)),
                without_leg_count(figures_at(rules, kept, now))
            );
        }
    }

    /// When what was learnt is posted changes nothing, whether events are applied together or one by one.
    #[test]
    fn settling_at_any_moment_changes_nothing(
        (events, shuffled) in shuffled_with_duplicates(2 * DAY_MS),
        settled_after in prop::collection::vec(any::<bool>(), 32),
        now_ms in read_ms(),
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let (mut one_by_one, mut together) = (Ledger::new(rules.clone(), now), Ledger::new(rules.clone(), now));
        let mut results = Vec::new();
        for (event, settled) in shuffled.iter().zip(settled_after.iter().cycle()) {
            results.push(one_by_one.apply(event));
            if *settled {
                one_by_one.settle();
            }
        }
        let mut results_together = Vec::new();
        together.apply_all(&shuffled, |_, applied| results_together.push(applied));
        prop_assert_eq!(results, results_together);
        let figures = figures_at(rules, &events, now);
        prop_assert_eq!(&one_by_one.figures(now, COMPLETE), &figures);
        prop_assert_eq!(&together.figures(now, COMPLETE), &figures);
    }

    /// A ledger that was read before has the figures of a new ledger.
    #[test]
    fn reads_in_between_change_nothing(
        events in arbitrary_events(DAY_MS),
        mut reads_ms in prop::collection::vec(read_ms(), 1..8),
    ) {
        let rules = rules_once();
        reads_ms.sort_unstable();
        let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS / 8));
        let mut applied: Vec<Event> = Vec::new();
        for (number, read_ms) in reads_ms.iter().enumerate() {
            let new = || events.iter().skip(number).step_by(reads_ms.len());
            ledger.apply_all(new(), |_, _| {});
            applied.extend(new());
            let now = BASE.plus_millis(*read_ms);
            prop_assert_eq!(ledger.figures(now, COMPLETE), figures_at(rules, &applied, now));
        }
    }
}

/// The rules of each line alone, so that the maximum life of a leg is that of its own line.
fn rules_of_each_line() -> &'static [Rules] {
    static RULES: std::sync::OnceLock<Vec<Rules>> = std::sync::OnceLock::new();
    RULES.get_or_init(|| {
        let days = || Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
        rules().lines().iter().map(|line| Rules::new(days(), vec![line.clone()])).collect()
    })
}

fn makes_arrival(event: &Event) -> bool {
    use Fact::{Abandoned, Answered, CallbackRequested, Offered, Queued, TimedOut};
    matches!(event.fact, Offered | Queued | Answered | Abandoned(_) | TimedOut | CallbackRequested)
}

/// The events to which the law of the rebuild applies: facts that imply an arrival are within a day of the first fact
/// of the leg, the others within its maximum life, and nothing follows a retraction.
pub fn within_a_life(mut events: Vec<Event>, life_ms: i64) -> Vec<Event> {
    let first = |events: &[Event], leg| events.iter().filter(|event| event.leg == leg).map(|event| event.at).min();
    let firsts: Vec<EventTime> =
        events.iter().map(|event| first(&events, event.leg).expect("it has an event")).collect();
    let mut firsts = firsts.into_iter();
    events.retain(|event| {
        let age_ms = event.at.millis_since(firsts.next().expect("one an event"));
        age_ms <= if makes_arrival(event) { DAY_MS } else { life_ms }
    });
    let last = |events: &[Event], leg| events.iter().filter(|event| event.leg == leg).map(|event| event.at).max();
    let lasts: Vec<Option<EventTime>> = events.iter().map(|event| last(&events, event.leg)).collect();
    let mut lasts = lasts.into_iter();
    events.retain(|event| lasts.next() == Some(Some(event.at)) || event.fact != Fact::Retracted);
    events
}

/// A historical ledger with `events`.
pub fn historical<'a>(rules: &Rules, events: impl IntoIterator<Item = &'a Event>) -> HistoricalLedger {
    let mut historical = HistoricalLedger::new(rules.clone());
    for event in events {
        historical.apply(event);
    }
    historical
}

/// The time range of a window of a line at `now`.
pub fn window_range(rules: &Rules, line: usize, window: Window, now: EventTime) -> Range<EventTime> {
    let end = EventTime::from_seconds(now.floor_second() + 1);
    let today = rules.days().start_of_day(now);
    let hours = &rules.lines()[line].hours;
    match window {
        Window::Minutes15 => end.plus_millis(-900_000)..end,
        Window::Hour => end.plus_millis(-3_600_000)..end,
        Window::Today => today..end,
        Window::Yesterday => rules.days().start_of_previous_day(now)..today,
        Window::Open2Hours => hours.before_open_ms(end, 2 * 3_600_000).expect("the calendar reaches back")..end,
        Window::Open5Days => {
            hours.start_of_open_day(end.plus_millis(-1_000), 5).expect("the calendar reaches back")..end
        }
    }
}

/// All linear figures of sums, except those that only a historical ledger has.
pub fn all_figures(sums: &Sums) -> Vec<i64> {
    let mut all = vec![sums.offered(), sums.handled(), sums.callbacks_requested()];
    all.extend([sums.abandon_wait_sum_ms(), sums.timed_out_wait_sum_ms(), sums.handling_sum_ms()]);
    all.extend(Decision::ALL.iter().map(|decision| sums.decided(*decision)));
    all.extend(Undecided::ALL.iter().map(|undecided| sums.undecided(*undecided)));
    all.extend(UnknownWait::ALL.iter().map(|end| sums.wait_unknown(*end)));
    all.extend(Within::ALL.iter().map(|within| sums.within_threshold(*within)));
    all.extend(Flag::ALL.iter().map(|flag| sums.flagged(*flag)));
    all.extend(AttemptResult::ALL.iter().map(|result| sums.callback_attempts(*result)));
    all.extend(Resolution::ALL.iter().map(|resolution| sums.callbacks_closed(*resolution)));
    all.extend(NpsGroup::ALL.iter().map(|group| sums.nps_answers(*group)));
    for promise in Promise::ALL {
        all.extend(Verdict::ALL.iter().map(|verdict| sums.promises(*promise, *verdict)));
    }
    for waits in [sums.answer_waits(), sums.callback_waits(), sums.callback_open_waits()] {
        all.extend([waits.count(), waits.sum_ms()].into_iter().chain(waits.at_or_below()));
    }
    for indicator in Indicator::ALL.iter().filter(|indicator| indicator.is_live()) {
        let ratio = indicator.of(sums, ServiceLevel::NegativeAbandon);
        all.extend([ratio.good, ratio.valid]);
    }
    all
}

#[test]
fn what_follows_from_all_lines_stays_in_a_share_of_them() {
    let whole = rules();
    for own in [vec![0], vec![1, 3], vec![5, 2, 4]] {
        let share = whole.of_lines(&own);
        assert_eq!(share.lines().len(), own.len());
        let derived = |rules: &Rules| {
            let instants = [0, 1, 9, 40].map(|day| BASE.plus_millis(day * DAY_MS));
            let starts =
                instants.map(|now| (rules.range_start(now), rules.reads_from(now), rules.days_known_from(now)));
            (rules.bounds().clone(), rules.life_ms(), rules.horizon_ms(), starts)
        };
        assert_eq!(derived(&share), derived(&whole));
        assert_eq!(derived(&share.of_lines(&[0])), derived(&whole), "a share of a share");
    }
}
