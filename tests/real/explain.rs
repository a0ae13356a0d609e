//! `explain` on a real topic: the position and the time of each entry are those of its record.

use std::collections::HashMap;

use ensilinja_test_support::{plain_consumer, plain_consumer::StoredRecord};
use serde_json::Value;

use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const PAST: [&str; 7] = ["--from", "2025-09-08", "--to", "2025-09-17", "--seed", "9", "--disorder"];
const ASKED: [&str; 10] =
    ["--line", "116117", "--figure", "offered", "--window", "today", "--at", "2025-09-15T12:00", "--format", "json"];

fn run(stage: &Stage, command: &str, more: &[&str]) -> Program {
    let mut program = Program::start(stage, &[command], more);
    assert!(program.wait().success(), "{}", program.log());
    program
}

fn entries(document: &Value) -> &Vec<Value> {
    document["figures"][0]["entries"].as_array().unwrap()
}

fn record<'a>(entry: &Value, records_by_offset: &'a HashMap<(i64, i64), StoredRecord>) -> &'a StoredRecord {
    let source = &entry["said"]["source"];
    &records_by_offset[&(source["partition"].as_i64().unwrap(), source["offset"].as_i64().unwrap())]
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn each_entry_is_at_its_offset_and_only_earlier_records_are_known_then() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "explain", 3);
    run(&stage, "simulate", &PAST);
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let count = records.len();
    let records_by_offset: HashMap<_, _> =
        records.into_iter().map(|record| ((i64::from(record.partition), record.offset), record)).collect();

    let now = run(&stage, "explain", &[&ASKED[..], &["--all"]].concat());
    let all: Value = serde_json::from_str(&now.printed()).unwrap();
    assert!(entries(&all).len() > 30, "{all}");
    assert_eq!(all["figures"][0]["number"], entries(&all).len());
    for entry in entries(&all) {
        let record = record(entry, &records_by_offset);
        assert_eq!(entry["contact"], record.key_text());
        assert_eq!(entry["said"]["source"]["topic"], stage.topic.as_str());
    }
    let noon_ms = 1_757_926_800_000;
    let then = run(&stage, "explain", &[&ASKED[..], &["--all", "--known-at", "2025-09-15T12:00"]].concat());
    let known: Value = serde_json::from_str(&then.printed()).unwrap();
    let known_then = entries(&known);
    assert!(
        !known_then.is_empty()
            && known_then.iter().all(|entry| record(entry, &records_by_offset).timestamp_ms < noon_ms)
    );
    let late = entries(&all).iter().filter(|entry| record(entry, &records_by_offset).timestamp_ms >= noon_ms).count();
    assert!(entries(&known).len() + late >= entries(&all).len(), "what was written before is known then");

    let contact = entries(&all)[0]["contact"].as_str().unwrap();
    let story = run(&stage, "explain", &["--contact", contact, "--format", "json"]);
    assert!(!story.log().contains(contact) && !now.log().contains(contact), "ids are printed and not logged");
    let story: Value = serde_json::from_str(&story.printed()).unwrap();
    let claims: Vec<&Value> =
        story["legs"].as_array().unwrap().iter().flat_map(|leg| leg["claims"].as_array().unwrap()).collect();
    assert!(!claims.is_empty() && claims.iter().all(|claim| claim["known"].is_string()));
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), u64::try_from(count).unwrap(), "it is only read");
}
