//! One partition as the reader goes along it: what happens to a record, and at the end of the partition.

use std::sync::Arc;

use rdkafka::Message;
use rdkafka::message::BorrowedMessage;

use crate::dead_letter::DeadLetter;
use crate::monitor::Monitor;
use crate::partition::Partition;
use crate::record::{HeaderBuffer, IncomingRecord, RecordHandler, Verdict};
use crate::start::Start;

/// The reading side of one partition.
pub(crate) struct Lane {
    pub(crate) partition: Arc<Partition>,
    /// The same as in `partition`, at hand.
    read_to: i64,
    /// Where the log ended when reading began: the records before are there to rebuild from.
    goal: i64,
    /// The log could be read at least to here before it was fetched from: what the end of the partition proves.
    end_before_fetch: i64,
    first_record_tells: bool,
    /// Dead letters of earlier offsets have been written by an earlier process.
    frontier: i64,
}

impl Lane {
    pub(crate) fn new(partition: Arc<Partition>, start: &Start) -> Self {
        Self {
            partition,
            read_to: start.offset,
            goal: start.goal,
            end_before_fetch: start.goal,
            first_record_tells: start.first_record_tells,
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
        if let Verdict::DeadLetter { reason, detail } = handler.handle(&record)
            && offset >= self.frontier
            && !monitor.outbox.refuses(partition)
        {
            monitor.outbox.offer(DeadLetter::new(
                message,
                &record,
                monitor.topic_id(),
                (reason, detail),
                (monitor.clock)(),
            ));
        }
        buffer.keep(headers);
        if again {
            self.partition.set_cursor(offset + 1);
            return;
        }
        self.read_to = offset + 1;
        self.partition.advance(offset + 1, timestamp);
        // A record of unknown time tells nothing; then the next does.
        if let Some(timestamp) = timestamp.filter(|_| self.first_record_tells) {
            self.first_record_tells = false;
            monitor.set_reach(usize::try_from(partition).expect("it was the index of this lane"), true, timestamp);
        }
    }

    /// The broker has sent all there is. What lay before the end when fetching began has been read, be there records
    /// or not: the markers of transactions take offsets too.
    pub(crate) fn reach_end(&mut self) {
        if self.end_before_fetch > self.read_to {
            self.read_to = self.end_before_fetch;
            self.partition.pass(self.read_to);
        } else if self.partition.cursor() < self.read_to {
            self.partition.set_cursor(self.read_to);
        }
        self.partition.mark_at_end();
    }

    /// The partition is to be fetched anew: from the offset that is returned.
    pub(crate) fn begin_fetch(&mut self) -> i64 {
        self.end_before_fetch = self.partition.stable_end();
        self.partition.unmark_at_end();
        self.partition.cursor()
    }

    /// Records were lost: the log begins at `begin`.
    pub(crate) fn skip_to(&mut self, begin: i64, monitor: &Monitor, number: usize) {
        self.read_to = begin;
        self.partition.pass(begin);
        self.first_record_tells = true;
        // Until the first record tells more, all that is known is what comes from now on.
        monitor.set_reach(number, false, (monitor.clock)());
    }
}
