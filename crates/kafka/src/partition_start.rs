//! Where to begin in each partition, so that no record of the range is missed. The live reader and the scans share it.
//!
//! Beginning too early is always right, because the handler ignores records older than the range; beginning too late
//! never is. The order of the questions matters:
//!
//! 1. What the group has committed: another process may commit meanwhile, and a commit past the end would be taken for
//!    one of another log.
//! 2. Where each partition ends.
//! 3. The offsets by timestamp: a record that arrives after the second question is past the end that is used.
//!
//! Where dead letters older than the range have not been written yet, reading begins at the first of them. The history
//! of the figures reaches back no further for that.
//!
//! A scan writes no dead letters, so [`scan_starts`] ignores what is committed.

use std::sync::Arc;

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::broker_queries::{BrokerQueries, FoundTopics, QueryError};
use crate::commit::{Commit, CommitFilter};
use crate::history::{KnownSince, PartitionHistory};
use crate::topic_choice::{ChosenPartition, ChosenTopic, TopicChooser};

/// Where the log of one partition begins and ends, and what a lookup of the range has found.
#[derive(Clone, Copy, Debug)]
struct PartitionExtent {
    begin: i64,
    end: i64,
    /// The first record of the range, if the broker has found one.
    first_in_range: Option<i64>,
    /// Lookups by timestamp work: the broker supports them, and some record has a timestamp.
    looks_up: bool,
}

/// How to read one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartitionStart {
    pub(crate) partition: ChosenPartition,
    /// The first offset of the log.
    pub(crate) begin: i64,
    /// The first offset to read.
    pub(crate) offset: i64,
    /// The end of the log at that moment: records before it are read to rebuild from.
    pub(crate) goal: i64,
    pub(crate) history: PartitionHistory,
    /// The first record with a known timestamp replaces [`PartitionHistory::since`].
    pub(crate) history_from_first_record: bool,
    /// The dead letters of earlier offsets have been written. 0 in a scan.
    pub(crate) frontier: i64,
}

/// Where the live reader begins.
#[derive(Default)]
pub(crate) struct LiveStarts {
    /// The topics with their ids, if the brokers have topic ids.
    pub(crate) topics: Vec<(Arc<ChosenTopic>, Option<TopicId>)>,
    pub(crate) partitions: Vec<PartitionStart>,
}

/// The range of the live reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LiveRange {
    /// Records are needed from this instant on.
    pub(crate) from: EventTime,
    /// The present: a partition that has lost all its records is known since then.
    pub(crate) now: EventTime,
}

/// Tells which commits count for a topic of this name and id.
pub(crate) type CommitsOf<'a> = &'a dyn Fn(&str, Option<TopicId>) -> CommitFilter;

/// The starts of the live reader.
///
/// Topics that only repair the past keep it from beginning with the others only while it `waits_for_repairs`, and never
/// if they do not exist. The probe reports those that are left out, and finds them once they can be read.
pub(crate) fn live_starts(
    queries: &BrokerQueries<'_>,
    chooser: &TopicChooser,
    range: LiveRange,
    commits: CommitsOf<'_>,
    waits_for_repairs: bool,
) -> Result<LiveStarts, QueryError> {
    let leave_out = |holds_back: bool, error: QueryError| {
        let may_be_left_out = !holds_back && (error.is_absence() || !waits_for_repairs);
        if may_be_left_out { Ok(()) } else { Err(error) }
    };
    let FoundTopics { topics, faults, broker } = queries.topics(chooser)?;
    for (choice, fault) in faults {
        leave_out(!choice.repairs_only, fault.into())?;
    }
    let mut counted = Vec::with_capacity(topics.len());
    for (topic, count) in topics {
        match count {
            Ok(count) => counted.push((topic, count)),
            Err(error) => leave_out(topic.holds_back(), error)?,
        }
    }
    let names: Vec<&str> = counted.iter().map(|(topic, _)| topic.name.as_str()).collect();
    let ids = queries.topic_id_answers(broker, &names)?;
    let all = || counted.iter().zip(&ids);
    let holding: Vec<_> = all().filter(|((topic, _), _)| topic.holds_back()).collect();
    let repairs = all().filter(|((topic, _), _)| !topic.holds_back()).map(|one| vec![one]);
    let mut starts = LiveStarts::default();
    for (holds_back, group) in [(true, holding)].into_iter().chain(repairs.map(|one| (false, one))) {
        let (mut topics, mut partitions) = (Vec::new(), Vec::new());
        let begun: Result<(), QueryError> = group.into_iter().try_for_each(|((topic, count), id)| {
            topics.push((Arc::clone(topic), id.clone()?));
            partitions.extend(topic.partitions(*count));
            Ok(())
        });
        match begun.and_then(|()| partition_starts(queries, partitions, &topics, range, commits)) {
            Ok(partitions) => {
                starts.topics.extend(topics);
                starts.partitions.extend(partitions);
            }
            Err(error) => leave_out(holds_back, error)?,
        }
    }
    Ok(starts)
}

/// The starts of these partitions, whose topics have these ids.
pub(crate) fn partition_starts(
    queries: &BrokerQueries<'_>,
    partitions: Vec<ChosenPartition>,
    topics: &[(Arc<ChosenTopic>, Option<TopicId>)],
    range: LiveRange,
    commits: CommitsOf<'_>,
) -> Result<Vec<PartitionStart>, QueryError> {
    if partitions.is_empty() {
        return Ok(Vec::new());
    }
    let filter = |topic: &ChosenTopic| {
        let id = topics.iter().find(|(known, _)| known.name == topic.name).and_then(|(_, id)| *id);
        commits(&topic.name, id)
    };
    let committed = queries.committed(&partitions)?;
    let extents = extents(queries, &partitions, range.from)?;
    let start = |(partition, (extent, commit)): (ChosenPartition, (PartitionExtent, Option<Commit>))| {
        let committed = filter(&partition.topic).offset(commit, extent.end);
        start_of(partition, extent, committed, range.now)
    };
    Ok(partitions.into_iter().zip(extents.into_iter().zip(committed)).map(start).collect())
}

/// The starts of a scan. A partition that has lost all its records is known since [`EventTime::MAX`].
pub(crate) fn scan_starts(
    queries: &BrokerQueries<'_>,
    partitions: Vec<ChosenPartition>,
    range_start: EventTime,
) -> Result<Vec<PartitionStart>, QueryError> {
    let extents = extents(queries, &partitions, range_start)?;
    let start = |(partition, extent)| start_of(partition, extent, None, EventTime::MAX);
    Ok(partitions.into_iter().zip(extents).map(start).collect())
}

fn extents(
    queries: &BrokerQueries<'_>,
    partitions: &[ChosenPartition],
    range_start: EventTime,
) -> Result<Vec<PartitionExtent>, QueryError> {
    let ends = queries.ends(partitions)?;
    let begins = queries.begins(partitions)?;
    let firsts = queries.first_since(partitions, range_start.as_millis())?;
    // A broker that cannot look up timestamps (librdkafka's mock cluster) also answers "nothing since then". Every
    // record with a known time was published after 1970. If the broker finds none since 1970 in a log with records, it
    // cannot look them up, or they have no timestamps. Such a log is read from its beginning.
    let since_1970 = queries.first_since(partitions, 1)?;
    let extent = |index: usize| PartitionExtent {
        begin: begins[index],
        end: ends[index].max(begins[index]),
        first_in_range: firsts[index],
        looks_up: since_1970[index].is_some(),
    };
    Ok((0..partitions.len()).map(extent).collect())
}

/// `lost_since` is since when a partition is known that has lost all its records.
fn start_of(
    partition: ChosenPartition,
    extent: PartitionExtent,
    committed: Option<i64>,
    lost_since: EventTime,
) -> PartitionStart {
    let PartitionExtent { begin, end, first_in_range, looks_up } = extent;
    let (offset, since, history_from_first_record) = if begin == end {
        (end, if end == 0 { KnownSince::Empty } else { KnownSince::At(lost_since) }, end == 0)
    } else {
        match first_in_range {
            Some(first) if first > begin => (first.min(end), KnownSince::BeforeRange, false),
            None if looks_up => (end, KnownSince::BeforeRange, false),
            Some(_) | None => (begin, KnownSince::At(lost_since), true),
        }
    };
    PartitionStart {
        partition,
        begin,
        offset: committed.map_or(offset, |committed| offset.min(committed.max(begin))),
        goal: end,
        history: PartitionHistory { begins_at_zero: begin == 0, since },
        history_from_first_record,
        frontier: committed.unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime::from_seconds(9_000);

    fn start(begin: i64, end: i64, first_in_range: Option<i64>, looks_up: bool) -> (i64, KnownSince, bool) {
        let start = start_of(
            ChosenPartition::of("events", 3),
            PartitionExtent { begin, end, first_in_range, looks_up },
            None,
            NOW,
        );
        assert_eq!((start.partition.number, start.goal, start.frontier), (3, end, 0));
        assert_eq!(start.history.begins_at_zero, begin == 0);
        (start.offset, start.history.since, start.history_from_first_record)
    }

    #[test]
    fn reading_begins_at_the_first_record_of_the_range() {
        assert_eq!(start(10, 50, Some(20), true), (20, KnownSince::BeforeRange, false));
        assert_eq!(start(10, 50, Some(10), true), (10, KnownSince::At(NOW), true), "older records were deleted");
        assert_eq!(
            start(10, 50, Some(60), true),
            (50, KnownSince::BeforeRange, false),
            "the record arrived after the question for the end"
        );
    }

    #[test]
    fn a_log_without_a_record_in_the_range_is_read_from_its_end() {
        assert_eq!(start(10, 50, None, true), (50, KnownSince::BeforeRange, false));
    }

    #[test]
    fn a_broker_that_cannot_look_up_timestamps_loses_no_history() {
        assert_eq!(start(10, 50, None, false), (10, KnownSince::At(NOW), true));
    }

    #[test]
    fn an_empty_log_shows_whether_it_has_ever_held_a_record() {
        assert_eq!(start(0, 0, None, false), (0, KnownSince::Empty, true));
        assert_eq!(start(50, 50, None, false), (50, KnownSince::At(NOW), false));
    }

    #[test]
    fn unwritten_dead_letters_older_than_the_range_are_read_again() {
        let extent = PartitionExtent { begin: 10, end: 50, first_in_range: Some(30), looks_up: true };
        let offsets = [None, Some(5), Some(20), Some(40)].map(|committed| {
            let start = start_of(ChosenPartition::of("events", 0), extent, committed, NOW);
            assert_eq!(
                (start.history.since, start.history_from_first_record),
                (KnownSince::BeforeRange, false),
                "the history stays"
            );
            (start.offset, start.frontier)
        });
        assert_eq!(offsets, [(30, 0), (10, 5), (20, 20), (30, 40)]);
        let nothing_in_range = PartitionExtent { first_in_range: None, ..extent };
        assert_eq!(start_of(ChosenPartition::of("events", 0), nothing_in_range, Some(20), NOW).offset, 20);
    }
}
