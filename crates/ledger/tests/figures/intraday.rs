//! The intraday figures: the window `today` in 15-minute intervals.

use std::ops::Range;

use ensilinja_ledger::{
    Decision, HistoricalLedger, History, INTERVAL_SECONDS, Interval, Intraday, Ledger, Sums, Window,
};
use ensilinja_model::{Event, EventTime, Fact, LegKey};
use proptest::prelude::*;

use crate::arbitrary_events::arbitrary_events;
use crate::fixture::{BASE, CHAT, COMPLETE, DAY_MS, PHONE, rules_once};

/// From the base, four hours before a day of 23 hours, to four hours before one of 25: Saturday 2026-10-24 at 20:00.
const TO_AUTUMN_MS: i64 = 210 * DAY_MS - 3_600_000;

pub fn interval_of(sums: &Sums) -> Interval {
    use Decision::{
        AbandonedMenu, AbandonedQueue, AbandonedRinging, AbandonedShort, Answered, CallbackRequested, TimedOut,
    };
    let abandoned = [AbandonedMenu, AbandonedQueue, AbandonedRinging, AbandonedShort];
    Interval {
        offered: sums.offered(),
        answered: sums.decided(Answered),
        callback_requested: sums.decided(CallbackRequested),
        timed_out: sums.decided(TimedOut),
        abandoned: abandoned.into_iter().map(|decision| sums.decided(decision)).sum(),
    }
}

fn total(intervals: &[Interval]) -> Interval {
    intervals.iter().fold(Interval::default(), |sum, interval| Interval {
        offered: sum.offered + interval.offered,
        answered: sum.answered + interval.answered,
        callback_requested: sum.callback_requested + interval.callback_requested,
        timed_out: sum.timed_out + interval.timed_out,
        abandoned: sum.abandoned + interval.abandoned,
    })
}

/// The time ranges of the intervals.
fn ranges(intraday: &Intraday, intervals: usize) -> Vec<Range<EventTime>> {
    let ends = |n: usize| {
        intraday.day_start.plus_millis(i64::try_from(n).expect("the intervals of a day") * INTERVAL_SECONDS * 1_000)
    };
    (0..intervals).map(|n| ends(n)..ends(n + 1)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// After any reads and events: the intervals are those of a historical ledger, and add up exactly to the window.
    #[test]
    fn intervals_add_up_to_today_and_equal_those_of_a_historical_ledger(
        events in arbitrary_events(9 * DAY_MS),
        autumn in any::<bool>(),
        read_ms in 0..12 * DAY_MS,
        later_ms in prop_oneof![Just(0), 0..DAY_MS, 0..4 * DAY_MS],
    ) {
        let base = BASE.plus_millis(if autumn { TO_AUTUMN_MS } else { 0 });
        let moved = |event: &Event| Event { at: event.at.plus_millis(base.millis_since(BASE)), ..*event };
        let events: Vec<Event> = events.iter().map(moved).collect();
        let (rules, read) = (rules_once(), base.plus_millis(read_ms));
        let now = read.plus_millis(later_ms);
        let mut ledger = Ledger::new(rules.clone(), base);
        let mut historical = HistoricalLedger::new(rules.clone());
        let (early, late) = events.split_at(events.len() / 2);
        for event in early {
            ledger.apply(event);
            historical.apply(event);
        }
        ledger.figures(read, COMPLETE);
        for event in late {
            ledger.apply(event);
            historical.apply(event);
        }
        let intraday = ledger.intraday(now, COMPLETE);
        let figures = ledger.figures(now, COMPLETE);
        prop_assert_eq!(&intraday, &ledger.intraday(read, COMPLETE), "a read changes nothing, and reads never go back");
        prop_assert_eq!((intraday.as_of, intraday.day_start), (figures.as_of, figures.day_start));
        let intervals = intraday.lines[0].as_ref().expect("history is complete").len();
        let past = historical.figures(&ranges(&intraday, intervals), now);
        for ((line, figures), past) in intraday.lines.iter().zip(&figures.lines).zip(past) {
            let line = line.as_ref().expect("history is complete");
            let today = &figures.window(Window::Today).expect("history is complete").sums;
            prop_assert_eq!(total(line), interval_of(today));
            prop_assert_eq!(line, &past.iter().map(interval_of).collect::<Vec<_>>());
        }
    }

    /// Intervals are absent whenever the window is.
    #[test]
    fn intervals_are_absent_when_the_window_is(
        now_ms in 0..3 * DAY_MS,
        known_ms in -20 * DAY_MS..DAY_MS,
        from_first_record in any::<bool>(),
    ) {
        let now = BASE.plus_millis(now_ms);
        let history = History { start: now.plus_millis(known_ms), from_first_record };
        let mut ledger = Ledger::new(rules_once().clone(), now);
        let figures = ledger.figures(now, history);
        let absent = |line: &Option<Vec<Interval>>| line.is_none();
        let intraday = ledger.intraday(now, history);
        let windows: Vec<bool> = figures.lines.iter().map(|line| line.window(Window::Today).is_none()).collect();
        prop_assert_eq!(intraday.lines.iter().map(absent).collect::<Vec<_>>(), windows);
    }
}

#[test]
fn a_day_has_96_intervals_or_92_or_100_when_the_clocks_change() {
    let new_ledger = |start| Ledger::new(rules_once().clone(), start);
    let intervals = |ledger: &mut Ledger, now| {
        let intraday = ledger.intraday(now, COMPLETE);
        intraday.lines.iter().map(|line| line.as_ref().expect("history is complete").len()).collect::<Vec<_>>()
    };
    for (evening, all) in [(BASE, 92), (BASE.plus_millis(-DAY_MS), 96), (BASE.plus_millis(TO_AUTUMN_MS), 100)] {
        let midnight = evening.plus_millis(4 * 3_600_000);
        let mut ledger = new_ledger(midnight);
        let mut at = |seconds: i64| intervals(&mut ledger, midnight.plus_millis(seconds * 1_000));
        let all_seconds = i64::try_from(all).expect("the intervals of a day") * INTERVAL_SECONDS;
        for (second, begun) in [
            (0, 1),
            (INTERVAL_SECONDS - 1, 1),
            (INTERVAL_SECONDS, 2),
            (all_seconds - INTERVAL_SECONDS - 1, all - 1),
            (all_seconds - 1, all),
            (all_seconds, 1),
        ] {
            assert_eq!(at(second), [begun; 6], "{all}: second {second}");
        }
    }
}

#[test]
fn a_second_belongs_to_its_interval_and_contacts_of_other_lines_do_not_count() {
    let midnight = BASE.plus_millis(4 * 3_600_000);
    let mut ledger = Ledger::new(rules_once().clone(), midnight);
    for (number, at_ms) in (0..).zip([-1, 0, 899_999, 900_000, 1_799_999]) {
        let at = midnight.plus_millis(at_ms);
        ledger.apply(&Event { leg: LegKey::new(number), line: CHAT, at, fact: Fact::Answered });
    }
    let intraday = ledger.intraday(midnight.plus_millis(1_800_000), COMPLETE);
    let answered = |line: usize| {
        let intervals = intraday.lines[line].as_ref().expect("history is complete");
        intervals.iter().map(|interval| interval.answered).collect::<Vec<_>>()
    };
    assert_eq!(answered(CHAT.as_usize()), [2, 2, 0]);
    assert_eq!(answered(PHONE.as_usize()), [0, 0, 0]);
}
