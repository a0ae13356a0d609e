//! Tests of `twilio_taskrouter`: the samples, each row of the mapping in the three spellings, and its traps.

use ensilinja_model::{AttemptResult, CloseResult, LineIndex, Outcome};
use serde_json::{Value, json};

use super::{TwilioRules, TwilioSettings};
use crate::native::MappingTable;
use crate::native::laws::{A_MILLION, Laws, SOME};
use crate::native::samples::{Found, Sample, changed, facts_of, line_of, read_value};
use crate::{CodeMeaning, Detail, ExitMeaning, Format, FormatRules, KeyTable, Mapping, QueueTarget, WaitFrom};

const SAMPLES: [&str; 4] = [
    "twilio-taskrouter-abandoned",
    "twilio-taskrouter-answered",
    "twilio-taskrouter-callback",
    "twilio-taskrouter-transfer",
];

const AT: &str = "2026-03-03T05:00:00.412Z";
const AT_MS: i64 = 1_772_514_000_412;
const CREATED: &str = "2026-03-03T04:59:00.000Z";
const CREATED_MS: i64 = 1_772_513_940_000;

fn mapping_of(sample: &Sample) -> Mapping {
    let mut mapping = Mapping::of(Format::TwilioTaskrouter);
    sample.map(&mut mapping);
    let Value::Object(configuration) = &sample.configuration else { unreachable!() };
    for (reason, meaning) in configuration["cancel_reasons"].as_object().unwrap() {
        let meaning = ExitMeaning::from_name(meaning.as_str().unwrap()).unwrap();
        mapping.exits.general.insert(reason.to_lowercase(), meaning);
    }
    let (attribute, outcomes) = configuration["callback_outcomes"].as_object().unwrap().iter().next().unwrap();
    for (outcome, result) in outcomes.as_object().unwrap() {
        let result = AttemptResult::from_name(result.as_str().unwrap()).unwrap();
        mapping.codes.insert(outcome, CodeMeaning::Callback(result));
    }
    mapping.wait_from = WaitFrom::from_name(configuration["arrival"].as_str().unwrap()).unwrap();
    mapping.removed_callback = CloseResult::from_name(configuration["removed_callback"].as_str().unwrap());
    let task = &configuration["callback_task"];
    let values = task["values"].as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned());
    let settings = TwilioSettings {
        callback_attribute: task["attribute"].as_str().unwrap().to_owned(),
        callback_values: values.collect(),
        outcome_attribute: attribute.clone(),
        ..TwilioSettings::default()
    };
    mapping.rules = FormatRules::TwilioTaskrouter(TwilioRules::new(settings).unwrap());
    mapping
}

/// Queues `WQa` and `WQb`; codes; nothing is said of reasons.
fn mapping() -> Mapping {
    let mut mapping = Mapping::of(Format::TwilioTaskrouter);
    mapping.queues.insert("WQa", QueueTarget::Line(line_of(&json!("line_a"))));
    mapping.queues.insert("Queue B", QueueTarget::Line(line_of(&json!("line_b"))));
    mapping.queues.insert("test", QueueTarget::Ignored);
    mapping.codes.insert("handled", CodeMeaning::Outcome(Outcome::Handled));
    mapping.codes.insert("spoke", CodeMeaning::Callback(AttemptResult::Reached));
    mapping.codes.insert("no_answer", CodeMeaning::Callback(AttemptResult::Failed));
    mapping.codes.insert("twice", CodeMeaning::Closed(CloseResult::Duplicate));
    mapping.removed_callback = Some(CloseResult::Cancelled);
    mapping
}

fn with(settings: TwilioSettings) -> Mapping {
    Mapping { rules: FormatRules::TwilioTaskrouter(TwilioRules::new(settings).unwrap()), ..mapping() }
}

/// The members of an event about a task in `WQa`, with some changed, added, or removed by null.
fn members(changes: &Value) -> Value {
    let mut members = changed(
        json!({
            "timestamp": AT, "task_sid": "WT1", "task_queue_sid": "WQa", "task_queue_name": "Queue A",
            "task_attributes": {}, "task_date_created": CREATED, "workflow_sid": "WWa",
        }),
        changes,
    );
    if let Some(attributes) = members.get("task_attributes").filter(|it| it.is_object()) {
        members["task_attributes"] = attributes.to_string().into();
    }
    members
}

fn event(name: &str, changes: &Value) -> Value {
    let payload = members(changes);
    json!({"specversion": "1.0", "type": format!("com.twilio.taskrouter.{name}"), "data": {"payload": payload}})
}

/// The same as a callback of a workspace, with all values as text.
fn callback(name: &str, changes: &Value) -> Value {
    let pascal = |name: &str| -> String { name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect() };
    let members = members(changes);
    let mut callback = json!({"EventType": name, "AccountSid": "AC0"});
    for (name, value) in members.as_object().unwrap() {
        callback[pascal(name)] = value.as_str().map_or_else(|| value.to_string(), str::to_owned).into();
    }
    callback
}

fn find_in(mapping: &Mapping, event: &Value) -> Found {
    read_value(event, mapping)
}

/// Facts with their values and lines; with `@created` at the creation of the task.
fn said(found: &Found) -> Vec<String> {
    let facts = found.facts.iter().map(|fact| {
        assert_eq!((&fact["contact"], fact.get("visit")), (&json!("WT1"), None), "{fact}");
        let value = ["stage", "result", "outcome"].iter().find_map(|name| fact.get(*name)?.as_str());
        let line = (fact["line"] == "line_b").then_some("of b");
        let at = match fact["at"].as_i64().unwrap() {
            AT_MS => None,
            CREATED_MS => Some("@created"),
            other => panic!("{other}"),
        };
        let words = [Some(fact["fact"].as_str().unwrap()), value, line, at];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    facts.collect()
}

/// What an event states, which must be the same in all spellings.
fn states_with(mapping: &Mapping, name: &str, changes: &Value) -> Vec<String> {
    let stream = find_in(mapping, &event(name, changes));
    let rest = json!({"event_type": name, "event_date": AT, "event_data": members(changes)});
    let callback = callback(name, changes);
    let pairs = callback.as_object().unwrap().iter().map(|(name, value)| {
        let value: String = value
            .as_str()
            .unwrap()
            .bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect();
        format!("{name}={value}")
    });
    let form = pairs.collect::<Vec<_>>().join("&");
    let library = json!({"eventType": name, "eventDate": AT, "eventData": members(changes)});
    for other in [rest.to_string(), callback.to_string(), form, library.to_string()] {
        let found = facts_of(other.as_bytes(), mapping);
        assert_eq!((said(&found), &found.faults), (said(&stream), &stream.faults), "{other}");
        assert_eq!((&found.unmapped, &found.types), (&stream.unmapped, &stream.types), "{other}");
    }
    assert_eq!((&stream.faults, stream.has_unknown_type), (&vec![], false), "{name} {changes}");
    said(&stream)
}

fn states(name: &str, changes: &Value) -> Vec<String> {
    states_with(&mapping(), name, changes)
}

#[test]
fn the_samples_state_what_their_truth_says_in_any_order() {
    for name in SAMPLES {
        let sample = Sample::load(name);
        let mapping = mapping_of(&sample);
        sample.check(&mapping);
        Laws::of(sample.records, mapping).check_order();
    }
}

#[test]
fn each_type_states_its_facts() {
    for (name, changes, expected) in [
        ("task-queue.entered", json!({}), &["offered", "queued"][..]),
        ("task.created", json!({"task_queue_sid": null, "task_queue_name": null}), &[]),
        ("reservation.accepted", json!({}), &["answered"]),
        ("reservation.created", json!({}), &[]),
        ("reservation.rejected", json!({}), &[]),
        ("reservation.timeout", json!({}), &[]),
        ("reservation.canceled", json!({}), &[]),
        ("reservation.rescinded", json!({}), &[]),
        ("reservation.failed", json!({}), &[]),
        ("reservation.completed", json!({}), &[]),
        ("task-queue.timeout", json!({}), &[]),
        ("task-queue.moved", json!({}), &["transferred"]),
        ("task-queue.moved", json!({"previous_task_queue_name": "Queue B"}), &["transferred of b"]),
        ("task-queue.moved", json!({"previous_task_queue_sid": "WQa"}), &["transferred"]),
        ("task.transfer-initiated", json!({"transfer_mode": "COLD", "transfer_to": "WQb"}), &["transferred"]),
        ("task.transfer-initiated", json!({"transfer_mode": "COLD", "transfer_to": "WKb"}), &[]),
        ("task.transfer-initiated", json!({"transfer_mode": "WARM", "transfer_to": "WQb"}), &[]),
        ("task.transfer-initiated", json!({"transfer_mode": "COLD", "transfer_type": "QUEUE"}), &["transferred"]),
        ("task.transfer-completed", json!({"transfer_mode": "WARM"}), &["transferred"]),
        ("task.transfer-completed", json!({"transfer_mode": "COLD"}), &[]),
        ("task.transfer-failed", json!({"transfer_mode": "WARM"}), &[]),
        ("task.wrapup", json!({}), &["ended"]),
        ("reservation.wrapup", json!({}), &["ended"]),
        ("task.completed", json!({}), &["ended"]),
        ("task.deleted", json!({}), &[]),
        ("task.system-deleted", json!({}), &[]),
        ("worker.activity.update", json!({}), &[]),
        ("workflow.entered", json!({}), &[]),
        ("activity.created", json!({}), &[]),
        ("task-channel.created", json!({}), &[]),
        (
            "task.completed",
            json!({"task_attributes": {"conversations": {"outcome": "handled"}}}),
            &["ended", "outcome_recorded handled"],
        ),
        (
            "task.updated",
            json!({"task_attributes": {"conversations": {"outcome": "Handled"}}}),
            &["outcome_recorded handled"],
        ),
        ("task.updated", json!({"task_attributes": {"conversations": {"outcome": "spoke"}}}), &[]),
        ("task.updated", json!({}), &[]),
        ("reservation.accepted", json!({"task_attributes": {"direction": "outbound"}}), &[]),
        ("task.canceled", json!({"task_attributes": {"direction": "outbound"}, "task_canceled_reason": "hangup"}), &[]),
        ("reservation.accepted", json!({"task_queue_sid": "WQx", "task_queue_name": "Queue B"}), &["answered of b"]),
        ("reservation.accepted", json!({"task_queue_sid": "wqA"}), &["answered"]),
        ("reservation.accepted", json!({"task_queue_sid": null, "task_queue_name": "test"}), &[]),
    ] {
        assert_eq!(states(name, &changes), expected, "{name} {changes}");
    }
}

#[test]
fn the_reason_and_the_attributes_say_what_a_cancelled_task_means() {
    let abandoned = |value: &str| json!({"conversations": {"abandoned": value}});
    for (reason, attributes, expected) in [
        ("hangup", json!({}), &["abandoned queue", "ended"][..]),
        ("Hangup", abandoned("Yes"), &["abandoned queue", "ended"]),
        ("hangup", abandoned("Follow-Up"), &["callback_requested"]),
        ("Opted to request a callback", json!({}), &["callback_requested"]),
        ("Opted to leave a voicemail", json!({}), &["callback_requested"]),
        ("Task TTL Exceeded", json!({}), &["timed out"]),
        ("Task TTL Exceeded or Max assignment count exceeded", json!({}), &["timed out"]),
        ("Task TTL Exceeded", abandoned("Follow-Up"), &["callback_requested"]),
        ("closed by hand", json!({}), &["ended"]),
        ("closed by hand", abandoned("Yes"), &["abandoned queue", "ended"]),
        ("closed by hand", abandoned("Follow-Up"), &["callback_requested"]),
        ("", json!({}), &["ended"]),
    ] {
        let timed_out = ExitMeaning::TimedOut.fact().kind().as_str();
        let expected: Vec<_> = expected.iter().map(|fact| fact.replace("timed out", timed_out)).collect();
        let changes = json!({"task_canceled_reason": reason, "task_attributes": attributes});
        assert_eq!(states("task.canceled", &changes), expected, "{changes}");
    }
    assert_eq!(states("task.canceled", &json!({"reason": "hangup"})), ["abandoned queue", "ended"]);
}

#[test]
fn reasons_are_exits_of_the_line_or_of_all_lines() {
    let mut mapping = mapping();
    mapping.exits.general.insert("voicemail".to_owned(), ExitMeaning::Abandoned);
    mapping.exits.general.insert("hangup".to_owned(), ExitMeaning::Ended);
    mapping.exits.of_line.insert((LineIndex::new(0), "timeout".to_owned()), ExitMeaning::CallbackRequested);
    for (reason, expected) in [
        ("Voicemail", &["abandoned queue", "ended"][..]),
        ("hangup", &["ended"]),
        ("Task TTL Exceeded", &["callback_requested"]),
    ] {
        assert_eq!(states_with(&mapping, "task.canceled", &json!({"task_canceled_reason": reason})), expected);
    }
    let found = find_in(&super::tests::mapping(), &event("task.canceled", &json!({"reason": "Task TTL Exceeded"})));
    assert_eq!(found.unmapped, [(MappingTable::Exits, "WQa:timeout".to_owned())]);
    let found = find_in(&super::tests::mapping(), &event("task.canceled", &json!({"reason": "Matti called"})));
    assert_eq!(found.unmapped, [], "free text is never reported");
}

#[test]
fn a_task_that_came_from_another_queue_left_that_one() {
    let from = |queue: &str, name: &str| json!({"previous_task_queue_sid": queue, "previous_task_queue_name": name});
    for (kind, changes, expected) in [
        ("task-queue.entered", from("WQb", "Queue B"), &["transferred of b", "offered", "queued"][..]),
        ("reservation.accepted", from("WQb", "Queue B"), &["transferred of b", "answered"]),
        ("reservation.created", from("WQb", "Queue B"), &["transferred of b"]),
        ("task-queue.entered", from("WQa", "Queue A"), &["offered", "queued"]),
        ("task-queue.entered", from("WQt", "test"), &["offered", "queued"]),
        (
            "task-queue.entered",
            json!({"previous_task_queue_name": "Queue B"}),
            &["transferred of b", "offered", "queued"],
        ),
        ("workflow.entered", from("WQb", "Queue B"), &[]),
    ] {
        assert_eq!(states(kind, &changes), expected, "{kind} {changes}");
    }
    let arrival = Mapping { wait_from: WaitFrom::Arrival, ..mapping() };
    assert_eq!(states_with(&arrival, "task-queue.entered", &json!({})), ["offered @created", "queued"]);
    let moved = states_with(&arrival, "task-queue.entered", &from("WQb", "Queue B"));
    assert_eq!(moved, ["transferred of b", "offered", "queued"]);
}

#[test]
fn a_workflow_may_have_a_line() {
    let mut workflows = KeyTable::default();
    workflows.insert("WWa", LineIndex::new(0));
    let mapping = with(TwilioSettings { workflows, ..TwilioSettings::default() });
    let without_queue = |more: &Value| {
        let mut changes = json!({"task_queue_sid": null, "task_queue_name": null});
        changes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        changes
    };
    assert_eq!(states_with(&mapping, "task.created", &without_queue(&json!({}))), ["offered"]);
    let canceled = without_queue(&json!({"task_canceled_reason": "hangup"}));
    assert_eq!(states_with(&mapping, "task.canceled", &canceled), ["abandoned queue", "ended"]);
    let callback = without_queue(&json!({"task_attributes": {"taskType": "callback"}}));
    assert_eq!(states_with(&mapping, "task.created", &callback), ["callback_requested @created"]);
}

#[test]
fn a_callback_task_is_the_request_and_its_end_the_answer() {
    let of = |kind: &str, more: &Value, changes: &Value| {
        let mut attributes = json!({"taskType": "callback", "direction": "inbound"});
        attributes.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut changes = changes.clone();
        changes["task_attributes"] = attributes;
        states(kind, &changes)
    };
    let attempts = |attempts: Value| json!({"callBackData": {"attempts": attempts, "numberToCall": "+358000000000"}});
    let outcome = |outcome: &str| json!({"conversations": {"outcome": outcome}});
    let requested = "callback_requested @created";
    let failed = "callback_attempted failed @created";
    for (kind, attributes, changes, expected) in [
        ("task-queue.entered", json!({}), json!({}), &[requested][..]),
        ("task-queue.entered", json!({"taskType": "voicemail"}), json!({}), &[requested]),
        ("task-queue.entered", attempts(json!(0)), json!({}), &[requested]),
        ("task-queue.entered", attempts(json!(1)), json!({}), &[requested, failed]),
        ("task-queue.entered", attempts(json!("2")), json!({}), &[requested, failed]),
        (
            "task-queue.entered",
            attempts(json!(1)),
            json!({"task_date_created": null}),
            &["callback_requested", "callback_attempted failed"],
        ),
        ("task.created", json!({}), json!({"task_queue_sid": null, "task_queue_name": null}), &[]),
        ("reservation.accepted", json!({}), json!({}), &[]),
        ("task-queue.moved", json!({}), json!({"previous_task_queue_name": "Queue B"}), &[]),
        ("task-queue.entered", json!({}), json!({"previous_task_queue_name": "Queue B"}), &[requested]),
        ("task.wrapup", json!({}), json!({}), &[]),
        ("reservation.wrapup", json!({}), json!({}), &[]),
        ("task.canceled", json!({}), json!({"task_canceled_reason": "hangup"}), &["callback_closed cancelled"]),
        ("task.canceled", json!({}), json!({}), &["callback_closed cancelled"]),
        ("task.canceled", json!({}), json!({"reason": "Task TTL Exceeded"}), &["callback_closed expired"]),
        ("task.deleted", json!({}), json!({"task_assignment_status": "pending"}), &["callback_closed purged"]),
        ("task.deleted", json!({}), json!({"task_assignment_status": "completed"}), &[]),
        ("task.deleted", json!({}), json!({"task_assignment_status": "canceled"}), &[]),
        ("task.completed", json!({}), json!({}), &[]),
        ("task.completed", outcome("spoke"), json!({}), &["callback_attempted reached", "callback_reached"]),
        ("task.completed", outcome("no_answer"), json!({}), &["callback_attempted failed"]),
        ("task.completed", outcome("twice"), json!({}), &["callback_closed duplicate"]),
        ("task.completed", outcome("handled"), json!({}), &["outcome_recorded handled"]),
        ("task.completed", outcome("other"), json!({}), &[]),
        (
            "task.completed",
            json!({}),
            json!({"task_completed_reason": "spoke"}),
            &["callback_attempted reached", "callback_reached"],
        ),
        ("task.updated", outcome("spoke"), json!({}), &[]),
    ] {
        assert_eq!(of(kind, &attributes, &changes), expected, "{kind} {attributes} {changes}");
    }
}

#[test]
fn the_settings_name_other_attributes() {
    let settings = TwilioSettings {
        callback_attribute: "site.kind".to_owned(),
        callback_values: vec!["again".to_owned()],
        outcome_attribute: "site.result".to_owned(),
        completed_is_reached: true,
        workflows: KeyTable::default(),
    };
    let mapping = with(settings);
    let reached = ["callback_attempted reached", "callback_reached"];
    for (attributes, expected) in [
        (json!({"site": {"kind": "again"}}), &reached[..]),
        (json!({"site": {"kind": "again", "result": "no_answer"}}), &["callback_attempted failed"]),
        (
            json!({"site": {"kind": "again", "result": "handled"}}),
            &["outcome_recorded handled", reached[0], reached[1]],
        ),
        (json!({"taskType": "callback"}), &["ended"]),
    ] {
        assert_eq!(states_with(&mapping, "task.completed", &json!({"task_attributes": attributes})), expected);
    }
    let nameless = TwilioSettings { outcome_attribute: String::new(), ..TwilioSettings::default() };
    assert!(TwilioRules::new(nameless).is_none());
}

#[test]
fn a_conversation_is_one_contact_whatever_its_tasks() {
    let attributes = json!({"conversations": {"conversation_id": "WT1"}});
    let changes = json!({"task_sid": "WT9", "task_attributes": attributes});
    assert_eq!(states("reservation.accepted", &changes), ["answered"]);
    let without_task = json!({"task_sid": null, "task_attributes": attributes});
    assert_eq!(states("reservation.accepted", &without_task), ["answered"]);
}

#[test]
fn the_time_of_an_event_is_found_in_every_feed_and_form() {
    let bare = |time: Value, data: Value| {
        let mut event = event("reservation.accepted", &json!({"timestamp": data}));
        event["time"] = time;
        event
    };
    let mut events = vec![bare(Value::Null, json!(AT)), bare(json!(AT), Value::Null), bare(json!(AT), json!(""))];
    let mut in_data = bare(Value::Null, Value::Null);
    in_data["data"]["timestamp"] = json!(AT);
    events.push(in_data);
    for timestamp in
        [json!(AT_MS), json!(AT_MS.to_string()), json!("1772514000.412"), json!("2026-03-03T07:00:00.412+02:00")]
    {
        events.push(callback("reservation.accepted", &json!({"timestamp": timestamp})));
    }
    events
        .push(callback("reservation.accepted", &json!({"timestamp": "1772514000", "timestamp_ms": AT_MS.to_string()})));
    let data = members(&json!({"timestamp": null}));
    events.push(json!({
        "event_type": "reservation.accepted", "event_date": "2026-03-03T05:00:00Z",
        "event_date_ms": AT_MS.to_string(), "event_data": data,
    }));
    for event in events {
        let found = find_in(&mapping(), &event);
        assert_eq!((said(&found), &found.faults), (vec!["answered".to_owned()], &vec![]), "{event}");
    }
}

#[test]
fn a_member_that_is_missing_or_bad_is_a_fault_of_its_own() {
    for (name, changes, fault) in [
        ("reservation.accepted", json!({"timestamp": null}), Detail::MissingInstant),
        ("reservation.accepted", json!({"timestamp": "1970-01-01T00:00:00Z"}), Detail::MissingInstant),
        ("reservation.accepted", json!({"timestamp": "soon"}), Detail::BadInstant),
        ("reservation.accepted", json!({"task_sid": null}), Detail::MissingContactId),
        ("reservation.accepted", json!({"task_queue_sid": null, "task_queue_name": ""}), Detail::MissingQueue),
        ("task-queue.moved", json!({"task_queue_sid": null, "task_queue_name": null}), Detail::MissingQueue),
        ("reservation.accepted", json!({"task_attributes": "{\"a\":"}), Detail::BadMember),
        ("reservation.accepted", json!({"task_attributes": "callback"}), Detail::BadMember),
        ("task.deleted", json!({"task_attributes": {"taskType": "callback"}}), Detail::MissingMember),
    ] {
        let found = find_in(&mapping(), &event(name, &changes));
        assert_eq!((found.facts, found.faults), (vec![], vec![fault]), "{name} {changes}");
    }
    let array = format!("[{},7,{{\"type\":1,]", event("reservation.accepted", &json!({})));
    let found = facts_of(array.as_bytes(), &mapping());
    assert_eq!(said(&found), ["answered"]);
    assert!(found.faults.contains(&Detail::NotAnObject), "{:?}", found.faults);
}

#[test]
fn other_events_are_skipped_and_what_is_not_mapped_is_reported() {
    for other in [
        json!({"type": "com.twilio.messaging.message.delivered", "data": {}}),
        json!({"type": "fi.ensilinja.contact.offered", "subject": "c-1"}),
        json!({"EventType": "task.reopened"}),
        json!({"a": 1}),
    ] {
        let found = find_in(&mapping(), &other);
        assert!(found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty(), "{other}");
    }
    let unmapped = |name: &str, changes: Value| find_in(&mapping(), &event(name, &changes)).unmapped;
    assert_eq!(
        unmapped("reservation.accepted", json!({"task_queue_sid": "WQx"})),
        [(MappingTable::Queues, "WQx".to_owned())]
    );
    let outcome = |outcome: &str| json!({"task_attributes": {"conversations": {"outcome": outcome}}});
    assert_eq!(unmapped("task.completed", outcome("New word")), [(MappingTable::Codes, "New word".to_owned())]);
    assert_eq!(unmapped("task.completed", outcome("+358400000000")), [(MappingTable::Codes, "other".to_owned())]);
    let silent = Mapping { removed_callback: None, ..mapping() };
    let canceled = event("task.canceled", &json!({"task_attributes": {"taskType": "callback"}}));
    let found = find_in(&silent, &canceled);
    assert_eq!((found.facts, found.unmapped), (vec![], vec![(MappingTable::RemovedCallback, "WQa".to_owned())]));
}

#[test]
fn callers_and_workers_are_never_said() {
    laws().check_canaries(&["+358000000000", "numberToCall", "WK000", "WT000"]);
}

fn laws() -> Laws {
    Laws::of(Sample::records_of(&SAMPLES), mapping_of(&Sample::load(SAMPLES[2])))
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    laws().check_any_bytes();
    let form = "EventType=task.canceled&TaskSid=WT1&TaskQueueSid=WQa&Timestamp=2026-03-03T05%3A00%3A00Z&A=%C3%A9";
    Laws::of(vec![form.replace('&', ",&")], mapping()).check_any_bytes();
}

#[test]
fn mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    laws().check_mutants(SOME);
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    laws().check_mutants(A_MILLION);
}
