//! What is stated of customers who wait, and of their numbers and queues.

use super::*;
use crate::{Detail, ExitMeaning, MappingTable, WaitFrom};

#[test]
fn a_snapshot_states_all_that_has_happened_whatever_its_type() {
    let offered = ["offered a 08:00:10.200", "queued a 08:00:10.200"];
    let answered = [offered[0], offered[1], "answered a 08:01:00.300"];
    let ended = [answered[0], answered[1], answered[2], "ended a 08:05:00.400"];
    let lost = [offered[0], offered[1], "abandoned:queue a 08:05:00.400", "ended a 08:05:00.400"];
    let waiting = json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200") });
    let talking = json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200"), "agentInfo": agent("08:01:00.300") });
    let with_end = |members: &Value| {
        let mut members = members.clone();
        members["disconnectTimestamp"] = at("08:05:00.400").into();
        members
    };
    for kind in ["QUEUED", "CONNECTED_TO_SYSTEM", "DISCONNECTED", "COMPLETED", "PAUSED", "contact_data_updated"] {
        states(&event(kind, &json!({})), &mapping(), &[]);
        states(&event(kind, &waiting), &mapping(), &offered);
        states(&event(kind, &talking), &mapping(), &answered);
        states(&event(kind, &with_end(&talking)), &mapping(), &ended);
        states(&event(kind, &with_end(&waiting)), &mapping(), &lost);
    }
}

#[test]
fn the_last_record_of_a_call_says_all_that_lost_ones_would_have_said() {
    use crate::native::laws::joined;
    for name in ["answered", "abandoned"] {
        let (sample, mapping) = sample(name);
        let found: Vec<_> = sample.records.iter().map(|record| facts_of(record.as_bytes(), &mapping).facts).collect();
        assert_eq!(joined(found.last().unwrap()), joined(&found.concat()), "{name}");
    }
}

#[test]
fn an_agent_who_is_named_with_a_time_before_2000_has_not_answered() {
    for sentinel in ["1970-01-01T00:00:00.001Z", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", ""] {
        let mut named = agent("08:01:00.300");
        named["connectedToAgentTimestamp"] = sentinel.into();
        let members = json!({
            "queueInfo": queued(QUEUE_A, "08:00:10.200"), "agentInfo": named,
            "connectedToSystemTimestamp": sentinel, "disconnectTimestamp": sentinel,
        });
        states(&event("QUEUED", &members), &mapping(), &["offered a 08:00:10.200", "queued a 08:00:10.200"]);
    }
}

#[test]
fn segments_of_customers_count_and_those_of_others_do_not() {
    let members = |channel: &str, method: &str| {
        json!({
            "channel": channel, "initiationMethod": method, "queueInfo": queued(QUEUE_A, "08:00:10.200"),
            "agentInfo": agent("08:01:00.300"), "disconnectTimestamp": at("08:05:00.400"),
            "tags": { "aws:connect:systemEndpoint": "+358100000001" },
        })
    };
    let counted =
        ["offered a 08:00:10.200", "queued a 08:00:10.200", "answered a 08:01:00.300", "ended a 08:05:00.400"];
    for (channel, method) in [
        ("VOICE", "TRANSFER"),
        ("VOICE", "QUEUE_TRANSFER"),
        ("VOICE", "DISCONNECT"),
        ("CHAT", "API"),
        ("Chat", "api"),
        ("chat", "Queue_Transfer"),
    ] {
        states(&event("DISCONNECTED", &members(channel, method)), &mapping(), &counted);
    }
    for method in ["INBOUND", "inbound", "WEBRTC_API"] {
        let expected = [&["offered a 08:00:00.100"], counted.as_slice()].concat();
        states(&event("DISCONNECTED", &members("VOICE", method)), &mapping(), &expected);
    }
    for (channel, method) in [
        ("VOICE", "OUTBOUND"),
        ("VOICE", "EXTERNAL_OUTBOUND"),
        ("VOICE", "MONITOR"),
        ("VOICE", "API"),
        ("Voice", "Api"),
        ("CHAT", "AGENT_REPLY"),
        ("CHAT", "FLOW"),
        ("TASK", "API"),
        ("TASK", "CALLBACK"),
        ("TASK", "INBOUND"),
        ("EMAIL", "CALLBACK"),
        ("Email", "TRANSFER"),
    ] {
        let found = read_value(&event("DISCONNECTED", &members(channel, method)), &mapping());
        assert_eq!(found.shown(), [""; 0], "{channel} {method}");
        assert!(!found.has_unknown_type && found.unmapped.is_empty() && found.faults.is_empty(), "{channel} {method}");
    }
}

#[test]
fn words_that_are_not_known_are_counted_by_name_and_state_nothing() {
    for (channel, method, name) in [("VOICE", "TELEPATHY", "TELEPATHY"), ("FAX", "INBOUND", "FAX")] {
        let members = json!({
            "channel": channel, "initiationMethod": method, "queueInfo": queued(QUEUE_A, "08:00:10.200"),
        });
        let found = read_value(&event("QUEUED", &members), &mapping());
        assert!(found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty());
        assert_eq!(found.types, ["QUEUED", name]);
    }
}

#[test]
fn a_record_is_dated_at_the_end_of_its_seconds_and_what_must_win_at_the_start() {
    let members = json!({
        "Queue": queue(QUEUE_A, "08:00:10", "08:05:00"), "DisconnectTimestamp": at("08:05:00"),
    });
    let offered = ["offered a 08:00:10.999", "queued a 08:00:10.999"];
    let lost = [offered[0], offered[1], "abandoned:queue a 08:05:00.999", "ended a 08:05:00.999"];
    states(&record(&members), &mapping(), &lost);
    let mut moved = members.clone();
    moved["NextContactId"] = "c-2".into();
    states(&record(&moved), &mapping(), &[offered[0], offered[1], "transferred a 08:05:00.000"]);
    let mut answered = members;
    answered["Agent"] = json!({ "ARN": "x", "ConnectedToAgentTimestamp": at("08:01:00") });
    // Also of a transfer by the agent: the customer was answered.
    answered["NextContactId"] = "c-2".into();
    let expected = [offered[0], offered[1], "answered a 08:01:00.999", "ended a 08:05:00.999"];
    states(&record(&answered), &mapping(), &expected);
}

#[test]
fn a_mapped_number_has_a_leg_of_its_own_and_the_queue_of_another_line_moves_it() {
    let tags = json!({ "aws:connect:systemEndpoint": "tel:+358 10-000 0001" });
    let initiated = event("INITIATED", &json!({ "tags": tags }));
    states(&initiated, &mapping(), &["offered a 08:00:00.100"]);
    let to_b = event("QUEUED", &json!({ "tags": tags, "queueInfo": queued(QUEUE_B, "08:00:10.200") }));
    let moved =
        ["offered a 08:00:00.100", "transferred a 08:00:10.200", "offered b 08:00:10.200", "queued b 08:00:10.200"];
    states(&to_b, &mapping(), &moved);
    let endpoint = json!({ "Address": "+358100000001", "Type": "TELEPHONE_NUMBER" });
    let to_b = record(&json!({ "SystemEndpoint": endpoint, "Queue": queue(QUEUE_B, "08:00:10", "08:00:20") }));
    let moved =
        ["offered a 08:00:00.999", "transferred a 08:00:10.000", "offered b 08:00:10.999", "queued b 08:00:10.999"];
    states(&to_b, &mapping(), &moved);
    let other = event("INITIATED", &json!({ "tags": { "aws:connect:systemEndpoint": "+358999999999" } }));
    states(&other, &mapping(), &[]);
}

#[test]
fn a_customer_who_hangs_up_in_the_menu_is_told_from_a_flow_that_ends_by_the_reason_only() {
    let tags = json!({ "aws:connect:systemEndpoint": "+358100000001" });
    let members = json!({ "tags": tags, "disconnectTimestamp": at("08:00:14.500") });
    let offered = "offered a 08:00:00.100";
    states(&event("DISCONNECTED", &members), &mapping(), &[offered, "ended a 08:00:14.500"]);
    let mut with_reason = members;
    with_reason["disconnectReason"] = "CUSTOMER_DISCONNECT".into();
    let lost = [offered, "abandoned:menu a 08:00:14.500", "ended a 08:00:14.500"];
    states(&event("DISCONNECTED", &with_reason), &mapping(), &lost);
    with_reason["disconnectReason"] = json!({ "code": "CUSTOMER_DISCONNECT" });
    states(&event("DISCONNECTED", &with_reason), &mapping(), &[offered, "ended a 08:00:14.500"]);

    let endpoint = json!({ "Address": "+358100000001" });
    let ended = |reason: Value, at_end: &str| {
        record(&json!({ "SystemEndpoint": endpoint, "DisconnectReason": reason, "DisconnectTimestamp": at(at_end) }))
    };
    let offered = "offered a 08:00:00.999";
    let lost = [offered, "abandoned:menu a 08:00:14.000", "ended a 08:00:14.999"];
    states(&ended("CUSTOMER_DISCONNECT".into(), "08:00:14"), &mapping(), &lost);
    states(&ended("telecom_originator_cancel".into(), "08:00:14"), &mapping(), &lost);
    for reason in [json!("CONTACT_FLOW_DISCONNECT"), json!("OTHER"), Value::Null] {
        states(&ended(reason, "08:00:14"), &mapping(), &[offered, "ended a 08:00:14.999"]);
    }
    let at_once = [offered, "abandoned:menu a 08:00:00.999", "ended a 08:00:00.999"];
    states(&ended("CUSTOMER_DISCONNECT".into(), "08:00:00"), &mapping(), &at_once);
}

#[test]
fn a_segment_without_number_and_queue_is_of_no_line() {
    states(&record(&json!({ "DisconnectTimestamp": at("08:00:14") })), &mapping(), &[]);
    let survey = json!({
        "InitiationMethod": "DISCONNECT", "SystemEndpoint": { "Address": "+358100000001" },
        "DisconnectTimestamp": at("08:09:00"),
    });
    states(&record(&survey), &mapping(), &[]);
}

#[test]
fn a_queue_is_found_by_its_id_its_arn_or_its_name() {
    let members =
        |name: &str, arn: Value| json!({ "Queue": { "ARN": arn, "Name": name, "EnqueueTimestamp": at("08:00:10") } });
    let upper = arn(QUEUE_A).to_uppercase();
    let facts = ["offered a 08:00:10.999", "queued a 08:00:10.999"];
    states(&record(&members("Any", upper.into())), &mapping(), &facts);
    let mut by_name = Mapping::of(Format::AmazonConnect);
    by_name.queues.insert("Neuvonta", QueueTarget::Line(LineIndex::new(0)));
    by_name.queues.insert("*/queue/agent/*", QueueTarget::Ignored);
    by_name.queues.insert(&arn(QUEUE_B), QueueTarget::Line(LineIndex::new(1)));
    states(&record(&members("Neuvonta", arn(QUEUE_A).into())), &by_name, &facts);
    states(&record(&members("Neuvonta", Value::Null)), &by_name, &facts);
    states(&record(&members("x", arn(QUEUE_B).into())), &by_name, &["offered b 08:00:10.999", "queued b 08:00:10.999"]);
    let agents = read_value(&record(&members("x", arn("agent/d").into())), &by_name);
    assert!(agents.facts.is_empty() && agents.unmapped.is_empty());
    let other = read_value(&record(&members("neuvonta", arn(NO_QUEUE).into())), &by_name);
    assert!(other.facts.is_empty() && other.faults.is_empty());
    assert_eq!(other.unmapped, [(MappingTable::Queues, NO_QUEUE.to_owned())]);
}

#[test]
fn an_agents_own_queue_is_no_line_and_no_complaint() {
    for info in [
        json!({ "queueArn": arn("agent/d"), "queueType": "AGENT", "enqueueTimestamp": at("08:00:10.200") }),
        json!({ "queueArn": arn(NO_QUEUE), "queueType": "Agent", "enqueueTimestamp": at("08:00:10.200") }),
        json!({ "queueType": "AGENT", "enqueueTimestamp": at("08:00:10.200") }),
    ] {
        let found = read_value(&event("QUEUED", &json!({ "queueInfo": info })), &mapping());
        assert!(found.facts.is_empty() && found.unmapped.is_empty() && found.faults.is_empty());
    }
}

#[test]
fn a_number_whose_caller_goes_to_a_queue_without_a_line_no_longer_waits() {
    let tags = json!({ "aws:connect:systemEndpoint": "+358100000001" });
    let facts = ["offered a 08:00:00.100", "transferred a 08:00:10.200"];
    let to = |queue: &str| event("QUEUED", &json!({ "tags": tags, "queueInfo": queued(queue, "08:00:10.200") }));
    let unmapped = read_value(&to(NO_QUEUE), &mapping());
    assert_eq!(unmapped.shown(), facts);
    assert_eq!(unmapped.unmapped, [(MappingTable::Queues, NO_QUEUE.to_owned())]);
    let mut ignoring = mapping();
    ignoring.queues.insert("eeee*", QueueTarget::Ignored);
    states(&to(NO_QUEUE), &ignoring, &facts);
    assert!(read_value(&to(NO_QUEUE), &ignoring).unmapped.is_empty());
}

#[test]
fn the_wait_begins_at_the_queue_or_at_the_arrival() {
    let mut mapping = mapping();
    mapping.wait_from = WaitFrom::Arrival;
    let queued = event("QUEUED", &json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200") }));
    states(&queued, &mapping, &["offered a 08:00:00.100", "queued a 08:00:10.200"]);
    let record = record(&json!({ "Queue": queue(QUEUE_A, "08:00:10", "08:00:20") }));
    states(&record, &mapping, &["offered a 08:00:00.999", "queued a 08:00:10.999"]);
}

#[test]
fn an_exit_that_the_table_names_is_not_an_abandon() {
    let mut mapping = mapping();
    mapping.exits.general.insert("disconnected".to_owned(), ExitMeaning::Transferred);
    mapping.exits.general.insert("contact_flow_disconnect".to_owned(), ExitMeaning::Ended);
    let members = json!({
        "queueInfo": queued(QUEUE_A, "08:00:10.200"), "disconnectTimestamp": at("08:05:00.400"),
    });
    let facts = ["offered a 08:00:10.200", "queued a 08:00:10.200", "transferred a 08:05:00.400"];
    states(&event("DISCONNECTED", &members), &mapping, &facts);
    let by = |reason: &str| {
        record(&json!({
            "Queue": queue(QUEUE_A, "08:00:10", "08:05:00"), "DisconnectTimestamp": at("08:05:00"),
            "DisconnectReason": reason,
        }))
    };
    let offered = ["offered a 08:00:10.999", "queued a 08:00:10.999"];
    let ended = [offered[0], offered[1], "ended a 08:05:00.999"];
    states(&by("CONTACT_FLOW_DISCONNECT"), &mapping, &ended);
    let lost = [offered[0], offered[1], "abandoned:queue a 08:05:00.999", "ended a 08:05:00.999"];
    states(&by("CUSTOMER_DISCONNECT"), &mapping, &lost);
}

#[test]
fn spans_of_the_documentation_that_are_negative_are_stated_as_they_are() {
    let members = json!({
        "queueInfo": queued(QUEUE_A, "08:05:00.000"), "disconnectTimestamp": at("08:00:01.000"),
    });
    let facts =
        ["offered a 08:05:00.000", "queued a 08:05:00.000", "abandoned:queue a 08:00:01.001", "ended a 08:00:01.001"];
    states(&event("DISCONNECTED", &members), &mapping(), &facts);
}

#[test]
fn what_is_needed_and_missing_is_a_fault() {
    let tags = json!({ "aws:connect:systemEndpoint": "+358100000001" });
    let members = json!({
        "tags": tags, "queueInfo": queued(QUEUE_A, "08:00:10.200"), "initiationTimestamp": null,
    });
    let found = read_value(&event("QUEUED", &members), &mapping());
    assert_eq!((found.facts.len(), found.faults), (0, vec![Detail::MissingInstant]));
    let nameless = json!({ "queueInfo": { "enqueueTimestamp": at("08:00:10.200") } });
    let found = read_value(&event("QUEUED", &nameless), &mapping());
    assert_eq!((found.facts.len(), found.faults), (0, vec![Detail::MissingQueue]));
}

#[test]
fn a_move_that_a_record_tells_wins_over_the_abandon_of_an_event_also_in_the_first_millisecond_of_a_second() {
    let disconnected = |time: &str| {
        let members = json!({ "queueInfo": queued(QUEUE_A, "08:00:10.200"), "disconnectTimestamp": at(time) });
        read_value(&event("DISCONNECTED", &members), &mapping()).shown()[2..].to_vec()
    };
    assert_eq!(disconnected("08:05:00.000"), ["abandoned:queue a 08:05:00.001", "ended a 08:05:00.001"]);
    assert_eq!(disconnected("08:05:00.002"), ["abandoned:queue a 08:05:00.002", "ended a 08:05:00.002"]);
    let moved = json!({
        "Queue": queue(QUEUE_A, "08:00:10", "08:05:00"), "DisconnectTimestamp": at("08:05:00"), "NextContactId": "c-2",
    });
    assert_eq!(read_value(&record(&moved), &mapping()).shown()[2..], ["transferred a 08:05:00.000"]);
}
