//! What conversation detail records state.

use super::*;
use crate::{Detail, MappingTable, WaitFrom};

fn segment(kind: &str, from: &str, to: &str, queue: Option<&str>) -> Value {
    json!({ "segmentType": kind, "segmentStart": at(from), "segmentEnd": at(to), "queueId": queue })
}

fn session(medium: &str, direction: &str, segments: &[Value], metrics: &[(&str, &str)]) -> Value {
    let metrics: Vec<_> =
        metrics.iter().map(|(name, time)| json!({ "name": name, "value": 1, "emitDate": at(time) })).collect();
    json!({ "mediaType": medium, "direction": direction, "segments": segments, "metrics": metrics })
}

fn record(parties: &[(&str, Value)]) -> Value {
    let parties: Vec<_> = parties
        .iter()
        .map(|(purpose, session)| json!({ "participantId": "p-1", "purpose": purpose, "sessions": [session] }))
        .collect();
    json!({ "conversationId": "c-1", "conversationStart": at("08:00:00"), "participants": parties })
}

fn visit(metrics: &[(&str, &str)]) -> Value {
    let segments = [segment("interact", "08:00:30.000", "08:02:00.000", Some(QUEUE_A))];
    session("voice", "inbound", &segments, metrics)
}

fn callback() -> (&'static str, Value) {
    let segments = [segment("interact", "08:02:00.000", "08:40:00.000", Some(QUEUE_A))];
    ("acd", session("callback", "inbound", &segments, &[]))
}

fn dialing(from: &str, to: &str, talked: Option<&str>) -> (&'static str, Value) {
    let mut segments = vec![segment("dialing", from, to, None)];
    segments.extend(talked.map(|until| segment("interact", to, until, None)));
    ("customer", session("voice", "outbound", &segments, &[]))
}

fn talk(from: &str, until: &str) -> (&'static str, Value) {
    let segments = [segment("interact", from, until, Some(QUEUE_A))];
    ("agent", session("voice", "outbound", &segments, &[("tTalk", until)]))
}

#[test]
fn a_visit_to_a_queue_is_told_by_its_first_segment_and_its_metrics() {
    let offered = ["offered a 08:00:30.000", "queued a 08:00:30.000"];
    for (metric, fact) in [
        ("tAnswered", "answered a 08:01:00.000"),
        ("tAbandon", "abandoned:queue a 08:01:00.000"),
        ("tFlowOut", "transferred a 08:01:00.000"),
    ] {
        let visit = visit(&[("nOffered", "08:00:30.000"), (metric, "08:01:00.000"), ("tShortAbandon", "08:00:59.000")]);
        states(&record(&[("acd", visit)]), &mapping(), &[offered[0], offered[1], fact]);
    }
    let late = [
        segment("ivr", "08:00:10.000", "08:00:30.000", None),
        segment("interact", "08:00:30.000", "08:02:00.000", Some(QUEUE_A)),
    ];
    states(&record(&[("acd", session("CHAT", "INBOUND", &late, &[]))]), &mapping(), &offered);
    states(&record(&[("acd", session("email", "inbound", &late, &[]))]), &mapping(), &[]);
    states(&record(&[("acd", session("voice", "outbound", &late, &[("tAnswered", "08:01:00.000")]))]), &mapping(), &[]);
    states(&record(&[("ivr", visit(&[]))]), &mapping(), &[]);
}

#[test]
fn attempts_are_the_diallings_after_the_request() {
    let parts = [
        callback(),
        dialing("08:40:00.000", "08:40:30.000", None),
        dialing("09:00:00.000", "09:00:09.500", Some("09:10:00.000")),
        talk("09:00:14.000", "09:05:00.000"),
        // The call is passed on to another agent: still one attempt.
        talk("09:05:00.000", "09:10:00.000"),
    ];
    let facts = [
        "callback_requested a 08:02:00.000",
        "callback_attempted:failed a 08:40:30.000",
        "callback_attempted:reached a 09:00:14.000",
        "callback_reached a 09:00:14.000",
        "ended a 09:05:00.000",
        "ended a 09:10:00.000",
    ];
    states(&record(&parts), &mapping(), &facts);
    // Without a callback they are calls of a campaign, or of an agent.
    states(&record(&parts[1..]), &mapping(), &["ended a 09:05:00.000", "ended a 09:10:00.000"]);
    let from_events =
        with_rules(GenesysCloudRules { attempts_from: Some(AttemptsFrom::Events), ..GenesysCloudRules::default() });
    states(&record(&parts), &from_events, &[facts[0], facts[4], facts[5]]);
}

#[test]
fn codes_of_a_callback_state_attempts_only_where_no_dialling_is_shown() {
    let mut wrapup = segment("wrapup", "09:10:00.000", "09:11:00.000", Some(QUEUE_A));
    wrapup["wrapUpCode"] = FAILED.into();
    let agent = ("agent", session("callback", "inbound", &[wrapup.clone()], &[]));
    let requested = "callback_requested a 08:02:00.000";
    let failed = "callback_attempted:failed a 09:11:00.000";
    states(&record(&[callback(), agent.clone()]), &mapping(), &[requested, failed]);
    let dialled = [callback(), dialing("08:40:00.000", "08:40:30.000", None), agent];
    states(&record(&dialled), &mapping(), &[requested, "callback_attempted:failed a 08:40:30.000"]);
    wrapup["wrapUpCode"] = "unknown-code".into();
    let found = read_value(&record(&[("agent", session("voice", "inbound", &[wrapup], &[]))]), &mapping());
    assert_eq!(found.unmapped, [(MappingTable::Codes, "unknown-code".to_owned())]);
}

#[test]
fn an_agent_ends_the_contact_at_the_end_of_the_last_talk() {
    let segments = [
        segment("alert", "08:01:00.000", "08:01:05.000", Some(QUEUE_A)),
        segment("interact", "08:01:05.000", "08:03:00.000", Some(QUEUE_A)),
        segment("hold", "08:03:00.000", "08:04:00.000", Some(QUEUE_A)),
        segment("interact", "08:04:00.000", "08:05:00.500", Some(QUEUE_A)),
    ];
    states(&record(&[("agent", session("voice", "inbound", &segments, &[]))]), &mapping(), &["ended a 08:05:00.500"]);
    states(&record(&[("agent", session("voice", "inbound", &segments[..1], &[]))]), &mapping(), &[]);
    states(&record(&[("agent", session("callback", "inbound", &segments, &[]))]), &mapping(), &[]);
    let mut lasting = segments[3].clone();
    lasting["segmentEnd"] = Value::Null;
    states(&record(&[("agent", session("voice", "inbound", &[lasting], &[]))]), &mapping(), &[]);
}

#[test]
fn the_wait_of_the_first_visit_may_begin_at_the_arrival() {
    let mut from_arrival = mapping();
    from_arrival.wait_from = WaitFrom::Arrival;
    let other = [segment("interact", "08:02:00.000", "08:03:00.000", Some(QUEUE_B))];
    let value = record(&[("acd", visit(&[])), ("acd", session("voice", "inbound", &other, &[]))]);
    let facts = ["offered a 08:00:00.000", "queued a 08:00:30.000", "offered b 08:02:00.000", "queued b 08:02:00.000"];
    states(&value, &from_arrival, &facts);
}

#[test]
fn a_page_of_the_api_is_all_of_its_records() {
    let mut other = record(&[("acd", visit(&[]))]);
    other["conversationId"] = "c-2".into();
    let page = json!({ "conversations": [record(&[("acd", visit(&[]))]), null, other], "totalHits": 2 });
    let found = read_value(&page, &mapping());
    let contacts: Vec<_> = found.facts.iter().map(|fact| fact["contact"].as_str().unwrap()).collect();
    assert_eq!(contacts, ["c-1", "c-1", "c-2", "c-2"]);
    assert_eq!(found.types.len(), 2);
    assert!(found.faults.is_empty());
    states(&json!({ "conversations": [] }), &mapping(), &[]);
}

#[test]
fn a_fault_refuses_the_whole_record() {
    let mut bad = visit(&[("tAnswered", "08:01:00.000")]);
    for (pointer, value, fault) in [
        ("/segments/0/segmentStart", json!("soon"), Detail::BadInstant),
        ("/segments/0/segmentStart", json!("2026-03-03T08:00:00"), Detail::InstantWithoutZone),
        ("/metrics/0/emitDate", json!(null), Detail::MissingInstant),
        ("/metrics/0/name", json!(7), Detail::BadMember),
        ("/mediaType", json!(null), Detail::MissingMember),
        ("/direction", json!("sideways"), Detail::BadMember),
    ] {
        let sound = bad.pointer(pointer).unwrap().clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        let found = read_value(&record(&[("acd", visit(&[])), ("acd", bad.clone())]), &mapping());
        assert_eq!((found.shown(), found.faults), (Vec::new(), vec![fault]), "{pointer}");
        *bad.pointer_mut(pointer).unwrap() = sound;
    }
    let mut nameless = record(&[("acd", visit(&[]))]);
    nameless["conversationId"] = Value::Null;
    assert_eq!(read_value(&nameless, &mapping()).faults, [Detail::MissingContactId]);
    let purposeless = json!({ "conversationId": "c-1", "participants": [{ "sessions": [visit(&[])] }] });
    assert_eq!(read_value(&purposeless, &mapping()).faults, [Detail::MissingMember]);
}

#[test]
fn events_and_records_of_one_conversation_join_to_the_same_facts() {
    use crate::native::laws::joined;
    let events = [
        event("acd.start", &json!({ "eventTime": ms("08:00:30.000") })),
        event("acd.end", &json!({ "eventTime": ms("08:02:00.000"), "acdOutcome": "FLOW_OUT" })),
        event("acd.start", &json!({ "eventTime": ms("08:02:00.000"), "mediaType": "CALLBACK" })),
    ];
    let events: Vec<_> = events.iter().flat_map(|event| read_value(event, &mapping()).facts).collect();
    let both = record(&[("acd", visit(&[("tFlowOut", "08:02:00.000")])), callback()]);
    let both = read_value(&both, &mapping()).facts;
    assert_eq!(joined(&events), joined(&both));
    assert_eq!(joined(&[events, both.clone()].concat()), joined(&both));
}
