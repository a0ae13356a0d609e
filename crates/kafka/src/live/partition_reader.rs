//! The reader's side of one partition: what happens to each record, and at the end of the partition.
//!
//! Progress is published once per batch of records, after the handler has handed over what it learnt from them: a
//! thread that sees an offset must also see what was learnt. Until then it is kept here.

use std::sync::Arc;

use ensilinja_librdkafka::FetchedRecord;
use ensilinja_model::EventTime;

use crate::dead_letters::outgoing::OutgoingDeadLetter;
use crate::live::monitor::Monitor;
use crate::partition_progress::PartitionProgress;
use crate::partition_start::PartitionStart;
use crate::record::{IncomingRecord, RecordDisposition, RecordHandler, RecordHeaders};

/// The reader's side of one partition.
pub(crate) struct PartitionReader {
    pub(crate) progress: Arc<PartitionProgress>,
    /// Everything before this offset has been handled. Ahead of `progress` by what is unpublished.
    read_to: i64,
    /// The end of the log when reading began. Records before it are read to rebuild from.
    goal: i64,
    /// The stable end when the current fetch began. Once the fetch reaches the end of the partition, everything before
    /// this offset has been read.
    end_before_fetch: i64,
    history_from_first_record: bool,
    /// An earlier process has written the dead letters of all earlier offsets.
    frontier: i64,
    /// A record has been lost on the way, so those that follow do not count until the partition is fetched again.
    has_gap: bool,
    unpublished: Unpublished,
}

/// What has changed since progress was last published.
#[derive(Default)]
struct Unpublished {
    /// The next offset to be handled, or handled again.
    cursor: Option<i64>,
    has_new_records: bool,
    /// The latest known timestamp of the new records, by offset.
    last_timestamp: Option<EventTime>,
    /// The timestamp of the record from which the history begins.
    history_begins: Option<EventTime>,
    /// The broker has sent all that can be read, and no record has come since.
    at_end: bool,
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
            has_gap: false,
            unpublished: Unpublished::default(),
        }
    }

    /// Hands one record to the handler and queues its dead letter if it is one. [`publish`](Self::publish) moves the
    /// progress past it. The partition is at `place` in the log.
    #[inline]
    pub(crate) fn take<H: RecordHandler>(
        &mut self,
        fetched: &FetchedRecord<'_>,
        handler: &mut H,
        monitor: &Monitor,
        place: usize,
    ) {
        if self.has_gap {
            return;
        }
        let (headers, offset) = (RecordHeaders::of(*fetched), fetched.offset());
        let topic = &self.progress.of.topic;
        let of = (topic.name.as_str(), topic.choice.source);
        let record = IncomingRecord::of(fetched, &headers, of, offset < self.goal, offset < self.read_to);
        let IncomingRecord { timestamp, again, .. } = record;
        if let RecordDisposition::DeadLetter { reason, detail } = handler.handle(&record)
            && offset >= self.frontier
            && !monitor.dead_letters.refuses(place)
        {
            let topic_id = monitor.topic_id(&topic.name);
            let first_seen = (monitor.clock)();
            let letter = OutgoingDeadLetter::new(fetched, &record, topic_id, (reason, detail), first_seen);
            monitor.dead_letters.offer(place, letter);
        }
        self.unpublished.cursor = Some(offset + 1);
        if again {
            return;
        }
        self.read_to = offset + 1;
        self.unpublished.has_new_records = true;
        self.unpublished.at_end = false;
        if timestamp.is_some() {
            self.unpublished.last_timestamp = timestamp;
            if self.history_from_first_record {
                self.history_from_first_record = false;
                self.unpublished.history_begins = timestamp;
            }
        }
    }

    /// The broker has sent all it has. Everything before the stable end of this fetch has been read, even where offsets
    /// have no record: transaction markers take offsets too.
    pub(crate) fn reach_end(&mut self) {
        if self.has_gap {
            return;
        }
        let cursor = self.unpublished.cursor.unwrap_or_else(|| self.progress.cursor());
        self.read_to = self.read_to.max(self.end_before_fetch);
        if cursor < self.read_to {
            self.unpublished.cursor = Some(self.read_to);
        }
        self.unpublished.at_end = true;
    }

    /// Publishes how far the partition has been read. The handler must have handed over what it has learnt.
    #[inline]
    pub(crate) fn publish(&mut self, monitor: &Monitor, place: usize) {
        let Unpublished { cursor, has_new_records, last_timestamp, history_begins, at_end } =
            std::mem::take(&mut self.unpublished);
        match cursor {
            // Only while records are read again.
            Some(cursor) if cursor < self.read_to => self.progress.set_cursor(cursor),
            Some(_) if has_new_records => self.progress.advance(self.read_to, last_timestamp),
            Some(_) => self.progress.pass(self.read_to),
            None => {}
        }
        if at_end {
            self.progress.mark_at_end();
        }
        // A record without a timestamp says nothing about the history; the next one may.
        if let Some(timestamp) = history_begins {
            monitor.set_history(place, true, timestamp);
        }
    }

    /// A record cannot be handled, because it has come out of order: it and those after it must be fetched again.
    pub(crate) fn refetch(&mut self) {
        self.has_gap = true;
        self.progress.request_refetch();
    }

    /// The partition is fetched again, from the returned offset.
    pub(crate) fn begin_fetch(&mut self) -> i64 {
        self.has_gap = false;
        self.end_before_fetch = self.progress.stable_end();
        self.progress.unmark_at_end();
        self.progress.cursor()
    }

    /// Records were lost: the log now begins at `begin`.
    pub(crate) fn skip_to(&mut self, begin: i64, monitor: &Monitor, place: usize) {
        self.read_to = begin;
        self.progress.pass(begin);
        self.history_from_first_record = true;
        // Until the first record tells more, only records from now on are known.
        monitor.set_history(place, false, (monitor.clock)());
    }
}
