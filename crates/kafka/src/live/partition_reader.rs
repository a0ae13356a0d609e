//! One partition as the reader goes along it: what happens to a record, and at the end of the partition.

use std::sync::Arc;

use rdkafka::Message;
use rdkafka::message::BorrowedMessage;

use crate::dead_letters::outgoing::OutgoingDeadLetter;
use crate::live::monitor::Monitor;
use crate::partition_progress::PartitionProgress;
use crate::partition_start::PartitionStart;
use crate::record::{HeaderBuffer, IncomingRecord, RecordDisposition, RecordHandler};

/// The reading side of one partition.
pub(crate) struct PartitionReader {
    pub(crate) progress: Arc<PartitionProgress>,
    /// The same as in `partition`, at hand.
    read_to: i64,
    /// Where the log ended when reading began: the records before are there to rebuild from.
    goal: i64,
    /// The log could be read at least to here before it was fetched from: what the end of the partition proves.
    end_before_fetch: i64,
    history_from_first_record: bool,
    /// Dead letters of earlier offsets have been written by an earlier process.
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

    /// Hands one record to the handler, keeps it if it is a dead letter, and says that it has been read.
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
        // A record of unknown time tells nothing; then the next does.
        if let Some(timestamp) = timestamp.filter(|_| self.history_from_first_record) {
            self.history_from_first_record = false;
            monitor.set_history(usize::try_from(partition).expect("it was the index of this lane"), true, timestamp);
        }
    }

    /// The broker has sent all there is. What lay before the end when fetching began has been read, be there records
    /// or not: the markers of transactions take offsets too.
    pub(crate) fn reach_end(&mut self) {
        if self.end_before_fetch > self.read_to {
            self.read_to = self.end_before_fetch;
            self.progress.pass(self.read_to);
        } else if self.progress.cursor() < self.read_to {
            self.progress.set_cursor(self.read_to);
        }
        self.progress.mark_at_end();
    }

    /// The partition is to be fetched anew: from the offset that is returned.
    pub(crate) fn begin_fetch(&mut self) -> i64 {
        self.end_before_fetch = self.progress.stable_end();
        self.progress.unmark_at_end();
        self.progress.cursor()
    }

    /// Records were lost: the log begins at `begin`.
    pub(crate) fn skip_to(&mut self, begin: i64, monitor: &Monitor, number: usize) {
        self.read_to = begin;
        self.progress.pass(begin);
        self.history_from_first_record = true;
        // Until the first record tells more, all that is known is what comes from now on.
        monitor.set_history(number, false, (monitor.clock)());
    }
}
