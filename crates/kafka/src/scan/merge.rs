//! Whose record is next: partitions merged in the order of their records' timestamps.
//!
//! ```text
//! partition 0:  1  4  2' 9        2' was stamped earlier than its predecessor
//! partition 1:  3  5  6
//! merged:       1  3  4  2' 5  6  9
//! ```
//!
//! Within a partition the order of offsets always holds. So a record counts as stamped no earlier than its predecessor
//! in its partition, and comes right after it at the latest. Of records of one instant that of the lower partition
//! comes first: the order is the same each time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;

/// Knows the timestamp of the next record of each lane, and which comes first.
#[derive(Default)]
pub(crate) struct Merge {
    heads: BinaryHeap<Reverse<(EventTime, usize)>>,
    /// The latest timestamp of each lane.
    latest: Vec<EventTime>,
}

impl Merge {
    pub(crate) fn of(lanes: usize) -> Self {
        Self { heads: BinaryHeap::with_capacity(lanes), latest: vec![EventTime::MIN; lanes] }
    }

    /// The next record of a lane has come. One of unknown time comes right after its predecessor.
    pub(crate) fn head(&mut self, lane: usize, timestamp: Option<EventTime>) {
        let latest = &mut self.latest[lane];
        *latest = timestamp.map_or(*latest, |timestamp| timestamp.max(*latest));
        self.heads.push(Reverse((*latest, lane)));
    }

    /// The latest timestamp of a lane, its head's with it; `None` where none is known yet.
    pub(crate) fn latest(&self, lane: usize) -> Option<EventTime> {
        Some(self.latest[lane]).filter(|latest| *latest > EventTime::MIN)
    }

    /// The lane whose record comes first, which then has no head any more; `None` if no lane has one. It is right
    /// where every lane that is not at its end has its head here.
    pub(crate) fn next(&mut self) -> Option<usize> {
        self.heads.pop().map(|Reverse((_, lane))| lane)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Merges lanes of timestamps; gives lane and place in it of each.
    fn merged(lanes: &[Vec<i64>]) -> Vec<(usize, usize)> {
        let (mut merge, mut places, mut order) = (Merge::of(lanes.len()), vec![0; lanes.len()], Vec::new());
        let head = |merge: &mut Merge, lane: usize, place: usize| {
            if let Some(timestamp) = lanes[lane].get(place) {
                merge.head(lane, Some(EventTime::from_millis(*timestamp)));
            }
        };
        for lane in 0..lanes.len() {
            head(&mut merge, lane, 0);
        }
        while let Some(lane) = merge.next() {
            order.push((lane, places[lane]));
            places[lane] += 1;
            head(&mut merge, lane, places[lane]);
        }
        order
    }

    #[test]
    fn a_record_that_is_stamped_early_comes_right_after_its_predecessor() {
        assert_eq!(
            merged(&[vec![1, 4, 2, 9], vec![3, 5, 6]]),
            [(0, 0), (1, 0), (0, 1), (0, 2), (1, 1), (1, 2), (0, 3)]
        );
    }

    #[test]
    fn of_one_instant_the_lower_partition_comes_first_with_all_it_has() {
        assert_eq!(merged(&[vec![7, 7], vec![7], vec![], vec![6]]), [(3, 0), (0, 0), (0, 1), (1, 0)]);
    }

    #[test]
    fn a_record_of_unknown_time_comes_right_after_its_predecessor() {
        let mut merge = Merge::of(2);
        merge.head(0, None);
        merge.head(1, Some(EventTime::from_millis(3)));
        assert_eq!((merge.latest(0), merge.latest(1)), (None, Some(EventTime::from_millis(3))));
        assert_eq!(merge.next(), Some(0), "nothing is known that came before it");
        merge.head(0, Some(EventTime::from_millis(5)));
        assert_eq!(merge.next(), Some(1));
        merge.head(1, None);
        assert_eq!((merge.next(), merge.next()), (Some(1), Some(0)));
    }

    proptest! {
        #[test]
        fn every_record_comes_once_and_in_the_order_of_its_partition(lanes in vec(vec(-5_i64..50, 0..20), 0..6)) {
            let order = merged(&lanes);
            for (lane, timestamps) in lanes.iter().enumerate() {
                let places: Vec<usize> = order.iter().filter(|place| place.0 == lane).map(|place| place.1).collect();
                prop_assert!(places.iter().copied().eq(0..timestamps.len()));
            }
            prop_assert_eq!(order.len(), lanes.iter().map(Vec::len).sum::<usize>());
        }

        #[test]
        fn timestamps_ascend_where_they_do_in_each_partition(mut lanes in vec(vec(-5_i64..50, 0..20), 0..6)) {
            for lane in &mut lanes {
                lane.sort_unstable();
            }
            let timestamps: Vec<i64> = merged(&lanes).into_iter().map(|(lane, place)| lanes[lane][place]).collect();
            prop_assert!(timestamps.is_sorted());
        }

        #[test]
        fn where_they_do_not_a_record_waits_for_no_later_one_than_its_latest_predecessor(
            lanes in vec(vec(-5_i64..50, 0..20), 0..6),
        ) {
            let counts_as = |(lane, place): (usize, usize)| *lanes[lane][..=place].iter().max().unwrap();
            let counted: Vec<i64> = merged(&lanes).into_iter().map(counts_as).collect();
            prop_assert!(counted.is_sorted());
        }
    }
}
