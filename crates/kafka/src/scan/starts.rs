//! Where a scan begins and ends in each partition it reads.

use ensilinja_model::EventTime;

use crate::broker_queries::{BrokerQueries, QueryError};
use crate::history::{KnownSince, PartitionHistory};
use crate::partition_start::{PartitionStart, scan_starts};
use crate::scan::error::ScanError;
use crate::scan::scan_range::{OffsetRange, ScanRange};
use crate::topic_choice::ChosenPartition;

/// Why the brokers' answers give no starts.
pub(super) enum StartsError {
    /// It may pass: ask again.
    Query(QueryError),
    /// Asking again does not help.
    Final(ScanError),
}

impl From<QueryError> for StartsError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

/// Asks the broker and decides for every partition in the range. In the order of topics and numbers.
pub(super) fn starts_of(
    queries: &BrokerQueries<'_>,
    partitions: Vec<ChosenPartition>,
    range: &ScanRange<'_>,
) -> Result<Vec<PartitionStart>, StartsError> {
    let mut starts = if range.offsets.is_empty() {
        scan_starts(queries, partitions, range.from)?
    } else {
        let (ends, begins) = (queries.ends(&partitions)?, queries.begins(&partitions)?);
        let extents: Vec<(i64, i64)> = begins.into_iter().zip(ends).collect();
        starts_of_ranges(range.offsets, &partitions, &extents).map_err(StartsError::Final)?
    };
    let place = |start: &PartitionStart| (start.partition.topic.name.clone(), start.partition.number);
    starts.sort_by_cached_key(place);
    Ok(starts)
}

/// Checks the ranges against where each partition begins and ends.
fn starts_of_ranges(
    ranges: &[OffsetRange],
    partitions: &[ChosenPartition],
    extents: &[(i64, i64)],
) -> Result<Vec<PartitionStart>, ScanError> {
    let mut starts: Vec<PartitionStart> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let topic = topic_of(range, partitions)?;
        let is_it = |partition: &ChosenPartition| partition.topic.name == topic && partition.number == range.partition;
        let Some((partition, &(begin, end))) = partitions.iter().zip(extents).find(|(partition, _)| is_it(partition))
        else {
            let count = partitions.iter().filter(|partition| partition.topic.name == topic).count();
            return Err(ScanError::NoPartition { topic, partition: range.partition, count });
        };
        if starts.iter().any(|start| is_it(&start.partition)) {
            return Err(ScanError::PartitionTwice { topic, partition: range.partition });
        }
        let goal = range.to.unwrap_or(end);
        if range.from < begin || range.from >= end || goal > end {
            return Err(ScanError::Outside { topic, range: range.clone(), begin, end });
        }
        starts.push(PartitionStart {
            partition: partition.clone(),
            begin,
            offset: range.from,
            goal,
            history: PartitionHistory { begins_at_zero: begin == 0, since: KnownSince::At(EventTime::MAX) },
            history_from_first_record: true,
            frontier: 0,
        });
    }
    Ok(starts)
}

/// The topic of a range: the one that it names, or the only one.
fn topic_of(range: &OffsetRange, partitions: &[ChosenPartition]) -> Result<String, ScanError> {
    let mut topics: Vec<&str> = partitions.iter().map(|partition| partition.topic.name.as_str()).collect();
    topics.dedup();
    let all = || topics.join(", ");
    match (&range.topic, topics.as_slice()) {
        (Some(topic), _) if topics.contains(&topic.as_str()) => Ok(topic.clone()),
        (Some(_), _) => Err(ScanError::NotRead { range: range.clone(), topics: all() }),
        (None, [topic]) => Ok((*topic).to_owned()),
        (None, _) => Err(ScanError::WhichTopic { range: range.clone(), topics: all() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts_in(topics: &[&str], ranges: &[&str]) -> Result<Vec<(String, i64, i64)>, String> {
        let ranges: Vec<OffsetRange> = ranges.iter().map(|range| range.parse().unwrap()).collect();
        let partitions = topics.iter().flat_map(|topic| [0, 1].map(|number| ChosenPartition::of(topic, number)));
        let partitions: Vec<ChosenPartition> = partitions.collect();
        let extents = [(0, 5), (10, 50)].repeat(topics.len());
        let starts = starts_of_ranges(&ranges, &partitions, &extents).map_err(|error| error.to_string())?;
        Ok(starts.iter().map(|start| (start.partition.to_string(), start.offset, start.goal)).collect())
    }

    /// A topic of two partitions; the second has lost its first ten records.
    fn starts(ranges: &[&str]) -> Result<Vec<(String, i64, i64)>, String> {
        starts_in(&["events"], ranges)
    }

    fn named(starts: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
        starts.iter().map(|(partition, from, to)| ((*partition).to_owned(), *from, *to)).collect()
    }

    #[test]
    fn only_the_named_partitions_are_read() {
        assert_eq!(starts(&["1:10..50"]).unwrap(), named(&[("events/1", 10, 50)]));
        let both = named(&[("events/1", 20, 50), ("events/0", 4, 5)]);
        assert_eq!(starts(&["1:20..", "events/0:4..5"]).unwrap(), both);
    }

    #[test]
    fn a_range_outside_the_log_is_refused_with_what_the_log_holds() {
        for outside in ["1:9..20", "1:50..", "1:10..51", "1:60..70"] {
            let error = starts(&["0:0..", outside]).unwrap_err();
            assert_eq!(
                error,
                format!("{outside} is not all in the log: partition 1 of events holds the offsets 10..50"),
            );
        }
        let error = starts(&["2:0.."]).unwrap_err();
        assert_eq!(error, "events has no partition 2: it has 2, counted from 0");
        let error = starts(&["0:0..1", "0:1..2"]).unwrap_err();
        assert_eq!(error, "events/0 is named twice: name it once, with one range of its offsets");
    }

    #[test]
    fn a_range_of_one_of_several_topics_names_it() {
        let in_two = |ranges: &[&str]| starts_in(&["calls", "chats"], ranges);
        let both = named(&[("chats/0", 0, 5), ("calls/0", 1, 2)]);
        assert_eq!(in_two(&["chats/0:0..", "calls/0:1..2"]).unwrap(), both);
        let error = in_two(&["0:0.."]).unwrap_err();
        assert_eq!(error, "0:0.. is of one of several topics (calls, chats): write it as in calls/0:100..200");
        let error = in_two(&["mail/0:0.."]).unwrap_err();
        assert_eq!(error, "mail/0:0.. is of a topic that is not read: name one of calls, chats");
        assert_eq!(in_two(&["chats/2:0.."]).unwrap_err(), "chats has no partition 2: it has 2, counted from 0");
    }
}
