//! How far one partition has been read. Written by the reader, looked at by everybody.
//!
//! ```text
//!   start ......... cursor ......... read_to ......... end
//!     handled        | handled before,  | not read yet     as the last probe saw it
//!                    | now read again   |
//! ```
//! The end is where the log ends, open transactions and what lies behind them included: none of that can be read yet,
//! and so it keeps the partition from being complete. The *stable end* is where a reader can get to.
//!
//! The cursor lies behind `read_to` only while dead letters are being made up for. Offsets are stored *after* the
//! handler has taken the record, with release order: who sees an offset sees what the handler made of it.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use ensilinja_model::EventTime;

/// How far one partition has been read.
pub(crate) struct PartitionProgress {
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
    request_refetch: AtomicBool,
}

impl PartitionProgress {
    /// A partition that is read from `start`, when its log ends at `goal` and everything before `complete_until` is
    /// known.
    pub(crate) fn new(start: i64, goal: i64, complete_until: EventTime) -> Self {
        Self {
            start,
            goal: AtomicI64::new(goal),
            cursor: AtomicI64::new(start),
            read_to: AtomicI64::new(start),
            end: AtomicI64::new(goal),
            stable_end: AtomicI64::new(goal),
            last_record_ms: AtomicI64::new(i64::MIN),
            complete_until_ms: AtomicI64::new(complete_until.as_millis()),
            at_end: AtomicBool::new(false),
            request_refetch: AtomicBool::new(false),
        }
    }

    /// The record before `next` has been handled; it was not handled before. One of unknown time vouches for nothing
    /// that the one before it did not.
    #[inline]
    pub(crate) fn advance(&self, next: i64, timestamp: Option<EventTime>) {
        if let Some(timestamp) = timestamp {
            self.last_record_ms.store(timestamp.as_millis(), Ordering::Relaxed);
        }
        self.at_end.store(false, Ordering::Relaxed);
        self.read_to.store(next, Ordering::Release);
        self.cursor.store(next, Ordering::Release);
    }

    /// Everything before `next` has been handled, or is not there: a gap, or control records of a transaction.
    pub(crate) fn pass(&self, next: i64) {
        self.read_to.store(next, Ordering::Release);
        self.cursor.store(next, Ordering::Release);
    }

    /// Moves the cursor within what has been handled before.
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

    /// The broker has sent all it had at the moment.
    pub(crate) fn mark_at_end(&self) {
        self.at_end.store(true, Ordering::Relaxed);
    }

    /// The broker is asked anew: whether it has sent all will show.
    pub(crate) fn unmark_at_end(&self) {
        self.at_end.store(false, Ordering::Relaxed);
    }

    /// The end that the last probe saw.
    pub(crate) fn end(&self) -> i64 {
        self.end.load(Ordering::Relaxed)
    }

    /// Where what can be read has ended at some moment before now: not past an open transaction.
    pub(crate) fn stable_end(&self) -> i64 {
        self.stable_end.load(Ordering::Relaxed)
    }

    /// Records that have not been read; offsets without a record count too until the end is seen.
    pub(crate) fn lag(&self) -> i64 {
        (self.end() - self.read_to()).max(0)
    }

    /// The partition has been read to where it ended when reading began.
    pub(crate) fn is_rebuilt(&self) -> bool {
        self.read_to() >= self.goal()
    }

    /// The end of the log when reading began: the partition is rebuilt once it is reached.
    pub(crate) fn goal(&self) -> i64 {
        self.goal.load(Ordering::Relaxed)
    }

    /// The log has lost records, maybe its end too: what can be read now ends at `end`.
    pub(crate) fn set_end(&self, end: i64) {
        self.end.store(end, Ordering::Relaxed);
        self.stable_end.store(end, Ordering::Relaxed);
        self.goal.fetch_min(end, Ordering::Relaxed);
    }

    /// A probe that began at `probe_start` found the log to end at `end`. True if that has been read.
    ///
    /// If it has not, the next unread record is at least as young as the last one read, give or take producers that
    /// publish out of order. A record dated later than the probe itself says nothing: its clock is wrong.
    pub(crate) fn observe(&self, probe_start: EventTime, end: i64) -> bool {
        self.end.store(end, Ordering::Relaxed);
        // Records that were lost before they were read cannot be waited for.
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

    /// Everything published before this is known; never goes back.
    pub(crate) fn complete_until(&self) -> EventTime {
        EventTime::from_millis(self.complete_until_ms.load(Ordering::Acquire))
    }

    /// The broker sent all it had and yet the end was not reached: what is left may be offsets without a record, or an
    /// open transaction.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.at_end.load(Ordering::Relaxed) && self.read_to() < self.end()
    }

    /// What can be read ends at `stable_end`. Asks the reader to look again if that should have been reached.
    pub(crate) fn doubt(&self, stable_end: i64) {
        self.stable_end.store(stable_end, Ordering::Relaxed);
        if self.is_doubtful() && self.read_to() < stable_end {
            self.request_refetch();
        }
    }

    /// Asks the reader to fetch from the cursor anew.
    pub(crate) fn request_refetch(&self) {
        self.request_refetch.store(true, Ordering::Release);
    }

    /// Whether the reader was asked to look again; asks once.
    pub(crate) fn take_refetch_request(&self) -> bool {
        self.request_refetch.load(Ordering::Relaxed) && self.request_refetch.swap(false, Ordering::AcqRel)
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
        let partition = PartitionProgress::new(0, 0, second(0));
        assert!(partition.observe(second(10), 0));
        assert_eq!((partition.complete_until(), partition.lag()), (second(10), 0));
    }

    #[test]
    fn a_partition_that_lags_is_complete_until_its_last_record_and_never_goes_back() {
        let partition = PartitionProgress::new(0, 5, second(0));
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
    fn a_record_of_unknown_time_vouches_for_no_more_than_the_one_before_it() {
        let partition = PartitionProgress::new(0, 5, second(0));
        partition.advance(1, None);
        partition.observe(second(10), 5);
        assert_eq!(partition.complete_until(), second(0));
        partition.advance(2, Some(second(4)));
        partition.advance(3, None);
        partition.observe(second(11), 5);
        assert_eq!(partition.complete_until(), second(4));
    }

    #[test]
    fn records_that_were_lost_before_they_were_read_are_not_waited_for() {
        let partition = PartitionProgress::new(0, 5, second(0));
        partition.advance(1, None);
        assert!(!partition.is_rebuilt());
        partition.observe(second(10), 1);
        assert!(partition.is_rebuilt());
    }

    #[test]
    fn a_record_dated_in_the_future_completes_nothing() {
        let partition = PartitionProgress::new(0, 5, second(0));
        partition.advance(1, Some(second(4_000_000_000)));
        partition.observe(second(10), 5);
        assert_eq!(partition.complete_until(), second(0));
    }

    #[test]
    fn only_a_partition_that_seems_read_and_is_not_is_doubted() {
        let partition = PartitionProgress::new(0, 0, second(0));
        partition.mark_at_end();
        partition.doubt(0);
        assert!(!partition.take_refetch_request(), "it is at its end");
        partition.observe(second(1), 1);
        partition.doubt(0);
        assert!(!partition.take_refetch_request(), "what is left belongs to an open transaction");
        partition.doubt(1);
        assert!(partition.take_refetch_request() && !partition.take_refetch_request());
        partition.advance(1, None);
        partition.observe(second(2), 3);
        partition.doubt(3);
        assert!(!partition.take_refetch_request(), "records still come");
    }
}
