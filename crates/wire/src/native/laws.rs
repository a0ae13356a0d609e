//! What holds for the reader of every format, as checks for its tests: any bytes, mutants of records, another order,
//! doubled records, and persons in the records.

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, LineId};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::mutants::Mutants;
use super::samples::{facts_of, lines};
use crate::{Decoder, Mapping, Record, Stated, Stays};

/// Mutants of each plain run, and of the long one.
pub(crate) const SOME: u32 = 10_000;
pub(crate) const A_MILLION: u32 = 1_000_000;

/// A platform's times before the year 2000 are for what has not happened.
const YEAR_2000: EventTime = EventTime::from_seconds(946_684_800);

/// The records of a format, and how they are read.
pub(crate) struct Laws {
    records: Vec<String>,
    decoder: Decoder,
    mapping: Mapping,
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
    /// Records about the lines of the samples.
    pub(crate) fn of(records: Vec<String>, mapping: Mapping) -> Self {
        Self::about(&lines(), records, mapping)
    }

    /// Records about these lines.
    pub(crate) fn about(lines: &[LineId], records: Vec<String>, mapping: Mapping) -> Self {
        Self { records, decoder: Decoder::of_source(lines, [7; 16], mapping.clone()), mapping }
    }

    /// Reads a value in every way there is. It may be anything.
    pub(crate) fn read_in_every_way(&self, value: &[u8]) {
        let record = Record::of_value(value);
        let mut stated = Vec::new();
        let outcome = self.decoder.read(&record, &mut stated);
        let contents = self.decoder.contents(&record);
        let mut stays = Stays::default();
        for part in &stated {
            take(&mut stays, part, &mut |_| {});
        }
        // An id may be too long, or a time too late. Parts of no queue are no facts.
        assert!(stated.len() <= contents.facts.len() || has_parts(&stated), "{contents:?}");
        assert!(outcome.is_err() || stated.len() >= contents.facts.len(), "{contents:?}");
        assert!(outcome.is_ok() || !contents.faults.is_empty() || stated.is_empty(), "{outcome:?}");
        assert!(contents.facts.iter().all(|fact| fact.at >= YEAR_2000), "{contents:?}");
        for stated in &stated {
            if let Stated::Event(event) = stated {
                let is_shown = |fact: &crate::ContentFact| {
                    (fact.line, fact.at, fact.kind) == (event.line, event.at, Some(event.fact.kind()))
                };
                assert!(contents.facts.iter().any(is_shown), "{contents:?}");
                assert!(self.decoder.named_contact(&record, event.leg, None).is_some());
            }
        }
    }

    /// Any bytes are read without a panic, also those that begin as records do.
    pub(crate) fn check_any_bytes(&self) {
        let part = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            prop::sample::select(self.words()).prop_map(String::into_bytes),
            "[\\[\\]{}\",:|=&%0-9a-zA-Z \n\\\\ä.-]{0,8}".prop_map(String::into_bytes),
        ];
        run(2_000, &prop::collection::vec(part, 0..30), |parts| self.read_in_every_way(&parts.concat()));
    }

    /// The strings, numbers and objects of the records, to be put together at random.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for record in &self.records {
            words.extend(record.split_inclusive(['{', '}', ',', '|']).map(str::to_owned));
        }
        words
    }

    /// Mutants of the records are read without a panic. One that is refused changes nothing: it states at most what the
    /// record itself states, and no event follows from it where the records are known.
    pub(crate) fn check_mutants(&self, count: u32) {
        let read = |value: &[u8]| {
            let mut stated = Vec::new();
            let outcome = self.decoder.read(&Record::of_value(value), &mut stated);
            (outcome, stated)
        };
        let sound: Vec<Vec<Stated>> = self.records.iter().map(|record| read(record.as_bytes()).1).collect();
        let mut stays = Stays::default();
        for part in sound.iter().flatten() {
            take(&mut stays, part, &mut |_| {});
        }
        let mut of_mutants = Stays::default();
        let mut mutants = Mutants::of(&self.records);
        let mut refused = 0;
        for number in 0..count {
            let mutant = mutants.next();
            let (outcome, stated) = read(&mutant.value);
            if number % 64 == 0 {
                self.read_in_every_way(&mutant.value);
                for part in &stated {
                    take(&mut of_mutants, part, &mut |_| {});
                }
            }
            if outcome.is_ok() || !mutant.is_slight {
                continue;
            }
            refused += 1;
            for part in &stated {
                let shown = || format!("{outcome:?} {}", String::from_utf8_lossy(&mutant.value));
                assert!(sound[mutant.of].contains(part), "{}", shown());
                take(&mut stays, part, &mut |event| panic!("{event:?} of {}", shown()));
            }
        }
        assert!(refused > count / 20, "only {refused} of {count} were refused");
    }

    /// Records in any order, some of them several times and some in one value, are the same facts when joined.
    pub(crate) fn check_order(&self) {
        let of = |value: &[u8]| facts_of(value, &self.mapping).facts;
        let all = |records: &[String]| {
            let found = records.iter().map(|record| of(record.as_bytes()));
            joined(&found.collect::<Vec<_>>().concat())
        };
        let expected = all(&self.records);
        let doubled = [self.records.clone(), self.records.clone()].concat();
        let is_array = self.records.iter().any(|record| record.starts_with('['));
        let orders = (Just(doubled).prop_shuffle(), any::<Index>(), prop::sample::select(vec!["", "\n", ","]));
        run(100, &orders, |(mut records, dropped, separator)| {
            // One copy of one record may be lost.
            records.remove(dropped.index(records.len()));
            assert_eq!(all(&records), expected);
            if !is_array {
                let (one, array) = (records.join(separator), format!("[{}]", records.join(",")));
                assert_eq!(joined(&of(one.as_bytes())), expected);
                assert_eq!(joined(&of(array.as_bytes())), expected);
            }
        });
    }

    /// What is shown of a record, or of its beginning, contains none of these texts, which its records contain.
    pub(crate) fn check_canaries(&self, canaries: &[&str]) {
        for canary in canaries {
            assert!(self.records.iter().any(|record| record.contains(canary)), "{canary} is in no record");
        }
        for record in &self.records {
            let cuts = (1..=4).map(|part| record.len() * part / 4).chain([record.len() - 1]);
            for cut in cuts {
                let record = Record::of_value(&record.as_bytes()[..cut]);
                let mut stated = Vec::new();
                let read = self.decoder.read(&record, &mut stated);
                let shown = format!("{read:?} {stated:?} {:?}", self.decoder.contents(&record));
                let shown = shown + &read.err().map_or(String::new(), |error| error.to_string());
                for canary in canaries {
                    assert!(!shown.contains(canary), "{canary} in {shown}");
                }
            }
        }
    }
}

fn has_parts(stated: &[Stated]) -> bool {
    stated.iter().any(|stated| matches!(stated, Stated::Stay(_)))
}

fn take(stays: &mut Stays, stated: &Stated, give: &mut dyn FnMut(ensilinja_model::Event)) {
    if let Stated::Stay(part) = stated {
        stays.take(part, &mut |event, _| give(event));
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
