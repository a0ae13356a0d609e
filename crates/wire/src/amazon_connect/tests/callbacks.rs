//! What is stated of callbacks, and what attributes say.

use std::collections::BTreeMap;

use ensilinja_model::{Survey, YesNo};

use super::*;
use crate::{AttemptsFrom, Detail, MappingTable};

fn callback(members: &Value) -> Value {
    let mut all = json!({ "initiationMethod": "CALLBACK", "queueInfo": queued(QUEUE_A, "08:02:00.200") });
    add(&mut all, members);
    event("DISCONNECTED", &all)
}

fn callback_record(members: &Value) -> Value {
    let mut all = json!({
        "InitiationMethod": "CALLBACK", "Queue": queue(QUEUE_A, "08:02:00", "09:00:00"),
        "DisconnectTimestamp": at("09:00:00"), "DisconnectReason": null,
    });
    add(&mut all, members);
    record(&all)
}

#[test]
fn a_callback_is_requested_when_it_is_created_and_told_once_it_is_queued() {
    states(&event("INITIATED", &json!({ "initiationMethod": "CALLBACK" })), &mapping(), &[]);
    states(&callback(&json!({})), &mapping(), &["callback_requested a 08:00:00.100"]);
    let waiting = callback_record(&json!({ "DisconnectTimestamp": null }));
    states(&waiting, &mapping(), &["callback_requested a 08:00:00.000"]);
    let late = callback(&json!({ "initiationTimestamp": "1970-01-01T00:00:00Z" }));
    assert_eq!(read_value(&late, &mapping()).faults, [Detail::MissingInstant]);
}

#[test]
fn both_feeds_tell_one_attempt_at_the_same_whole_second() {
    let reached = [
        "callback_attempted:reached a 08:30:00.000",
        "callback_reached a 08:30:00.000",
        "callback_requested a 08:00:00.100",
    ];
    let talked = json!({ "agentInfo": agent("08:30:00.700"), "disconnectTimestamp": at("08:40:00.900") });
    states(&callback(&talked), &mapping(), &reached);
    let talked = json!({ "Agent": { "ConnectedToAgentTimestamp": at("08:30:00") } });
    states(&callback_record(&talked), &mapping(), &[reached[0], reached[1], "callback_requested a 08:00:00.000"]);
    let mut named = agent("08:30:00.700");
    named["connectedToAgentTimestamp"] = Value::Null;
    let unanswered = json!({ "agentInfo": named, "disconnectTimestamp": at("09:00:00.900") });
    let failed = "callback_attempted:failed a 09:00:00.000";
    states(&callback(&unanswered), &mapping(), &[failed, "callback_requested a 08:00:00.100"]);
    let unanswered = callback_record(&json!({ "Agent": { "ARN": "x", "ConnectedToAgentTimestamp": null } }));
    states(&unanswered, &mapping(), &[failed, "callback_requested a 08:00:00.000"]);
    let left = callback_record(&json!({ "Queue": queue(QUEUE_A, "08:02:00", "08:59:00") }));
    states(&left, &mapping(), &[failed, "callback_requested a 08:00:00.000"]);
}

#[test]
fn attempts_are_taken_from_one_feed_if_the_source_says_so() {
    let event = callback(&json!({ "agentInfo": agent("08:30:00.700") }));
    let record = callback_record(&json!({ "Agent": { "ConnectedToAgentTimestamp": at("08:30:00") } }));
    for (from, of_event, of_record) in [(AttemptsFrom::Events, 3, 1), (AttemptsFrom::Records, 1, 3)] {
        let mut mapping = mapping();
        let rules = AmazonConnectRules { attempts_from: Some(from), ..AmazonConnectRules::default() };
        mapping.rules = FormatRules::AmazonConnect(rules);
        assert_eq!(read_value(&event, &mapping).facts.len(), of_event);
        assert_eq!(read_value(&record, &mapping).facts.len(), of_record);
    }
}

#[test]
fn a_callback_that_ends_without_an_agent_is_closed_by_its_reason() {
    let closed = |result: &str, reason: Value| {
        let expected = format!("callback_closed:{result} a 09:00:00.999");
        let value = callback_record(&json!({ "DisconnectReason": reason }));
        states(&value, &mapping(), &[&expected, "callback_requested a 08:00:00.000"]);
    };
    closed("expired", json!("EXPIRED"));
    closed("expired", json!("Expired"));
    closed("purged", json!("API"));
    closed("purged", json!("OTHER"));
    closed("purged", Value::Null);
    let value = callback(&json!({ "disconnectTimestamp": at("09:00:00.400") }));
    states(&value, &mapping(), &["callback_closed:purged a 09:00:00.400", "callback_requested a 08:00:00.100"]);
}

#[test]
fn a_removed_callback_stays_outstanding_and_is_reported_if_its_meaning_is_not_set() {
    let mut unset = mapping();
    unset.removed_callback = None;
    let found = read_value(&callback_record(&json!({ "DisconnectReason": "API" })), &unset);
    assert_eq!(found.shown(), ["callback_requested a 08:00:00.000"]);
    assert_eq!(found.unmapped, [(MappingTable::RemovedCallback, "API".to_owned())]);
    let unknown = read_value(&callback_record(&json!({ "DisconnectReason": "TELECOM_BUSY" })), &mapping());
    assert_eq!(unknown.shown(), ["callback_requested a 08:00:00.000"]);
    assert_eq!(unknown.unmapped, [(MappingTable::RemovedCallback, "TELECOM_BUSY".to_owned())]);
}

#[test]
fn a_callback_that_goes_on_in_another_segment_is_not_closed() {
    let value = callback_record(&json!({ "NextContactId": "c-2" }));
    states(&value, &mapping(), &["callback_requested a 08:00:00.000"]);
}

#[test]
fn a_customer_first_callback_waits_in_one_segment_and_is_dialled_in_others() {
    let first = |method: &str, members: &Value| {
        let mut all = json!({ "InitiationMethod": method });
        add(&mut all, members);
        callback_record(&all)
    };
    let waiting = first("CALLBACK_CUSTOMER_FIRST_QUEUED", &json!({}));
    states(&waiting, &mapping(), &["callback_requested a 08:00:00.000"]);
    let reached = ["callback_attempted:reached a 08:30:00.000", "callback_reached a 08:30:00.000"];
    let talked = json!({ "Agent": { "ConnectedToAgentTimestamp": at("08:30:00") } });
    states(&first("CALLBACK_CUSTOMER_FIRST_DIALED", &talked), &mapping(), &reached);
    let failed = ["callback_attempted:failed a 09:00:00.000"];
    states(&first("callback_customer_first_dialed", &json!({})), &mapping(), &failed);
    let number = json!({ "Queue": null, "SystemEndpoint": { "Address": "+358100000001" } });
    states(&first("CALLBACK_CUSTOMER_FIRST_DIALED", &number), &mapping(), &failed);
    let other = json!({ "Queue": null, "SystemEndpoint": { "Address": "+358100000002" } });
    states(&first("CALLBACK_CUSTOMER_FIRST_DIALED", &other), &mapping(), &[]);
}

#[test]
fn the_request_and_the_end_of_its_call_are_of_one_contact() {
    let found = read_value(&callback(&json!({ "contactId": "c-2", "initialContactId": "c-1" })), &mapping());
    assert_eq!(found.facts[0]["contact"], "c-1");
    let found = read_value(&callback(&json!({ "initialContactId": "" })), &mapping());
    assert_eq!(found.facts[0]["contact"], "c-1");
}

fn with_attributes(rules: Vec<AttributeRule>) -> Mapping {
    let mut mapping = mapping();
    mapping.rules = FormatRules::AmazonConnect(AmazonConnectRules { attributes: rules, attempts_from: None });
    mapping
}

fn rule(name: &str, meaning: AttributeMeaning, time: AttributeTime) -> AttributeRule {
    AttributeRule { name: name.to_owned(), meaning, time }
}

#[test]
fn attributes_state_outcome_and_feedback_at_the_end_or_at_the_last_change() {
    let values = BTreeMap::from([("done".to_owned(), Outcome::Handled)]);
    let answers = BTreeMap::from([("1".to_owned(), YesNo::Yes), ("2".to_owned(), YesNo::No)]);
    let mapping = with_attributes(vec![
        rule("Outcome", AttributeMeaning::Outcome(values), AttributeTime::End),
        rule("Nps", AttributeMeaning::Nps, AttributeTime::Latest),
        rule("Solved", AttributeMeaning::Survey(Survey::Solved, answers), AttributeTime::Latest),
        rule("Continues", AttributeMeaning::Survey(Survey::Continues, BTreeMap::new()), AttributeTime::Latest),
    ]);
    let value = |attributes: Value| {
        record(&json!({
            "Queue": queue(QUEUE_B, "08:00:10", "08:01:00"), "Attributes": attributes,
            "Agent": { "ConnectedToAgentTimestamp": at("08:01:00") }, "DisconnectTimestamp": at("08:05:00"),
        }))
    };
    let all = value(json!({ "Outcome": "done", "Nps": 10, "Solved": "2", "Continues": " Yes ", "x": "+358400000000" }));
    let found = read_value(&all, &mapping);
    let facts = [
        "outcome_recorded:handled b 08:05:00.999",
        "feedback_received:10 b 09:00:00.999",
        "feedback_received:no b 09:00:00.999",
        "feedback_received:yes b 09:00:00.999",
    ];
    assert_eq!(found.shown()[4..], facts);
    assert!(found.unmapped.is_empty() && found.faults.is_empty());

    let unknown = value(json!({ "Outcome": "secret", "Nps": "11", "Solved": {}, "Continues": "", "outcome": "done" }));
    let found = read_value(&unknown, &mapping);
    assert_eq!(found.facts.len(), 4, "{:?}", found.shown());
    let names = ["Outcome", "Nps", "Solved"].map(|name| (MappingTable::Attributes, name.to_owned()));
    assert_eq!(found.unmapped, names);
    assert_eq!(read_value(&value(Value::Null), &mapping).faults, []);
}

#[test]
fn attributes_of_a_callback_are_of_its_line_and_those_of_other_calls_are_not_read() {
    let values = BTreeMap::from([("done".to_owned(), Outcome::Handled)]);
    let mapping = with_attributes(vec![rule("Outcome", AttributeMeaning::Outcome(values), AttributeTime::End)]);
    let outcome =
        json!({ "Attributes": { "Outcome": "done" }, "Agent": { "ConnectedToAgentTimestamp": at("08:30:00") } });
    let found = read_value(&callback_record(&outcome), &mapping);
    assert_eq!(found.shown().last().unwrap(), "outcome_recorded:handled a 09:00:00.999");
    let mut outbound = callback_record(&outcome);
    outbound["InitiationMethod"] = "OUTBOUND".into();
    states(&outbound, &mapping, &[]);
}
