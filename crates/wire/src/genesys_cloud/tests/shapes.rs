//! Envelopes, sequences, other topics, times and faults.

use super::*;
use crate::Detail;

const FACTS: [&str; 2] = ["offered a 08:00:00.100", "queued a 08:00:00.100"];

fn envelope(detail: &Value, kind: &str) -> Value {
    json!({
        "version": "0", "id": "e-1", "detail-type": format!("v2.detail.events.conversation.{{id}}.{kind}"),
        "source": "aws.partner/genesys.com/cloud/00000000-0000-4000-8000-0000000000ff/events",
        "time": "2026-03-03T08:00:00Z", "resources": [], "detail": detail,
    })
}

#[test]
fn the_envelope_and_the_bare_notification_say_the_same() {
    let bare = event("acd.start", &json!({}));
    states(&bare, &mapping(), &FACTS);
    states(&envelope(&bare, "acd.start"), &mapping(), &FACTS);
    let mut without_topic = bare.clone();
    without_topic.as_object_mut().unwrap().remove("topicName");
    states(&envelope(&without_topic, "acd.start"), &mapping(), &FACTS);
    let mut literal = bare;
    literal["topicName"] = "v2.detail.events.conversation.{id}.acd.start".into();
    states(&literal, &mapping(), &FACTS);
}

#[test]
fn a_body_alone_does_not_say_what_it_is() {
    let body = event("acd.start", &json!({}))["eventBody"].clone();
    assert_eq!(read_value(&body, &mapping()).faults, [Detail::MissingMember]);
    let mut without_topic = event("acd.start", &json!({}));
    without_topic.as_object_mut().unwrap().remove("topicName");
    assert_eq!(read_value(&without_topic, &mapping()).faults, [Detail::MissingMember]);
}

#[test]
fn several_objects_in_one_value_are_all_read_and_a_bad_one_is_one_fault() {
    let (one, other) = (event("acd.start", &json!({})), envelope(&event("acd.start", &json!({})), "acd.start"));
    for text in [format!("{one}{other}"), format!("[{one},{other}]"), format!("{one}\n{other}\n")] {
        let found = facts_of(text.as_bytes(), &mapping());
        assert_eq!(found.shown(), [FACTS, FACTS].concat());
        assert_eq!(found.faults, []);
    }
    let bad = event("acd.start", &json!({ "conversationId": null }));
    let found = facts_of(format!("[{one},{bad},{other}]").as_bytes(), &mapping());
    assert_eq!((found.facts.len(), found.faults), (4, vec![Detail::MissingContactId]));
}

#[test]
fn other_kinds_and_topics_are_counted_by_name() {
    let topic = |topic: &str| json!({ "topicName": topic, "eventBody": { "id": "x" } });
    for (value, names) in [
        (event("milestone", &json!({})), vec!["milestone"]),
        (
            topic("v2.routing.queues.a1111111-0000-4000-8000-000000000001.conversations.calls"),
            vec!["v2.routing.queues.{id}.conversations.calls"],
        ),
        (topic("channel.metadata"), vec!["channel.metadata"]),
        (topic("+358400000000"), vec!["other"]),
        (json!({ "a": 1 }), vec![]),
        (json!({}), vec![]),
    ] {
        let found = read_value(&value, &mapping());
        assert!(found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty(), "{value}");
        assert_eq!(found.types, names, "{value}");
    }
    for kind in ["customer.end", "flow.start", "flow.outcome", "outbound", "voicemail.start", "contact", "attributes"] {
        let found = read_value(&event(kind, &json!({ "mediaType": null, "conversationId": null })), &mapping());
        assert!(!found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty(), "{kind}");
        assert_eq!(found.types, [kind]);
    }
}

#[test]
fn times_are_whole_milliseconds_or_text_and_never_seconds() {
    let with = |time: Value| event("acd.start", &json!({ "eventTime": time }));
    states(&with(json!("2026-03-03T10:00:00.100+02:00")), &mapping(), &FACTS);
    states(&with(json!(1_772_524_800_100_i64)), &mapping(), &FACTS);
    states(&with(json!(1_772_524_800_100.5)), &mapping(), &FACTS);
    for (time, fault) in [
        (json!(1_772_524_800), Detail::MissingInstant),
        (json!(0), Detail::MissingInstant),
        (json!(null), Detail::MissingInstant),
        (json!("1970-01-01T00:00:00Z"), Detail::MissingInstant),
        (json!(-1), Detail::BadInstant),
        (json!(1e300), Detail::BadInstant),
        (json!(true), Detail::BadInstant),
        (json!("1772524800100"), Detail::BadInstant),
        (json!("2026-03-03T10:00:00.100"), Detail::InstantWithoutZone),
    ] {
        let found = read_value(&with(time.clone()), &mapping());
        assert_eq!((found.facts.len(), found.faults), (0, vec![fault]), "{time}");
    }
    let mut local = mapping();
    local.zone = Some(jiff::tz::TimeZone::get("Europe/Helsinki").unwrap());
    states(&with(json!("2026-03-03T10:00:00.100")), &local, &FACTS);
}

#[test]
fn a_faulty_event_states_nothing() {
    for (members, fault) in [
        (json!({ "conversationId": "" }), Detail::MissingContactId),
        (json!({ "conversationId": 7 }), Detail::BadContactId),
        (json!({ "mediaType": null }), Detail::MissingMember),
        (json!({ "mediaType": [] }), Detail::BadMember),
        (json!({ "direction": null }), Detail::MissingMember),
        (json!({ "direction": "UP" }), Detail::BadMember),
        (json!({ "queueId": null }), Detail::MissingQueue),
        (json!({ "queueId": 7 }), Detail::BadMember),
        (json!({ "dnis": 358 }), Detail::BadMember),
    ] {
        let found = read_value(&event("acd.start", &members), &mapping());
        assert_eq!((found.facts.len(), found.faults), (0, vec![fault]), "{members}");
    }
    let of = |kind: &str, members: &Value| read_value(&event(kind, members), &mapping()).faults;
    assert_eq!(of("acd.end", &json!({ "acdOutcome": 1 })), [Detail::BadMember]);
    assert_eq!(of("user.end", &json!({ "interactingDurationMs": "5" })), [Detail::BadMember]);
    assert_eq!(of("wrapup", &json!({ "wrapupCode": {} })), [Detail::BadMember]);
    let bodies = [json!(null), json!("{}"), json!([])];
    for (body, fault) in bodies.iter().zip([Detail::MissingMember, Detail::BadMember, Detail::BadMember]) {
        let mut value = event("acd.start", &json!({}));
        value["eventBody"] = body.clone();
        assert_eq!(read_value(&value, &mapping()).faults, [fault]);
    }
    assert_eq!(read_value(&envelope(&json!("{}"), "acd.start"), &mapping()).faults, [Detail::BadMember]);
}
