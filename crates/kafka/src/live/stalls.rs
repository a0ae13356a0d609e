//! Partitions that give no records though the broker has more.
//!
//! Once, after a broker had been frozen for a minute, the client gave none of the remaining records for a minute and a
//! half, without an error. Fetching such a partition again loses nothing that was learnt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::partition_progress::PartitionProgress;

/// How long a partition may stand still, while the broker answers and has more of it, before it is fetched again.
const STALLED: Duration = Duration::from_secs(20);

/// For each partition: the offset it was read to, and since when.
#[derive(Default)]
pub(crate) struct Stalls(Vec<(i64, Instant)>);

impl Stalls {
    /// Requests a refetch of every stalled partition. Call it only while the broker answers.
    pub(crate) fn check(&mut self, topic: &str, partitions: &[Arc<PartitionProgress>], now: Instant) {
        self.0.resize(partitions.len(), (-1, now));
        for (number, (partition, (read_to, since))) in partitions.iter().zip(&mut self.0).enumerate() {
            // During a rebuild partitions wait for each other, and one that stops short of its end is checked anyway.
            let should_move = partition.lag() > 0 && partition.is_rebuilt() && !partition.stops_short();
            if !should_move || partition.read_to() != *read_to {
                (*read_to, *since) = (partition.read_to(), now);
            } else if now.duration_since(*since) >= STALLED {
                *since = now;
                tracing::warn!(topic, partition = number, offset = *read_to, "partition stalled, fetching it again");
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
    fn only_a_partition_that_stands_still_with_more_to_read_is_fetched_again() {
        let partition = Arc::new(PartitionProgress::new(0, 0, EventTime::from_seconds(0)));
        let (partitions, mut stalls, start) = ([Arc::clone(&partition)], Stalls::default(), Instant::now());
        let mut refetches_after = |seconds| {
            stalls.check("events", &partitions, start + Duration::from_secs(seconds));
            partition.take_refetch_request()
        };
        assert!(!refetches_after(0) && !refetches_after(60), "there is nothing to read");
        partition.observe(EventTime::from_seconds(1), 5);
        assert!(!refetches_after(61) && !refetches_after(79), "records may still come");
        assert!(refetches_after(81) && !refetches_after(82), "once");
        partition.advance(1, None);
        assert!(!refetches_after(100) && !refetches_after(119), "the partition moves");
        assert!(refetches_after(120));
        partition.mark_at_end();
        assert!(!refetches_after(141) && !refetches_after(200), "the rest may belong to an open transaction");
    }
}
