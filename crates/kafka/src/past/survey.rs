//! Where to begin and to end in each partition that is to be read.

use ensilinja_model::EventTime;

use super::Stretch;
use super::error::PastError;
use super::offset_range::OffsetRange;
use crate::history::{Reach, Since};
use crate::inquiry::{Inquiry, Obstacle};
use crate::start::survey_past;

/// How to read one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) partition: i32,
    /// The first offset to read.
    pub(super) offset: i64,
    /// The first offset that is not read.
    pub(super) goal: i64,
    pub(super) reach: Reach,
    /// The timestamp of the first record read says how far back the partition reaches.
    pub(super) first_record_tells: bool,
}

/// Why it cannot be said where to begin.
pub(super) enum NoSurvey {
    /// It may pass.
    Obstacle(Obstacle),
    /// It will not.
    Never(PastError),
}

impl From<Obstacle> for NoSurvey {
    fn from(obstacle: Obstacle) -> Self {
        Self::Obstacle(obstacle)
    }
}

/// Asks the broker, and decides for every partition that is to be read.
pub(super) fn survey(inquiry: &Inquiry<'_>, stretch: &Stretch<'_>) -> Result<Vec<Start>, NoSurvey> {
    if !stretch.offsets.is_empty() {
        return ranges(inquiry, stretch.offsets);
    }
    let starts = (0..).zip(survey_past(inquiry, stretch.from)?).map(|(partition, start)| Start {
        partition,
        offset: start.offset,
        goal: start.goal,
        reach: start.reach,
        first_record_tells: start.first_record_tells,
    });
    Ok(starts.collect())
}

fn ranges(inquiry: &Inquiry<'_>, ranges: &[OffsetRange]) -> Result<Vec<Start>, NoSurvey> {
    let count = inquiry.partition_count()?;
    let (ends, begins) = (inquiry.ends(count)?, inquiry.begins(count)?);
    let extents: Vec<(i64, i64)> = begins.into_iter().zip(ends).collect();
    ranges_of(inquiry.topic, ranges, &extents).map_err(NoSurvey::Never)
}

/// The ranges, held against where each partition begins and ends.
fn ranges_of(topic: &str, ranges: &[OffsetRange], extents: &[(i64, i64)]) -> Result<Vec<Start>, PastError> {
    let mut starts: Vec<Start> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let topic = topic.to_owned();
        let extent = usize::try_from(range.partition).ok().and_then(|partition| extents.get(partition));
        let Some(&(begin, end)) = extent else {
            return Err(PastError::NoPartition { topic, partition: range.partition, count: extents.len() });
        };
        if starts.iter().any(|start| start.partition == range.partition) {
            return Err(PastError::PartitionTwice { partition: range.partition });
        }
        let goal = range.to.unwrap_or(end);
        if range.from < begin || range.from >= end || goal > end {
            return Err(PastError::Outside { topic, range: *range, begin, end });
        }
        let reach = Reach { begins_at_zero: begin == 0, since: Since::At(EventTime::MAX) };
        let partition = range.partition;
        starts.push(Start { partition, offset: range.from, goal, reach, first_record_tells: true });
    }
    Ok(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A topic of two partitions, one of which has lost its first ten records.
    fn ranges(words: &[&str]) -> Result<Vec<(i32, i64, i64)>, String> {
        let ranges: Vec<OffsetRange> = words.iter().map(|word| word.parse().unwrap()).collect();
        let starts = ranges_of("events", &ranges, &[(0, 5), (10, 50)]).map_err(|error| error.to_string())?;
        Ok(starts.iter().map(|start| (start.partition, start.offset, start.goal)).collect())
    }

    #[test]
    fn the_named_partitions_are_read_and_no_others() {
        assert_eq!(ranges(&["1:10..50"]).unwrap(), [(1, 10, 50)]);
        assert_eq!(ranges(&["1:20..", "0:4..5"]).unwrap(), [(1, 20, 50), (0, 4, 5)]);
    }

    #[test]
    fn what_the_log_does_not_hold_is_refused_and_what_it_holds_is_said() {
        for outside in ["1:9..20", "1:50..", "1:10..51", "1:60..70"] {
            let error = ranges(&["0:0..", outside]).unwrap_err();
            assert_eq!(
                error,
                format!("{outside} is not all in the log: partition 1 of events holds the offsets 10..50"),
            );
        }
        let error = ranges(&["2:0.."]).unwrap_err();
        assert_eq!(error, "events has no partition 2: it has 2, counted from 0");
        let error = ranges(&["0:0..1", "0:1..2"]).unwrap_err();
        assert_eq!(error, "partition 0 is named twice: name it once, with one stretch of its offsets");
    }
}
