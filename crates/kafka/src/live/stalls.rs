//! Partitions that give no records though the broker has more.
//!
//! Once, after a broker had been frozen for a minute, the client gave none of the remaining records for a minute and a
//! half, without an error. Fetching such a partition again loses nothing that was learnt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::partition_progress::PartitionProgress;

/// How long a partition may stand still, while the broker answers and has more of it, before it is fetched again.
const STALLED: Duration = Duration::from_secs(20);

/// For each partition: the offset it was read to, and since when there has been more to read; `None` where nothing is
/// due. So a partition whose records come in batches does not stall between them.
#[derive(Default)]
pub(crate) struct Stalls(Vec<Option<(i64, Instant)>>);

impl Stalls {
    /// Requests a refetch of every stalled partition. Call it only while the broker answers.
    pub(crate) fn check(&mut self, partitions: &[Arc<PartitionProgress>], now: Instant) {
        self.0.resize(partitions.len(), None);
        for (partition, state) in partitions.iter().zip(&mut self.0) {
            // During a rebuild partitions wait for each other, and one that stops short of its end is checked anyway.
            let should_move = partition.lag() > 0 && partition.is_rebuilt() && !partition.stops_short();
            let read_to = partition.read_to();
            let since = state.filter(|(known, _)| *known == read_to).map_or(now, |(_, since)| since);
            let stalled = should_move && now.duration_since(since) >= STALLED;
            *state = should_move.then_some((read_to, if stalled { now } else { since }));
            if stalled {
                let (topic, number) = (&partition.of.topic.name, partition.of.number);
                tracing::warn!(topic, partition = number, offset = read_to, "partition stalled, fetching it again");
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
        let partition = Arc::new(PartitionProgress::of_events(0, 0, EventTime::from_seconds(0)));
        let (partitions, mut stalls, start) = ([Arc::clone(&partition)], Stalls::default(), Instant::now());
        let mut refetches_after = |seconds| {
            stalls.check(&partitions, start + Duration::from_secs(seconds));
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

    #[test]
    fn a_partition_whose_records_come_in_batches_does_not_stall_between_them() {
        let partition = Arc::new(PartitionProgress::of_events(0, 0, EventTime::from_seconds(0)));
        let (partitions, mut stalls, start) = ([Arc::clone(&partition)], Stalls::default(), Instant::now());
        for hour in 1_i64..4 {
            let batch = start + Duration::from_hours(1) * u32::try_from(hour).unwrap();
            let mut check = |later: [u64; 3]| {
                for seconds in later {
                    stalls.check(&partitions, batch + Duration::from_secs(seconds));
                }
            };
            partition.observe(EventTime::from_seconds(hour), 100 * hour);
            check([0, 10, 19]);
            partition.advance(100 * hour, None);
            check([20, 1_000, 3_599]);
        }
        assert!(!partition.take_refetch_request());
    }
}
