//! Callback attempts: each counts once, from any number of feeds, up to a limit.

use ensilinja_ledger::{Due, HistoricalLedger, LineFigures, Resolution, Window};
use ensilinja_model::AttemptResult::{self, Failed, Reached};
use ensilinja_model::{Event, EventTime, Fact, LegKey};
use proptest::prelude::*;

use crate::fixture::{BASE, CHAT, DAY_MS, figures_at, rules_once};

const SECOND_MS: i64 = 1_000;

/// The chat line with these facts of one leg, in milliseconds from the base.
fn after(facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    let event = |(at_ms, fact): &(i64, Fact)| Event {
        leg: LegKey::new(1),
        line: CHAT,
        at: BASE.plus_millis(*at_ms),
        fact: *fact,
    };
    let events: Vec<Event> = facts.iter().map(event).collect();
    figures_at(rules_once(), &events, BASE.plus_millis(now_ms)).lines.swap_remove(CHAT.as_usize())
}

/// Failed attempts, attempts that reached the customer, and callbacks resolved as reached.
fn attempts(line: &LineFigures) -> [i64; 3] {
    let sums = &line.window(Window::Today).expect("history is complete").sums;
    [sums.callback_attempts(Failed), sums.callback_attempts(Reached), sums.callbacks_closed(Resolution::Reached)]
}

fn attempt(at_ms: i64, result: AttemptResult) -> (i64, Fact) {
    (at_ms, Fact::CallbackAttempted(result))
}

#[test]
fn twenty_failed_attempts_and_one_that_reached_the_customer_all_count() {
    let failed = (0..20).map(|n| attempt(360_000 + n * SECOND_MS, Failed));
    let reached = attempt(660_000, Reached);
    let facts: Vec<_> = [(0, Fact::CallbackRequested)].into_iter().chain(failed).chain([reached]).collect();
    assert_eq!(attempts(&after(&facts, 700_000)), [20, 1, 1]);
    let reversed: Vec<_> = facts.iter().rev().chain(&facts).copied().collect();
    assert_eq!(attempts(&after(&reversed, 700_000)), [20, 1, 1]);
}

#[test]
fn beyond_a_thousand_failed_attempts_the_one_that_reached_the_customer_still_counts() {
    let failed = (0..1_500).map(|n| attempt(10_000 + n * SECOND_MS, Failed));
    let reached = attempt(1_600_000, Reached);
    let facts: Vec<_> = [(0, Fact::CallbackRequested), reached].into_iter().chain(failed).collect();
    assert_eq!(attempts(&after(&facts, 1_700_000)), [1_000, 1, 1]);
}

#[test]
fn a_feed_that_truncates_seconds_adds_no_attempt() {
    let facts = [
        (0, Fact::CallbackRequested),
        attempt(60_512, Failed),
        attempt(60_000, Failed),
        attempt(61_000, Failed),
        attempt(90_700, Reached),
    ];
    assert_eq!(attempts(&after(&facts, 100_000)), [2, 1, 1]);
    // Whichever of the two is truncated, the attempt that reached the customer counts.
    for cut in [attempt(90_000, Reached), (90_000, Fact::CallbackReached), (90_999, Fact::CallbackReached)] {
        let facts: Vec<_> = facts.into_iter().chain([cut]).collect();
        assert_eq!(attempts(&after(&facts, 100_000)), [2, 1, 1], "{cut:?}");
    }
}

#[test]
fn the_timeline_has_the_earliest_reported_instant_of_an_attempt() {
    let mut historical = HistoricalLedger::new(rules_once().clone());
    let facts =
        [(0, Fact::CallbackRequested), attempt(60_512, Failed), attempt(60_100, Failed), attempt(60_900, Failed)];
    for (at_ms, fact) in facts {
        historical.apply(&Event { leg: LegKey::new(1), line: CHAT, at: BASE.plus_millis(at_ms), fact });
    }
    let timeline = historical.timeline(LegKey::new(1), BASE.plus_millis(100_000)).expect("an event is about this leg");
    let sources: Vec<_> =
        timeline.entries.iter().filter(|entry| entry.name() == "attempt_failed").map(|entry| entry.source).collect();
    assert_eq!(sources, [(BASE.plus_millis(60_100), Fact::CallbackAttempted(Failed))]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// A second feed, truncated to whole seconds, changes no count. For failed attempts it changes nothing at all.
    #[test]
    fn a_copy_truncated_to_seconds_changes_no_count(
        requested_s in 0..300_i64,
        made in prop::collection::vec((0..900_000_i64, any::<bool>()), 0..40),
        copied in prop::collection::vec(any::<bool>(), 40),
        now_ms in 0..1_000_000_i64,
    ) {
        let mut facts = vec![(requested_s * SECOND_MS, Fact::CallbackRequested)];
        facts.extend(made.iter().map(|(at_ms, reached)| attempt(*at_ms, if *reached { Reached } else { Failed })));
        let cut = |fact: &(i64, Fact)| (fact.0.div_euclid(SECOND_MS) * SECOND_MS, fact.1);
        let copies = facts.iter().zip(&copied).filter(|(_, copied)| **copied).map(|(fact, _)| cut(fact));
        let both: Vec<_> = copies.chain(facts.iter().copied()).collect();
        let (once, twice) = (after(&facts, now_ms), after(&both, now_ms));
        prop_assert_eq!(attempts(&once), attempts(&twice));
        let outstanding = |line: &LineFigures| line.callbacks_outstanding(Due::Later);
        prop_assert_eq!(outstanding(&once), outstanding(&twice));
        let is_other = |fact: &&(i64, Fact)| fact.1 != Fact::CallbackAttempted(Reached);
        let failed_only: Vec<_> = facts.iter().filter(is_other).copied().collect();
        let with_copies: Vec<_> = failed_only.iter().map(cut).chain(failed_only.iter().copied()).collect();
        prop_assert_eq!(after(&failed_only, now_ms), after(&with_copies, now_ms));
    }

    /// A leg may have thousands of attempts. The same ones are kept in any order, also in a historical ledger.
    #[test]
    fn the_order_of_many_attempts_changes_nothing(
        seconds in Just((0..1_300_i64).collect::<Vec<_>>()).prop_shuffle(),
        now_ms in 0..DAY_MS / 24,
    ) {
        let many: Vec<_> = seconds.iter().map(|second| attempt(second * SECOND_MS + second % 7, Failed)).collect();
        let all: Vec<_> = [(0, Fact::CallbackRequested)].into_iter().chain(many).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        let (line, of_sorted) = (after(&all, now_ms), after(&sorted, now_ms));
        prop_assert_eq!(&line, &of_sorted);
        let expected = (now_ms / SECOND_MS + 1).min(1_000);
        prop_assert_eq!(attempts(&line)[0], expected);
        let mut historical = HistoricalLedger::new(rules_once().clone());
        for (at_ms, fact) in &all {
            let at = BASE.plus_millis(*at_ms);
            historical.apply(&Event { leg: LegKey::new(1), line: CHAT, at, fact: *fact });
        }
        let all_time = EventTime::MIN..EventTime::MAX;
        let sums = historical.figures(&[all_time], BASE.plus_millis(now_ms)).swap_remove(CHAT.as_usize());
        prop_assert_eq!(sums[0].callback_attempts(Failed), expected);
    }
}
