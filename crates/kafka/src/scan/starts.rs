//! Where a scan begins and ends in each partition it reads.

use ensilinja_model::EventTime;

use crate::broker_queries::{BrokerQueries, QueryError};
use crate::history::{KnownSince, PartitionHistory};
use crate::partition_start::{PartitionStart, scan_starts};
use crate::scan::error::ScanError;
use crate::scan::scan_range::{OffsetRange, ScanRange};

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

/// Asks the broker and decides for every partition in the range.
pub(super) fn starts_of(
    queries: &BrokerQueries<'_>,
    range: &ScanRange<'_>,
) -> Result<Vec<PartitionStart>, StartsError> {
    if range.offsets.is_empty() {
        return Ok(scan_starts(queries, range.from)?);
    }
    let count = queries.partition_count()?;
    let (ends, begins) = (queries.ends(count)?, queries.begins(count)?);
    let extents: Vec<(i64, i64)> = begins.into_iter().zip(ends).collect();
    starts_of_ranges(queries.topic, range.offsets, &extents).map_err(StartsError::Final)
}

/// Checks the ranges against where each partition begins and ends.
fn starts_of_ranges(
    topic: &str,
    ranges: &[OffsetRange],
    extents: &[(i64, i64)],
) -> Result<Vec<PartitionStart>, ScanError> {
    let mut starts: Vec<PartitionStart> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let topic = topic.to_owned();
        let extent = usize::try_from(range.partition).ok().and_then(|partition| extents.get(partition));
        let Some(&(begin, end)) = extent else {
            return Err(ScanError::NoPartition { topic, partition: range.partition, count: extents.len() });
        };
        if starts.iter().any(|start| start.partition == range.partition) {
            return Err(ScanError::PartitionTwice { partition: range.partition });
        }
        let goal = range.to.unwrap_or(end);
        if range.from < begin || range.from >= end || goal > end {
            return Err(ScanError::Outside { topic, range: range.clone(), begin, end });
        }
        starts.push(PartitionStart {
            partition: range.partition,
            offset: range.from,
            goal,
            history: PartitionHistory { begins_at_zero: begin == 0, since: KnownSince::At(EventTime::MAX) },
            history_from_first_record: true,
            frontier: 0,
        });
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A topic of two partitions; the second has lost its first ten records.
    fn starts(ranges: &[&str]) -> Result<Vec<(i32, i64, i64)>, String> {
        let ranges: Vec<OffsetRange> = ranges.iter().map(|range| range.parse().unwrap()).collect();
        let starts = starts_of_ranges("events", &ranges, &[(0, 5), (10, 50)]).map_err(|error| error.to_string())?;
        Ok(starts.iter().map(|start| (start.partition, start.offset, start.goal)).collect())
    }

    #[test]
    fn only_the_named_partitions_are_read() {
        assert_eq!(starts(&["1:10..50"]).unwrap(), [(1, 10, 50)]);
        assert_eq!(starts(&["1:20..", "0:4..5"]).unwrap(), [(1, 20, 50), (0, 4, 5)]);
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
        assert_eq!(error, "partition 0 is named twice: name it once, with one range of its offsets");
    }
}
