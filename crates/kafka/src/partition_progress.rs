//! How far one partition has been read. The reader writes it, all other threads read it.
//!
//! ```text
//!   start ......... cursor ............... read_to ......... end (as of the last probe)
//!     handled        | handled and being    | not read yet
//!                    | read again           |
//! ```
//! The *end* is that of the log, open transactions and all records after them included. None of those can be read yet,
//! so they keep the partition from being complete. A reader can get as far as the *stable end*.
//!
//! The cursor is behind `read_to` only while records are read again for their dead letters. Offsets are stored *after*
//! the handler has taken the records of a batch and handed over what it learnt, with release order: a thread that sees
//! an offset also sees what the handler learnt.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use ensilinja_model::EventTime;

use crate::topic_choice::ChosenPartition;

/// How far one partition has been read.
pub(crate) struct PartitionProgress {
    pub(crate) of: ChosenPartition,
    /// The first offset that this process reads.
    pub(crate) start: i64,
    goal: AtomicI64,
    cursor: AtomicI64,
    read_to: AtomicI64,
    end: AtomicI64,
    stable_end: AtomicI64,
    last_record_ms: AtomicI64,
    complete_until_ms: AtomicI64,
    at_end: AtomicBool,
    refetch_requested: AtomicBool,
}

impl PartitionProgress {
    /// A partition that is read from `start`. Its log ends at `goal`, and every record published before
    /// `complete_until` is known.
    pub(crate) fn new(of: ChosenPartition, start: i64, goal: i64, complete_until: EventTime) -> Self {
        Self {
            of,
            start,
            goal: AtomicI64::new(goal),
            cursor: AtomicI64::new(start),
            read_to: AtomicI64::new(start),
            end: AtomicI64::new(goal),
            stable_end: AtomicI64::new(goal),
            last_record_ms: AtomicI64::new(i64::MIN),
            complete_until_ms: AtomicI64::new(complete_until.as_millis()),
            at_end: AtomicBool::new(false),
            refetch_requested: AtomicBool::new(false),
        }
    }

    /// Records before `next` have been handled for the first time; the last one with a timestamp has `timestamp`. A
    /// record without a timestamp proves no more than the one before it.
    pub(crate) fn advance(&self, next: i64, timestamp: Option<EventTime>) {
        if let Some(timestamp) = timestamp {
            self.last_record_ms.store(timestamp.as_millis(), Ordering::Relaxed);
        }
        self.at_end.store(false, Ordering::Relaxed);
        self.pass(next);
    }

    /// Everything before `next` has been handled, or holds no record: a gap, or the markers of a transaction.
    pub(crate) fn pass(&self, next: i64) {
        self.read_to.store(next, Ordering::Release);
        self.cursor.store(next, Ordering::Release);
    }

    /// Moves the cursor within the offsets that have been handled.
    pub(crate) fn set_cursor(&self, next: i64) {
        self.cursor.store(next, Ordering::Release);
    }

    /// The next offset to be handled, or handled again.
    pub(crate) fn cursor(&self) -> i64 {
        self.cursor.load(Ordering::Acquire)
    }

    /// Everything from [`Self::start`] to here has been handled.
    pub(crate) fn read_to(&self) -> i64 {
        self.read_to.load(Ordering::Acquire)
    }

    /// The broker has sent all that can be read at the moment.
    pub(crate) fn mark_at_end(&self) {
        self.at_end.store(true, Ordering::Relaxed);
    }

    /// The partition is fetched again, so whether the broker has sent all is open again.
    pub(crate) fn unmark_at_end(&self) {
        self.at_end.store(false, Ordering::Relaxed);
    }

    /// The end, as of the last probe.
    pub(crate) fn end(&self) -> i64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Where readable records ended at some moment in the past: never past an open transaction.
    pub(crate) fn stable_end(&self) -> i64 {
        self.stable_end.load(Ordering::Relaxed)
    }

    /// Offsets that have not been read. Offsets without a record count too until the end is reached.
    pub(crate) fn lag(&self) -> i64 {
        (self.end() - self.read_to()).max(0)
    }

    /// The partition has been read to where it ended when reading began.
    pub(crate) fn is_rebuilt(&self) -> bool {
        self.read_to() >= self.goal()
    }

    /// The end of the log when reading began. The partition is rebuilt once it is reached.
    pub(crate) fn goal(&self) -> i64 {
        self.goal.load(Ordering::Relaxed)
    }

    /// The log has lost records, perhaps at its end: readable records now end at `end`.
    pub(crate) fn set_end(&self, end: i64) {
        self.end.store(end, Ordering::Relaxed);
        self.stable_end.store(end, Ordering::Relaxed);
        self.goal.fetch_min(end, Ordering::Relaxed);
    }

    /// The first figures do not wait for what is unread of this partition.
    pub(crate) fn waive_goal(&self) {
        self.goal.fetch_min(self.read_to(), Ordering::Relaxed);
    }

    /// A probe that began at `probe_start` has found that the log ends at `end`. True if that end has been reached.
    ///
    /// If not, the next unread record is no older than the last one read, as far as producers publish in order. A
    /// record dated later than the probe proves nothing: the clock of its producer is wrong.
    pub(crate) fn observe(&self, probe_start: EventTime, end: i64) -> bool {
        self.end.store(end, Ordering::Relaxed);
        // Records lost before they were read never come, so the goal must not be past the end.
        self.goal.fetch_min(end, Ordering::Relaxed);
        let reached = self.read_to() >= end;
        let last_record_ms = self.last_record_ms.load(Ordering::Relaxed);
        if reached {
            self.complete_until_ms.fetch_max(probe_start.as_millis(), Ordering::AcqRel);
        } else if last_record_ms <= probe_start.as_millis() {
            self.complete_until_ms.fetch_max(last_record_ms, Ordering::AcqRel);
        }
        reached
    }

    /// Every record published before this instant is known. Never goes back.
    pub(crate) fn complete_until(&self) -> EventTime {
        EventTime::from_millis(self.complete_until_ms.load(Ordering::Acquire))
    }

    /// The broker has sent all that can be read, and yet the end was not reached: the rest may be offsets without a
    /// record, or an open transaction.
    pub(crate) fn stops_short(&self) -> bool {
        self.at_end.load(Ordering::Relaxed) && self.read_to() < self.end()
    }

    /// Readable records end at `stable_end`. Requests a refetch if the reader should have got there.
    pub(crate) fn observe_stable_end(&self, stable_end: i64) {
        self.stable_end.store(stable_end, Ordering::Relaxed);
        if self.stops_short() && self.read_to() < stable_end {
            self.request_refetch();
        }
    }

    /// Requests that the reader fetch again from the cursor.
    pub(crate) fn request_refetch(&self) {
        self.refetch_requested.store(true, Ordering::Release);
    }

    /// Whether a refetch was requested. Clears the request.
    pub(crate) fn take_refetch_request(&self) -> bool {
        self.refetch_requested.load(Ordering::Relaxed) && self.refetch_requested.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
impl PartitionProgress {
    /// Partition 0 of the topic `events`.
    pub(crate) fn of_events(start: i64, goal: i64, complete_until: EventTime) -> Self {
        Self::new(ChosenPartition::of("events", 0), start, goal, complete_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(s: i64) -> EventTime {
        EventTime::from_seconds(s)
    }

    #[test]
    fn a_partition_read_to_its_end_is_complete_until_the_probe_began() {
        let partition = PartitionProgress::of_events(0, 0, second(0));
        assert!(partition.observe(second(10), 0));
        assert_eq!((partition.complete_until(), partition.lag()), (second(10), 0));
    }

    #[test]
    fn a_partition_that_lags_is_complete_until_its_last_record_and_never_goes_back() {
        let partition = PartitionProgress::of_events(0, 5, second(0));
        assert!(!partition.observe(second(10), 5));
        assert_eq!(partition.complete_until(), second(0));
        partition.advance(1, Some(second(4)));
        assert!(!partition.observe(second(11), 5));
        assert_eq!((partition.complete_until(), partition.lag()), (second(4), 4));
        partition.advance(2, Some(second(3)));
        partition.observe(second(12), 5);
        assert_eq!(partition.complete_until(), second(4));
    }

    #[test]
    fn a_record_without_a_timestamp_proves_no_more_than_the_one_before_it() {
        let partition = PartitionProgress::of_events(0, 5, second(0));
        partition.advance(1, None);
        partition.observe(second(10), 5);
        assert_eq!(partition.complete_until(), second(0));
        partition.advance(2, Some(second(4)));
        partition.advance(3, None);
        partition.observe(second(11), 5);
        assert_eq!(partition.complete_until(), second(4));
    }

    #[test]
    fn records_lost_before_they_were_read_do_not_delay_the_rebuild() {
        let partition = PartitionProgress::of_events(0, 5, second(0));
        partition.advance(1, None);
        assert!(!partition.is_rebuilt());
        partition.observe(second(10), 1);
        assert!(partition.is_rebuilt());
    }

    #[test]
    fn a_record_dated_in_the_future_proves_nothing() {
        let partition = PartitionProgress::of_events(0, 5, second(0));
        partition.advance(1, Some(second(4_000_000_000)));
        partition.observe(second(10), 5);
        assert_eq!(partition.complete_until(), second(0));
    }

    #[test]
    fn only_a_partition_that_stops_short_of_its_stable_end_is_fetched_again() {
        let partition = PartitionProgress::of_events(0, 0, second(0));
        partition.mark_at_end();
        partition.observe_stable_end(0);
        assert!(!partition.take_refetch_request(), "the partition is at its end");
        partition.observe(second(1), 1);
        partition.observe_stable_end(0);
        assert!(!partition.take_refetch_request(), "the rest belongs to an open transaction");
        partition.observe_stable_end(1);
        assert!(partition.take_refetch_request() && !partition.take_refetch_request());
        partition.advance(1, None);
        partition.observe(second(2), 3);
        partition.observe_stable_end(3);
        assert!(!partition.take_refetch_request(), "records still come");
    }
}
