//! Envelopes, casings, sequences, other systems' records, and faults.

use super::*;
use crate::Detail;

fn envelope(detail: &Value) -> Value {
    json!({
        "version": "0", "id": "e-1", "detail-type": "Amazon Connect Contact Event", "source": "aws.connect",
        "account": "111122223333", "time": "2026-03-03T08:00:10Z", "region": "eu-north-1",
        "resources": [INSTANCE, { "contactId": "not this" }], "detail": detail,
    })
}

fn simple() -> Value {
    event("QUEUED", &json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200") }))
}

const FACTS: [&str; 2] = ["offered a 08:00:10.200", "queued a 08:00:10.200"];

/// The value with all member names changed.
fn renamed(value: &Value, rename: fn(&str) -> String) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (rename(name), renamed(value, rename))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn the_envelope_and_the_bare_event_say_the_same_in_any_casing() {
    let casings: [fn(&str) -> String; 4] =
        [str::to_owned, str::to_uppercase, str::to_lowercase, |name| name[..1].to_uppercase() + &name[1..]];
    for casing in casings {
        states(&renamed(&simple(), casing), &mapping(), &FACTS);
        states(&renamed(&envelope(&simple()), casing), &mapping(), &FACTS);
    }
    let mut untyped = simple();
    untyped.as_object_mut().unwrap().remove("eventType");
    states(&envelope(&untyped), &mapping(), &FACTS);
}

#[test]
fn several_objects_in_one_value_are_all_read_and_a_bad_one_is_one_fault() {
    let (one, other) = (simple(), envelope(&simple()));
    for text in [
        format!("{one}{other}"),
        format!("{one}\n{other}\n"),
        format!("[{one}, {other}]"),
        format!("\u{feff}{one:#}\n{other:#}"),
    ] {
        let found = facts_of(text.as_bytes(), &mapping());
        assert_eq!(found.shown(), [FACTS, FACTS].concat(), "{text}");
        assert_eq!(found.faults, []);
    }
    let found = facts_of(format!("{one}{{\"contactId\":}}{other}").as_bytes(), &mapping());
    assert_eq!((found.facts.len(), found.faults), (4, vec![Detail::NotJson]));
    let nameless = event("QUEUED", &json!({ "contactId": null }));
    let found = facts_of(format!("[{one},{nameless},{other}]").as_bytes(), &mapping());
    assert_eq!((found.facts.len(), found.faults), (4, vec![Detail::MissingContactId]));
}

#[test]
fn records_of_other_systems_are_skipped_and_counted_by_name() {
    let heart_beat = json!({
        "AWSAccountId": "1", "AgentARN": "x", "EventType": "HEART_BEAT", "EventTimestamp": at("08:00:00.000"),
        "CurrentAgentSnapshot": { "Contacts": [{ "ContactId": "c-1", "Queue": { "ARN": arn(QUEUE_A) } }] },
    });
    let of_agent = json!({ "EventType": "NEW_KIND", "AgentARN": "x" });
    let mut lens = envelope(&simple());
    lens["detail-type"] = "Contact Lens Post Call Rules Matched".into();
    for (value, names) in [
        (heart_beat, vec!["HEART_BEAT"]),
        (of_agent, vec!["NEW_KIND"]),
        (lens, vec!["Contact Lens Post Call Rules Matched"]),
        (json!({ "eventType": "+358400000000" }), vec!["other"]),
        (json!({ "hello": [1, 2, { "a": null }] }), vec![]),
        (json!({}), vec![]),
    ] {
        let found = read_value(&value, &mapping());
        assert!(found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty(), "{value}");
        assert_eq!(found.types, names, "{value}");
    }
}

#[test]
fn a_new_type_of_event_is_a_snapshot_too_and_is_counted_by_name() {
    let new = event("CONTACT_ADMIRED", &json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200") }));
    let found = read_value(&new, &mapping());
    assert_eq!(found.shown(), FACTS);
    assert_eq!((found.types, found.has_unknown_type), (vec!["CONTACT_ADMIRED".to_owned()], true));
}

#[test]
fn records_are_named_by_their_type() {
    assert_eq!(read_value(&simple(), &mapping()).types, ["QUEUED"]);
    assert_eq!(read_value(&record(&json!({})), &mapping()).types, ["contact record"]);
}

#[test]
fn a_faulty_object_states_nothing() {
    for (members, fault) in [
        (json!({ "contactId": null }), Detail::MissingContactId),
        (json!({ "contactId": "" }), Detail::MissingContactId),
        (json!({ "contactId": 7 }), Detail::BadContactId),
        (json!({ "initialContactId": ["c-1"] }), Detail::BadContactId),
        (json!({ "channel": null }), Detail::MissingMember),
        (json!({ "channel": 1 }), Detail::BadMember),
        (json!({ "initiationMethod": " " }), Detail::MissingMember),
        (json!({ "initiationMethod": {} }), Detail::BadMember),
        (json!({ "eventType": 7 }), Detail::BadMember),
        (json!({ "queueInfo": "x" }), Detail::BadMember),
        (json!({ "queueInfo": [] }), Detail::BadMember),
        (json!({ "agentInfo": true }), Detail::BadMember),
        (json!({ "queueInfo": { "queueArn": 7 } }), Detail::BadMember),
        (json!({ "initiationTimestamp": "yesterday" }), Detail::BadInstant),
        (json!({ "initiationTimestamp": 1_772_524_800_000_i64 }), Detail::BadInstant),
        (json!({ "disconnectTimestamp": "2026-03-03T08:05:00" }), Detail::InstantWithoutZone),
        (json!({ "agentInfo": { "connectedToAgentTimestamp": false } }), Detail::BadInstant),
    ] {
        let mut value = simple();
        add(&mut value, &members);
        let found = read_value(&value, &mapping());
        assert_eq!((found.shown(), found.faults), (Vec::new(), vec![fault]), "{members}");
    }
    let found = read_value(&envelope(&json!("{\"eventType\":\"QUEUED\"}")), &mapping());
    assert_eq!((found.facts.len(), found.faults), (0, vec![Detail::BadMember]));
    let twice = r#"{"eventType":"QUEUED","contactId":"a","ContactId":"b"}"#;
    assert_eq!(facts_of(twice.as_bytes(), &mapping()).faults, [Detail::DuplicateKey]);
}

#[test]
fn absent_objects_and_a_zone_for_local_times_are_no_fault() {
    states(&event("INITIATED", &json!({ "queueInfo": null, "agentInfo": null, "tags": null })), &mapping(), &[]);
    let mut local = mapping();
    local.zone = Some(jiff::tz::TimeZone::get("Europe/Helsinki").unwrap());
    let info = json!({ "queueArn": arn(QUEUE_A), "enqueueTimestamp": "2026-03-03T10:00:10.200" });
    states(&event("QUEUED", &json!({ "queueInfo": info })), &local, &FACTS);
}
