//! A record on its way to the handler, and what the handler decides about it.

use std::cell::OnceCell;
use std::sync::Arc;

use ensilinja_librdkafka::FetchedRecord;
use ensilinja_model::{EventTime, Header, Headers, ReadHeaders};

/// The clock of the process. It is passed in: this crate never asks the system for the time of day.
pub type TimeSource = Arc<dyn Fn() -> EventTime + Send + Sync>;

/// A record of the log. It borrows from the client and lives until the handler returns.
pub struct IncomingRecord<'a> {
    /// The key, if it has one.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in order. A header whose name is not UTF-8 is left out: this program uses no such name.
    pub headers: Headers<'a>,
    /// When the record was published, by the clock of the producer or the broker (`message.timestamp.type`). `None` if
    /// that is unknown: the record has no timestamp, or one of 0 or less.
    pub timestamp: Option<EventTime>,
    /// The topic.
    pub topic: &'a str,
    /// The source that claims the topic, as in [`TopicChoice::source`](crate::TopicChoice::source).
    pub source: usize,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// The record was in the log before this process began to read the partition. Another process may have counted it
    /// when it was new.
    pub rebuilding: bool,
    /// This process has handled the record before and reads it again to write its dead letter. Learning a fact twice
    /// changes nothing, but counters must not count such a record.
    pub again: bool,
}

impl<'a> IncomingRecord<'a> {
    /// The record that was fetched from `topic`, with the source that claims the topic; `headers` are its headers.
    #[inline]
    pub(crate) fn of<'q: 'a>(
        fetched: &FetchedRecord<'q>,
        headers: &'a RecordHeaders<'q>,
        (topic, source): (&'a str, usize),
        rebuilding: bool,
        again: bool,
    ) -> Self {
        Self {
            topic,
            source,
            key: fetched.key(),
            value: fetched.value(),
            headers: Headers::on_request(headers),
            timestamp: timestamp_of(fetched),
            partition: fetched.partition(),
            offset: fetched.offset(),
            rebuilding,
            again,
        }
    }
}

/// What the handler decides about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordDisposition {
    /// The record was understood, or may be skipped.
    Accepted,
    /// The record cannot be used: write a dead letter.
    DeadLetter {
        /// The reason, from a small closed set, because it becomes a metric label.
        reason: &'static str,
        /// The exact fault, as a code.
        detail: &'static str,
    },
}

/// Learns from records. One thread calls it, in the order of each partition.
pub trait RecordHandler: Send {
    /// Handles one record. The same record must always give the same result.
    fn handle(&mut self, record: &IncomingRecord<'_>) -> RecordDisposition;

    /// Hands over what was learnt since the last call. Called after the last record of each batch: progress past its
    /// records is published only then, so what was learnt from them must be visible to all threads when this returns.
    fn end_batch(&mut self);

    /// Another log has replaced the one whose records were handled: forget everything learnt from the old one. `log` is
    /// the number of the new log, as in [`IngestStatus::log`](crate::IngestStatus::log). The next records are read to
    /// rebuild from, as when the process starts at `now`.
    ///
    /// Returns the instant from which on records are needed. May be called again for the same log, with a later `now`,
    /// before the first record comes.
    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime;
}

/// The headers of a fetched record, read when they are first requested.
pub(crate) struct RecordHeaders<'q> {
    fetched: FetchedRecord<'q>,
    list: OnceCell<Vec<Header<'q>>>,
}

impl<'q> RecordHeaders<'q> {
    #[inline]
    pub(crate) const fn of(fetched: FetchedRecord<'q>) -> Self {
        Self { fetched, list: OnceCell::new() }
    }
}

impl ReadHeaders for RecordHeaders<'_> {
    /// Leaves out a header whose name is not UTF-8. Any producer may publish one.
    fn read(&self) -> &[Header<'_>] {
        self.list.get_or_init(|| {
            let named = self.fetched.headers().map(|(name, value)| (std::str::from_utf8(name), value));
            named.filter_map(|(name, value)| Some((name.ok()?, value))).collect()
        })
    }
}

/// When a record was published; `None` if its timestamp does not tell.
#[inline]
pub(crate) fn timestamp_of(fetched: &FetchedRecord<'_>) -> Option<EventTime> {
    known_timestamp(fetched.timestamp_ms().map(EventTime::from_millis))
}

/// The timestamp, unless it is 0 or less: then the time is unknown. Kafka's "no timestamp" is -1, and 0 comes from
/// clients that leave the field unset.
#[inline]
pub(crate) fn known_timestamp(timestamp: Option<EventTime>) -> Option<EventTime> {
    timestamp.filter(|at| at.as_millis() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_of_0_or_less_is_unknown_and_not_1970() {
        let known = |ms: i64| known_timestamp(Some(EventTime::from_millis(ms))).is_some();
        assert_eq!([1, 0, -1, i64::MIN, i64::MAX].map(known), [true, false, false, false, true]);
        assert_eq!(known_timestamp(None), None);
    }
}
