//! Partitions from which nothing comes though there is more.
//!
//! Once, after a broker had been frozen for a minute, the client gave nothing of what was left to read for a minute and
//! a half, without an error. Fetching such a partition anew costs nothing that was learnt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::partition_progress::PartitionProgress;

/// A partition that stands still for this long, while the broker answers and has more of it, is fetched anew.
const STALLED: Duration = Duration::from_secs(20);

/// How far each partition was read, and since when.
#[derive(Default)]
pub(crate) struct Stalls(Vec<(i64, Instant)>);

impl Stalls {
    /// Has the reader look again where nothing comes. To be called while the broker answers.
    pub(crate) fn look(&mut self, partitions: &[Arc<PartitionProgress>], now: Instant) {
        self.0.resize(partitions.len(), (-1, now));
        for (number, (partition, (read_to, since))) in partitions.iter().zip(&mut self.0).enumerate() {
            // While a log is rebuilt partitions wait for each other; one that seems to be at its end is doubted anyway.
            let should_move = partition.lag() > 0 && partition.is_rebuilt() && !partition.is_doubtful();
            if !should_move || partition.read_to() != *read_to {
                (*read_to, *since) = (partition.read_to(), now);
            } else if now.duration_since(*since) >= STALLED {
                *since = now;
                tracing::warn!(
                    "nothing has come of partition {number} for a while, though there is more: fetching it anew"
                );
                partition.request_refetch();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;

    #[test]
    fn only_a_partition_that_stands_still_with_more_to_read_is_fetched_anew() {
        let partition = Arc::new(PartitionProgress::new(0, 0, EventTime::from_seconds(0)));
        let (partitions, mut stalls, start) = ([Arc::clone(&partition)], Stalls::default(), Instant::now());
        let mut asked_after = |seconds| {
            stalls.look(&partitions, start + Duration::from_secs(seconds));
            partition.take_refetch_request()
        };
        assert!(!asked_after(0) && !asked_after(60), "there is nothing to read");
        partition.observe(EventTime::from_seconds(1), 5);
        assert!(!asked_after(61) && !asked_after(79), "it may still come");
        assert!(asked_after(81) && !asked_after(82), "once");
        partition.advance(1, None);
        assert!(!asked_after(100) && !asked_after(119), "it moves");
        assert!(asked_after(120));
        partition.mark_at_end();
        assert!(!asked_after(141) && !asked_after(200), "what is left may belong to an open transaction");
    }
}
