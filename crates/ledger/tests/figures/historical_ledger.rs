//! The historical ledger: figures as of an instant, and those that only it has.

use std::ops::Range;

use ensilinja_ledger::{Decision, HistoricalLedger, Indicator, Ratio, ServiceLevel, Sums};
use ensilinja_model::{Event, EventTime, Fact, LegKey, Stage};

use crate::fixture::{BASE, BOTH, DAY_MS, rules};

/// A historical ledger with these facts of one leg of the line with both promises, in milliseconds from the base.
fn with_facts(facts: &[(i64, Fact)]) -> HistoricalLedger {
    let mut historical = HistoricalLedger::new(rules());
    for (at_ms, fact) in facts {
        historical.apply(&Event { leg: LegKey::new(1), line: BOTH, at: BASE.plus_millis(*at_ms), fact: *fact });
    }
    historical
}

fn figures(historical: &HistoricalLedger, periods: &[Range<EventTime>], as_of_ms: i64) -> Vec<Sums> {
    historical.figures(periods, BASE.plus_millis(as_of_ms)).swap_remove(BOTH.as_usize())
}

fn day(number: i64) -> Range<EventTime> {
    BASE.plus_millis(number * DAY_MS)..BASE.plus_millis((number + 1) * DAY_MS)
}

#[test]
fn a_customer_reached_later_counts_at_the_request_once_it_is_known() {
    let (requested, reached) = (1_000, 2 * DAY_MS + 500);
    let historical = with_facts(&[(requested, Fact::CallbackRequested), (reached, Fact::CallbackReached)]);
    let by_day = |as_of_ms| {
        let sums = figures(&historical, &[day(0), day(1), day(2)], as_of_ms);
        sums.iter().map(Sums::requests_reached).collect::<Vec<_>>()
    };
    assert_eq!(by_day(2 * DAY_MS - 1), [0, 0, 0], "not known yet");
    assert_eq!(by_day(2 * DAY_MS), [1, 0, 0], "known in its own second, and counted at the request");
    assert_eq!(by_day(9 * DAY_MS), [1, 0, 0]);
}

#[test]
fn as_of_an_instant_includes_its_whole_second() {
    let historical = with_facts(&[(0, Fact::Offered), (60_500, Fact::Answered)]);
    for (as_of_ms, answered) in [(59_999, 0), (60_000, 1), (60_999, 1)] {
        assert_eq!(figures(&historical, &[day(0)], as_of_ms)[0].decided(Decision::Answered), answered, "{as_of_ms}");
    }
}

#[test]
fn a_period_contains_the_seconds_that_begin_in_it() {
    let historical = with_facts(&[(10_999, Fact::Offered)]);
    for (from_ms, to_ms, offered) in
        [(10_000, 11_000, 1), (10_001, 11_000, 0), (9_000, 10_000, 0), (9_000, 10_001, 1), (11_000, 12_000, 0)]
    {
        let period = BASE.plus_millis(from_ms)..BASE.plus_millis(to_ms);
        assert_eq!(figures(&historical, &[period], DAY_MS)[0].offered(), offered, "{from_ms} to {to_ms}");
    }
}

#[test]
fn an_entry_between_two_periods_is_in_neither() {
    let historical = with_facts(&[(DAY_MS, Fact::Offered)]);
    let sums = figures(&historical, &[day(0), day(2)], 9 * DAY_MS);
    assert_eq!(sums.iter().map(Sums::offered).collect::<Vec<_>>(), [0, 0]);
}

/// A customer who was answered, or abandoned more than a minute before the request, was decided by that. Each contact
/// is decided once, and there are never more handled than decided contacts.
#[test]
fn only_a_request_that_ended_the_wait_is_handled_as_a_callback() {
    let day_of = |first| {
        let historical = with_facts(&[(0, first), (60_001, Fact::CallbackRequested), (120_000, Fact::CallbackReached)]);
        figures(&historical, &[day(0)], DAY_MS).remove(0)
    };
    for (first, reached) in
        [(Fact::Offered, 1), (Fact::Answered, 0), (Fact::Abandoned(Stage::Queue), 0), (Fact::Queued, 1)]
    {
        let sums = day_of(first);
        assert_eq!(sums.requests_reached(), reached, "{first:?}");
        assert_eq!(sums.handled(), 1, "{first:?}: handled once in any case");
        for indicator in [Indicator::HandledAsCallback, Indicator::CallbackShareOfHandled] {
            let ratio = indicator.of(&sums, ServiceLevel::NegativeAbandon);
            assert!(ratio.good <= ratio.valid, "{first:?} {indicator:?} {ratio:?}");
        }
    }
    let answered = Indicator::CallbackShareOfHandled.of(&day_of(Fact::Answered), ServiceLevel::NegativeAbandon);
    assert_eq!(answered, Ratio { good: 0, valid: 1 });
}
