//! Scenarios: the disruption happens, and nothing else changes.

use std::collections::BTreeSet;

use ensilinja_model::{CloseResult, EventTime, Fact, Stage};
use ensilinja_sim::{County, Generator, Scenario, SimEvent};

const HOUR_MS: i64 = 3_600_000;
/// Tuesday 2 September 2025, midnight in Helsinki.
const START: EventTime = EventTime::from_seconds(1_756_760_400);
/// 11:00 on that day.
const AT: EventTime = START.plus_millis(11 * HOUR_MS);

fn generator() -> Generator {
    Generator::new(&County::oma_hame(), 11, START, 2.0)
}

fn day(events: impl Iterator<Item = SimEvent>) -> Vec<SimEvent> {
    events.take_while(|event| event.reported_at < START.plus_millis(24 * HOUR_MS)).collect()
}

#[test]
fn every_scenario_keeps_the_order_and_starts_at_its_instant() {
    let calm = day(generator());
    for scenario in Scenario::ALL {
        let disrupted = day(scenario.disrupt(generator(), AT));
        assert!(disrupted.is_sorted_by_key(|event| event.reported_at), "{scenario:?}");
        let before =
            |events: &[SimEvent]| events.iter().filter(|event| event.reported_at < AT).cloned().collect::<Vec<_>>();
        assert_eq!(before(&calm), before(&disrupted), "{scenario:?}");
        assert_ne!(calm, disrupted, "{scenario:?}");
    }
}

#[test]
fn an_outage_is_silence_followed_by_all_events_of_that_time() {
    let calm = day(generator());
    let disrupted = day(Scenario::Outage.disrupt(generator(), AT));
    let end = AT.plus_millis(20 * 60_000);
    assert!(!disrupted.iter().any(|event| (AT..end).contains(&event.reported_at)));
    let reported_in = |events: &[SimEvent], from: EventTime, to: EventTime| {
        events.iter().filter(|event| (from..to).contains(&event.reported_at) && event.at < end).count()
    };
    let catching_up = reported_in(&disrupted, end, end.plus_millis(30_000));
    assert!(catching_up > 50, "{catching_up}");
    assert_eq!(catching_up, reported_in(&calm, AT, end) + reported_in(&calm, end, end.plus_millis(30_000)));
    let facts = |events: &[SimEvent]| {
        events.iter().map(|e| (e.at, e.contact.clone(), e.line.clone(), e.fact)).collect::<BTreeSet<_>>()
    };
    assert_eq!(facts(&calm), facts(&disrupted));
}

#[test]
fn a_purge_closes_every_outstanding_callback_of_its_line_and_no_further_events_follow() {
    let disrupted = day(Scenario::Purge.disrupt(generator(), AT));
    let purged: Vec<&SimEvent> =
        disrupted.iter().filter(|event| event.fact == Fact::CallbackClosed(CloseResult::Purged)).collect();
    assert!(purged.len() > 20, "{}", purged.len());
    assert!(purged.iter().all(|event| event.line.as_str() == "suun_kiireeton" && event.at == AT));
    let closed: BTreeSet<_> = purged.iter().map(|event| (&event.contact, &event.visit)).collect();
    let reported_after =
        disrupted.iter().filter(|event| event.reported_at > AT && event.line.as_str() == "suun_kiireeton");
    assert_eq!(reported_after.filter(|event| closed.contains(&(&event.contact, &event.visit))).count(), 0);
    // No request from before is reached afterwards.
    let asked = |event: &&SimEvent| event.fact == Fact::CallbackRequested && event.at < AT;
    let requests: BTreeSet<_> = disrupted.iter().filter(asked).map(|e| (&e.contact, &e.line, &e.visit)).collect();
    let reached = disrupted.iter().filter(|e| e.fact == Fact::CallbackReached && e.at > AT.plus_millis(2_000));
    let of_line = reached.filter(|event| event.line.as_str() == "suun_kiireeton");
    assert!(!of_line.into_iter().any(|e| requests.contains(&(&e.contact, &e.line, &e.visit))));
}

#[test]
fn a_failing_line_answers_no_calls_and_reaches_no_customers_for_two_hours() {
    let disrupted = day(Scenario::Failure.disrupt(generator(), AT));
    let end = AT.plus_millis(2 * HOUR_MS);
    let during: Vec<&SimEvent> = disrupted
        .iter()
        .filter(|event| event.line.as_str() == "116117" && (AT..end).contains(&event.reported_at))
        .collect();
    let count = |fact: Fact| during.iter().filter(|event| event.fact == fact).count();
    assert_eq!(count(Fact::Answered) + count(Fact::CallbackReached), 0);
    assert!(count(Fact::Abandoned(Stage::Queue)) > 10);
    assert!(count(Fact::CallbackClosed(CloseResult::Unreached)) > 5);
    assert!(disrupted.iter().any(|e| e.line.as_str() == "116117" && e.reported_at >= end && e.fact == Fact::Answered));
}
