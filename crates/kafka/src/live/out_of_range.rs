//! Topics of which some partition has no record at the reader's cursor: retention has cut them, or they have other
//! records now.
//!
//! ```text
//!   cursor ... begin ......... end     cut: the records in between are gone, reading goes on at `begin`
//!   begin ... cursor ......... end     another log: the record at the cursor was there, and is not any more
//! ```
//! Each topic is judged and recovered on its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long after a failed recovery the next is tried.
const PAUSE: Duration = Duration::from_secs(1);

/// After a recovery without an answer, none is tried for this many times as long as that took. Meanwhile the other
/// topics are read.
const READING_PER_RECOVERY: u32 = 4;

/// For this long after deleted records of a topic were skipped, a partition of it without a record at its cursor is no
/// sign of another log: the client may report the partitions that were cut one after the other.
const SKIPPING: Duration = Duration::from_secs(10);

/// Topics of which some partition has no record at the cursor.
#[derive(Default)]
pub(super) struct OutOfRange {
    topics: BTreeSet<String>,
    /// When deleted records of each topic were last skipped.
    skipped_at: BTreeMap<String, Instant>,
    /// No recovery is tried before this.
    retry_at: Option<Instant>,
}

/// How far a partition was read, and where its log begins and ends now.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadExtent {
    pub(super) cursor: i64,
    pub(super) read_to: i64,
    pub(super) begin: i64,
    pub(super) end: i64,
}

impl OutOfRange {
    /// Some partition of the topic has no record at its cursor.
    pub(super) fn add(&mut self, topic: &str) {
        self.topics.insert(topic.to_owned());
    }

    /// Whether the topic has to be recovered.
    pub(super) fn has(&self, topic: &str) -> bool {
        self.topics.contains(topic)
    }

    /// Takes the topics that are to be recovered now. Those that cannot be are added again.
    pub(super) fn take_due(&mut self, now: Instant) -> BTreeSet<String> {
        let is_due = self.retry_at.is_none_or(|at| now >= at);
        if is_due { std::mem::take(&mut self.topics) } else { BTreeSet::new() }
    }

    /// A recovery that took this long has failed.
    pub(super) fn pause(&mut self, took: Duration, now: Instant) {
        self.retry_at = Some(now + (READING_PER_RECOVERY * took).max(PAUSE));
    }

    /// Whether another log has taken the place of that of the topic, which has these partitions. Otherwise deleted
    /// records are to be skipped.
    pub(super) fn is_another_log(&mut self, topic: &str, partitions: &[ReadExtent], now: Instant) -> bool {
        let is_shorter = partitions.iter().any(|partition| partition.read_to > partition.end);
        let is_cut = partitions.iter().any(|partition| partition.cursor < partition.begin);
        let was_cut = self.skipped_at.get(topic).is_some_and(|at| now.duration_since(*at) < SKIPPING);
        let is_another_log = is_shorter || !(is_cut || was_cut);
        if !is_another_log {
            self.skipped_at.insert(topic.to_owned(), now);
        }
        is_another_log
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: ReadExtent = ReadExtent { cursor: 5, read_to: 5, begin: 8, end: 20 };
    const WHOLE: ReadExtent = ReadExtent { begin: 0, ..CUT };
    const SHORTER: ReadExtent = ReadExtent { begin: 0, end: 4, ..CUT };

    #[test]
    fn a_cut_of_one_topic_hides_no_other_log_under_another() {
        let (mut topics, start) = (OutOfRange::default(), Instant::now());
        assert!(!topics.is_another_log("calls", &[WHOLE, CUT], start));
        assert!(topics.is_another_log("chats", &[WHOLE, WHOLE], start), "only calls were cut");
        assert!(!topics.is_another_log("calls", &[WHOLE, WHOLE], start + SKIPPING / 2), "reported one after the other");
        assert!(topics.is_another_log("calls", &[WHOLE, WHOLE], start + SKIPPING * 2));
        assert!(topics.is_another_log("calls", &[CUT, SHORTER], start + SKIPPING * 2));
    }

    #[test]
    fn a_recovery_without_an_answer_leaves_most_of_the_time_to_the_others() {
        let (mut topics, start) = (OutOfRange::default(), Instant::now());
        topics.add("calls");
        assert_eq!(topics.take_due(start), BTreeSet::from(["calls".to_owned()]));
        assert!(!topics.has("calls"));
        topics.add("calls");
        topics.pause(Duration::from_secs(3), start);
        assert!(topics.take_due(start + Duration::from_secs(11)).is_empty() && topics.has("calls"));
        assert_eq!(topics.take_due(start + Duration::from_secs(12)).len(), 1);
    }
}
