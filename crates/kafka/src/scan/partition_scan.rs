//! One partition of a scan: the next offset, and the records that were taken from its queue.

use std::time::Duration;

use ensilinja_librdkafka::{Fetched, FetchedRecord, RecordQueue};
use ensilinja_model::EventTime;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::history::{KnownSince, PartitionHistory};
use crate::partition_start::PartitionStart;
use crate::record::timestamp_of;
use crate::topic_choice::ChosenPartition;

/// How long one poll waits for a record. It bounds how long a stop goes unnoticed.
const POLL_TIMEOUT: Duration = Duration::from_millis(100);

/// The most records that are taken at a time. Each partition holds its own, so this is less than the live reader takes.
const MOST_IN_BATCH: usize = 512;

/// One partition on the way to its goal.
pub(super) struct PartitionScan {
    pub(super) partition: ChosenPartition,
    pub(super) history: PartitionHistory,
    /// The next offset to hand over.
    pub(super) next: i64,
    pub(super) at_goal: bool,
    /// The first offset that is not read.
    goal: i64,
    history_from_first_record: bool,
    /// The records of this partition; `None` where there is nothing to read.
    queue: Option<RecordQueue<ClientLog>>,
    /// The place of the next message in the batch of the queue.
    place: usize,
}

/// What polling a partition has given.
pub(super) enum Polled {
    /// There is a next record; its timestamp, if that is known.
    Record(Option<EventTime>),
    /// The partition has reached its goal.
    End,
    Error(KafkaError),
    Nothing,
}

impl PartitionScan {
    /// A partition that is read by `queue`; `None` if there is nothing to read.
    pub(super) fn new(start: &PartitionStart, queue: Option<RecordQueue<ClientLog>>) -> Self {
        let PartitionStart { offset, goal, history, history_from_first_record, .. } = *start;
        let partition = start.partition.clone();
        let at_goal = offset >= goal;
        Self { partition, history, next: offset, at_goal, goal, history_from_first_record, queue, place: 0 }
    }

    /// Looks for the next record, which stays the next until it is [taken](Self::take).
    pub(super) fn poll(&mut self) -> Polled {
        let Some(queue) = &mut self.queue else { return Polled::End };
        if queue.get(self.place).is_none() {
            self.place = 0;
            queue.refill(MOST_IN_BATCH, POLL_TIMEOUT);
        }
        match queue.get(self.place) {
            // Published after the scan began.
            Some(Fetched::Record(record)) if record.offset() >= self.goal => Polled::End,
            Some(Fetched::Record(record)) => Polled::Record(timestamp_of(&record)),
            // Transaction markers take offsets too, so a partition may end without a record at its last offset.
            Some(Fetched::EndOfPartition { .. }) => Polled::End,
            Some(Fetched::Error { code, reason, topic: _ }) => {
                self.place += 1;
                Polled::Error(queue.consumer().context().fetch_error(code, &reason))
            }
            None => Polled::Nothing,
        }
    }

    /// Takes the start of the history from the first record with a known timestamp: that of the next record, or `None`.
    /// True if it is that record.
    pub(super) fn learn_history(&mut self, timestamp: Option<EventTime>) -> bool {
        let first = timestamp.filter(|_| self.history_from_first_record);
        if let Some(first) = first {
            self.history_from_first_record = false;
            self.history.since = KnownSince::At(first);
        }
        first.is_some()
    }

    /// Takes the next record, which the last poll has found, and moves past it. Also returns how many offsets that was:
    /// gaps and transaction markers count.
    pub(super) fn take(&mut self) -> (FetchedRecord<'_>, u64) {
        let fetched = self.queue.as_ref().and_then(|queue| queue.get(self.place));
        let Some(Fetched::Record(record)) = fetched else { unreachable!("the last poll has found a record") };
        let passed = distance(self.next, record.offset() + 1);
        self.next = record.offset() + 1;
        self.at_goal = self.next >= self.goal;
        self.place += 1;
        (record, passed)
    }

    /// Offsets left to read.
    pub(super) fn offsets_left(&self) -> u64 {
        if self.at_goal { 0 } else { distance(self.next, self.goal) }
    }
}

fn distance(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap_or(0)
}
