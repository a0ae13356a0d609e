//! A record as a line of an archive: every byte of it, as JSON.
//!
//! ```text
//! {"topic":"ensilinja.events","partition":3,"offset":1207,"timestamp":1772439300123,"timestamp_type":"create",
//!  "key":"c-17","headers":[["ce_id","9"],["trace",null]],"value":{"base64":"/w=="}}
//! ```
//!
//! Bytes that are UTF-8 are written as text, others as `{"base64": ...}`; null is null, and the empty text is not null.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// Which clock a record's timestamp is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// That of the producer.
    Create,
    /// That of the broker.
    LogAppend,
    /// The record has no timestamp.
    None,
}

/// A header: its name and its value, which may be null.
pub type ArchivedHeader<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

/// A record with its position. It has no `Debug`, because every part may contain personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct ArchivedRecord<'a> {
    /// The topic.
    pub topic: Cow<'a, str>,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The timestamp in milliseconds, as the broker gives it; `None` without one.
    pub timestamp_ms: Option<i64>,
    /// Which clock the timestamp is of.
    pub timestamp_type: TimestampType,
    /// The key; `None` is Kafka's null.
    pub key: Option<Cow<'a, [u8]>>,
    /// The headers in order. Names may repeat.
    pub headers: Vec<ArchivedHeader<'a>>,
    /// The value; `None` is a tombstone.
    pub value: Option<Cow<'a, [u8]>>,
}

/// The line, in the order of its members.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    topic: Cow<'a, str>,
    partition: i32,
    offset: i64,
    timestamp: Option<i64>,
    timestamp_type: TimestampType,
    key: Option<Bytes<'a>>,
    headers: Vec<(Bytes<'a>, Option<Bytes<'a>>)>,
    value: Option<Bytes<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes<'a> {
    Text(Cow<'a, str>),
    Other { base64: String },
}

impl<'a> Bytes<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        std::str::from_utf8(bytes)
            .map_or_else(|_| Self::Other { base64: STANDARD.encode(bytes) }, |text| Self::Text(Cow::Borrowed(text)))
    }

    fn bytes(self) -> Option<Cow<'a, [u8]>> {
        match self {
            Self::Text(Cow::Borrowed(text)) => Some(Cow::Borrowed(text.as_bytes())),
            Self::Text(Cow::Owned(text)) => Some(Cow::Owned(text.into_bytes())),
            Self::Other { base64 } => STANDARD.decode(base64).ok().map(Cow::Owned),
        }
    }
}

impl ArchivedRecord<'_> {
    /// Appends the line, with its newline.
    pub(crate) fn write_line(&self, to: &mut Vec<u8>) {
        let line = Line {
            topic: Cow::Borrowed(&self.topic),
            partition: self.partition,
            offset: self.offset,
            timestamp: self.timestamp_ms,
            timestamp_type: self.timestamp_type,
            key: self.key.as_deref().map(Bytes::of),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (Bytes::of(name), value.as_deref().map(Bytes::of)))
                .collect(),
            value: self.value.as_deref().map(Bytes::of),
        };
        serde_json::to_writer(&mut *to, &line).expect("texts and numbers can be written to memory");
        to.push(b'\n');
    }

    /// The record of a line without its newline; `None` if it is none.
    pub(crate) fn parse(line: &[u8]) -> Option<ArchivedRecord<'static>> {
        // Texts are copied out of the line: only those marked as borrowed would not be.
        let line: Line<'static> = serde_json::from_slice(line).ok()?;
        let headers = line.headers.into_iter().map(|(name, value)| Some((name.bytes()?, all(value).ok()?)));
        Some(ArchivedRecord {
            topic: line.topic,
            partition: line.partition,
            offset: line.offset,
            timestamp_ms: line.timestamp,
            timestamp_type: line.timestamp_type,
            key: all(line.key).ok()?,
            headers: headers.collect::<Option<_>>()?,
            value: all(line.value).ok()?,
        })
    }

    /// A hash of the timestamp, the key, the headers and the value, and not of the position: two records with the same
    /// one are copies of each other.
    #[must_use]
    pub fn content_fingerprint(&self) -> u64 {
        let content = ArchivedRecord {
            topic: Cow::Borrowed(""),
            partition: 0,
            offset: 0,
            timestamp_type: TimestampType::Create,
            ..self.clone()
        };
        let mut line = Vec::new();
        content.write_line(&mut line);
        let hash = openssl::sha::sha256(&line);
        u64::from_le_bytes(std::array::from_fn(|index| hash[index]))
    }
}

/// What may be null.
type Nullable = Option<Cow<'static, [u8]>>;

/// The bytes of what may be null.
///
/// # Errors
/// If they are no base64.
fn all(bytes: Option<Bytes<'static>>) -> Result<Nullable, NoBase64> {
    bytes.map(|bytes| bytes.bytes().ok_or(NoBase64)).transpose()
}

/// A text is no base64.
struct NoBase64;

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![vec(any::<u8>(), 0..40), ".{0,20}".prop_map(String::into_bytes)]
    }

    proptest! {
        #[test]
        fn any_record_comes_back_from_its_line_exactly(
            (key, value) in (option::of(bytes()), option::of(bytes())),
            headers in vec((bytes(), option::of(bytes())), 0..4),
            (partition, offset, timestamp_ms) in (any::<i32>(), any::<i64>(), option::of(any::<i64>())),
            topic in "[a-zA-Z0-9._-]{1,20}",
        ) {
            let timestamp_type = [TimestampType::Create, TimestampType::LogAppend, TimestampType::None]
                [usize::from(key.is_none()) + usize::from(value.is_none())];
            let record = ArchivedRecord {
                topic: Cow::Owned(topic),
                partition,
                offset,
                timestamp_ms,
                timestamp_type,
                key: key.map(Cow::Owned),
                headers: headers.into_iter().map(|(name, value)| (Cow::Owned(name), value.map(Cow::Owned))).collect(),
                value: value.map(Cow::Owned),
            };
            let mut line = Vec::new();
            record.write_line(&mut line);
            let (end, record_of_line) = line.split_last().unwrap();
            prop_assert!(*end == b'\n' && !record_of_line.contains(end), "a record is one line");
            let parsed = ArchivedRecord::parse(record_of_line);
            prop_assert!(parsed.is_some_and(|parsed| parsed == record));
        }
    }

    #[test]
    fn a_line_reads_as_the_page_on_archives_shows_it() {
        let record = ArchivedRecord {
            topic: "ensilinja.events".into(),
            partition: 3,
            offset: 1207,
            timestamp_ms: Some(1_772_439_300_123),
            timestamp_type: TimestampType::Create,
            key: Some(b"c-17".as_slice().into()),
            headers: vec![
                (b"ce_id".as_slice().into(), Some(b"9".as_slice().into())),
                (b"trace".as_slice().into(), None),
            ],
            value: Some(b"\xff".as_slice().into()),
        };
        let mut line = Vec::new();
        record.write_line(&mut line);
        let expected = r#"{"topic":"ensilinja.events","partition":3,"offset":1207,"timestamp":1772439300123,"timestamp_type":"create","key":"c-17","headers":[["ce_id","9"],["trace",null]],"value":{"base64":"/w=="}}"#;
        assert_eq!(String::from_utf8(line).unwrap(), format!("{expected}\n"));
    }
}
