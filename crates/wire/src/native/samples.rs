//! The samples of `crates/wire/samples`, compared with what a format's reader finds in them.

use std::path::Path;

use ensilinja_model::{Fact, FeedbackAnswer, LineId, LineIndex};
use serde_json::{Map, Value, json};

use super::{MappingEntry, MappingTable, NativeFact, NativeSink};
use crate::decoder::reader_of;
use crate::stays::StayPart;
use crate::{Detail, Mapping, QueueTarget, Record, normalize_number, timestamp};

/// The lines of all samples.
const LINES: [&str; 2] = ["line_a", "line_b"];

/// A sample.
pub(crate) struct Sample {
    /// The values of its records.
    pub(crate) records: Vec<String>,
    /// What its source is configured to.
    pub(crate) configuration: Value,
    expected: Vec<Value>,
    /// What the ledger must make of them.
    pub(super) legs: Vec<Value>,
}

impl Sample {
    /// The sample of this name.
    #[expect(clippy::disallowed_methods, reason = "a test reads its samples")]
    pub(crate) fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let text = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        let facts = std::fs::read(folder.join(format!("{name}.facts.json"))).unwrap();
        let facts: Value = serde_json::from_slice(&facts).unwrap();
        Self {
            records: text.lines().map(str::to_owned).collect(),
            configuration: facts["configuration"].clone(),
            expected: facts["facts_by_record"].as_array().unwrap().clone(),
            legs: facts["legs"].as_array().unwrap().clone(),
        }
    }

    /// The records of these samples.
    pub(crate) fn records_of(names: &[&str]) -> Vec<String> {
        names.iter().flat_map(|name| Self::load(name).records).collect()
    }

    /// Fills in the tables that all formats have: queues and dialled numbers.
    pub(crate) fn map(&self, mapping: &mut Mapping) {
        for (queue, line) in self.configuration["queues"].as_object().into_iter().flatten() {
            mapping.queues.insert(queue, QueueTarget::Line(line_of(line)));
        }
        for (number, line) in self.configuration["entries"].as_object().into_iter().flatten() {
            mapping.entries.insert(&normalize_number(number), line_of(line));
        }
    }

    /// Checks that each record states exactly what the sample says, and has no fault; and what the ledger makes of all.
    pub(crate) fn check(&self, mapping: &Mapping) {
        self.check_legs(mapping);
        assert_eq!(self.records.len(), self.expected.len());
        for (number, (record, expected)) in self.records.iter().zip(&self.expected).enumerate() {
            let found = facts_of(record.as_bytes(), mapping);
            let instant = |fact: &Value| timestamp::parse(fact["at"].as_str().unwrap()).unwrap();
            let mut expected: Vec<Value> = expected.as_array().unwrap().clone();
            for fact in &mut expected {
                fact["at"] = json!(instant(fact).as_millis());
            }
            let sorted = |mut facts: Vec<Value>| {
                facts.sort_by_key(ToString::to_string);
                facts
            };
            assert_eq!(sorted(found.facts), sorted(expected), "record {}", number + 1);
            assert_eq!(found.faults, [], "record {}", number + 1);
        }
    }
}

/// The line that a sample names.
pub(crate) fn line_of(name: &Value) -> LineIndex {
    let place = LINES.iter().position(|line| *line == name.as_str().unwrap()).unwrap();
    LineIndex::new(u16::try_from(place).unwrap())
}

/// The ids of the lines of all samples.
pub(crate) fn lines() -> Vec<LineId> {
    LINES.iter().map(|id| LineId::parse(id).unwrap()).collect()
}

/// What a reader finds in a record.
#[derive(Default)]
pub(crate) struct Found {
    /// The facts as the samples write them, apart from `at`, which is in milliseconds.
    pub(crate) facts: Vec<Value>,
    pub(crate) types: Vec<String>,
    pub(crate) unmapped: Vec<(MappingTable, String)>,
    pub(crate) has_unknown_type: bool,
    pub(crate) faults: Vec<Detail>,
}

/// What the reader of a format finds in a value.
pub(crate) fn facts_of(value: &[u8], mapping: &Mapping) -> Found {
    let mut found = Found::default();
    let read = reader_of(mapping.format).expect("a platform's format");
    read(&Record::of_value(value), mapping, &mut found);
    found
}

/// The same of an object.
pub(crate) fn read_value(value: &Value, mapping: &Mapping) -> Found {
    facts_of(value.to_string().as_bytes(), mapping)
}

/// Checks the facts of an object that has no fault, in short: `abandoned:queue a 08:01:02.003`.
#[track_caller]
pub(crate) fn states(value: &Value, mapping: &Mapping, expected: &[&str]) {
    let found = read_value(value, mapping);
    assert_eq!(found.shown(), expected, "{value}");
    assert_eq!(found.faults, [], "{value}");
}

/// Changes and adds members.
pub(crate) fn add(to: &mut Value, members: &Value) {
    for (name, value) in members.as_object().unwrap() {
        to[name] = value.clone();
    }
}

/// The object with members changed, added, or removed by null.
pub(crate) fn changed(mut object: Value, members: &Value) -> Value {
    add(&mut object, members);
    object.as_object_mut().unwrap().retain(|name, _| members.get(name) != Some(&Value::Null));
    object
}

impl Found {
    /// The facts in short.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.facts.iter().map(show).collect()
    }
}

impl NativeSink for Found {
    fn fact(&mut self, fact: &NativeFact<'_>) {
        let mut written = Map::new();
        written.insert("contact".to_owned(), fact.contact.into());
        written.insert("line".to_owned(), LINES[fact.line.as_usize()].into());
        if let Some(visit) = fact.visit {
            written.insert("visit".to_owned(), visit.into());
        }
        written.insert("at".to_owned(), fact.at.as_millis().into());
        written.insert("fact".to_owned(), fact.fact.kind().as_str().into());
        let value = match fact.fact {
            Fact::Abandoned(stage) => Some(("stage", stage.as_str().to_owned())),
            Fact::CallbackAttempted(result) => Some(("result", result.as_str().to_owned())),
            Fact::CallbackClosed(result) => Some(("result", result.as_str().to_owned())),
            Fact::OutcomeRecorded(outcome) => Some(("outcome", outcome.as_str().to_owned())),
            _ => None,
        };
        written.extend(value.map(|(name, value)| (name.to_owned(), value.into())));
        if let Fact::FeedbackReceived(answer) = fact.fact {
            let (question, answer) = match answer {
                FeedbackAnswer::Nps(score) => ("nps", json!(score.get())),
                FeedbackAnswer::Survey(survey, answer) => (survey.as_str(), json!(answer.as_str())),
            };
            written.extend([("question".to_owned(), question.into()), ("answer".to_owned(), answer)]);
        }
        self.facts.push(Value::Object(written));
    }

    fn stay(&mut self, _: &str, _: StayPart, _: MappingEntry<'_>) {
        unreachable!("formats with stays are read by their own tests");
    }

    fn record_type(&mut self, name: &str) {
        self.types.push(name.to_owned());
    }

    fn unmapped(&mut self, table: MappingTable, key: &str, _: Option<&str>) {
        self.unmapped.push((table, key.to_owned()));
    }

    fn unknown_type(&mut self) {
        self.has_unknown_type = true;
    }

    fn fault(&mut self, detail: Detail) {
        self.faults.push(detail);
    }
}

/// A fact of 3 March 2026 in short.
fn show(fact: &Value) -> String {
    let value = ["stage", "result", "outcome", "answer"].iter().find_map(|name| fact.get(*name));
    let value = value.map_or(String::new(), |value| format!(":{}", value.to_string().trim_matches('"')));
    let line = fact["line"].as_str().unwrap().trim_start_matches("line_");
    let ms = fact["at"].as_i64().unwrap() - 1_772_496_000_000;
    let (hours, minutes) = (ms.div_euclid(3_600_000), ms.div_euclid(60_000) % 60);
    let (seconds, ms) = (ms.div_euclid(1000) % 60, ms.rem_euclid(1000));
    format!("{}{value} {line} {hours:02}:{minutes:02}:{seconds:02}.{ms:03}", fact["fact"].as_str().unwrap())
}
