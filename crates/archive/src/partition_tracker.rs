//! Which records of a partition belong to a range of time, and which offsets that covers.
//!
//! ```text
//! offsets    scan_begin ... 100  101  102  103(marker)  104  105 ... scan_end
//! timestamps                in   in   later             in   later
//! covered                  [scan_begin ........ 102)[103 .. 105)
//! ```
//!
//! A record is judged by its own timestamp, because timestamps of a partition need not ascend. One without a timestamp
//! belongs where the latest one before it in its partition does, as it became known no earlier. A record that does not
//! belong ends a stretch of covered offsets; an offset without a record does not.

use serde::{Deserialize, Serialize};

use crate::manifest::ArchivedPartition;

/// The range of timestamps of an archive, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRange {
    /// The first.
    pub from_ms: i64,
    /// The first beyond.
    pub to_ms: i64,
}

/// A partition while it is read. It can be stored and continued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionTracker {
    found: ArchivedPartition,
    /// The next offset to read.
    next: i64,
    /// Since which offset none has been left out.
    covered_from: i64,
    /// The latest timestamp so far.
    latest_ms: Option<i64>,
    /// Records that belong to the range.
    belonging: u64,
}

impl PartitionTracker {
    /// A partition of which the offsets `scan_begin..scan_end` are to be read, and whose log begins at `log_begin`.
    #[must_use]
    pub fn new(topic: &str, partition: i32, log_begin: i64, (scan_begin, scan_end): (i64, i64)) -> Self {
        let found = ArchivedPartition {
            topic: topic.to_owned(),
            partition,
            log_begin,
            scan_begin,
            scan_end,
            records: 0,
            first: None,
            last: None,
            first_timestamp_ms: None,
            covers: Vec::new(),
            without_record: 0,
            earlier: 0,
            later: 0,
            without_timestamp: 0,
        };
        Self { found, next: scan_begin, covered_from: scan_begin, latest_ms: None, belonging: 0 }
    }

    /// The topic and the number.
    #[must_use]
    pub fn name(&self) -> (&str, i32) {
        (&self.found.topic, self.found.partition)
    }

    /// The offsets that are left to read; `None` if there are none.
    #[must_use]
    pub fn left(&self) -> Option<(i64, i64)> {
        (self.next < self.found.scan_end).then_some((self.next, self.found.scan_end))
    }

    /// Takes the next record of the partition, and says whether it belongs to the range. A timestamp of 0 or less is
    /// none.
    pub fn take(&mut self, offset: i64, timestamp_ms: Option<i64>, range: RecordRange) -> bool {
        let timestamp_ms = timestamp_ms.filter(|ms| *ms > 0);
        self.latest_ms = self.latest_ms.max(timestamp_ms);
        self.next = offset + 1;
        let judged_by = timestamp_ms.or(self.latest_ms);
        let (is_earlier, is_later) = judged_by.map_or((false, false), |ms| (ms < range.from_ms, ms >= range.to_ms));
        if is_earlier || is_later {
            self.found.earlier += u64::from(is_earlier);
            self.found.later += u64::from(is_later);
            self.cover_until(offset);
            self.covered_from = offset + 1;
            return false;
        }
        self.belonging += 1;
        self.found.without_timestamp += u64::from(timestamp_ms.is_none());
        self.found.first_timestamp_ms = self.found.first_timestamp_ms.or(timestamp_ms);
        true
    }

    /// Counts a record that was written.
    pub const fn count_written(&mut self, offset: i64) {
        self.found.records += 1;
        self.found.last = Some(offset);
        if self.found.first.is_none() {
            self.found.first = Some(offset);
        }
    }

    fn cover_until(&mut self, offset: i64) {
        if self.covered_from < offset {
            self.found.covers.push((self.covered_from, offset));
        }
    }

    /// The partition after all of it has been read.
    #[must_use]
    pub fn finish(mut self) -> ArchivedPartition {
        self.cover_until(self.found.scan_end);
        let covered: i64 = self.found.covers.iter().map(|(from, to)| to - from).sum();
        self.found.without_record = u64::try_from(covered).unwrap_or(0).saturating_sub(self.belonging);
        self.found
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const RANGE: RecordRange = RecordRange { from_ms: 100, to_ms: 200 };

    fn tracked(records: &[(i64, Option<i64>)], begin: i64, end: i64) -> (Vec<i64>, ArchivedPartition) {
        let mut tracker = PartitionTracker::new("events", 0, 0, (begin, end));
        let mut taken = Vec::new();
        for (offset, timestamp) in records {
            if tracker.take(*offset, *timestamp, RANGE) {
                tracker.count_written(*offset);
                taken.push(*offset);
            }
        }
        (taken, tracker.finish())
    }

    #[test]
    fn a_record_belongs_by_its_own_timestamp_and_one_without_belongs_with_the_latest_before_it() {
        let records = [(5, Some(100)), (6, Some(199)), (7, Some(200)), (9, None), (10, Some(150)), (11, Some(99))];
        let (taken, found) = tracked(&records, 4, 20);
        assert_eq!(taken, [5, 6, 10]);
        assert_eq!(found.covers, [(4, 7), (8, 9), (10, 11), (12, 20)]);
        assert_eq!((found.earlier, found.later, found.first, found.last), (1, 2, Some(5), Some(10)));
        assert_eq!(found.without_record, 1 + 1 + 8, "offsets 4, 8 and 12 to 19");
        let (taken, found) = tracked(&[(0, None), (1, Some(-1)), (2, Some(120)), (3, None)], 0, 4);
        assert_eq!((taken.len(), found.without_timestamp), (4, 3));
    }

    proptest! {
        #[test]
        fn what_is_covered_is_exactly_what_was_not_left_out(
            timestamps in vec(proptest::option::of(90_i64..210), 0..60),
            stop in 0_usize..60,
        ) {
            let records: Vec<(i64, Option<i64>)> =
                (0_i64..).step_by(2).zip(timestamps.iter().copied()).collect();
            let end = i64::try_from(records.len()).unwrap() * 2;
            let (taken, found) = tracked(&records, 0, end);
            for (offset, _) in &records {
                prop_assert_eq!(found.covers(*offset), taken.contains(offset), "{}", offset);
                prop_assert!(found.covers(*offset + 1), "no record is there");
            }
            // Stored in between and continued, it comes to the same.
            let mut tracker = PartitionTracker::new("events", 0, 0, (0, end));
            for (index, (offset, timestamp)) in records.iter().enumerate() {
                if index == stop {
                    tracker = serde_json::from_str(&serde_json::to_string(&tracker).unwrap()).unwrap();
                }
                if tracker.take(*offset, *timestamp, RANGE) {
                    tracker.count_written(*offset);
                }
            }
            prop_assert_eq!(tracker.finish(), found);
        }
    }
}
