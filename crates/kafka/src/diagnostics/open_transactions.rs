//! Open transactions that hold the log back: what lies behind the first record of one cannot be read before it ends.
//!
//! ```text
//!   read ......... stable end ......... end
//!                  | first record of the open transaction
//! ```
//! Every transaction is open for a moment, so only a stable end that stands still is told of. A producer that died may
//! leave one open until its timeout, or for ever if the broker has lost it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A transaction that is open for longer than this is told of. Most take less than a second.
const OPEN_FOR_LONG: Duration = Duration::from_secs(10);

/// A partition that an open transaction holds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenTransaction {
    pub(crate) partition: usize,
    /// The first offset that cannot be read.
    pub(crate) offset: i64,
    /// When that was first seen.
    pub(crate) since: Instant,
}

/// KnownSince when each partition has been held back, and where.
#[derive(Default)]
pub(crate) struct OpenTransactionTracker(BTreeMap<usize, (i64, Instant)>);

impl OpenTransactionTracker {
    /// Takes in which partitions are held back at which offsets now, and tells of the one that has been for longest, if
    /// that is long.
    pub(crate) fn look(&mut self, held: impl Iterator<Item = (usize, i64)>, now: Instant) -> Option<OpenTransaction> {
        let before = std::mem::take(&mut self.0);
        for (partition, offset) in held {
            let since = before.get(&partition).filter(|(known, _)| *known == offset).map_or(now, |(_, since)| *since);
            self.0.insert(partition, (offset, since));
        }
        let (&partition, &(offset, since)) = self.0.iter().min_by_key(|(_, (_, since))| *since)?;
        (now.duration_since(since) >= OPEN_FOR_LONG).then_some(OpenTransaction { partition, offset, since })
    }
}

/// What to do about a transaction of which the first record lies at this offset.
#[must_use]
pub fn open_transaction_remedy(brokers: &str, topic: &str, partition: usize, offset: i64) -> String {
    format!(
        "if its producer is not about to end it, see it with kafka-transactions.sh --bootstrap-server {brokers} \
         describe-producers --topic {topic} --partition {partition}, and end it with kafka-transactions.sh \
         --bootstrap-server {brokers} abort --topic {topic} --partition {partition} --start-offset {offset}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stable_end_that_stands_still_for_long_is_told_of_from_when_it_was_first_seen() {
        let mut open = OpenTransactionTracker::default();
        let start = Instant::now();
        let mut at = |seconds, held: &[(usize, i64)]| {
            open.look(held.iter().copied(), start + Duration::from_secs(seconds))
                .map(|held| (held.partition, held.offset, held.since.duration_since(start).as_secs()))
        };
        assert_eq!(at(0, &[(1, 7)]), None);
        assert_eq!(at(9, &[(1, 7), (2, 3)]), None);
        assert_eq!(at(10, &[(1, 7), (2, 3)]), Some((1, 7, 0)));
        assert_eq!(at(11, &[(1, 8), (2, 3)]), None, "the first has ended, another has begun");
        assert_eq!(at(19, &[(1, 8), (2, 3)]), Some((2, 3, 9)));
        assert_eq!(at(20, &[]), None);
        assert_eq!(at(21, &[(2, 3)]), None, "it was free in between");
    }
}
