//! What holds for the reader of every format, as checks for its tests.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::samples::{Found, facts_of, lines};
use crate::{Decoder, Mapping, Record};

/// The records of a format, and how they are read.
pub(crate) struct Laws {
    pub(crate) records: Vec<String>,
    pub(crate) mapping: Mapping,
    pub(crate) read: super::ReadNative,
}

/// What the ledger keeps of some facts: of each kind the earliest instant, every attempt, and the latest answer.
pub(crate) fn joined(facts: &[Value]) -> BTreeMap<String, Value> {
    let mut joined = BTreeMap::<String, Value>::new();
    for fact in facts {
        let at = fact["at"].as_i64().unwrap();
        let mut key = fact.clone();
        let counts_latest = fact["fact"] == "outcome_recorded" || fact["fact"] == "feedback_received";
        if fact["fact"] != "callback_attempted" {
            key["at"] = Value::Null;
        }
        if counts_latest {
            key["outcome"] = Value::Null;
            key["answer"] = Value::Null;
        }
        let kept = joined.entry(key.to_string()).or_insert_with(|| fact.clone());
        let kept_at = kept["at"].as_i64().unwrap();
        if if counts_latest { at > kept_at } else { at < kept_at } {
            *kept = fact.clone();
        }
    }
    joined
}

impl Laws {
    fn find(&self, value: &[u8]) -> Found {
        facts_of(value, &self.mapping, self.read)
    }

    /// Reads a value in every way there is.
    fn read_in_every_way(&self, value: &[u8]) {
        let decoder = Decoder::of_source(&lines(), [7; 16], self.mapping.clone());
        let record = Record::of_value(value);
        let mut stated = Vec::new();
        let _ = decoder.read(&record, &mut stated);
        let contents = decoder.contents(&record);
        for (stated, fact) in stated.iter().zip(&contents.facts) {
            if let crate::Stated::Event(event) = stated {
                assert_eq!((event.line, event.at, Some(event.fact.kind())), (fact.line, fact.at, fact.kind));
                assert!(decoder.named_contact(&record, event.leg).is_some());
            }
        }
    }

    /// Any bytes are read without a panic, also those that begin as records do.
    pub(crate) fn check_any_bytes(&self) {
        let part = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            prop::sample::select(self.words()).prop_map(String::into_bytes),
            "[\\[\\]{}\",:0-9a-zA-Z \n\\\\ä.-]{0,8}".prop_map(String::into_bytes),
        ];
        run(2_000, &prop::collection::vec(part, 0..30), |parts| self.read_in_every_way(&parts.concat()));
    }

    /// The strings, numbers and objects of the records, to be put together at random.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for record in &self.records {
            words.extend(record.split_inclusive(['{', '}', ',']).map(str::to_owned));
        }
        words
    }

    /// A record with a byte changed, added or removed is read without a panic. If it is refused, it states nothing that
    /// the record itself does not state.
    pub(crate) fn check_one_change(&self) {
        let change = (any::<Index>(), any::<Index>(), any::<u8>(), 0..3_u8);
        run(6_000, &change, |(record, at, byte, kind)| {
            let record = record.get(&self.records);
            let mut value = record.as_bytes().to_vec();
            let at = at.index(value.len());
            match kind {
                0 => value[at] = byte,
                1 => value.insert(at, byte),
                _ => drop(value.remove(at)),
            }
            self.read_in_every_way(&value);
            let found = self.find(&value);
            if !found.faults.is_empty() && !found.facts.is_empty() {
                let sound = self.find(record.as_bytes()).facts;
                let are_sound = found.facts.iter().all(|fact| sound.contains(fact));
                assert!(are_sound, "{}", String::from_utf8_lossy(&value));
            }
        });
    }

    /// A record with several parts moved, doubled or cut is read without a panic.
    pub(crate) fn check_many_changes(&self) {
        let changes = prop::collection::vec((any::<Index>(), any::<Index>(), any::<Index>(), 0..4_u8), 1..6);
        run(4_000, &(any::<Index>(), changes), |(record, changes)| {
            let mut value = record.get(&self.records).as_bytes().to_vec();
            for (one, other, to, kind) in changes {
                let (one, other) = (one.index(value.len() + 1), other.index(value.len() + 1));
                let range = one.min(other)..one.max(other);
                match kind {
                    0 => drop(value.drain(range)),
                    1 => value.truncate(one),
                    _ => {
                        let copy = value[range].to_vec();
                        let to = to.index(value.len() + 1);
                        drop(value.splice(to..to, copy));
                    }
                }
            }
            self.read_in_every_way(&value);
        });
    }

    /// Records in any order, some of them several times and some in one value, are the same facts when joined.
    pub(crate) fn check_order(&self) {
        let all = |records: &[String]| {
            let found = records.iter().map(|record| self.find(record.as_bytes()).facts);
            joined(&found.collect::<Vec<_>>().concat())
        };
        let expected = all(&self.records);
        let doubled = [self.records.clone(), self.records.clone()].concat();
        let orders = (Just(doubled).prop_shuffle(), any::<Index>(), prop::sample::select(vec!["", "\n", ","]));
        run(100, &orders, |(mut records, dropped, separator)| {
            // One copy of one record may be lost.
            records.remove(dropped.index(records.len()));
            assert_eq!(all(&records), expected);
            assert_eq!(all(&[records.join(separator)]), expected);
        });
    }

    /// What is shown of a record contains none of these texts, which its records contain.
    pub(crate) fn check_canaries(&self, canaries: &[&str]) {
        let decoder = Decoder::of_source(&lines(), [7; 16], self.mapping.clone());
        for canary in canaries {
            assert!(self.records.iter().any(|record| record.contains(canary)), "{canary} is in no record");
        }
        for value in &self.records {
            let cut = &value.as_bytes()[..value.len() - 1];
            for value in [value.as_bytes(), cut] {
                let record = Record::of_value(value);
                let mut stated = Vec::new();
                let read = decoder.read(&record, &mut stated);
                let shown = format!("{read:?} {stated:?} {:?}", decoder.contents(&record));
                let shown = shown + &read.err().map_or(String::new(), |error| error.to_string());
                for canary in canaries {
                    assert!(!shown.contains(canary), "{canary} in {shown}");
                }
            }
        }
    }
}

fn run<S: Strategy>(cases: u32, strategy: &S, check: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(strategy, |value| {
        check(value);
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

#[test]
fn facts_join_as_the_ledger_joins_them() {
    let fact = |kind: &str, at: i64| json!({ "contact": "c", "line": "line_a", "fact": kind, "at": at });
    let facts = [fact("offered", 2), fact("offered", 1), fact("callback_attempted", 3), fact("callback_attempted", 4)];
    assert_eq!(joined(&facts).len(), 3);
    let mut outcomes = [fact("outcome_recorded", 1), fact("outcome_recorded", 2)];
    outcomes[0]["outcome"] = "other".into();
    outcomes[1]["outcome"] = "handled".into();
    let joined = joined(&outcomes);
    assert_eq!(joined.values().map(|fact| fact["outcome"].clone()).collect::<Vec<_>>(), ["handled"]);
}
