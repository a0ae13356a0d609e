//! What is kept of a record that cannot be used: its bytes, its headers, where it lay and what was wrong.
//!
//! The key is `topic/partition/offset`. Each process that reads the topic writes a dead letter once, and a restart
//! may write it again: readers count keys, not records.

use ensilinja_model::EventTime;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Header, OwnedHeaders};

use crate::record::{IncomingRecord, timestamp_of};

/// The most that is kept of a record's value or key, in bytes; the same again of its headers.
const KEPT_BYTES: usize = 64 * 1024;

/// What a dead letter takes beside its bytes, roughly.
const OVERHEAD_BYTES: usize = 1024;

/// A record that cannot be used, as it goes to the dead-letter topic.
pub(crate) struct DeadLetter {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) reason: &'static str,
    /// What it takes in memory.
    pub(crate) bytes: usize,
    pub(crate) key: String,
    /// The record's value as it was, cut at 64 KiB; `None` if the record had none.
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: OwnedHeaders,
    /// When this process first saw the record.
    pub(crate) first_seen: EventTime,
}

impl DeadLetter {
    /// Keeps `message`, which is also `record`, for `reason` and `detail`.
    pub(crate) fn new(
        message: &BorrowedMessage<'_>,
        record: &IncomingRecord<'_>,
        (reason, detail): (&'static str, &'static str),
        first_seen: EventTime,
    ) -> Self {
        let (topic, partition, offset) = (message.topic(), record.partition, record.offset);
        let header_bytes: usize = record.headers.iter().map(|(k, v)| k.len() + v.map_or(0, <[u8]>::len)).sum();
        let original = if header_bytes <= KEPT_BYTES { message.headers() } else { None };
        let mut headers = original.map_or_else(OwnedHeaders::new, rdkafka::message::BorrowedHeaders::detach);
        let mut say = |name: &str, value: &[u8]| {
            headers = std::mem::take(&mut headers).insert(Header { key: name, value: Some(value) });
        };
        say("ensilinja_source_topic", topic.as_bytes());
        say("ensilinja_source_partition", partition.to_string().as_bytes());
        say("ensilinja_source_offset", offset.to_string().as_bytes());
        say("ensilinja_reason", reason.as_bytes());
        say("ensilinja_detail", detail.as_bytes());
        say("ensilinja_first_seen", rfc3339(first_seen).as_bytes());
        say("ensilinja_record_timestamp", rfc3339(timestamp_of(message)).as_bytes());
        if let Some(key) = record.key {
            say("ensilinja_record_key", cut(key));
        }
        if let Some(value) = record.value.filter(|value| value.len() > KEPT_BYTES) {
            say("ensilinja_value_bytes", value.len().to_string().as_bytes());
        }
        if original.is_none() && header_bytes > 0 {
            say("ensilinja_headers_bytes", header_bytes.to_string().as_bytes());
        }
        let value = record.value.map(|value| cut(value).to_vec());
        let kept = |bytes: Option<usize>| bytes.unwrap_or(0).min(KEPT_BYTES);
        let bytes = OVERHEAD_BYTES
            + header_bytes.min(KEPT_BYTES)
            + kept(record.key.map(<[u8]>::len))
            + kept(value.as_ref().map(Vec::len));
        let key = format!("{topic}/{partition}/{offset}");
        Self { partition, offset, reason, bytes, key, value, headers, first_seen }
    }
}

fn cut(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(KEPT_BYTES)]
}

/// The instant as RFC 3339 in UTC, or its milliseconds where a calendar has no name for it.
fn rfc3339(at: EventTime) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis()).map_or_else(|_| at.as_millis().to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_named_in_utc_or_in_milliseconds() {
        assert_eq!(rfc3339(EventTime::from_millis(1_758_006_900_250)), "2025-09-16T07:15:00.25Z");
        assert_eq!(rfc3339(EventTime::MAX), i64::MAX.to_string());
    }
}
