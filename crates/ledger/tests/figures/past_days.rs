//! Whole days of the past: the intervals that a historical ledger with all events has for them.

use ensilinja_ledger::{INTERVAL_SECONDS, Interval, Ledger, LegCopies, PastDays, Rules};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};
use proptest::prelude::*;

use crate::arbitrary_events::arbitrary_events;
use crate::fixture::{BASE, CHAT, COMPLETE, DAY_MS, rules_once};
use crate::intraday::interval_of;
use crate::laws::{historical, within_a_life};

fn days_of(
    ledger: &Ledger,
    rules: &Rules,
    line: LineIndex,
    as_of: EventTime,
    starts: &[EventTime],
) -> Vec<Vec<Interval>> {
    let mut days = PastDays::new(rules.clone(), line, as_of, starts);
    let (mut copies, mut part) = (LegCopies::default(), 0);
    while ledger.copy_legs(part, Some(line), &mut copies) {
        days.add(&copies);
        part += 1;
    }
    days.intervals()
}

/// The midnights of the day of `now` and of so many days before it.
fn midnights(rules: &Rules, now: EventTime, before: usize) -> Vec<EventTime> {
    let mut starts = vec![rules.days().start_of_day(now)];
    for _ in 0..before {
        starts.push(rules.days().start_of_previous_day(starts[starts.len() - 1]));
    }
    starts.reverse();
    starts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, ..ProptestConfig::default() })]

    /// As far as days are known, each is what everything that was ever said makes it. Nothing is retracted.
    #[test]
    fn a_known_day_lacks_nothing(
        events in arbitrary_events(50 * DAY_MS),
        read_ms in 0..60 * DAY_MS,
        line in 0_u16..6,
    ) {
        let rules = rules_once();
        let (line, now) = (LineIndex::new(line), BASE.plus_millis(read_ms));
        let mut events = within_a_life(events, rules.life_ms());
        events.retain(|event| event.fact != Fact::Retracted && event.at <= now);
        events.sort_by_key(|event| event.at);
        // It is started at `now`, so it ignores what is before its range, and forgets as it learns.
        let mut ledger = Ledger::new(rules.clone(), now);
        for event in &events {
            ledger.apply(event);
        }
        ledger.figures(now, COMPLETE);
        let since = ledger.knows_days_since();
        let known: Vec<EventTime> = midnights(rules, now, 60).into_iter().filter(|start| *start >= since).collect();
        prop_assert!(known.len() > 1, "yesterday is always known");
        let found = days_of(&ledger, rules, line, now, &known);
        let historical = historical(rules, &events);
        for (start, found) in known.iter().zip(found) {
            let begins = |n: usize| start.plus_millis(i64::try_from(n).expect("a day") * INTERVAL_SECONDS * 1_000);
            let ranges: Vec<_> = (0..found.len()).map(|n| begins(n)..begins(n + 1)).collect();
            let past = historical.figures(&ranges, now).swap_remove(line.as_usize());
            prop_assert_eq!(found, past.iter().map(interval_of).collect::<Vec<_>>(), "{:?}", start);
        }
    }
}

#[test]
fn a_day_has_its_own_length_and_today_ends_now() {
    let rules = rules_once();
    let mut ledger = Ledger::new(rules.clone(), BASE);
    // Saturday 20:00, and Sunday 12:00 of a day with 23 hours.
    for (leg, at) in [(1, BASE), (2, BASE.plus_millis(15 * 3_600_000))] {
        ledger.apply(&Event { leg: LegKey::new(leg), line: CHAT, at, fact: Fact::Offered });
    }
    let now = BASE.plus_millis(40 * 3_600_000);
    let starts = midnights(rules, now, 2);
    let days = days_of(&ledger, rules, CHAT, now, &starts);
    assert_eq!(days.iter().map(Vec::len).collect::<Vec<_>>(), [96, 92, 53]);
    let places = |day: &Vec<Interval>| day.iter().position(|interval| interval.offered == 1);
    assert_eq!(days.iter().map(places).collect::<Vec<_>>(), [Some(80), Some(44), None]);
    assert_eq!(INTERVAL_SECONDS, 900);
}
