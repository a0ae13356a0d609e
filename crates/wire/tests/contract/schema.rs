//! The JSON Schema of an event agrees with the decoder, as far as a schema can express the contract.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ensilinja_model::{AttemptResult, CloseResult, EventTime, FactKind, LineId, Outcome, Stage, Survey, YesNo};
use ensilinja_wire::{
    Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, MAX_VISIT_CHARS, Reason, encode_binary, encode_structured, malformed,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::documents::{Documents, texts};
use crate::statements::{all_facts, any_statement, decode_value, line, statement_of};

const NOW: EventTime = EventTime::from_millis(1_758_006_900_000);

/// Details that a schema of the value cannot express. The description of the schema mentions them.
const BEYOND_A_SCHEMA: [Detail; 4] =
    [Detail::ValueTooLarge, Detail::DuplicateKey, Detail::LineNotConfigured, Detail::AheadOfRecord];

fn names<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|member| as_str(*member)).collect()
}

#[test]
fn the_enums_are_those_of_the_vocabulary() {
    let defs = &Documents::shared().event_schema["$defs"];
    let types: Vec<_> = FactKind::ALL.iter().map(|kind| format!("{EVENT_TYPE_PREFIX}{}", kind.as_str())).collect();
    assert_eq!(texts(&defs["type"]["enum"]), types);
    let list = |of: &str, member: &str| texts(&defs[of]["properties"][member]["enum"]);
    assert_eq!(list("abandoned", "stage"), names(Stage::ALL, Stage::as_str));
    assert_eq!(list("callback_attempted", "result"), names(AttemptResult::ALL, AttemptResult::as_str));
    assert_eq!(list("callback_closed", "result"), names(CloseResult::ALL, CloseResult::as_str));
    assert_eq!(list("outcome_recorded", "outcome"), names(Outcome::ALL, Outcome::as_str));
    let survey = &defs["feedback_received"]["oneOf"][1]["properties"];
    assert_eq!(texts(&survey["question"]["enum"]), names(Survey::ALL, Survey::as_str));
    assert_eq!(texts(&survey["answer"]["enum"]), names(YesNo::ALL, YesNo::as_str));
}

#[test]
fn the_bounds_are_those_of_the_code() {
    let schema = &Documents::shared().event_schema;
    assert_eq!(schema["properties"]["subject"]["maxLength"], MAX_CONTACT_BYTES);
    assert_eq!(schema["$defs"]["data"]["properties"]["visit"]["maxLength"], MAX_VISIT_CHARS);
    assert_eq!(schema["$defs"]["line_id"]["pattern"], format!("^[a-z0-9_]{{1,{}}}$", LineId::MAX_LEN));
}

#[test]
fn the_examples_are_valid_and_decoded() {
    for example in Documents::shared().event_schema["examples"].as_array().unwrap() {
        assert!(Documents::shared().allows_event(example), "{example}");
        let subject = example["subject"].as_str().unwrap();
        assert!(decode_value(subject, example.to_string().as_bytes(), EventTime::MAX).is_ok(), "{example}");
    }
}

#[test]
fn the_schema_rejects_every_malformed_event_that_a_schema_can_detect() {
    let mut rejected = 0;
    for case in malformed::cases() {
        let record = case.record("c-1", &line("mipa"), NOW);
        if BEYOND_A_SCHEMA.contains(&case.detail()) || !record.headers.is_empty() {
            continue;
        }
        // Values that are not JSON are rejected before a schema is applied.
        if let Ok(event) = serde_json::from_slice(record.value.as_deref().unwrap_or_default()) {
            assert!(!Documents::shared().allows_event(&event), "{}: {event}", case.name());
            rejected += 1;
        }
    }
    assert!(rejected >= 60, "only {rejected} cases were checked with the schema");
}

#[test]
fn both_modes_of_every_fact_are_valid() {
    for fact in all_facts() {
        let owned = statement_of(fact);
        let binary = encode_binary(&owned.statement());
        let text = |bytes: &[u8]| Value::from(std::str::from_utf8(bytes).unwrap());
        let headers: Value = binary.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        assert!(Documents::shared().allows_binary_headers(&headers), "{headers}");
        assert!(Documents::shared().allows_binary_data(&serde_json::from_slice(&binary.value).unwrap()));
        let structured = encode_structured(&owned.statement());
        let headers: Value = structured.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        assert!(Documents::shared().allows_structured_headers(&headers), "{headers}");
        assert!(Documents::shared().allows_event(&serde_json::from_slice(&structured.value).unwrap()));
    }
}

/// Values that are valid for some member, and some that are valid for none.
fn any_value() -> impl Strategy<Value = Value> {
    let words = ["", "1.0", "0.3", "yes", "no", "nps", "solved", "queue", "failed", "purged", "other", "mipa", "Mipa"];
    let numbers = [json!(0), json!(7), json!(7.0), json!(10), json!(11), json!(-1), json!(7.5), json!(1e300)];
    let others = [json!(null), json!(true), json!([]), json!({}), json!({"line": "mipa", "result": "failed"})];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Value::from),
        prop::sample::select(numbers.to_vec()),
        prop::sample::select(others.to_vec()),
        prop::sample::select(FactKind::ALL).prop_map(|kind| format!("{EVENT_TYPE_PREFIX}{}", kind.as_str()).into()),
        (60..130_usize).prop_map(|length| "c".repeat(length).into()),
        (60..70_usize).prop_map(|length| "ä".repeat(length).into()),
        any_time().prop_map(Value::from),
        any_base64().prop_map(Value::from),
    ]
}

/// Data in base64, some of it invalid.
fn any_base64() -> impl Strategy<Value = String> {
    let data =
        r#"\{"line":"(mipa|Mipa|)","(stage|result|outcome|answer|x)":("queue"|"failed"|"yes"|7)\}|null|\[\]|\{|"#;
    prop_oneof![8 => data.prop_map(|data| STANDARD.encode(data)), 1 => Just("e30".to_owned()), 1 => Just("=".to_owned())]
}

/// Date-times, most of which do not exist.
fn any_time() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,4})?([Zz]|[+-][0-2][0-9]:[0-6][0-9])?",
        "20[0-2][0-9]-02-(28|29|30)T(23:59:60|10:15:00)(Z|-23:59|\\+00:00)",
    ]
}

const MEMBERS: [&str; 16] = [
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "data",
    "data_base64",
    "/line",
    "/visit",
    "/to_line",
    "/stage",
    "/result",
    "/outcome",
    "/question",
    "/answer",
];

/// A member, and its new value; `None` removes it.
fn any_change() -> impl Strategy<Value = (&'static str, Option<Value>)> {
    (prop::sample::select(&MEMBERS), prop::option::weighted(0.9, any_value()))
}

fn change(event: &mut Value, member: &str, value: Option<Value>) {
    let (object, name) = match member.strip_prefix('/') {
        Some(name) => (&mut event["data"], name),
        None => (event, member),
    };
    let Value::Object(members) = object else { return };
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn the_schema_accepts_every_encoded_event(owned in any_statement()) {
        let event = serde_json::from_slice(&encode_structured(&owned.statement()).value).unwrap();
        prop_assert!(Documents::shared().allows_event(&event), "{}", event);
    }

    #[test]
    fn the_schema_and_the_decoder_accept_the_same_events(
        owned in any_statement(),
        changes in prop::collection::vec(any_change(), 0..4),
        packed: bool,
    ) {
        let mut event = serde_json::from_slice(&encode_structured(&owned.statement()).value).unwrap();
        for (member, value) in changes {
            change(&mut event, member, value);
        }
        if packed && event["data"].is_object() {
            let data = event.as_object_mut().unwrap().remove("data").unwrap();
            event["data_base64"] = STANDARD.encode(data.to_string()).into();
        }
        let key = event["subject"].as_str().unwrap_or_default().to_owned();
        let allowed = Documents::shared().allows_event(&event);
        match decode_value(&key, event.to_string().as_bytes(), EventTime::MAX) {
            Ok(_) => prop_assert!(allowed, "only the decoder accepts {}", event),
            Err(rejection) if rejection.reason == Reason::UnknownLine => {}
            Err(rejection) if rejection.detail == Detail::BadSubject && key.len() > MAX_CONTACT_BYTES => {}
            Err(rejection) => prop_assert!(!allowed, "only the schema accepts {}: {}", event, rejection),
        }
    }
}
