//! What detail events state.

use super::*;
use crate::MappingTable;

#[test]
fn contacts_that_arrive_are_offered_answered_and_lost() {
    for medium in ["VOICE", "CHAT", "MESSAGE", "voice"] {
        let of = |kind: &str, outcome: &str| event(kind, &json!({ "mediaType": medium, "acdOutcome": outcome }));
        states(&of("acd.start", ""), &mapping(), &["offered a 08:00:00.100", "queued a 08:00:00.100"]);
        states(&of("acd.end", "ANSWERED"), &mapping(), &["answered a 08:00:00.100"]);
        states(&of("acd.end", "ABANDON"), &mapping(), &["abandoned:queue a 08:00:00.100"]);
        states(&of("acd.end", "FLOW_OUT"), &mapping(), &["transferred a 08:00:00.100"]);
        states(&of("acd.end", "UNKNOWN"), &mapping(), &[]);
        states(&of("acd.end", ""), &mapping(), &[]);
    }
}

#[test]
fn media_that_do_not_count_and_outbound_calls_state_nothing() {
    for (medium, direction) in [
        ("EMAIL", "INBOUND"),
        ("COBROWSE", "INBOUND"),
        ("VIDEO", "INBOUND"),
        ("SCREENSHARE", "INBOUND"),
        ("UNKNOWN", "INBOUND"),
        ("VOICE", "OUTBOUND"),
        ("CHAT", "outbound"),
    ] {
        for (kind, outcome) in [("acd.start", ""), ("acd.end", "ANSWERED"), ("acd.end", "ABANDON")] {
            let members = json!({
                "mediaType": medium, "direction": direction, "acdOutcome": outcome, "queueId": NO_QUEUE,
            });
            let found = read_value(&event(kind, &members), &mapping());
            assert!(found.facts.is_empty() && found.unmapped.is_empty() && found.faults.is_empty(), "{medium}");
            assert!(!found.has_unknown_type, "{medium}");
        }
    }
    let new = read_value(&event("acd.start", &json!({ "mediaType": "TELEPATHY" })), &mapping());
    assert!(new.has_unknown_type && new.facts.is_empty() && new.faults.is_empty());
    assert_eq!(new.types, ["acd.start", "TELEPATHY"]);
}

#[test]
fn a_callback_waits_from_its_start_and_its_taking_says_nothing() {
    let of = |kind: &str, members: &Value| {
        let mut all = json!({ "mediaType": "CALLBACK" });
        add(&mut all, members);
        event(kind, &all)
    };
    states(&of("acd.start", &json!({})), &mapping(), &["callback_requested a 08:00:00.100"]);
    states(&of("acd.start", &json!({ "direction": null })), &mapping(), &["callback_requested a 08:00:00.100"]);
    for outcome in ["ANSWERED", "FLOW_OUT", "UNKNOWN"] {
        states(&of("acd.end", &json!({ "acdOutcome": outcome })), &mapping(), &[]);
    }
    let lost = |cause: &str| of("acd.end", &json!({ "acdOutcome": "ABANDON", "disconnectType": cause }));
    states(&lost("TIMEOUT"), &mapping(), &["callback_closed:expired a 08:00:00.100"]);
    for cause in ["CLIENT", "SYSTEM", ""] {
        states(&lost(cause), &mapping(), &["callback_closed:purged a 08:00:00.100"]);
    }
    let mut unset = mapping();
    unset.removed_callback = None;
    let found = read_value(&lost("CLIENT"), &unset);
    assert!(found.facts.is_empty() && found.faults.is_empty());
    assert_eq!(found.unmapped, [(MappingTable::RemovedCallback, "CLIENT".to_owned())]);
    states(&lost("TIMEOUT"), &unset, &["callback_closed:expired a 08:00:00.100"]);
    states(&of("user.end", &json!({ "interactingDurationMs": 5 })), &mapping(), &[]);
}

#[test]
fn an_outbound_call_in_the_queue_is_a_callback_on_lines_that_say_so() {
    let answered = event("acd.end", &json!({ "direction": "OUTBOUND", "acdOutcome": "ANSWERED" }));
    states(&answered, &mapping(), &[]);
    let rules = GenesysCloudRules { customer_first: vec![LineIndex::new(0)], ..GenesysCloudRules::default() };
    let mapping = with_rules(rules);
    let reached = ["callback_attempted:reached a 08:00:00.100", "callback_reached a 08:00:00.100"];
    states(&answered, &mapping, &reached);
    let of = |kind: &str, members: &Value| {
        let mut all = json!({ "direction": "OUTBOUND" });
        add(&mut all, members);
        event(kind, &all)
    };
    states(&of("acd.start", &json!({})), &mapping, &[]);
    states(&of("acd.end", &json!({ "acdOutcome": "ABANDON" })), &mapping, &[]);
    states(&of("acd.end", &json!({ "acdOutcome": "ANSWERED", "queueId": QUEUE_B })), &mapping, &[]);
}

#[test]
fn codes_state_outcomes_of_all_contacts_and_attempts_of_callbacks() {
    let of = |kind: &str, code: &str, medium: &str, direction: &str| {
        event(kind, &json!({ "wrapupCode": code, "mediaType": medium, "direction": direction }))
    };
    for kind in ["wrapup", "acw"] {
        for (medium, direction) in [("VOICE", "INBOUND"), ("VOICE", "OUTBOUND"), ("CALLBACK", "INBOUND")] {
            let handled = of(kind, HANDLED, medium, direction);
            states(&handled, &mapping(), &["outcome_recorded:handled a 08:00:00.100"]);
        }
    }
    for (medium, direction) in [("CALLBACK", "INBOUND"), ("VOICE", "OUTBOUND")] {
        let failed = of("wrapup", FAILED, medium, direction);
        states(&failed, &mapping(), &["callback_attempted:failed a 08:00:00.100"]);
        let reached = ["callback_attempted:reached a 08:00:00.100", "callback_reached a 08:00:00.100"];
        states(&of("wrapup", REACHED, medium, direction), &mapping(), &reached);
        let closed = of("wrapup", UNREACHED, medium, direction);
        states(&closed, &mapping(), &["callback_closed:unreached a 08:00:00.100"]);
        for code in [FAILED, REACHED, UNREACHED] {
            states(&of("acw", code, medium, direction), &mapping(), &[]);
        }
    }
    for code in [FAILED, REACHED, UNREACHED] {
        states(&of("wrapup", code, "VOICE", "INBOUND"), &mapping(), &[]);
    }
    states(
        &of("wrapup", &HANDLED.to_uppercase(), "VOICE", "INBOUND"),
        &mapping(),
        &["outcome_recorded:handled a 08:00:00.100"],
    );
    let unknown = read_value(&of("wrapup", "e0000000-1", "VOICE", "INBOUND"), &mapping());
    assert_eq!(unknown.unmapped, [(MappingTable::Codes, "e0000000-1".to_owned())]);
    let text = read_value(&of("wrapup", "Maija: done", "VOICE", "INBOUND"), &mapping());
    assert_eq!(text.unmapped, [(MappingTable::Codes, "other".to_owned())]);
}

#[test]
fn attempts_are_taken_from_one_kind_of_record() {
    let failed = event("wrapup", &json!({ "wrapupCode": FAILED, "mediaType": "CALLBACK" }));
    let from = |attempts_from| with_rules(GenesysCloudRules { attempts_from, ..GenesysCloudRules::default() });
    states(&failed, &from(Some(AttemptsFrom::Events)), &["callback_attempted:failed a 08:00:00.100"]);
    states(&failed, &from(Some(AttemptsFrom::Records)), &[]);
}

#[test]
fn a_contact_ends_when_an_agent_who_talked_leaves() {
    let of = |members: &Value| event("user.end", members);
    states(&of(&json!({ "interactingDurationMs": 334_782 })), &mapping(), &["ended a 08:00:00.100"]);
    states(&of(&json!({ "interactingDurationMs": 0 })), &mapping(), &[]);
    states(&of(&json!({ "interactingDurationMs": null })), &mapping(), &[]);
    states(&of(&json!({ "interactingDurationMs": 5, "queueId": null })), &mapping(), &[]);
    states(&of(&json!({ "interactingDurationMs": 5, "direction": "OUTBOUND" })), &mapping(), &[]);
    states(&event("user.start", &json!({})), &mapping(), &[]);
}

#[test]
fn a_mapped_number_has_a_leg_of_its_own() {
    let of = |kind: &str, members: &Value| {
        let mut all = json!({ "dnis": "tel:+358100000001", "queueId": null });
        add(&mut all, members);
        event(kind, &all)
    };
    states(&of("customer.start", &json!({})), &mapping(), &["offered a 08:00:00.100"]);
    states(&of("customer.start", &json!({ "direction": "OUTBOUND" })), &mapping(), &[]);
    states(&of("customer.start", &json!({ "mediaType": "CALLBACK" })), &mapping(), &[]);
    states(&of("customer.start", &json!({ "dnis": "tel:+358100000002" })), &mapping(), &[]);
    let hung_up = |flow: &str| of("flow.end", &json!({ "disconnectType": "ENDPOINT", "flowType": flow }));
    states(&hung_up("INBOUNDCALL"), &mapping(), &["abandoned:menu a 08:00:00.100"]);
    states(&hung_up(""), &mapping(), &["abandoned:menu a 08:00:00.100"]);
    states(&hung_up("INQUEUECALL"), &mapping(), &[]);
    states(&of("flow.end", &json!({ "disconnectType": "TRANSFER" })), &mapping(), &[]);
    let queued = |queue: &str| of("acd.start", &json!({ "queueId": queue }));
    states(&queued(QUEUE_A), &mapping(), &["offered a 08:00:00.100", "queued a 08:00:00.100"]);
    let moved = ["transferred a 08:00:00.100", "offered b 08:00:00.100", "queued b 08:00:00.100"];
    states(&queued(QUEUE_B), &mapping(), &moved);
}

#[test]
fn what_the_flow_does_with_a_caller_is_said_by_the_exits() {
    let of = |flow: &str| event("acd.end", &json!({ "acdOutcome": "FLOW_OUT", "flowType": flow }));
    let mut exits = mapping();
    exits.exits.general.insert("flow_out.voicemail".to_owned(), ExitMeaning::CallbackRequested);
    exits.exits.of_line.insert((LineIndex::new(0), "flow_out".to_owned()), ExitMeaning::Ended);
    states(&of("VOICEMAIL"), &exits, &["callback_requested a 08:00:00.100"]);
    states(&of("INQUEUECALL"), &exits, &["ended a 08:00:00.100"]);
    let mut unset = mapping();
    unset.exits.general.clear();
    states(&of("INQUEUECALL"), &unset, &["transferred a 08:00:00.100"]);
    assert_eq!(read_value(&of("x"), &unset).unmapped, [(MappingTable::Exits, "flow_out".to_owned())]);
    let voicemail = |ms: Value| event("voicemail.end", &json!({ "voicemailDurationMs": ms }));
    let found = read_value(&voicemail(json!(9_000)), &unset);
    assert!(found.facts.is_empty() && found.faults.is_empty());
    assert_eq!(found.unmapped, [(MappingTable::Exits, "voicemail".to_owned())]);
    unset.exits.general.insert("voicemail".to_owned(), ExitMeaning::CallbackRequested);
    states(&voicemail(json!(9_000)), &unset, &["callback_requested a 08:00:00.100"]);
    states(&voicemail(json!(0)), &unset, &[]);
    states(&voicemail(Value::Null), &unset, &[]);
}

#[test]
fn a_returning_message_conversation_is_a_visit_of_its_own_where_the_line_says_so() {
    let rules = GenesysCloudRules { message_visits: vec![LineIndex::new(0)], ..GenesysCloudRules::default() };
    let mapping = with_rules(rules);
    let of = |kind: &str, members: &Value| {
        let mut all = json!({ "mediaType": "MESSAGE" });
        add(&mut all, members);
        event(kind, &all)
    };
    let found = read_value(&of("acd.start", &json!({})), &mapping);
    assert_eq!((found.facts.len(), &found.facts[0]["visit"]), (2, &json!("p-1")));
    let found = read_value(&of("acd.end", &json!({ "acdOutcome": "ANSWERED" })), &mapping);
    assert_eq!((found.facts.len(), &found.facts[0]["visit"]), (1, &json!("p-1")));
    states(&of("user.end", &json!({ "interactingDurationMs": 5 })), &mapping, &[]);
    states(&of("wrapup", &json!({ "wrapupCode": HANDLED })), &mapping, &[]);
    let call = read_value(&event("acd.start", &json!({})), &mapping);
    assert_eq!(call.facts[0].get("visit"), None);
    let elsewhere = read_value(&of("acd.start", &json!({ "queueId": QUEUE_B })), &mapping);
    assert_eq!(elsewhere.facts[0].get("visit"), None);
}

#[test]
fn a_queue_that_is_not_mapped_is_reported_and_an_ignored_one_is_not() {
    let of = |queue: &str| event("acd.start", &json!({ "queueId": queue }));
    let found = read_value(&of(NO_QUEUE), &mapping());
    assert!(found.facts.is_empty() && found.faults.is_empty());
    assert_eq!(found.unmapped, [(MappingTable::Queues, NO_QUEUE.to_owned())]);
    let mut ignoring = mapping();
    ignoring.queues.insert("c333*", QueueTarget::Ignored);
    assert!(read_value(&of(NO_QUEUE), &ignoring).unmapped.is_empty());
    states(&of(&QUEUE_A.to_uppercase()), &mapping(), &["offered a 08:00:00.100", "queued a 08:00:00.100"]);
}
