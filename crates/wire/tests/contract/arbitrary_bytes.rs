//! The decoder handles any bytes, and accepts only events that the schema for producers accepts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ensilinja_model::{EventTime, Headers};
use ensilinja_wire::{Detail, Record, encode_binary, encode_structured};
use proptest::prelude::*;

use crate::documents::Documents;
use crate::statements::{any_statement, decode_value, decoder};

/// A change of some bytes, at a position given as a share of the length.
#[derive(Clone, Debug)]
enum Change {
    Set(f64, u8),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, f64),
}

fn change() -> impl Strategy<Value = Change> {
    let share = || 0.0..1.0;
    // Characters with a meaning in JSON are most likely to mislead a parser.
    let byte = || prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\ue-+.019 \n".to_vec())];
    prop_oneof![
        (share(), byte()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (share(), prop::collection::vec(byte(), 1..8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (share(), 1..12_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (share(), share()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

/// What tools between source and topic wrap around the value of a record.
#[derive(Clone, Debug)]
enum Wrapping {
    Text(String),
    JsonString,
    Connect,
    ConnectText,
    Member(String),
    MemberText(String),
    Array,
    Utf16 { big_endian: bool, marked: bool },
    SchemaRegistry(u8),
}

fn wrapping() -> impl Strategy<Value = Wrapping> {
    let member = || "(log|message|event|MESSAGE|a)";
    prop_oneof![
        "[A-Za-z0-9<>:. @-]{0,40}[:@] ?".prop_map(Wrapping::Text),
        Just(Wrapping::JsonString),
        Just(Wrapping::Connect),
        Just(Wrapping::ConnectText),
        member().prop_map(Wrapping::Member),
        member().prop_map(Wrapping::MemberText),
        Just(Wrapping::Array),
        any::<(bool, bool)>().prop_map(|(big_endian, marked)| Wrapping::Utf16 { big_endian, marked }),
        (1..=u8::MAX).prop_map(Wrapping::SchemaRegistry),
    ]
}

impl Wrapping {
    /// The wrapped value, and the detail with which it must be rejected.
    fn wrap(&self, value: &[u8]) -> (Vec<u8>, Detail) {
        let inner = std::str::from_utf8(value).unwrap();
        let text = serde_json::Value::from(inner).to_string();
        let (wrapped, cause) = match self {
            Self::Text(before) => (format!("{before}{inner}"), Detail::TextBeforeJson),
            Self::JsonString => (text, Detail::JsonInText),
            Self::Connect => (format!(r#"{{"schema":{{}},"payload":{inner}}}"#), Detail::ConnectEnvelope),
            Self::ConnectText => (format!(r#"{{"schema":{{}},"payload":{text}}}"#), Detail::ConnectEnvelope),
            Self::Member(name) => (format!(r#"{{"{name}":{inner}}}"#), Detail::WrappedEvent),
            Self::MemberText(name) => (format!(r#"{{"x":1,"{name}":{text}}}"#), Detail::WrappedEvent),
            Self::Array => (format!("[{inner}]"), Detail::Batch),
            Self::Utf16 { big_endian, marked } => {
                let marked = if *marked || !inner.is_ascii() { "\u{feff}" } else { "" };
                let units = [marked, inner].concat().encode_utf16().collect::<Vec<_>>();
                let bytes =
                    units.into_iter().flat_map(|it| if *big_endian { it.to_be_bytes() } else { it.to_le_bytes() });
                return (bytes.collect(), Detail::Utf16);
            }
            Self::SchemaRegistry(id) => {
                return ([&[0, 0, 0, 0, *id], value].concat(), Detail::SchemaRegistryHeader);
            }
        };
        (wrapped.into_bytes(), cause)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a position in bytes"
)]
fn position(share: f64, length: usize) -> usize {
    (share * length as f64) as usize
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let at = |share: f64| position(share, bytes.len());
        match change {
            Change::Set(share, byte) => {
                let at = at(*share);
                if let Some(changed) = bytes.get_mut(at) {
                    *changed = *byte;
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
    fn any_record_is_decoded_or_rejected_deterministically(
        key in prop::option::of(any::<Vec<u8>>()),
        value in prop::option::of(any::<Vec<u8>>()),
        names in prop::collection::vec(
            "(ce|CE)[_-](specversion|type|id|source|subject|time|x)|[Cc]ontent-type|\\PC{0,8}", 0..8,
        ),
        values in prop::collection::vec(prop::option::of(any::<Vec<u8>>()), 8),
        timestamp_ms: i64,
    ) {
        let headers: Vec<_> =
            names.iter().zip(&values).map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let timestamp = EventTime::from_millis(timestamp_ms);
        let (key, value, headers) = (key.as_deref(), value.as_deref(), Headers::known(&headers));
        let record = Record { key, value, headers, timestamp };
        prop_assert_eq!(decoder().decode(&record), decoder().decode(&record));
    }

    #[test]
    fn a_valid_event_with_changed_bytes_is_decoded_only_if_the_schema_accepts_it(
        owned in any_statement(), changes in prop::collection::vec(change(), 1..4),
    ) {
        let value = changed(encode_structured(&owned.statement()).value, &changes);
        if decode_value(&owned.contact, &value, EventTime::MAX).is_ok() {
            let event = serde_json::from_slice(&value).unwrap();
            prop_assert!(Documents::shared().allows_event(&event), "{}", event);
        }
    }

    #[test]
    fn an_event_in_a_known_wrapping_is_rejected_for_the_wrapping(
        owned in any_statement(),
        binary: bool,
        wrapping in wrapping(),
    ) {
        let encoded = if binary { encode_binary(&owned.statement()) } else { encode_structured(&owned.statement()) };
        let (value, cause) = wrapping.wrap(&encoded.value);
        let headers: Vec<_> =
            encoded.headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_slice()))).collect();
        let record = Record { key: None, value: Some(&value), headers: Headers::known(&headers), timestamp: owned.at };
        let rejection = decoder().decode(&record).map(drop).unwrap_err();
        prop_assert_eq!(rejection.detail, cause, "{:?}", String::from_utf8_lossy(&value));
        if !binary {
            prop_assert_eq!(decoder().decode_value(&value).map(drop), Err(rejection), "without a record");
        }
    }

    #[test]
    fn an_event_with_its_data_in_base64_is_the_same_event(owned in any_statement()) {
        let encoded = encode_structured(&owned.statement());
        let mut event: serde_json::Value = serde_json::from_slice(&encoded.value).unwrap();
        let data = event.as_object_mut().unwrap().remove("data").unwrap();
        event["data_base64"] = STANDARD.encode(data.to_string()).into();
        prop_assert!(Documents::shared().allows_event(&event), "{}", event);
        prop_assert_eq!(
            decoder().decode_value(event.to_string().as_bytes()),
            decoder().decode_value(&encoded.value)
        );
    }

    #[test]
    fn a_rejection_of_any_wrapped_event_is_in_the_table_and_not_retired(
        owned in any_statement(),
        wrapping in wrapping(),
        changes in prop::collection::vec(change(), 0..4),
        header in "\\PC{0,12}",
    ) {
        let (value, _) = wrapping.wrap(&encode_structured(&owned.statement()).value);
        let value = changed(value, &changes);
        let content_type = &value[..value.len().min(40)];
        let headers = [(header.as_str(), Some(value.as_slice())), ("content-type", Some(content_type))];
        let headers = Headers::known(&headers);
        let record = Record { key: Some(&value), value: Some(&value), headers, timestamp: owned.at };
        if let Err(rejection) = decoder().decode(&record) {
            prop_assert_eq!(rejection.reason, rejection.detail.reason());
            prop_assert!(!rejection.detail.is_retired());
        }
    }

    #[test]
    fn a_binary_record_with_changed_bytes_is_decoded_or_rejected(
        owned in any_statement(), changes in prop::collection::vec(change(), 1..4), spoiled in 0..8_usize,
    ) {
        let mut encoded = encode_binary(&owned.statement());
        match encoded.headers.get_mut(spoiled) {
            Some((_, value)) => *value = changed(std::mem::take(value), &changes),
            None => encoded.value = changed(encoded.value, &changes),
        }
        let once = crate::statements::decode_encoded(&encoded, owned.at);
        prop_assert_eq!(once, crate::statements::decode_encoded(&encoded, owned.at));
    }
}
