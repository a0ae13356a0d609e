//! How far back the figures can be right: how much of the range the log still holds.
//!
//! A partition that still begins at offset 0 has lost nothing: there was nothing before its first record, so a
//! partition added yesterday does not shorten the history. A partition that retention has cut says nothing about the
//! time before its first record. The log as a whole reaches back as far as the worst of the cut partitions.

use ensilinja_model::EventTime;

/// Since when all records of a partition are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownSince {
    /// The log has a record from before the range, so it holds the whole range.
    BeforeRange,
    /// Since this instant: the time of the first record, or of the discovery that records are missing.
    At(EventTime),
    /// The partition has never held a record.
    Empty,
}

/// What one partition says about the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartitionHistory {
    /// Nothing was ever deleted from the partition.
    pub(crate) begins_at_zero: bool,
    pub(crate) since: KnownSince,
}

/// How far back the log of a topic reaches. The default is a log that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TopicHistory {
    /// Every record since this instant is known; never before the requested range. `None` while the topic has held no
    /// record.
    pub start: Option<EventTime>,
    /// Every partition still begins at offset 0: nothing was deleted, so there was nothing before `start`.
    pub from_first_record: bool,
}

/// Joins the histories of all partitions. `range_start` is the start of the requested range.
pub(crate) fn history(histories: &[PartitionHistory], range_start: EventTime) -> TopicHistory {
    let since = |history: &PartitionHistory| match history.since {
        KnownSince::BeforeRange => Some(range_start),
        KnownSince::At(at) => Some(at.max(range_start)),
        KnownSince::Empty => None,
    };
    let cut = histories.iter().filter(|history| !history.begins_at_zero);
    let whole = histories.iter().filter(|history| history.begins_at_zero);
    let from_first_record = !histories.is_empty() && histories.iter().all(|history| history.begins_at_zero);
    let start = cut.filter_map(since).max().or_else(|| whole.filter_map(since).min());
    TopicHistory { start, from_first_record }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: EventTime = EventTime::from_seconds(1_000);

    fn at(seconds: i64) -> KnownSince {
        KnownSince::At(EventTime::from_seconds(seconds))
    }

    fn partition(begins_at_zero: bool, since: KnownSince) -> PartitionHistory {
        PartitionHistory { begins_at_zero, since }
    }

    fn seconds(histories: &[PartitionHistory]) -> (Option<i64>, bool) {
        let history = history(histories, RANGE);
        (history.start.map(EventTime::floor_second), history.from_first_record)
    }

    #[test]
    fn a_log_older_than_the_range_covers_all_of_it() {
        assert_eq!(
            seconds(&[partition(false, KnownSince::BeforeRange), partition(false, at(10))]),
            (Some(1_000), false)
        );
    }

    #[test]
    fn the_cut_partition_that_reaches_back_least_decides() {
        assert_eq!(
            seconds(&[partition(false, at(2_000)), partition(false, at(3_000)), partition(true, at(9))]),
            (Some(3_000), false)
        );
    }

    #[test]
    fn a_log_that_lost_nothing_reaches_back_to_its_very_first_record() {
        let histories = [partition(true, at(5_000)), partition(true, at(2_000)), partition(true, KnownSince::Empty)];
        assert_eq!(seconds(&histories), (Some(2_000), true));
    }

    #[test]
    fn a_topic_without_records_has_no_history_yet() {
        assert_eq!(seconds(&[partition(true, KnownSince::Empty)]), (None, true));
        assert_eq!(seconds(&[]), (None, false));
    }
}
