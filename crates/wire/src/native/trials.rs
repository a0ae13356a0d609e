//! What every reader of a platform's records must stand, tried on its samples: any bytes, changed records, another
//! order, doubled records, and persons in the records.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::ReadNative;
use super::samples::{Sample, facts_of, lines};
use crate::{Decoder, Mapping, Record};

/// Values to put into the place of others.
const VALUES: [&str; 16] = [
    "null",
    "\"\"",
    "0",
    "-1",
    "1.5e300",
    "true",
    "[]",
    "{}",
    "[{}]",
    "\"0\"",
    "\"1970-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"%zz%3A\"",
    "\"\\ud83d\\ude00\"",
    "99999999999999999999",
    "\"{\\\"a\\\":[1]}\"",
];

/// Any bytes, and the records of these samples with some bytes and values changed.
pub(crate) fn values(samples: &[&str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let records: Vec<String> = samples.iter().flat_map(|name| Sample::load(name).records).collect();
    let byte = prop_oneof![select(b"{}[]\",:\\0129 \n.-%".to_vec()), any::<u8>()];
    let bytes = prop::collection::vec((any::<Index>(), byte, 0..3_u8), 0..4);
    let members = prop::collection::vec((any::<Index>(), select(VALUES.to_vec())), 0..3);
    let changed = (select(records), members, bytes).prop_map(|(record, members, bytes)| {
        let record = members.iter().fold(record, |record, (at, value)| with_value(&record, *at, value));
        bytes.iter().fold(record.into_bytes(), with_byte)
    });
    prop_oneof![1 => prop::collection::vec(any::<u8>(), 0..200), 9 => changed]
}

/// The record with one of its values replaced.
fn with_value(record: &str, at: Index, value: &str) -> String {
    let starts: Vec<usize> = record.match_indices("\":").map(|(place, _)| place + 2).collect();
    if starts.is_empty() {
        return record.to_owned();
    }
    let start = starts[at.index(starts.len())];
    let mut values = serde_json::Deserializer::from_str(&record[start..]).into_iter::<serde::de::IgnoredAny>();
    let length = values.next().and_then(Result::ok).map_or(0, |_| values.byte_offset());
    format!("{}{value}{}", &record[..start], &record[start + length..])
}

fn with_byte(mut record: Vec<u8>, (at, byte, kind): &(Index, u8, u8)) -> Vec<u8> {
    let at = at.index(record.len() + 1);
    match kind {
        0 => record.insert(at, *byte),
        1 if at < record.len() => record[at] = *byte,
        _ => record.truncate(at),
    }
    record
}

/// Reads a value in every way. It may be anything.
pub(crate) fn read_any(value: &[u8], mapping: &Mapping) {
    let decoder = Decoder::of_source(&lines(), [7; 16], mapping.clone());
    let record = Record::of_value(value);
    let mut stated = Vec::new();
    let outcome = decoder.read(&record, &mut stated);
    let contents = decoder.contents(&record);
    // An id may be too long, or a time too late.
    assert!(stated.len() == contents.facts.len() || outcome.is_err(), "{contents:?}");
    assert!(outcome.is_ok() || !contents.faults.is_empty() || stated.is_empty(), "{outcome:?}");
    let year_2000 = EventTime::from_seconds(946_684_800);
    assert!(contents.facts.iter().all(|fact| fact.at >= year_2000), "{contents:?}");
}

/// Checks that order and doubling of a sample's records change nothing: all facts together are the same.
pub(crate) fn check_any_order(name: &str, mapping: &Mapping, read: ReadNative) {
    let records = Sample::load(name).records;
    let facts = |records: &[&String]| -> BTreeSet<String> {
        let facts = records.iter().flat_map(|record| facts_of(record.as_bytes(), mapping, read).facts);
        facts.map(|fact| fact.to_string()).collect()
    };
    let in_order: Vec<_> = records.iter().collect();
    let doubled: Vec<_> = records.iter().rev().chain(&records).collect();
    assert_eq!(facts(&in_order), facts(&doubled), "{name}");
    let joined = [records.join("\n"), format!("[{}]", records.join(",")), records.concat()];
    for value in joined.iter().filter(|_| !records[0].starts_with('[')) {
        assert_eq!(facts(&in_order), facts(&[value]), "{name} in one value");
    }
}

/// Checks that nothing of these texts, which are in the records of the samples, comes out except by the facts.
pub(crate) fn check_canaries(samples: &[&str], mapping: &Mapping, canaries: &[&str]) {
    let decoder = Decoder::of_source(&lines(), [7; 16], mapping.clone());
    let records: Vec<String> = samples.iter().flat_map(|name| Sample::load(name).records).collect();
    for canary in canaries {
        assert!(records.iter().any(|record| record.contains(canary)), "no record has {canary}");
    }
    for record in &records {
        let cuts = (1..=4).map(|part| record.len() * part / 4).filter(|cut| record.is_char_boundary(*cut));
        for cut in cuts {
            let record = Record::of_value(&record.as_bytes()[..cut]);
            let mut stated = Vec::new();
            let said = format!("{:?} {:?} {stated:?}", decoder.read(&record, &mut stated), decoder.contents(&record));
            for canary in canaries {
                assert!(!said.contains(canary), "{said}");
            }
        }
    }
}
