//! What several archives together have twice, and what is between them.

use std::collections::BTreeMap;

use crate::manifest::Manifest;

/// Something that the archives together have, or lack. Archives are named by their index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveFinding {
    /// No archive covers the time between two.
    Gap {
        /// The archive before it.
        after: usize,
        /// The archive after it.
        before: usize,
        /// The first instant that no archive covers, in ms.
        from_ms: i64,
        /// The first that one covers again, in ms.
        to_ms: i64,
    },
    /// Offsets between the first and the last that are covered are in no archive.
    MissingOffsets {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The first offset that is missing.
        first: i64,
        /// How many are missing.
        count: u64,
    },
    /// Two archives have the same offsets. Reading them counts each record once.
    Overlap {
        /// One of them.
        one: usize,
        /// The other.
        other: usize,
        /// How many offsets both have.
        offsets: u64,
    },
    /// The log had lost its beginning when the archive was made, so records of its range may be missing.
    Cut {
        /// The archive.
        archive: usize,
        /// The topic.
        topic: String,
        /// How many of its partitions had lost records.
        partitions: usize,
    },
    /// The ids in two archives were replaced by other keys, or in only one: a contact in both is not one contact.
    OtherKey {
        /// One of them.
        one: usize,
        /// The other.
        other: usize,
    },
    /// Two archives are of different topics of one name.
    OtherTopic {
        /// One of them.
        one: usize,
        /// The other.
        other: usize,
        /// The topic.
        topic: String,
    },
}

impl ArchiveFinding {
    /// Whether it is a problem. An overlap is none.
    #[must_use]
    pub const fn is_problem(&self) -> bool {
        !matches!(self, Self::Overlap { .. })
    }
}

/// Compares archives by their manifests.
#[must_use]
pub fn review(manifests: &[&Manifest]) -> Vec<ArchiveFinding> {
    let mut found = Vec::new();
    let mut order: Vec<usize> = (0..manifests.len()).collect();
    order.sort_by_key(|index| (manifests[*index].from_ms, manifests[*index].to_ms));
    found.extend(gaps(manifests, &order));
    for (place, one) in order.iter().enumerate() {
        found.extend(cuts(manifests, *one));
        for other in &order[place + 1..] {
            found.extend(between(manifests, *one, *other));
        }
    }
    found.extend(missing_offsets(manifests));
    found
}

fn gaps(manifests: &[&Manifest], order: &[usize]) -> Vec<ArchiveFinding> {
    let (mut found, mut until) = (Vec::new(), None::<(usize, i64)>);
    for &index in order {
        let Manifest { from_ms, to_ms, .. } = *manifests[index];
        if let Some((after, end)) = until.filter(|(_, end)| *end < from_ms) {
            found.push(ArchiveFinding::Gap { after, before: index, from_ms: end, to_ms: from_ms });
        }
        if until.is_none_or(|(_, end)| end < to_ms) {
            until = Some((index, to_ms));
        }
    }
    found
}

fn cuts(manifests: &[&Manifest], archive: usize) -> Vec<ArchiveFinding> {
    let mut cut: BTreeMap<&str, usize> = BTreeMap::new();
    for part in manifests[archive].partitions.iter().filter(|part| !part.reaches_back()) {
        // Another archive may have what the log had lost by then: then it has the last of it. Whether it has the rest,
        // the missing offsets tell.
        let is_elsewhere = manifests.iter().any(|other| {
            other.log_id(&part.topic) == manifests[archive].log_id(&part.topic)
                && other.partition(&part.topic, part.partition).is_some_and(|other| other.covers(part.log_begin - 1))
        });
        if !is_elsewhere {
            *cut.entry(&part.topic).or_default() += 1;
        }
    }
    let finding =
        |(topic, partitions): (&str, usize)| ArchiveFinding::Cut { archive, topic: topic.to_owned(), partitions };
    cut.into_iter().map(finding).collect()
}

fn between(manifests: &[&Manifest], one: usize, other: usize) -> Vec<ArchiveFinding> {
    let mut found = Vec::new();
    let [first, second] = [manifests[one], manifests[other]];
    let key = |manifest: &Manifest| manifest.pseudonymised.as_ref().map(|how| how.key_id.clone());
    if key(first) != key(second) {
        found.push(ArchiveFinding::OtherKey { one, other });
    }
    let mut offsets = 0;
    for topic in &first.topics {
        if !second.topics.iter().any(|known| known.name == topic.name) {
            continue;
        }
        if first.log_id(&topic.name) != second.log_id(&topic.name) {
            found.push(ArchiveFinding::OtherTopic { one, other, topic: topic.name.clone() });
            continue;
        }
        for part in first.partitions.iter().filter(|part| part.topic == topic.name) {
            let Some(of_second) = second.partition(&part.topic, part.partition) else { continue };
            offsets += shared(&part.covers, &of_second.covers);
        }
    }
    if offsets > 0 {
        found.push(ArchiveFinding::Overlap { one, other, offsets });
    }
    found
}

/// How many offsets are in both lists of ranges.
fn shared(one: &[(i64, i64)], other: &[(i64, i64)]) -> u64 {
    let (mut left, mut right, mut count) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        count += u64::try_from(a.1.min(b.1) - a.0.max(b.0)).unwrap_or(0);
        if a.1 <= b.1 { left += 1 } else { right += 1 }
    }
    count
}

/// A topic, the id of its log, and a partition.
type LogName<'a> = (&'a str, Option<&'a str>, i32);

fn missing_offsets(manifests: &[&Manifest]) -> Vec<ArchiveFinding> {
    let mut logs: BTreeMap<LogName<'_>, Vec<(i64, i64)>> = BTreeMap::new();
    for manifest in manifests {
        for part in &manifest.partitions {
            let id = manifest.log_id(&part.topic);
            logs.entry((&part.topic, id, part.partition)).or_default().extend(&part.covers);
        }
    }
    let mut found = Vec::new();
    for ((topic, _, partition), mut ranges) in logs {
        ranges.sort_unstable();
        let (mut first, mut count, mut until) = (None, 0, None::<i64>);
        for (from, to) in ranges {
            if let Some(until) = until.filter(|until| *until < from) {
                first = first.or(Some(until));
                count += u64::try_from(from - until).unwrap_or(0);
            }
            until = until.max(Some(to));
        }
        if let Some(first) = first {
            found.push(ArchiveFinding::MissingOffsets { topic: topic.to_owned(), partition, first, count });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{ArchivedPartition, ArchivedTopic, FORMAT, Pseudonymisation};
    use crate::partition_tracker::{PartitionTracker, RecordRange};

    /// An archive of a range in which each offset has its number as timestamp.
    fn archive(range: (i64, i64), log: (i64, i64)) -> Manifest {
        let (from_ms, to_ms) = range;
        let begin = from_ms.max(log.0);
        let mut tracker = PartitionTracker::new("events", 0, log.0, (begin, log.1));
        for offset in begin..log.1 {
            if tracker.take(offset, Some(offset.max(1)), RecordRange { from_ms, to_ms }) {
                tracker.count_written(offset);
            }
        }
        let partition: ArchivedPartition = tracker.finish();
        let topics = vec![ArchivedTopic { name: "events".to_owned(), id: None, format: "cloudevents".to_owned() }];
        Manifest {
            format: FORMAT,
            product: "0.2.0".to_owned(),
            created_ms: 0,
            cluster: None,
            from_ms,
            to_ms,
            time_zone: "Europe/Helsinki".to_owned(),
            topics,
            records: partition.records,
            partitions: vec![partition],
            bytes: 0,
            sha256: String::new(),
            pseudonymised: None,
            erased: 0,
        }
    }

    fn of(manifests: &[Manifest]) -> Vec<ArchiveFinding> {
        review(&manifests.iter().collect::<Vec<_>>())
    }

    #[test]
    fn months_that_follow_each_other_have_nothing_between_them_even_if_the_log_was_cut_in_the_meantime() {
        assert_eq!(of(&[archive((0, 100), (0, 150)), archive((100, 200), (0, 250))]), []);
        assert_eq!(of(&[archive((100, 200), (60, 250)), archive((0, 100), (0, 150))]), []);
        assert_eq!(of(&[archive((100, 200), (100, 250)), archive((0, 100), (0, 150))]), []);
    }

    #[test]
    fn a_missing_month_lost_records_and_an_overlap_are_told() {
        let gap = ArchiveFinding::Gap { after: 0, before: 1, from_ms: 100, to_ms: 200 };
        let missing =
            ArchiveFinding::MissingOffsets { topic: "events".to_owned(), partition: 0, first: 100, count: 100 };
        assert_eq!(of(&[archive((0, 100), (0, 300)), archive((200, 300), (0, 300))]), [gap, missing]);
        let cut = ArchiveFinding::Cut { archive: 0, topic: "events".to_owned(), partitions: 1 };
        assert_eq!(of(&[archive((100, 200), (120, 250))]), [cut]);
        let late = of(&[archive((0, 100), (0, 150)), archive((100, 200), (120, 250))]);
        let missing =
            ArchiveFinding::MissingOffsets { topic: "events".to_owned(), partition: 0, first: 100, count: 20 };
        let cut = ArchiveFinding::Cut { archive: 1, topic: "events".to_owned(), partitions: 1 };
        assert_eq!(late, [cut, missing]);
        let overlap = ArchiveFinding::Overlap { one: 0, other: 1, offsets: 50 };
        assert_eq!(of(&[archive((0, 150), (0, 300)), archive((100, 300), (0, 300))]), [overlap]);
    }

    #[test]
    fn archives_of_other_keys_and_of_other_topics_of_the_same_name_are_told_apart() {
        let (one, mut other) = (archive((0, 100), (0, 300)), archive((100, 200), (0, 300)));
        other.pseudonymised = Some(Pseudonymisation::default());
        assert_eq!(of(&[one.clone(), other.clone()]), [ArchiveFinding::OtherKey { one: 0, other: 1 }]);
        other.pseudonymised = None;
        other.topics[0].id = Some("another".to_owned());
        let finding = [ArchiveFinding::OtherTopic { one: 0, other: 1, topic: "events".to_owned() }];
        assert_eq!(of(&[one.clone(), other.clone()]), finding);
        other.topics[0].id = None;
        other.cluster = Some("another".to_owned());
        assert_eq!(of(&[one, other]), finding, "brokers without topic ids");
    }
}
