//! Whatever lies in a record, the decoder answers; and what it accepts, the schema for producers accepts.

use ensilinja_model::EventTime;
use ensilinja_wire::{Record, encode_binary, encode_structured};
use proptest::prelude::*;

use crate::documents::Documents;
use crate::statements::{decode_value, decoder, said};

/// A change of some bytes, at a place that is a share of the length.
#[derive(Clone, Debug)]
enum Change {
    Set(f64, u8),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, f64),
}

fn change() -> impl Strategy<Value = Change> {
    let place = || 0.0..1.0;
    // Characters that mean something to JSON are the likeliest to mislead its reader.
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\ue-+.019 \n".to_vec())];
    prop_oneof![
        (place(), byte()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), prop::collection::vec(byte(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (place(), 1..12_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (place(), place()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place")]
fn place(share: f64, length: usize) -> usize {
    (share * length as f64) as usize
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let at = |share: f64| place(share, bytes.len());
        match change {
            Change::Set(share, byte) => {
                let at = at(*share);
                if let Some(place) = bytes.get_mut(at) {
                    *place = *byte;
                }
            }
            Change::Insert(share, more) => {
                let at = at(*share);
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Remove(share, length) => {
                let (from, to) = (at(*share), (at(*share) + length).min(bytes.len()));
                bytes.drain(from..to);
            }
            Change::Repeat(one, other) => {
                let (from, to) = (at(one.min(*other)), at(one.max(*other)));
                let again = bytes[from..to].to_vec();
                bytes.splice(to..to, again);
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_record_is_decoded_or_rejected_and_the_same_way_again(
        key in prop::option::of(any::<Vec<u8>>()),
        value in prop::option::of(any::<Vec<u8>>()),
        names in prop::collection::vec("ce_(specversion|type|id|source|subject|time|x)|content-type|\\PC{0,8}", 0..8),
        values in prop::collection::vec(prop::option::of(any::<Vec<u8>>()), 8),
        timestamp_ms: i64,
    ) {
        let headers: Vec<_> =
            names.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let timestamp = EventTime::from_millis(timestamp_ms);
        let record = Record { key: key.as_deref(), value: value.as_deref(), headers: &headers, timestamp };
        prop_assert_eq!(decoder().decode(&record), decoder().decode(&record));
    }

    #[test]
    fn a_sound_event_with_changed_bytes_is_decoded_only_if_the_schema_still_allows_it(
        said in said(), changes in prop::collection::vec(change(), 1..4),
    ) {
        let value = changed(encode_structured(&said.statement()).value, &changes);
        if decode_value(&said.contact, &value, EventTime::MAX).is_ok() {
            let event = serde_json::from_slice(&value).unwrap();
            prop_assert!(Documents::shared().allows_event(&event), "{}", event);
        }
    }

    #[test]
    fn a_binary_record_with_changed_bytes_is_decoded_or_rejected(
        said in said(), changes in prop::collection::vec(change(), 1..4), spoiled in 0..8_usize,
    ) {
        let mut encoded = encode_binary(&said.statement());
        match encoded.headers.get_mut(spoiled) {
            Some((_, value)) => *value = changed(std::mem::take(value), &changes),
            None => encoded.value = changed(encoded.value, &changes),
        }
        let once = crate::statements::decode_encoded(&encoded, said.at);
        prop_assert_eq!(once, crate::statements::decode_encoded(&encoded, said.at));
    }
}
