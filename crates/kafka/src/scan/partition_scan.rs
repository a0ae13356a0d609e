//! One partition of a scan: the next offset, and what polling its queue gives.

use std::time::Duration;

use rdkafka::Message;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;

use crate::client_log::ClientLog;
use crate::history::{KnownSince, PartitionHistory};
use crate::partition_start::PartitionStart;
use crate::record::timestamp_of;

/// How long one poll waits for a record. It bounds how long a stop goes unnoticed.
const POLL_TIMEOUT: Duration = Duration::from_millis(100);

/// One partition on the way to its goal.
pub(super) struct PartitionScan {
    pub(super) partition: i32,
    pub(super) history: PartitionHistory,
    /// The next offset to hand over.
    pub(super) next: i64,
    pub(super) at_goal: bool,
    /// The first offset that is not read.
    goal: i64,
    history_from_first_record: bool,
}

/// What polling a partition has given.
pub(super) enum Polled<'a> {
    /// The next record.
    Record(BorrowedMessage<'a>),
    /// The partition has reached its goal.
    End,
    Error(KafkaError),
    Nothing,
}

impl PartitionScan {
    pub(super) fn new(start: &PartitionStart) -> Self {
        let PartitionStart { partition, offset, goal, history, history_from_first_record, frontier: _ } = *start;
        Self { partition, history, next: offset, at_goal: offset >= goal, goal, history_from_first_record }
    }

    pub(super) fn poll<'q>(&self, queue: &'q PartitionQueue<ClientLog>) -> Polled<'q> {
        match queue.poll(POLL_TIMEOUT) {
            // Published after the scan began.
            Some(Ok(message)) if message.offset() >= self.goal => Polled::End,
            Some(Ok(message)) => Polled::Record(message),
            // Transaction markers take offsets too, so a partition may end without a record at its last offset.
            Some(Err(KafkaError::PartitionEOF(_))) => Polled::End,
            Some(Err(error)) => Polled::Error(error),
            None => Polled::Nothing,
        }
    }

    /// Takes the start of the history from the first record with a known timestamp. True if `head` is that record.
    pub(super) fn learn_history(&mut self, head: Option<&BorrowedMessage<'_>>) -> bool {
        let first = head.and_then(timestamp_of).filter(|_| self.history_from_first_record);
        if let Some(first) = first {
            self.history_from_first_record = false;
            self.history.since = KnownSince::At(first);
        }
        first.is_some()
    }

    /// Moves past a record. Returns how many offsets that was: gaps and transaction markers count.
    pub(super) fn pass(&mut self, message: &BorrowedMessage<'_>) -> u64 {
        let passed = distance(self.next, message.offset() + 1);
        self.next = message.offset() + 1;
        self.at_goal = self.next >= self.goal;
        passed
    }

    /// Offsets left to read.
    pub(super) fn offsets_left(&self) -> u64 {
        if self.at_goal { 0 } else { distance(self.next, self.goal) }
    }
}

fn distance(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap_or(0)
}
