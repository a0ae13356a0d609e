//! The `AsyncAPI` document of the two topics agrees with the code, and its references resolve.

use ensilinja_model::{EventTime, FactKind, Headers};
use ensilinja_wire::{Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, Reason, Record};
use serde_json::Value;

use crate::documents::{Documents, texts};
use crate::statements::{decode_value, decoder};

fn document() -> &'static Value {
    &Documents::shared().asyncapi
}

fn message(name: &str) -> &'static Value {
    &document()["components"]["messages"][name]
}

#[test]
fn it_describes_both_topics_in_asyncapi_3() {
    assert_eq!(document()["asyncapi"], "3.0.0");
    let address = |channel: &str| document()["channels"][channel]["address"].as_str();
    assert_eq!(address("events"), Some("ensilinja.events"));
    assert_eq!(address("deadLetters"), Some("ensilinja.dead-letters"));
    for channel in ["events", "deadLetters"] {
        let channel = &document()["channels"][channel];
        assert_eq!(channel["bindings"]["kafka"]["topic"], channel["address"]);
        assert_eq!(texts(&channel["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"]), ["delete"]);
    }
}

#[test]
fn every_reference_resolves() {
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(document(), &mut found);
    assert!(found.len() >= 9, "{found:?}");
    for reference in found {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let target = match file {
            "" => document(),
            "./event.schema.json" => &Documents::shared().event_schema,
            other => panic!("a reference to {other}"),
        };
        assert!(target.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn the_reasons_and_details_of_dead_letters_are_those_of_the_code() {
    let schemas = &document()["components"]["schemas"];
    let reasons: Vec<_> =
        Reason::ALL.iter().filter(|reason| reason.goes_to_dead_letters()).map(|reason| reason.as_str()).collect();
    assert_eq!(texts(&schemas["reason"]["enum"]), reasons);

    let documented: Vec<_> = schemas["detail"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| (detail["const"].as_str().unwrap(), detail["description"].as_str().unwrap()))
        .collect();
    let details: Vec<_> = Detail::ALL
        .iter()
        .filter(|detail| detail.reason().goes_to_dead_letters())
        .map(|detail| (detail.as_str(), detail.advice()))
        .collect();
    assert_eq!(documented, details);
}

#[test]
fn the_types_and_bounds_of_headers_are_those_of_the_code() {
    let headers = &message("binary")["headers"]["properties"];
    let types: Vec<_> = FactKind::ALL.iter().map(|kind| format!("{EVENT_TYPE_PREFIX}{}", kind.as_str())).collect();
    assert_eq!(texts(&headers["ce_type"]["enum"]), types);
    assert_eq!(headers["ce_subject"]["maxLength"], MAX_CONTACT_BYTES);
}

#[test]
fn the_example_of_structured_mode_is_valid_and_decoded() {
    let example = &message("structured")["examples"][0];
    assert!(Documents::shared().allows_structured_headers(&example["headers"]));
    assert!(Documents::shared().allows_event(&example["payload"]));
    let subject = example["payload"]["subject"].as_str().unwrap();
    assert!(decode_value(subject, example["payload"].to_string().as_bytes(), EventTime::MAX).is_ok());
}

#[test]
fn the_example_of_binary_mode_is_valid_and_decoded_to_the_same_event() {
    let example = &message("binary")["examples"][0];
    assert!(Documents::shared().allows_binary_headers(&example["headers"]));
    assert!(Documents::shared().allows_binary_data(&example["payload"]));
    let headers: Vec<_> = example["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str().unwrap().as_bytes())))
        .collect();
    let value = example["payload"].to_string();
    let record = Record {
        key: Some(b"7f2c"),
        value: Some(value.as_bytes()),
        headers: Headers::known(&headers),
        timestamp: EventTime::MAX,
    };
    let structured = message("structured")["examples"][0]["payload"].to_string();
    assert_eq!(
        decoder().decode(&record).unwrap(),
        decode_value("7f2c", structured.as_bytes(), EventTime::MAX).unwrap()
    );
}

#[test]
fn the_example_of_a_dead_letter_is_valid_and_one_without_a_reason_is_not() {
    let mut headers = message("deadLetter")["examples"][0]["headers"].clone();
    assert!(Documents::shared().allows_dead_letter_headers(&headers));
    headers["ensilinja_reason"] = "unknown_type".into();
    assert!(!Documents::shared().allows_dead_letter_headers(&headers));
    headers.as_object_mut().unwrap().remove("ensilinja_reason");
    assert!(!Documents::shared().allows_dead_letter_headers(&headers));
}
