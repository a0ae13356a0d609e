//! One record on its way to the handler, and what the handler makes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ensilinja_model::EventTime;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers};

/// The clock of the process, passed in: this crate never asks the system for the time of day.
pub type TimeSource = Arc<dyn Fn() -> EventTime + Send + Sync>;

/// A header: its name and its value, which may be null.
pub type Header<'a> = (&'a str, Option<&'a [u8]>);

/// A record as it lies in the log. Borrowed: it lives until the handler returns.
pub struct IncomingRecord<'a> {
    /// The key, if it has one.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in order. One whose name is not UTF-8 is left out: no name this program knows is like that.
    pub headers: &'a [Header<'a>],
    /// When it was published, by the producer's clock or the broker's, as the topic is set. `None` where it is unknown:
    /// a record may have no timestamp, and one of 0 or less says as little.
    pub timestamp: Option<EventTime>,
    /// The partition it lies in.
    pub partition: i32,
    /// Its offset in the partition.
    pub offset: i64,
    /// The record was in the log before this process began to read the partition: another process may have counted
    /// it when it was new.
    pub rebuilding: bool,
    /// This process has handled the record before and reads it once more, to write its dead letter. Facts that are
    /// learnt twice change nothing, but nothing should be counted twice.
    pub again: bool,
}

impl<'a> IncomingRecord<'a> {
    /// The record that a message is; `headers` are [the buffer's](HeaderBuffer::read).
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
            headers,
            timestamp: timestamp_of(message),
            partition: message.partition(),
            offset: message.offset(),
            rebuilding,
            again,
        }
    }
}

/// What the handler makes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordDisposition {
    /// It was understood, or may be skipped.
    Accepted,
    /// It cannot be used: keep it among the dead letters.
    DeadLetter {
        /// The reason, one of a small closed set: it is a metric label.
        reason: &'static str,
        /// What exactly was wrong, as a code.
        detail: &'static str,
    },
}

/// Learns from records. It is called by one thread, in the order of each partition.
pub trait RecordHandler: Send {
    /// Takes one record. It must give the same verdict each time it sees the same record.
    fn handle(&mut self, record: &IncomingRecord<'_>) -> RecordDisposition;

    /// Another log has taken the place of the one whose records were handled: forgets all that was learnt of that one.
    /// `log` is its number, as in [`IngestStatus::log`](crate::IngestStatus::log). The records that come next are read to rebuild
    /// from, as at a start of the process at `now`.
    ///
    /// Returns the instant from which on records are needed. It may be called again for the same log, with a later
    /// `now`, before the first record.
    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime;
}

/// The space of the header list, kept from one record to the next.
#[derive(Default)]
pub(crate) struct HeaderBuffer(Vec<Header<'static>>);

impl HeaderBuffer {
    /// The headers of `message`, in this buffer's space. [`Self::keep`] gives the space back.
    pub(crate) fn read<'a>(&mut self, message: &'a BorrowedMessage<'_>) -> Vec<Header<'a>> {
        let mut list: Vec<Header<'a>> = std::mem::take(&mut self.0);
        if let Some(headers) = message.headers() {
            for index in 0..headers.count() {
                // rdkafka panics at a name that is not UTF-8. Anybody may publish one, and it must not end the process.
                if let Ok(Some(header)) = catch_unwind(AssertUnwindSafe(|| headers.try_get(index))) {
                    list.push((header.key, header.value));
                }
            }
        }
        list
    }

    /// Takes the space of `list` back.
    pub(crate) fn keep(&mut self, mut list: Vec<Header<'_>>) {
        list.clear();
        // The list is empty, so nothing is mapped: collecting in place only gives its space another lifetime.
        self.0 = list.into_iter().map(|_| -> Header<'static> { ("", None) }).collect();
    }
}

/// When `message` was published, as far as its timestamp tells.
pub(crate) fn timestamp_of(message: &BorrowedMessage<'_>) -> Option<EventTime> {
    known_timestamp(message.timestamp().to_millis().map(EventTime::from_millis))
}

/// What a timestamp tells, wherever it was written down: nothing where there is none, and nothing where it is 0 or
/// less. Kafka's "no timestamp" is -1; 0 is what a client sends that has not set its field, and was never a time at
/// which a record was published.
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
