//! How far back the figures can be right: what of the wanted range the log still holds.
//!
//! A partition that still begins at offset 0 has lost nothing, so what lies before its first record is known to be
//! nothing, and a partition added yesterday costs no history. A partition that retention has cut tells nothing of the
//! time before its first record. The log as a whole reaches back to where the worst of the cut partitions does.

use ensilinja_model::EventTime;

/// Since when a partition's records are all known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// The log has a record from before the range, so all of the range is there.
    BeforeRange,
    /// From here on: the time of its first record, or of the moment at which records were found to be missing.
    At(EventTime),
    /// It has never held a record.
    Empty,
}

/// What one partition tells of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Nothing was ever deleted from it.
    pub(crate) begins_at_zero: bool,
    pub(crate) since: Since,
}

/// What the log tells of the past. The default is a log that tells nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// From here on every record is known; never before the range that was asked for. `None` while the topic has not
    /// held a record.
    pub start: Option<EventTime>,
    /// Every partition still began at offset 0: nothing was deleted, so before `start` there was nothing.
    pub from_first_record: bool,
}

/// Puts the partitions together. `range_start` is where reading was asked to begin.
pub(crate) fn history(reaches: &[Reach], range_start: EventTime) -> History {
    let since = |reach: &Reach| match reach.since {
        Since::BeforeRange => Some(range_start),
        Since::At(at) => Some(at.max(range_start)),
        Since::Empty => None,
    };
    let cut = reaches.iter().filter(|reach| !reach.begins_at_zero);
    let whole = reaches.iter().filter(|reach| reach.begins_at_zero);
    let from_first_record = !reaches.is_empty() && reaches.iter().all(|reach| reach.begins_at_zero);
    let start = cut.filter_map(since).max().or_else(|| whole.filter_map(since).min());
    History { start, from_first_record }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: EventTime = EventTime::from_seconds(1_000);

    fn at(seconds: i64) -> Since {
        Since::At(EventTime::from_seconds(seconds))
    }

    fn reach(begins_at_zero: bool, since: Since) -> Reach {
        Reach { begins_at_zero, since }
    }

    fn seconds(reaches: &[Reach]) -> (Option<i64>, bool) {
        let history = history(reaches, RANGE);
        (history.start.map(EventTime::floor_second), history.from_first_record)
    }

    #[test]
    fn a_log_older_than_the_range_covers_all_of_it() {
        assert_eq!(seconds(&[reach(false, Since::BeforeRange), reach(false, at(10))]), (Some(1_000), false));
    }

    #[test]
    fn the_worst_of_the_cut_partitions_decides() {
        assert_eq!(
            seconds(&[reach(false, at(2_000)), reach(false, at(3_000)), reach(true, at(9))]),
            (Some(3_000), false)
        );
    }

    #[test]
    fn a_log_that_lost_nothing_reaches_back_to_its_very_first_record() {
        let reaches = [reach(true, at(5_000)), reach(true, at(2_000)), reach(true, Since::Empty)];
        assert_eq!(seconds(&reaches), (Some(2_000), true));
    }

    #[test]
    fn a_topic_without_records_has_no_history_yet() {
        assert_eq!(seconds(&[reach(true, Since::Empty)]), (None, true));
        assert_eq!(seconds(&[]), (None, false));
    }
}
