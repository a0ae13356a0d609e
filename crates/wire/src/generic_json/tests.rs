//! Tests of `json`: events and snapshots, conditions, forms of times, arrays of records, and what is missing.

use ensilinja_model::{AttemptResult, CloseResult, Fact, LineIndex, Outcome, Stage, Survey};
use serde_json::{Value, json};

use super::*;
use crate::native::epoch::EpochUnit;
use crate::native::laws::{A_MILLION, Laws, SOME};
use crate::native::samples::{Found, Sample, changed, facts_of, read_value};
use crate::{CodeMeaning, ExitMeaning, Format};

const AT: &str = "2026-03-03T05:00:00.412Z";
const AT_MS: i64 = 1_772_514_000_412;

fn pointer(text: &str) -> JsonPointer {
    JsonPointer::parse(text).unwrap()
}

fn types(names: &[&str]) -> JsonTypes {
    JsonTypes::new(names.iter().copied())
}

fn time(text: &str) -> JsonTime {
    JsonTime { pointer: pointer(text), form: TimeForm::Text }
}

/// A fact of all records, at their time.
fn fact(statement: JsonStatement) -> JsonFact {
    JsonFact { statement, types: None, conditions: vec![], time: None, queue: None }
}

fn of_type(name: &str, stated: Fact) -> JsonFact {
    JsonFact { types: Some(types(&[name])), ..fact(JsonStatement::Fact(stated)) }
}

fn when(conditions: Vec<JsonCondition>) -> JsonFact {
    JsonFact { conditions, ..fact(JsonStatement::Fact(Fact::Offered)) }
}

fn settings(facts: Vec<JsonFact>) -> JsonSettings {
    JsonSettings {
        records: None,
        record_type: Some(pointer("/type")),
        contact: pointer("/id"),
        visit: Some(pointer("/visit")),
        queue: JsonQueue { id: Some(pointer("/queue/id")), name: Some(pointer("/queue/name")) },
        time: Some(time("/time")),
        absent_values: vec!["-".to_owned()],
        silent_types: types(&["heart*"]),
        facts,
    }
}

fn mapping(settings: JsonSettings) -> Mapping {
    let mut mapping = Mapping::of(Format::Json);
    mapping.queues.insert("A1", QueueTarget::Line(LineIndex::new(0)));
    mapping.queues.insert("Queue B", QueueTarget::Line(LineIndex::new(1)));
    mapping.queues.insert("test*", QueueTarget::Ignored);
    mapping.rules = FormatRules::Json(JsonRules::new(settings));
    mapping
}

/// A record with some members changed, added, or removed by null.
fn record(members: &Value) -> Value {
    let record = json!({"type": "t", "id": "c-1", "queue": {"id": "a1", "name": "Queue A"}, "time": AT});
    changed(record, members)
}

fn find(settings: JsonSettings, record: &Value) -> Found {
    read_value(record, &mapping(settings))
}

fn names(found: &Found) -> Vec<&str> {
    found.facts.iter().map(|fact| fact["fact"].as_str().unwrap()).collect()
}

#[test]
fn an_event_states_the_facts_of_its_type() {
    let facts = vec![of_type("in", Fact::Offered), of_type("in", Fact::Queued), of_type("answer*", Fact::Answered)];
    let found = |members: Value| find(settings(facts.clone()), &record(&members));
    let entered = found(json!({"type": "in", "visit": 7}));
    let expected = |fact| json!({"contact": "c-1", "visit": "7", "line": "line_a", "at": AT_MS, "fact": fact});
    assert_eq!(entered.facts, [expected("offered"), expected("queued")]);
    assert_eq!(entered.types, ["in"]);
    assert_eq!(names(&found(json!({"type": "answered"}))), ["answered"]);
    for (of_type, is_unknown) in [(json!("out"), true), (json!("heartbeat"), false), (json!(""), true)] {
        let other = found(json!({"type": of_type, "id": null, "time": null, "queue": null}));
        assert_eq!((other.facts.len(), other.has_unknown_type, other.faults), (0, is_unknown, vec![]), "{of_type}");
    }
    assert!(find(settings(facts.clone()), &json!({})).has_unknown_type);
}

#[test]
fn a_snapshot_states_what_has_happened_so_far() {
    let at = |text, stated| JsonFact { time: Some(time(text)), ..fact(JsonStatement::Fact(stated)) };
    let facts = vec![at("/entered", Fact::Offered), at("/accepted", Fact::Answered), at("/left", Fact::Ended)];
    let found = |members: Value| find(settings(facts.clone()), &record(&members));
    for absent in
        [Value::Null, json!(""), json!(0), json!("0001-01-01T00:00:00Z"), json!("-"), json!("1970-01-01 00:00:00Z")]
    {
        let snapshot = found(json!({"entered": AT, "accepted": absent, "time": "soon"}));
        assert_eq!((names(&snapshot), &snapshot.faults), (vec!["offered"], &vec![]), "{absent}");
    }
    let done = found(json!({"entered": AT, "accepted": "2026-03-03 07:01:00+0200", "left": "2026-03-03T05:02:00Z"}));
    assert_eq!(names(&done), ["offered", "answered", "ended"]);
    let nothing = found(json!({"id": null}));
    assert_eq!((nothing.facts, nothing.faults), (vec![], vec![]), "what has not happened needs no contact");
}

#[test]
fn conditions_compare_texts_numbers_and_booleans_and_know_what_is_absent() {
    let test = |test: JsonTest, value: Value| {
        let condition = JsonCondition { pointer: pointer("/deep/0/x~1y"), test };
        let found = find(settings(vec![when(vec![condition])]), &record(&json!({"deep": [{"x/y": value}]})));
        !found.facts.is_empty()
    };
    let one_of = |values: &[&str]| JsonTest::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
    for (value, values, holds) in [
        (json!("INBOUND"), &["IN", "INBOUND"][..], true),
        (json!("inbound"), &["INBOUND"], false),
        (json!(2), &["2"], true),
        (json!(2.5), &["2.5"], true),
        (json!(true), &["true"], true),
        (json!(null), &["null", ""], false),
        (json!("-"), &["-"], false),
        (json!({"a": 1}), &["true"], false),
    ] {
        assert_eq!(test(one_of(values), value.clone()), holds, "{value}");
    }
    for (value, is_present) in [
        (json!(null), false),
        (json!(""), false),
        (json!(" "), false),
        (json!(0), false),
        (json!("0"), false),
        (json!("-"), false),
        (json!("0001-01-01T00:00:00"), false),
        (json!("1970-01-01T00:00:00Z"), false),
        (json!("x"), true),
        (json!(AT), true),
        (json!("2026-03-03T07:00:00"), true),
        (json!(1), true),
        (json!(false), true),
        (json!([]), true),
        (json!({}), true),
    ] {
        assert_eq!(test(JsonTest::Present, value.clone()), is_present, "{value}");
        assert_eq!(test(JsonTest::Absent, value.clone()), !is_present, "{value}");
    }
    let missing = JsonCondition { pointer: pointer("/deep/3/x"), test: JsonTest::Absent };
    assert_eq!(find(settings(vec![when(vec![missing])]), &record(&json!({"deep": [1, 2]}))).facts.len(), 1);
    let both = vec![
        JsonCondition { pointer: pointer("/a"), test: one_of(&["1"]) },
        JsonCondition { pointer: pointer("/b"), test: one_of(&["2"]) },
    ];
    for (members, holds) in [(json!({"a": 1, "b": 2}), 1), (json!({"a": 1, "b": 1}), 0), (json!({"b": 2}), 0)] {
        assert_eq!(find(settings(vec![when(both.clone())]), &record(&members)).facts.len(), holds, "{members}");
    }
}

#[test]
fn a_pointer_to_an_object_and_one_into_it_can_be_together() {
    let inside = JsonCondition { pointer: pointer("/agent/id"), test: JsonTest::OneOf(vec!["7".to_owned()]) };
    let whole = JsonCondition { pointer: pointer("/agent"), test: JsonTest::Present };
    let found = |agent: Value| find(settings(vec![when(vec![whole.clone(), inside.clone()])]), &record(&agent)).facts;
    assert_eq!(found(json!({"agent": {"id": 7}})).len(), 1);
    assert_eq!(found(json!({"agent": {"id": 8}})).len(), 0);
    assert_eq!(found(json!({"agent": null})).len(), 0);
    assert_eq!(found(json!({"agent": 7})).len(), 0);
}

#[test]
fn times_are_read_in_the_form_that_is_configured() {
    for (form, value) in [
        (TimeForm::Epoch(EpochUnit::Seconds), json!(1_772_514_000.412_f64)),
        (TimeForm::Epoch(EpochUnit::Seconds), json!("1772514000.412")),
        (TimeForm::Epoch(EpochUnit::Milliseconds), json!(AT_MS)),
        (TimeForm::Epoch(EpochUnit::Microseconds), json!("1772514000412731")),
        (TimeForm::Text, json!("2026-03-03T07:00:00.412")),
        (TimeForm::Text, json!("2026-03-03 05:00:00.412Z")),
    ] {
        let mut settings = settings(vec![when(vec![])]);
        settings.time = Some(JsonTime { pointer: pointer("/time"), form });
        let mut mapping = mapping(settings);
        mapping.zone = Some(jiff::tz::TimeZone::get("Europe/Helsinki").unwrap());
        let found = facts_of(record(&json!({"time": value})).to_string().as_bytes(), &mapping);
        assert_eq!((&found.facts[0]["at"], found.faults), (&json!(AT_MS), vec![]), "{value}");
    }
}

#[test]
fn records_may_be_in_an_array_and_point_outside_of_themselves() {
    let mut settings = settings(vec![of_type("in", Fact::Offered)]);
    settings.records = Some(pointer("/payload/items"));
    settings.record_type = Some(pointer("^/type"));
    settings.visit = None;
    let mapping = mapping(settings);
    let found = |value: Value| read_value(&value, &mapping);
    let item = |id: &str| json!({"id": id, "queue": {"id": "a1"}, "time": AT});
    let two = found(json!({"payload": {"items": [item("c-1"), item("c-2")]}, "type": "in"}));
    assert_eq!(two.facts.iter().map(|fact| &fact["contact"]).collect::<Vec<_>>(), ["c-1", "c-2"]);
    let one = found(json!({"type": "in", "payload": {"items": item("c-1")}}));
    assert_eq!((one.facts.len(), one.faults), (1, vec![]));
    let bad = found(json!({"type": "in", "payload": {"items": [item("c-1"), 7, {"time": AT}, item("c-2")]}}));
    assert_eq!(bad.facts.len(), 2);
    assert_eq!(bad.faults, [Detail::NotAnObject, Detail::MissingContactId]);
    for empty in [json!({"type": "in"}), json!({"type": "in", "payload": 7}), json!({"payload": {"items": null}})] {
        assert!(found(empty.clone()).has_unknown_type, "{empty}");
    }
    assert!(!found(json!({"type": "in", "payload": {"items": []}})).has_unknown_type);
    let other = found(json!({"type": "out", "payload": {"items": [item("c-1")]}}));
    assert_eq!((other.facts.len(), other.has_unknown_type), (0, true));
}

#[test]
fn several_objects_in_a_value_are_read_one_by_one() {
    let mapping = mapping(settings(vec![when(vec![])]));
    let good = record(&json!({}));
    for (value, facts, faults) in [
        (format!("[{good},{good}]"), 2, vec![]),
        (format!("{good}{good}"), 2, vec![]),
        (format!("{good}\n{{\"id\":\n{good}"), 2, vec![Detail::Truncated]),
        (format!("[{good},null]"), 1, vec![Detail::NotAnObject]),
        (format!("[{good},{{\"id\":1,\"id\":2}}]"), 1, vec![Detail::DuplicateKey]),
    ] {
        let found = facts_of(value.as_bytes(), &mapping);
        assert_eq!((found.facts.len(), found.faults), (facts, faults), "{value}");
    }
}

#[test]
fn a_value_of_the_record_may_decide_the_fact() {
    let survey = |yes: &str, no: &str| JsonStatement::Survey {
        question: Survey::Solved,
        answer: pointer("/x"),
        yes: vec![yes.to_owned()],
        no: vec![no.to_owned()],
    };
    let (code, exit, nps) = (pointer("/x"), pointer("/x"), pointer("/x"));
    for (statement, value, expected) in [
        (JsonStatement::Code(code.clone()), json!("E-1"), vec!["outcome_recorded continues_county"]),
        (JsonStatement::Code(code.clone()), json!("e-1"), vec!["outcome_recorded continues_county"]),
        (JsonStatement::Code(code.clone()), json!(42), vec!["callback_attempted reached", "callback_reached "]),
        (JsonStatement::Code(code.clone()), json!("busy"), vec!["callback_attempted failed"]),
        (JsonStatement::Code(code.clone()), json!("old"), vec!["callback_closed expired"]),
        (JsonStatement::Code(code.clone()), json!(null), vec![]),
        (JsonStatement::Exit(exit.clone()), json!("Hangup"), vec!["abandoned queue"]),
        (JsonStatement::Exit(exit.clone()), json!("voicemail"), vec!["transferred "]),
        (JsonStatement::Nps(nps.clone()), json!(9), vec!["feedback_received 9"]),
        (JsonStatement::Nps(nps.clone()), json!("10"), vec!["feedback_received 10"]),
        (JsonStatement::Nps(nps.clone()), json!(""), vec![]),
        (survey("kyllä", "ei"), json!("KYLLä"), vec!["feedback_received \"yes\""]),
        (survey("true", "false"), json!(false), vec!["feedback_received \"no\""]),
        (JsonStatement::Fact(Fact::Abandoned(Stage::Menu)), json!(1), vec!["abandoned menu"]),
        (JsonStatement::Fact(Fact::CallbackClosed(CloseResult::Purged)), json!(1), vec!["callback_closed purged"]),
    ] {
        let mut mapping = mapping(settings(vec![fact(statement)]));
        mapping.codes.insert("E-1", CodeMeaning::Outcome(Outcome::ContinuesCounty));
        mapping.codes.insert("42", CodeMeaning::Callback(AttemptResult::Reached));
        mapping.codes.insert("busy", CodeMeaning::Callback(AttemptResult::Failed));
        mapping.codes.insert("old", CodeMeaning::Closed(CloseResult::Expired));
        mapping.exits.general.insert("hangup".to_owned(), ExitMeaning::Abandoned);
        let found = facts_of(record(&json!({"x": value})).to_string().as_bytes(), &mapping);
        let said = found.facts.iter().map(|fact| {
            let said = ["stage", "result", "outcome"].iter().find_map(|name| fact.get(name)?.as_str());
            let answer = fact.get("answer").map(Value::to_string);
            format!("{} {}", fact["fact"].as_str().unwrap(), said.map(str::to_owned).or(answer).unwrap_or_default())
        });
        assert_eq!(said.collect::<Vec<_>>(), expected, "{value}");
        assert_eq!(found.faults, [], "{value}");
    }
    for (statement, value) in [
        (JsonStatement::Nps(nps.clone()), json!(11)),
        (JsonStatement::Nps(nps.clone()), json!("very")),
        (survey("yes", "no"), json!("perhaps")),
    ] {
        let found = find(settings(vec![fact(statement)]), &record(&json!({"x": value})));
        assert_eq!((found.facts, found.faults), (vec![], vec![Detail::BadAnswer]), "{value}");
    }
    let found = find(settings(vec![fact(JsonStatement::Exit(exit))]), &record(&json!({})));
    assert_eq!(found.faults, [Detail::MissingMember]);
}

#[test]
fn words_without_a_meaning_are_reported_unless_they_could_be_about_a_person() {
    for (value, code, exit) in [
        (json!("Wrong number"), "Wrong number", "A1:wrong number"),
        (json!("0400000000"), "other", "A1:other"),
        (json!("x".repeat(61)), "other", "A1:other"),
    ] {
        let facts = vec![fact(JsonStatement::Code(pointer("/x"))), fact(JsonStatement::Exit(pointer("/x")))];
        let found = find(settings(facts), &record(&json!({"x": value})));
        let expected = [(MappingTable::Codes, code.to_owned()), (MappingTable::Exits, exit.to_owned())];
        assert_eq!(found.unmapped, expected);
        assert_eq!(names(&found), ["transferred"]);
    }
}

#[test]
fn a_queue_is_found_by_id_in_any_case_or_by_name_and_a_fact_may_have_its_own() {
    let lines = |queue: Value| {
        let found = find(settings(vec![when(vec![])]), &record(&json!({"queue": queue})));
        let lines: Vec<String> = found.facts.iter().map(|fact| fact["line"].as_str().unwrap().to_owned()).collect();
        (lines.join(" "), found.unmapped, found.faults)
    };
    let mapped = |line: &str| (line.to_owned(), vec![], vec![]);
    assert_eq!(lines(json!({"id": "A1", "name": "Queue B"})), mapped("line_a"));
    assert_eq!(lines(json!({"id": "z9", "name": "Queue B"})), mapped("line_b"));
    assert_eq!(lines(json!({"id": null, "name": "Queue B"})), mapped("line_b"));
    assert_eq!(lines(json!({"name": "test 1"})), mapped(""));
    let unmapped = |key: &str| (String::new(), vec![(MappingTable::Queues, key.to_owned())], vec![]);
    assert_eq!(lines(json!({"id": "z9", "name": "queue b"})), unmapped("z9"));
    assert_eq!(lines(json!({"name": "queue b"})), unmapped("queue b"));
    let missing = (String::new(), vec![], vec![Detail::MissingQueue]);
    assert_eq!(lines(json!({})), missing);
    assert_eq!(lines(json!({"id": "", "name": "-"})), missing);

    let own = JsonQueue { id: None, name: Some(pointer("/from")) };
    let moved = JsonFact { queue: Some(own), ..fact(JsonStatement::Fact(Fact::Transferred)) };
    let found = find(settings(vec![when(vec![]), moved]), &record(&json!({"from": "Queue B"})));
    assert_eq!(found.facts.iter().map(|fact| &fact["line"]).collect::<Vec<_>>(), ["line_a", "line_b"]);
}

#[test]
fn what_a_fact_needs_and_a_record_lacks_is_a_fault() {
    for (members, fault) in [
        (json!({"id": null}), Detail::MissingContactId),
        (json!({"id": ""}), Detail::MissingContactId),
        (json!({"id": "-"}), Detail::MissingContactId),
        (json!({"id": {"value": "c-1"}}), Detail::BadContactId),
        (json!({"id": 1.5}), Detail::BadContactId),
        (json!({"id": 18_014_398_509_481_984_u64}), Detail::BadContactId),
        (json!({"visit": "v".repeat(65)}), Detail::BadContactId),
        (json!({"queue": null}), Detail::MissingQueue),
        (json!({"queue": 7}), Detail::MissingQueue),
        (json!({"time": null}), Detail::MissingInstant),
        (json!({"time": 0}), Detail::MissingInstant),
        (json!({"time": "1970-01-01T00:00:00Z"}), Detail::MissingInstant),
        (json!({"time": "soon"}), Detail::BadInstant),
        (json!({"time": AT_MS}), Detail::BadInstant),
        (json!({"time": "2026-03-03T07:00:00"}), Detail::InstantWithoutZone),
    ] {
        let found = find(settings(vec![when(vec![]), fact(JsonStatement::Fact(Fact::Queued))]), &record(&members));
        assert_eq!((found.facts, found.faults), (vec![], vec![fault]), "{members}");
    }
    let number = find(settings(vec![when(vec![])]), &record(&json!({"id": 123_456_789_012_345_u64})));
    assert_eq!(number.facts[0]["contact"], "123456789012345");
}

/// Rules that read the records of other platforms' samples.
fn rules_of_samples() -> Mapping {
    let mut settings = settings(vec![
        JsonFact { types: Some(types(&["*task-queue.entered"])), ..fact(JsonStatement::Fact(Fact::Offered)) },
        JsonFact {
            time: Some(time("/data/payload/task_queue_entered_date")),
            ..fact(JsonStatement::Fact(Fact::Queued))
        },
        fact(JsonStatement::Code(pointer("/data/payload/task_canceled_reason"))),
        fact(JsonStatement::Exit(pointer("/data/payload/task_assignment_status"))),
    ]);
    settings.contact = pointer("/data/payload/task_sid");
    settings.queue.id = Some(pointer("/data/payload/task_queue_sid"));
    let mut mapping = mapping(settings);
    mapping.queues.insert("WQ*a1", QueueTarget::Line(LineIndex::new(0)));
    mapping
}

const SAMPLES: [&str; 2] = ["twilio-taskrouter-abandoned", "twilio-taskrouter-callback"];

#[test]
fn persons_are_never_said() {
    laws()[0].check_canaries(&["+358000000000", "WT0000", "numberToCall"]);
}

/// The same rules, for records in a member of an object.
fn rules_of_nested_records() -> Mapping {
    let mut mapping = rules_of_samples();
    let FormatRules::Json(rules) = &mapping.rules else { unreachable!() };
    let mut settings = rules.settings.clone();
    settings.records = Some(pointer("/data/payload"));
    settings.contact = pointer("/task_sid");
    settings.record_type = Some(pointer("^/type"));
    mapping.rules = FormatRules::Json(JsonRules::new(settings));
    mapping
}

fn laws() -> [Laws; 2] {
    [rules_of_samples(), rules_of_nested_records()].map(|mapping| Laws::of(Sample::records_of(&SAMPLES), mapping))
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    laws().iter().for_each(Laws::check_any_bytes);
}

#[test]
fn mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    for laws in laws() {
        laws.check_mutants(SOME);
    }
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    laws()[0].check_mutants(A_MILLION);
}
