//! Tests of `genesys_cloud`: the samples, and a case for each row of the mapping and for each trap.

mod any_input;
mod events;
mod records;
mod shapes;

use ensilinja_model::{AttemptResult, CloseResult, LineIndex, Outcome};
use serde_json::{Value, json};

use crate::native::samples::{Sample, add, facts_of, read_value, states};
use crate::{
    AttemptsFrom, CodeMeaning, ExitMeaning, Format, FormatRules, GenesysCloudRules, Mapping, QueueTarget,
    normalize_number,
};

const SAMPLES: [&str; 5] = ["abandoned", "answered", "callback", "detail-record", "transfer"];

/// The queue of `line_a`, that of `line_b`, and one without a line.
const QUEUE_A: &str = "a1111111-0000-4000-8000-000000000001";
const QUEUE_B: &str = "b2222222-0000-4000-8000-000000000002";
const NO_QUEUE: &str = "c3333333-0000-4000-8000-000000000003";

/// Codes: handled, failed, reached, and closed because no one could be reached.
const HANDLED: &str = "e0000000-0000-4000-8000-000000000001";
const FAILED: &str = "e0000000-0000-4000-8000-000000000002";
const REACHED: &str = "e0000000-0000-4000-8000-000000000003";
const UNREACHED: &str = "e0000000-0000-4000-8000-000000000004";

/// The mapping of all samples, without its queues.
fn with_codes() -> Mapping {
    let mut mapping = Mapping::of(Format::GenesysCloud);
    mapping.codes.insert(HANDLED, CodeMeaning::Outcome(Outcome::Handled));
    mapping.codes.insert(FAILED, CodeMeaning::Callback(AttemptResult::Failed));
    mapping.codes.insert(REACHED, CodeMeaning::Callback(AttemptResult::Reached));
    mapping.exits.general.insert("flow_out".to_owned(), ExitMeaning::Transferred);
    mapping.removed_callback = Some(CloseResult::Purged);
    mapping
}

/// Two queues, and a number of `line_a`.
fn mapping() -> Mapping {
    let mut mapping = with_codes();
    mapping.codes.insert(UNREACHED, CodeMeaning::Closed(CloseResult::Unreached));
    mapping.queues.insert(QUEUE_A, QueueTarget::Line(LineIndex::new(0)));
    mapping.queues.insert(QUEUE_B, QueueTarget::Line(LineIndex::new(1)));
    mapping.entries.insert(&normalize_number("+358100000001"), LineIndex::new(0));
    mapping
}

fn with_rules(rules: GenesysCloudRules) -> Mapping {
    let mut mapping = mapping();
    mapping.rules = FormatRules::GenesysCloud(rules);
    mapping
}

/// A sample and the mapping that it is read with.
fn sample(name: &str) -> (Sample, Mapping) {
    let sample = Sample::load(&format!("genesys-cloud-{name}"));
    let mut mapping = with_codes();
    sample.map(&mut mapping);
    (sample, mapping)
}

/// The milliseconds of a time of the day of all tests: `08:01:02.003`.
fn ms(time: &str) -> i64 {
    crate::timestamp::parse(&at(time)).unwrap().as_millis()
}

fn at(time: &str) -> String {
    format!("2026-03-03T{time}Z")
}

/// A notification of an inbound call in the queue of `line_a` at 08:00:00.100.
fn event(kind: &str, members: &Value) -> Value {
    let mut body = json!({
        "eventTime": ms("08:00:00.100"), "conversationId": "c-1", "participantId": "p-1", "sessionId": "s-1",
        "mediaType": "VOICE", "direction": "INBOUND", "queueId": QUEUE_A, "ani": "tel:+358400000000",
    });
    add(&mut body, members);
    json!({
        "topicName": format!("v2.detail.events.conversation.11111111-0000-4000-8000-000000000001.{kind}"),
        "version": "2", "eventBody": body, "metadata": { "CorrelationId": "x" },
    })
}

#[test]
fn each_record_of_the_samples_states_what_the_sample_says() {
    for name in SAMPLES {
        let (sample, mapping) = sample(name);
        sample.check(&mapping);
    }
}
