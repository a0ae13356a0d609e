//! A record on its way to the handler, and what the handler decides about it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ensilinja_model::{EventTime, Header, Headers};
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers as _};

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
    /// The record of a message; `headers` come from [`HeaderBuffer::read`].
    #[inline]
    pub(crate) fn of(
        message: &'a BorrowedMessage<'_>,
        headers: &'a [Header<'a>],
        rebuilding: bool,
        again: bool,
    ) -> Self {
        Self {
            key: message.key(),
            value: message.payload(),
            headers: Headers::known(headers),
            timestamp: timestamp_of(message),
            partition: message.partition(),
            offset: message.offset(),
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

    /// Another log has replaced the one whose records were handled: forget everything learnt from the old one. `log` is
    /// the number of the new log, as in [`IngestStatus::log`](crate::IngestStatus::log). The next records are read to
    /// rebuild from, as when the process starts at `now`.
    ///
    /// Returns the instant from which on records are needed. May be called again for the same log, with a later `now`,
    /// before the first record comes.
    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime;
}

/// A header list whose allocation is reused from record to record.
#[derive(Default)]
pub(crate) struct HeaderBuffer(Vec<Header<'static>>);

impl HeaderBuffer {
    /// The headers of `message`, in this buffer's allocation. [`Self::keep`] returns the allocation.
    pub(crate) fn read<'a>(&mut self, message: &'a BorrowedMessage<'_>) -> Vec<Header<'a>> {
        let mut list: Vec<Header<'a>> = std::mem::take(&mut self.0);
        if let Some(headers) = message.headers() {
            for index in 0..headers.count() {
                // rdkafka panics at a name that is not UTF-8. Any producer may publish one, and that must not end the
                // process.
                if let Ok(Some(header)) = catch_unwind(AssertUnwindSafe(|| headers.try_get(index))) {
                    list.push((header.key, header.value));
                }
            }
        }
        list
    }

    /// Takes the allocation of `list` back.
    pub(crate) fn keep(&mut self, mut list: Vec<Header<'_>>) {
        list.clear();
        // The list is empty, so nothing is mapped: collecting in place only changes the lifetime of the allocation.
        self.0 = list.into_iter().map(|_| -> Header<'static> { ("", None) }).collect();
    }
}

/// When `message` was published; `None` if its timestamp does not tell.
pub(crate) fn timestamp_of(message: &BorrowedMessage<'_>) -> Option<EventTime> {
    known_timestamp(message.timestamp().to_millis().map(EventTime::from_millis))
}

/// The timestamp, unless it is 0 or less: then the time is unknown. Kafka's "no timestamp" is -1, and 0 comes from
/// clients that leave the field unset.
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
