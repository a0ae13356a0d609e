//! The offsets of a sample.

use ensilinja_kafka::{OffsetRange, PartitionInspection};

/// The last `most` offsets of all partitions together: the same number of each, and what a short one does not have is
/// taken from the others.
pub(super) fn latest_ranges(topic: &str, partitions: &[PartitionInspection], most: i64) -> Vec<OffsetRange> {
    let mut by_length: Vec<(i32, &PartitionInspection)> = (0..).zip(partitions).collect();
    by_length.sort_by_key(|(_, partition)| partition.end - partition.begin);
    let mut left = most;
    let mut ranges = Vec::new();
    for (place, (number, partition)) in by_length.iter().enumerate() {
        let share = left / i64::try_from(by_length.len() - place).expect("a topic has few partitions");
        let length = (partition.end - partition.begin).min(share);
        left -= length;
        if length > 0 {
            let (partition, from, to) = (*number, partition.end - length, Some(partition.end));
            ranges.push(OffsetRange { topic: Some(topic.to_owned()), partition, from, to });
        }
    }
    ranges.sort_unstable();
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(ends: &[(i64, i64)], most: i64) -> Vec<String> {
        let partitions: Vec<PartitionInspection> = ends
            .iter()
            .map(|(begin, end)| PartitionInspection {
                begin: *begin,
                end: *end,
                log_end: *end,
                has_leader: true,
                replicas: 1,
                in_sync: 1,
            })
            .collect();
        latest_ranges("t", &partitions, most).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_partition_gives_its_latest_records_and_the_others_make_up_for_a_short_one() {
        assert_eq!(taken(&[(0, 100), (50, 200)], 20), ["t/0:90..100", "t/1:190..200"]);
        assert_eq!(taken(&[(0, 4), (50, 200)], 20), ["t/0:0..4", "t/1:184..200"]);
        assert_eq!(taken(&[(7, 7), (0, 3)], 20), ["t/1:0..3"]);
        assert_eq!(taken(&[(0, 100), (0, 100), (0, 100)], 2), ["t/1:99..100", "t/2:99..100"]);
        assert_eq!(taken(&[(0, 0)], 20), [""; 0]);
        assert_eq!(taken(&[(0, 9)], 0), [""; 0]);
    }
}
