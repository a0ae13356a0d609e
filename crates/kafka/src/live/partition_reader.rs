//! The reader's side of one partition: what happens to each record, and at the end of the partition.

use std::sync::Arc;

use rdkafka::Message;
use rdkafka::message::BorrowedMessage;

use crate::dead_letters::outgoing::OutgoingDeadLetter;
use crate::live::monitor::Monitor;
use crate::partition_progress::PartitionProgress;
use crate::partition_start::PartitionStart;
use crate::record::{HeaderBuffer, IncomingRecord, RecordDisposition, RecordHandler};

/// The reader's side of one partition.
pub(crate) struct PartitionReader {
    pub(crate) progress: Arc<PartitionProgress>,
    /// The same offset as in `progress`, without the cost of an atomic.
    read_to: i64,
    /// The end of the log when reading began. Records before it are read to rebuild from.
    goal: i64,
    /// The stable end when the current fetch began. Once the fetch reaches the end of the partition, everything before
    /// this offset has been read.
    end_before_fetch: i64,
    history_from_first_record: bool,
    /// An earlier process has written the dead letters of all earlier offsets.
    frontier: i64,
}

impl PartitionReader {
    pub(crate) fn new(progress: Arc<PartitionProgress>, start: &PartitionStart) -> Self {
        Self {
            progress,
            read_to: start.offset,
            goal: start.goal,
            end_before_fetch: start.goal,
            history_from_first_record: start.history_from_first_record,
            frontier: start.frontier,
        }
    }

    /// Hands one record to the handler, queues its dead letter if it is one, and moves the progress past it.
    #[inline]
    pub(crate) fn take<H: RecordHandler>(
        &mut self,
        message: &BorrowedMessage<'_>,
        handler: &mut H,
        buffer: &mut HeaderBuffer,
        monitor: &Monitor,
    ) {
        let headers = buffer.read(message);
        let offset = message.offset();
        let record = IncomingRecord::of(message, &headers, offset < self.goal, offset < self.read_to);
        let IncomingRecord { partition, timestamp, again, .. } = record;
        if let RecordDisposition::DeadLetter { reason, detail } = handler.handle(&record)
            && offset >= self.frontier
            && !monitor.dead_letters.refuses(partition)
        {
            monitor.dead_letters.offer(OutgoingDeadLetter::new(
                message,
                &record,
                monitor.topic_id(),
                (reason, detail),
                (monitor.clock)(),
            ));
        }
        buffer.keep(headers);
        if again {
            self.progress.set_cursor(offset + 1);
            return;
        }
        self.read_to = offset + 1;
        self.progress.advance(offset + 1, timestamp);
        // A record without a timestamp says nothing about the history; the next one may.
        if let Some(timestamp) = timestamp.filter(|_| self.history_from_first_record) {
            self.history_from_first_record = false;
            let number = usize::try_from(partition).expect("it was the index of this reader");
            monitor.set_history(number, true, timestamp);
        }
    }

    /// The broker has sent all it has. Everything before the stable end of this fetch has been read, even where offsets
    /// have no record: transaction markers take offsets too.
    pub(crate) fn reach_end(&mut self) {
        if self.end_before_fetch > self.read_to {
            self.read_to = self.end_before_fetch;
            self.progress.pass(self.read_to);
        } else if self.progress.cursor() < self.read_to {
            self.progress.set_cursor(self.read_to);
        }
        self.progress.mark_at_end();
    }

    /// The partition is fetched again, from the returned offset.
    pub(crate) fn begin_fetch(&mut self) -> i64 {
        self.end_before_fetch = self.progress.stable_end();
        self.progress.unmark_at_end();
        self.progress.cursor()
    }

    /// Records were lost: the log now begins at `begin`.
    pub(crate) fn skip_to(&mut self, begin: i64, monitor: &Monitor, number: usize) {
        self.read_to = begin;
        self.progress.pass(begin);
        self.history_from_first_record = true;
        // Until the first record tells more, only records from now on are known.
        monitor.set_history(number, false, (monitor.clock)());
    }
}
