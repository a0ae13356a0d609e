//! Records of a topic that are known from elsewhere, such as archives: how much further back than its log they reach.
//!
//! ```text
//! archives   from|=====A=====|to                         the log begins at offset 900
//!                        from|=====B=====|to             [900 ...............................
//! offsets    0 ........ 400  380 ....... 1000
//! ```
//!
//! `B` was made when the log ended at 1000. The log now begins at 900: all that was published after `B` was made is in
//! the log, so `B` joins it. `B` was read from 380 on, and `A` was made when the log ended at 400, so `A` joins `B`.
//! Otherwise records between the two may be lost, and history begins after them.

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::history::{KnownSince, PartitionHistory, TopicHistory, history};

/// Records of one partition in a range of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierRecords {
    /// The topic.
    pub topic: String,
    /// What tells its log from that of another topic of this name: the id of the topic, or of the cluster.
    pub log_id: Option<String>,
    /// The partition.
    pub partition: i32,
    /// All records since then are known, as far as the log held them.
    pub from: EventTime,
    /// Until then.
    pub to: EventTime,
    /// The first offset that was read.
    pub scan_begin: i64,
    /// The first offset that was not read.
    pub scan_end: i64,
    /// There were no records before those that were read: the log still had its first one.
    pub from_first_record: bool,
    /// Of the offsets that were read, some have records later than `to`.
    pub left_out_later: bool,
}

impl EarlierRecords {
    /// Whether they are of this partition of the topic with this id. Without one the name has to do.
    pub(crate) fn is_of(&self, topic: &str, id: Option<TopicId>, partition: i32) -> bool {
        let has_id = id.is_none_or(|id| self.log_id.as_deref() == Some(&id.to_string()));
        self.partition == partition && self.topic == topic && has_id
    }

    fn log(&self) -> (&str, Option<&str>, i32) {
        (&self.topic, self.log_id.as_deref(), self.partition)
    }
}

/// How far back records reach whose log is gone, or is not asked.
pub struct EarlierPartitions<'a>(pub &'a [EarlierRecords]);

impl EarlierPartitions<'_> {
    /// How far back they reach, from `range_start` on. What joins the latest records of a partition counts.
    #[must_use]
    pub fn history(&self, range_start: EventTime) -> TopicHistory {
        let mut logs = Vec::new();
        let mut histories = Vec::new();
        for records in self.0 {
            if logs.contains(&records.log()) {
                continue;
            }
            logs.push(records.log());
            let of_it: Vec<&EarlierRecords> = self.0.iter().filter(|other| other.log() == records.log()).collect();
            let end = of_it.iter().map(|records| records.scan_end).max().unwrap_or(0);
            let until = of_it.iter().map(|records| records.to).max().unwrap_or(EventTime::MAX);
            let nothing_left = PartitionHistory { begins_at_zero: false, since: KnownSince::At(until) };
            histories.push(extended_history(nothing_left, end, &of_it));
        }
        let found = history(&histories, range_start);
        TopicHistory { start: found.start.filter(|start| *start < EventTime::MAX), ..found }
    }
}

/// The history of a partition whose log begins at the offset `begin`, with that of earlier records of it.
pub(crate) fn extended_history(history: PartitionHistory, begin: i64, earlier: &[&EarlierRecords]) -> PartitionHistory {
    let PartitionHistory { begins_at_zero: false, since: KnownSince::At(since) } = history else { return history };
    let (mut since, mut begin, mut begins_at_zero) = (since, begin, false);
    // The earliest of those that join reaches back furthest, and may be joined in turn.
    let joins = |records: &&&EarlierRecords, since: EventTime, begin: i64| {
        records.scan_end >= begin && (records.to >= since || !records.left_out_later) && records.from < since
    };
    while let Some(records) =
        earlier.iter().filter(|records| joins(records, since, begin)).min_by_key(|records| records.from)
    {
        (since, begin) = (records.from, records.scan_begin.min(begin));
        begins_at_zero |= records.from_first_record;
    }
    PartitionHistory { begins_at_zero, since: KnownSince::At(since) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(seconds: (i64, i64), offsets: (i64, i64)) -> EarlierRecords {
        EarlierRecords {
            topic: "events".to_owned(),
            log_id: None,
            partition: 0,
            from: EventTime::from_seconds(seconds.0),
            to: EventTime::from_seconds(seconds.1),
            scan_begin: offsets.0,
            scan_end: offsets.1,
            from_first_record: offsets.0 == 0,
            left_out_later: true,
        }
    }

    /// Since when a log is known that begins at an offset, whose first record is of a second; and whether from the
    /// first record on.
    fn since(begin: i64, first: i64, earlier: &[EarlierRecords]) -> (i64, bool) {
        let cut = PartitionHistory { begins_at_zero: false, since: KnownSince::At(EventTime::from_seconds(first)) };
        let found = extended_history(cut, begin, &earlier.iter().collect::<Vec<_>>());
        let KnownSince::At(since) = found.since else { panic!("{found:?}") };
        (since.floor_second(), found.begins_at_zero)
    }

    #[test]
    fn months_that_join_each_other_and_the_log_reach_back_to_the_first() {
        let (a, b) = (records((100, 200), (50, 400)), records((200, 300), (380, 1_000)));
        assert_eq!(since(900, 290, &[a.clone(), b.clone()]), (100, false));
        assert_eq!(since(1_000, 300, &[b, a]), (100, false));
        assert_eq!(since(400, 150, &[records((0, 200), (0, 400))]), (0, true), "it has the first record");
    }

    #[test]
    fn a_gap_in_time_or_in_offsets_ends_the_history_after_it() {
        let (a, b) = (records((100, 200), (50, 400)), records((200, 300), (380, 1_000)));
        assert_eq!(since(1_001, 310, &[a.clone(), b.clone()]), (310, false), "offset 1000 is lost");
        assert_eq!(since(900, 310, &[a.clone(), b.clone()]), (310, false), "ten seconds are lost");
        assert_eq!(since(900, 290, &[a, records((200, 300), (401, 1_000))]), (200, false), "offset 400 is lost");
        assert_eq!(since(900, 290, &[]), (290, false));
        let quiet = EarlierRecords { left_out_later: false, ..b };
        assert_eq!(since(1_000, 9_000, &[quiet]), (200, false), "nothing was published in between");
    }

    #[test]
    fn archives_alone_reach_back_like_a_log() {
        let (a, b) = (records((100, 200), (0, 400)), records((200, 300), (380, 1_000)));
        let history = |of: &[EarlierRecords]| {
            let found = EarlierPartitions(of).history(EventTime::from_seconds(10));
            (found.start.map(EventTime::floor_second), found.from_first_record)
        };
        assert_eq!(history(&[a.clone(), b.clone()]), (Some(100), true));
        assert_eq!(history(&[b]), (Some(200), false));
        assert_eq!(history(&[a, records((210, 300), (380, 1_000))]), (Some(210), false));
        assert_eq!(history(&[]), (None, false));
    }
}
