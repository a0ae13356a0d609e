//! The state of reading at one moment, for `/readyz`, the metrics and the log.

use std::collections::BTreeMap;
use std::time::Duration;

use ensilinja_model::EventTime;

use crate::diagnostics::topic_review::TopicSettingStatus;
use crate::history::TopicHistory;
use crate::live::log_change::LogChange;
use crate::partition_progress::PartitionProgress;
use crate::security::SecurityRisk;

/// The state of reading at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestStatus {
    /// Which log of the topic this is about: 0 for the one that was there when the process began to read, one more
    /// each time that another took its place. What was learnt of a log says nothing of the next.
    pub log: u32,
    /// How often each change of the log was met, in the order of [`LogChange::ALL`].
    pub log_changes: [u64; LogChange::ALL.len()],
    /// Every partition has been read to where it ended when reading began. Stays true as long as the log is the same.
    pub rebuilt: bool,
    /// How much of that has been read: 0 to 1.
    pub rebuild_progress: f64,
    /// Every record published before this is known; `None` until reading has begun. Never goes back as long as the log
    /// is the same.
    pub complete_until: Option<EventTime>,
    /// How far back the log reaches.
    pub history: TopicHistory,
    /// One for each partition being read, by number.
    pub partitions: Vec<PartitionStatus>,
    /// Why the figures are not to be relied on, in words for an operator; empty if they are, as far as this crate
    /// knows.
    pub not_ready: Vec<String>,
    /// What should be changed, though reading goes on: the topics' settings, a missing dead-letter topic, how the
    /// brokers are connected to.
    pub warnings: Vec<String>,
    /// The settings of the topics that were looked at last, each with whether it is wrong; none before that.
    pub topic_settings: Vec<TopicSettingStatus>,
    /// In what ways the connection to the brokers is not as safe as the settings seem to ask for.
    pub insecure: Vec<SecurityRisk>,
    /// Dead letters acknowledged by this process, by reason.
    pub dead_letters: BTreeMap<&'static str, u64>,
    /// Dead letters that wait to be written.
    pub dead_letters_waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written; zero if neither.
    pub dead_letters_blocked: Duration,
    /// A thread of the shell has died of a bug: nothing is read any more, and only a restart helps.
    pub failed: bool,
}

/// How far one partition has been read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionStatus {
    /// Offsets not read yet, as of the last probe.
    pub lag_messages: i64,
    /// Age of what has been read, if anything is unread, else 0.
    pub lag_seconds: f64,
    /// It has been read to where it ended when reading began.
    pub ready: bool,
}

impl PartitionStatus {
    pub(crate) fn of(partition: &PartitionProgress, now: EventTime) -> PartitionStatus {
        let lag_messages = partition.lag();
        let age = EventTime::from_millis(now.millis_since(partition.complete_until()).max(0)).as_seconds_f64();
        PartitionStatus {
            lag_messages,
            lag_seconds: if lag_messages > 0 { age } else { 0.0 },
            ready: partition.is_rebuilt(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a progress bar needs no more than 53 bits")]
pub(crate) fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
