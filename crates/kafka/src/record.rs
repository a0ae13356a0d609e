//! One record on its way to the handler, and what the handler makes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ensilinja_model::EventTime;
use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Headers};

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
    /// When it was published, by the producer's clock or the broker's, as the topic is set. -1 ms where it is unknown.
    pub timestamp: EventTime,
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
pub enum Verdict {
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
    fn handle(&mut self, record: &IncomingRecord<'_>) -> Verdict;
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

/// The timestamp of `message` in milliseconds; -1 where it has none.
pub(crate) fn timestamp_of(message: &BorrowedMessage<'_>) -> EventTime {
    EventTime::from_millis(message.timestamp().to_millis().unwrap_or(-1))
}
