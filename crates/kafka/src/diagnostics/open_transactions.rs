//! Open transactions that hold a partition back: records after the first record of one cannot be read before it ends.
//!
//! ```text
//!   read ......... stable end ......... end
//!                  | first record of the open transaction
//! ```
//! Every transaction is open for a moment, so only a stable end that stands still is reported. A transaction of a
//! producer that died stays open until its timeout, or for ever if the broker has lost track of it.

use std::time::{Duration, Instant};

use crate::topic_choice::ChosenPartition;

/// A transaction that has been open for this long is reported. Most take less than a second.
const REPORT_AFTER: Duration = Duration::from_secs(10);

/// A partition that an open transaction holds back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenTransaction {
    pub(crate) partition: ChosenPartition,
    /// The first offset that cannot be read.
    pub(crate) offset: i64,
    /// When the partition was first seen to be held back there.
    pub(crate) since: Instant,
}

/// Where each partition is held back, and since when.
#[derive(Default)]
pub(crate) struct OpenTransactionTracker(Vec<OpenTransaction>);

impl OpenTransactionTracker {
    /// Takes the partitions that are held back now, with their stable ends. Returns the one that has been held back
    /// longest, if that is at least 10 s.
    pub(crate) fn update(
        &mut self,
        held: impl Iterator<Item = (ChosenPartition, i64)>,
        now: Instant,
    ) -> Option<OpenTransaction> {
        let before = std::mem::take(&mut self.0);
        for (partition, offset) in held {
            let known = before.iter().find(|known| known.partition == partition && known.offset == offset);
            let since = known.map_or(now, |known| known.since);
            self.0.push(OpenTransaction { partition, offset, since });
        }
        let longest = self.0.iter().min_by_key(|open| open.since)?;
        (now.duration_since(longest.since) >= REPORT_AFTER).then(|| longest.clone())
    }
}

/// How to end a transaction whose first record is at `offset`.
#[must_use]
pub fn open_transaction_remedy(brokers: &str, topic: &str, partition: i32, offset: i64) -> String {
    format!(
        "if its producer is not about to end it, list it with kafka-transactions.sh --bootstrap-server {brokers} \
         describe-producers --topic {topic} --partition {partition}, and end it with kafka-transactions.sh \
         --bootstrap-server {brokers} abort --topic {topic} --partition {partition} --start-offset {offset}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stable_end_that_stands_still_is_reported_since_it_was_first_seen() {
        let mut tracker = OpenTransactionTracker::default();
        let start = Instant::now();
        let mut at = |seconds, held: &[(i32, i64)]| {
            let held = held.iter().map(|&(number, offset)| (ChosenPartition::of("events", number), offset));
            tracker
                .update(held, start + Duration::from_secs(seconds))
                .map(|open| (open.partition.number, open.offset, open.since.duration_since(start).as_secs()))
        };
        assert_eq!(at(0, &[(1, 7)]), None);
        assert_eq!(at(9, &[(1, 7), (2, 3)]), None);
        assert_eq!(at(10, &[(1, 7), (2, 3)]), Some((1, 7, 0)));
        assert_eq!(at(11, &[(1, 8), (2, 3)]), None, "the first has ended, another has begun");
        assert_eq!(at(19, &[(1, 8), (2, 3)]), Some((2, 3, 9)));
        assert_eq!(at(20, &[]), None);
        assert_eq!(at(21, &[(2, 3)]), None, "the partition was not held back in between");
    }
}
