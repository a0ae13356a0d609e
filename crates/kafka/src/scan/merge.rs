//! Merges partitions in the order of their records' timestamps.
//!
//! ```text
//! partition 0:  1  4  2' 9        2' has an earlier timestamp than its predecessor
//! partition 1:  3  5  6
//! merged:       1  3  4  2' 5  6  9
//! ```
//!
//! Within a partition the order of offsets always holds. So a record counts as no older than its predecessor in its
//! partition, and one with an earlier timestamp comes right after it. Of records of one instant, that of the lower
//! partition comes first, so that the order is the same each time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

/// The timestamp of the next record of each partition.
#[derive(Default)]
pub(crate) struct Merge {
    heads: BinaryHeap<Reverse<(EventTime, usize)>>,
    /// The latest timestamp of each partition so far.
    latest: Vec<EventTime>,
}

impl Merge {
    pub(crate) fn of(partitions: usize) -> Self {
        Self { heads: BinaryHeap::with_capacity(partitions), latest: vec![EventTime::MIN; partitions] }
    }

    /// Adds the next record of a partition. A record without a timestamp comes right after its predecessor.
    pub(crate) fn head(&mut self, partition: usize, timestamp: Option<EventTime>) {
        let latest = &mut self.latest[partition];
        *latest = timestamp.map_or(*latest, |timestamp| timestamp.max(*latest));
        self.heads.push(Reverse((*latest, partition)));
    }

    /// The latest timestamp of a partition, including its next record's; `None` if none is known yet.
    pub(crate) fn latest(&self, partition: usize) -> Option<EventTime> {
        Some(self.latest[partition]).filter(|latest| *latest > EventTime::MIN)
    }

    /// Removes the first record and returns its partition; `None` if there is no record. The caller must have added the
    /// next record of every partition that is not at its end.
    pub(crate) fn next(&mut self) -> Option<usize> {
        self.heads.pop().map(|Reverse((_, partition))| partition)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Merges partitions of timestamps. Gives the partition of each record and its place in it.
    fn merged(partitions: &[Vec<i64>]) -> Vec<(usize, usize)> {
        let (mut merge, mut places, mut order) = (Merge::of(partitions.len()), vec![0; partitions.len()], Vec::new());
        let head = |merge: &mut Merge, partition: usize, place: usize| {
            if let Some(timestamp) = partitions[partition].get(place) {
                merge.head(partition, Some(EventTime::from_millis(*timestamp)));
            }
        };
        for partition in 0..partitions.len() {
            head(&mut merge, partition, 0);
        }
        while let Some(partition) = merge.next() {
            order.push((partition, places[partition]));
            places[partition] += 1;
            head(&mut merge, partition, places[partition]);
        }
        order
    }

    #[test]
    fn a_record_with_an_earlier_timestamp_comes_right_after_its_predecessor() {
        assert_eq!(
            merged(&[vec![1, 4, 2, 9], vec![3, 5, 6]]),
            [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (1, 2), (0, 3)]
        );
    }

    #[test]
    fn of_one_instant_all_records_of_the_lower_partition_come_first() {
        assert_eq!(merged(&[vec![7, 7], vec![7], vec![], vec![6]]), [(3, 0), (0, 0), (0, 1), (1, 0)]);
    }

    #[test]
    fn a_record_without_a_timestamp_comes_right_after_its_predecessor() {
        let mut merge = Merge::of(2);
        merge.head(0, None);
        merge.head(1, Some(EventTime::from_millis(3)));
        assert_eq!((merge.latest(0), merge.latest(1)), (None, Some(EventTime::from_millis(3))));
        assert_eq!(merge.next(), Some(0), "nothing is known to come before it");
        merge.head(0, Some(EventTime::from_millis(5)));
        assert_eq!(merge.next(), Some(1));
        merge.head(1, None);
        assert_eq!((merge.next(), merge.next()), (Some(1), Some(0)));
    }

    proptest! {
        #[test]
        fn every_record_comes_once_and_in_the_order_of_its_partition(partitions in vec(vec(-5_i64..50, 0..20), 0..6)) {
            let order = merged(&partitions);
            for (partition, timestamps) in partitions.iter().enumerate() {
                let places = order.iter().filter(|place| place.0 == partition).map(|place| place.1);
                prop_assert!(places.eq(0..timestamps.len()));
            }
            prop_assert_eq!(order.len(), partitions.iter().map(Vec::len).sum::<usize>());
        }

        #[test]
        fn timestamps_ascend_where_they_do_in_each_partition(mut partitions in vec(vec(-5_i64..50, 0..20), 0..6)) {
            for partition in &mut partitions {
                partition.sort_unstable();
            }
            let order = merged(&partitions);
            prop_assert!(order.into_iter().is_sorted_by_key(|(partition, place)| partitions[partition][place]));
        }

        #[test]
        fn a_record_counts_as_no_older_than_its_predecessors(
            partitions in vec(vec(-5_i64..50, 0..20), 0..6),
        ) {
            let counts_as = |(partition, place): (usize, usize)| *partitions[partition][..=place].iter().max().unwrap();
            let counted: Vec<i64> = merged(&partitions).into_iter().map(counts_as).collect();
            prop_assert!(counted.is_sorted());
        }
    }
}
