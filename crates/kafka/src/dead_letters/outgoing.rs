//! A dead letter on its way to the dead-letter topic: the record's bytes and headers, its position, and its fault.
//!
//! The key is `topic/partition/offset/topic id`, or `topic/partition/offset` if the brokers have no topic ids. Each
//! process that reads the topic writes a dead letter once, and a restart may write it again: readers count keys, not
//! dead letters. The id separates the dead letters of a topic from those of an earlier topic of the same name, which
//! had the same offsets.
//!
//! A dead letter that is too large for its topic is written without the record's own bytes, with their sizes only: one
//! record must not keep all others from being written.

use ensilinja_librdkafka::{FetchedRecord, TopicId};
use ensilinja_model::EventTime;
use rdkafka::message::{Header, OwnedHeaders};

use crate::dead_letters::headers::{
    DETAIL, FIRST_SEEN, HEADERS_BYTES, REASON, RECORD_KEY, RECORD_KEY_BYTES, RECORD_TIMESTAMP, SOURCE_OFFSET,
    SOURCE_PARTITION, SOURCE_TOPIC, SOURCE_TOPIC_ID, VALUE_BYTES,
};
use crate::record::IncomingRecord;
use crate::record_position::RecordPosition;

/// The most bytes kept of a record's key, of its value, and of its headers.
pub(crate) const KEPT_BYTES: usize = 64 * 1024;

/// The approximate overhead of a dead letter in memory.
const OVERHEAD_BYTES: usize = 1024;

/// The approximate overhead of a header in memory.
const HEADER_OVERHEAD_BYTES: usize = 32;

/// A dead letter on its way to its topic.
pub(crate) struct OutgoingDeadLetter {
    /// The place of the partition in the log, set by the queue.
    pub(crate) place: usize,
    pub(crate) offset: i64,
    /// The number of the log that holds the record, set by the queue: a topic may be recreated.
    pub(crate) log: u32,
    pub(crate) reason: &'static str,
    /// Its approximate size in memory while it waits.
    pub(crate) bytes: usize,
    pub(crate) key: String,
    /// The record's value, cut at 64 KiB; `None` if the record had none.
    pub(crate) value: Option<Vec<u8>>,
    /// The record's headers; `None` if it had none, or too many to keep.
    original_headers: Option<OwnedHeaders>,
    /// Further headers, which describe the record; see `headers`.
    statements: Vec<(&'static str, Vec<u8>)>,
    /// The same headers without the record's own bytes.
    statements_if_too_large: Vec<(&'static str, Vec<u8>)>,
    /// When this process first saw the record.
    pub(crate) first_seen: EventTime,
}

impl OutgoingDeadLetter {
    /// The dead letter of `fetched`, which is also `record`, in its topic with this id.
    pub(crate) fn new(
        fetched: &FetchedRecord<'_>,
        record: &IncomingRecord<'_>,
        topic_id: Option<TopicId>,
        (reason, detail): (&'static str, &'static str),
        first_seen: EventTime,
    ) -> Self {
        let IncomingRecord { topic, partition, offset, .. } = *record;
        let headers = record.headers.all();
        let header_count = fetched.headers().count();
        let header_bytes = header_count * HEADER_OVERHEAD_BYTES
            + headers.iter().map(|(name, value)| name.len() + value.map_or(0, <[u8]>::len)).sum::<usize>();
        // A header whose name is not UTF-8 is not among `headers`: its size is not counted, and no header is kept. (A
        // name with a zero byte ends there: librdkafka does not tell how long names are.)
        let can_be_kept = headers.len() == header_count && header_bytes <= KEPT_BYTES;
        let original_headers = (header_count > 0 && can_be_kept).then(|| owned(headers));
        let text = |value: &str| value.as_bytes().to_vec();
        let size = |bytes: usize| text(&bytes.to_string());
        let mut statements = vec![
            (SOURCE_TOPIC, text(topic)),
            (SOURCE_PARTITION, text(&partition.to_string())),
            (SOURCE_OFFSET, text(&offset.to_string())),
            (REASON, text(reason)),
            (DETAIL, text(detail)),
            (FIRST_SEEN, text(&rfc3339(first_seen))),
        ];
        statements.extend(record.timestamp.map(|timestamp| (RECORD_TIMESTAMP, text(&rfc3339(timestamp)))));
        statements.extend(topic_id.map(|topic_id| (SOURCE_TOPIC_ID, text(&topic_id.to_string()))));
        let mut statements_if_too_large = statements.clone();
        if let Some(key) = record.key {
            statements.push((RECORD_KEY, cut(key)));
            statements_if_too_large.push((RECORD_KEY_BYTES, size(key.len())));
        }
        if let Some(value) = record.value {
            if value.len() > KEPT_BYTES {
                statements.push((VALUE_BYTES, size(value.len())));
            }
            statements_if_too_large.push((VALUE_BYTES, size(value.len())));
        }
        if header_count > 0 {
            if original_headers.is_none() {
                statements.push((HEADERS_BYTES, size(header_bytes)));
            }
            statements_if_too_large.push((HEADERS_BYTES, size(header_bytes)));
        }
        let kept = |bytes: Option<&[u8]>| bytes.map_or(0, |bytes| bytes.len().min(KEPT_BYTES));
        Self {
            place: 0,
            offset,
            log: 0,
            reason,
            bytes: OVERHEAD_BYTES + header_bytes.min(KEPT_BYTES) + kept(record.key) + kept(record.value),
            key: key_of(&RecordPosition { topic: topic.to_owned(), partition, offset }, topic_id),
            value: record.value.map(cut),
            original_headers,
            statements,
            statements_if_too_large,
            first_seen,
        }
    }

    /// All headers: the record's own, then those that describe the record.
    pub(crate) fn headers(&self) -> OwnedHeaders {
        let original = self.original_headers.clone().unwrap_or_default();
        let add = |headers: OwnedHeaders, (name, value): &(&'static str, Vec<u8>)| {
            headers.insert(Header { key: name, value: Some(value) })
        };
        self.statements.iter().fold(original, add)
    }

    /// The same dead letter with the sizes of the record's key, value and headers instead of their bytes. `None` if it
    /// has only the sizes already. While it waits, it counts for as many bytes as before.
    pub(crate) fn without_the_record(&self) -> Option<Self> {
        if self.statements_if_too_large.is_empty() {
            return None;
        }
        Some(Self {
            key: self.key.clone(),
            value: None,
            original_headers: None,
            statements: self.statements_if_too_large.clone(),
            statements_if_too_large: Vec::new(),
            ..*self
        })
    }
}

/// The key of the dead letter about the record at `position` of the topic `topic_id`.
pub(crate) fn key_of(position: &RecordPosition, topic_id: Option<TopicId>) -> String {
    topic_id.map_or_else(|| position.to_string(), |topic_id| format!("{position}/{topic_id}"))
}

fn owned(headers: &[ensilinja_model::Header<'_>]) -> OwnedHeaders {
    let list = OwnedHeaders::new_with_capacity(headers.len());
    headers.iter().fold(list, |list, (key, value)| list.insert(Header { key, value: *value }))
}

fn cut(bytes: &[u8]) -> Vec<u8> {
    bytes[..bytes.len().min(KEPT_BYTES)].to_vec()
}

/// The instant as RFC 3339 in UTC, or in milliseconds if it is outside the range of the calendar.
fn rfc3339(at: EventTime) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(|_| at.as_millis().to_string(), |at| at.to_string())
}

#[cfg(test)]
impl OutgoingDeadLetter {
    /// A dead letter of partition 0 that counts for 100 bytes.
    pub(crate) fn at(offset: i64) -> Self {
        Self {
            place: 0,
            offset,
            log: 0,
            reason: "malformed",
            bytes: 100,
            key: format!("topic/0/{offset}"),
            value: None,
            original_headers: None,
            statements: Vec::new(),
            statements_if_too_large: Vec::new(),
            first_seen: EventTime::from_millis(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_utc_or_in_milliseconds() {
        assert_eq!(rfc3339(EventTime::from_millis(1_758_006_900_250)), "2025-09-16T07:15:00.25Z");
        assert_eq!(rfc3339(EventTime::MAX), i64::MAX.to_string());
    }
}
