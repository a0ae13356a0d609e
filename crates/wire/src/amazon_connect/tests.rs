//! Tests of `amazon_connect`: the samples, and a case for each row of the mapping and for each trap.

mod any_input;
mod callbacks;
mod customers;
mod shapes;

use serde_json::{Value, json};

use super::{AmazonConnectRules, AttributeMeaning, AttributeRule, AttributeTime};
use crate::native::samples::{Sample, add, facts_of, read_value, states};
use crate::{Format, FormatRules, Mapping, QueueTarget, normalize_number};
use ensilinja_model::{CloseResult, LineIndex, Outcome};

const SAMPLES: [&str; 7] =
    ["abandoned", "answered", "callback", "callback-customer-first", "menu", "records", "transfer"];

/// The queue of `line_a`, that of `line_b`, and one without a line.
const QUEUE_A: &str = "aaaaaaaa-0000-4000-8000-00000000000a";
const QUEUE_B: &str = "bbbbbbbb-0000-4000-8000-00000000000b";
const NO_QUEUE: &str = "eeeeeeee-0000-4000-8000-00000000000e";
const INSTANCE: &str = "arn:aws:connect:eu-north-1:111122223333:instance/0f0e0d0c-0000-4000-8000-000000000001";

/// A sample and the mapping that it is read with.
fn sample(name: &str) -> (Sample, Mapping) {
    let sample = Sample::load(&format!("amazon-connect-{name}"));
    let mut mapping = Mapping::of(Format::AmazonConnect);
    sample.map(&mut mapping);
    let attributes = sample.configuration["attributes"].as_object().into_iter().flatten();
    let attributes = attributes.map(|(name, rule)| attribute_rule(name, rule)).collect();
    mapping.rules = FormatRules::AmazonConnect(AmazonConnectRules { attributes, attempts_from: None });
    (sample, mapping)
}

fn attribute_rule(name: &str, rule: &Value) -> AttributeRule {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let outcomes = rule["values"].as_object().into_iter().flatten();
    let outcomes = outcomes.map(|(value, outcome)| (value.clone(), Outcome::from_name(&word(outcome)).unwrap()));
    let meaning = match rule["field"].as_str().unwrap() {
        "outcome" => AttributeMeaning::Outcome(outcomes.collect()),
        "nps" => AttributeMeaning::Nps,
        other => panic!("{other}"),
    };
    let time = rule["time"].as_str().map_or(meaning.usual_time(), |time| AttributeTime::from_name(time).unwrap());
    AttributeRule { name: name.to_owned(), meaning, time }
}

/// Two queues, a number of `line_a`, and removed callbacks that were purged.
fn mapping() -> Mapping {
    let mut mapping = Mapping::of(Format::AmazonConnect);
    mapping.queues.insert(QUEUE_A, QueueTarget::Line(LineIndex::new(0)));
    mapping.queues.insert(QUEUE_B, QueueTarget::Line(LineIndex::new(1)));
    mapping.entries.insert(&normalize_number("+358100000001"), LineIndex::new(0));
    mapping.removed_callback = Some(CloseResult::Purged);
    mapping
}

fn arn(queue: &str) -> String {
    format!("{INSTANCE}/queue/{queue}")
}

/// A time of the day of all tests.
fn at(time: &str) -> String {
    format!("2026-03-03T{time}Z")
}

/// A contact event of a call that arrived at 08:00:00.100, without a number.
fn event(kind: &str, members: &Value) -> Value {
    let mut event = json!({
        "eventType": kind, "contactId": "c-1", "channel": "VOICE", "instanceArn": INSTANCE,
        "initiationMethod": "INBOUND", "initiationTimestamp": at("08:00:00.100"),
    });
    add(&mut event, members);
    event
}

/// A contact record of a call that arrived at 08:00:00, without a queue, an agent and a number.
fn record(members: &Value) -> Value {
    let mut record = json!({
        "AWSContactTraceRecordFormatVersion": "2017-03-10", "ContactId": "c-1", "Channel": "VOICE",
        "InitiationMethod": "INBOUND", "InitiationTimestamp": at("08:00:00"), "Queue": null, "Agent": null,
        "DisconnectReason": "CUSTOMER_DISCONNECT", "NextContactId": null, "Attributes": {},
        "LastUpdateTimestamp": at("09:00:00"),
    });
    add(&mut record, members);
    record
}

/// `queueInfo` of an event.
fn queued(queue: &str, time: &str) -> Value {
    json!({ "queueArn": arn(queue), "queueType": "STANDARD", "enqueueTimestamp": at(time) })
}

/// `agentInfo` of an event.
fn agent(time: &str) -> Value {
    json!({ "agentArn": format!("{INSTANCE}/agent/d"), "connectedToAgentTimestamp": at(time) })
}

/// `Queue` of a record.
fn queue(queue: &str, from: &str, to: &str) -> Value {
    json!({ "ARN": arn(queue), "Name": "Queue", "EnqueueTimestamp": at(from), "DequeueTimestamp": at(to) })
}

#[test]
fn each_record_of_the_samples_states_what_the_sample_says() {
    for name in SAMPLES {
        let (sample, mapping) = sample(name);
        sample.check(&mapping);
    }
}
