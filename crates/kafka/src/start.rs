//! Where to begin in each partition, so that nothing of the range is missed.
//!
//! Beginning earlier than needed is always right (what is older than the range is counted as too old), beginning later
//! never is. The end is asked for *before* the timestamps are looked up: a record that arrives in between lies behind
//! the end that is used. What is committed is asked for before the end: another process may commit meanwhile, and a
//! commit past the end would be taken for one of another log.
//!
//! Where dead letters older than the range have not been written yet, reading begins at the first of them. That adds
//! nothing to how far back the figures reach.
//!
//! Who reads the past once ([`survey_past`]) writes no dead letters, and asks for nothing that was committed.

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::commit::Commit;
use crate::history::{Reach, Since};
use crate::inquiry::{Inquiry, Obstacle};

/// Where one partition's log begins and ends, and what the broker found when asked for the range.
#[derive(Clone, Copy, Debug)]
struct Extent {
    begin: i64,
    end: i64,
    /// The first record of the range, if the broker found one.
    first_in_range: Option<i64>,
    /// Records can be looked up by their timestamp: the broker can, and some have one.
    looks_up: bool,
}

/// How to read one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The first offset to read.
    pub(crate) offset: i64,
    /// The end of the log at that moment.
    pub(crate) goal: i64,
    pub(crate) reach: Reach,
    /// The timestamp of the first record read says how far back the partition reaches.
    pub(crate) first_record_tells: bool,
    /// Dead letters of earlier offsets have been written.
    pub(crate) frontier: i64,
}

/// Which commits say something of the log that is going to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commits {
    /// Those that [may be](Commit::may_be_of) of the topic of this id, as far as it is known.
    OfTopic(Option<TopicId>),
    /// Those that name the topic of this id: the topic was made anew, so an offset without a name is of the old one.
    Naming(TopicId),
    /// None: the log has lost records since, or was made anew where brokers tell no ids.
    None,
}

impl Commits {
    /// The offset of a commit for a partition that ends at `end`, if it says something.
    fn offset(self, commit: Option<Commit>, end: i64) -> Option<i64> {
        let counts = |commit: &Commit| match self {
            Self::OfTopic(topic_id) => commit.may_be_of(topic_id, end),
            Self::Naming(topic_id) => commit.topic_id == Some(topic_id) && commit.offset <= end,
            Self::None => false,
        };
        commit.filter(counts).map(|commit| commit.offset)
    }
}

/// Asks the broker, and decides for every partition. `now` stands for the reach of a partition that has lost all.
pub(crate) fn survey(
    inquiry: &Inquiry<'_>,
    range_start: EventTime,
    now: EventTime,
    commits: Commits,
) -> Result<Vec<Start>, Obstacle> {
    let count = inquiry.partition_count()?;
    let committed = inquiry.committed(count)?;
    let extents = extents(inquiry, count, range_start)?;
    let start = |(extent, commit): (Extent, Option<Commit>)| start_of(extent, commits.offset(commit, extent.end), now);
    Ok(extents.into_iter().zip(committed).map(start).collect())
}

/// The same without regard to what is committed. The end of time stands for the reach of a partition that has lost
/// all.
pub(crate) fn survey_past(inquiry: &Inquiry<'_>, range_start: EventTime) -> Result<Vec<Start>, Obstacle> {
    let extents = extents(inquiry, inquiry.partition_count()?, range_start)?;
    Ok(extents.into_iter().map(|extent| start_of(extent, None, EventTime::MAX)).collect())
}

fn extents(inquiry: &Inquiry<'_>, count: usize, range_start: EventTime) -> Result<Vec<Extent>, Obstacle> {
    let ends = inquiry.ends(count)?;
    let begins = inquiry.begins(count)?;
    let firsts = inquiry.first_since(count, range_start.as_millis())?;
    // "Nothing since then" is also what a broker says that cannot look up timestamps (librdkafka's mock cluster).
    // Every record of known time was published after 1970. Where none is found in a log that has some, nothing can be
    // looked up there: the broker cannot, or the records have no timestamps. Such a log is read from its beginning.
    let since_1970 = inquiry.first_since(count, 1)?;
    let extent = |partition: usize| Extent {
        begin: begins[partition],
        end: ends[partition].max(begins[partition]),
        first_in_range: firsts[partition],
        looks_up: since_1970[partition].is_some(),
    };
    Ok((0..count).map(extent).collect())
}

fn start_of(extent: Extent, committed: Option<i64>, now: EventTime) -> Start {
    let Extent { begin, end, first_in_range, looks_up } = extent;
    let (offset, since, first_record_tells) = if begin == end {
        (end, if end == 0 { Since::Empty } else { Since::At(now) }, end == 0)
    } else {
        match first_in_range {
            Some(first) if first > begin => (first.min(end), Since::BeforeRange, false),
            None if looks_up => (end, Since::BeforeRange, false),
            Some(_) | None => (begin, Since::At(now), true),
        }
    };
    Start {
        offset: committed.map_or(offset, |committed| offset.min(committed.max(begin))),
        goal: end,
        reach: Reach { begins_at_zero: begin == 0, since },
        first_record_tells,
        frontier: committed.unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime::from_seconds(9_000);

    fn start(begin: i64, end: i64, first_in_range: Option<i64>, looks_up: bool) -> (i64, Since, bool) {
        let start = start_of(Extent { begin, end, first_in_range, looks_up }, None, NOW);
        assert_eq!((start.goal, start.frontier, start.reach.begins_at_zero), (end, 0, begin == 0));
        (start.offset, start.reach.since, start.first_record_tells)
    }

    #[test]
    fn reading_begins_at_the_first_record_of_the_range() {
        assert_eq!(start(10, 50, Some(20), true), (20, Since::BeforeRange, false));
        assert_eq!(start(10, 50, Some(10), true), (10, Since::At(NOW), true), "older records were deleted");
        assert_eq!(
            start(10, 50, Some(60), true),
            (50, Since::BeforeRange, false),
            "it came after the end was asked for"
        );
    }

    #[test]
    fn a_log_without_a_record_in_the_range_is_read_from_its_end() {
        assert_eq!(start(10, 50, None, true), (50, Since::BeforeRange, false));
    }

    #[test]
    fn a_broker_that_cannot_look_up_loses_no_history() {
        assert_eq!(start(10, 50, None, false), (10, Since::At(NOW), true));
    }

    #[test]
    fn an_empty_log_tells_whether_it_ever_held_something() {
        assert_eq!(start(0, 0, None, false), (0, Since::Empty, true));
        assert_eq!(start(50, 50, None, false), (50, Since::At(NOW), false));
    }

    #[test]
    fn dead_letters_that_are_older_than_the_range_and_not_written_are_read_once_more() {
        let extent = Extent { begin: 10, end: 50, first_in_range: Some(30), looks_up: true };
        let offsets = [None, Some(5), Some(20), Some(40)].map(|committed| {
            let start = start_of(extent, committed, NOW);
            assert_eq!((start.reach.since, start.first_record_tells), (Since::BeforeRange, false), "history stays");
            (start.offset, start.frontier)
        });
        assert_eq!(offsets, [(30, 0), (10, 5), (20, 20), (30, 40)]);
        let nothing_in_range = Extent { first_in_range: None, ..extent };
        assert_eq!(start_of(nothing_in_range, Some(20), NOW).offset, 20);
    }

    #[test]
    fn a_commit_of_another_log_says_nothing() {
        let id = TopicId::from_bits;
        let (ours, theirs) = (id(1).unwrap(), id(2));
        let commits = [(5, None), (6, None), (5, id(1)), (6, id(1)), (5, theirs)];
        let offsets = |which: Commits| {
            commits.map(|(offset, topic_id)| which.offset(Some(Commit { offset, topic_id }), 5).is_some())
        };
        assert_eq!(offsets(Commits::OfTopic(id(1))), [true, false, true, false, false]);
        assert_eq!(offsets(Commits::OfTopic(None)), [true, false, true, false, true]);
        assert_eq!(offsets(Commits::Naming(ours)), [false, false, true, false, false]);
        assert_eq!(offsets(Commits::None), [false; 5]);
        assert_eq!(Commits::OfTopic(id(1)).offset(None, 5), None);
    }
}
