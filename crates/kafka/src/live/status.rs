//! The state of reading at one moment, for `/readyz`, the metrics and the log.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ensilinja_model::EventTime;

use crate::dead_letters::queue::DeadLetterQueueStatus;
use crate::diagnostics::topic_review::TopicSettingStatus;
use crate::history::TopicHistory;
use crate::live::log_change::LogChange;
use crate::partition_progress::PartitionProgress;
use crate::security::SecurityRisk;

/// Dead letters that take longer than this to be written cause a warning, even without an error.
const SLOW_WRITE: Duration = Duration::from_secs(30);

/// The state of reading at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct IngestStatus {
    /// The number of the log this status is about: 0 for the log at the start of the process, one more each time
    /// another log takes its place. What was learnt from one log says nothing about the next.
    pub log: u32,
    /// How often each change of the log has happened, in the order of [`LogChange::ALL`].
    pub log_changes: [u64; LogChange::ALL.len()],
    /// Every partition of every topic has been read to where it ended when reading began. Stays true while the log is
    /// the same.
    pub rebuilt: bool,
    /// The part of that which has been read: 0 to 1.
    pub rebuild_progress: f64,
    /// Every record published before this instant is known, apart from those that only repair the past; `None` until
    /// reading has begun. Never goes back while the log is the same.
    pub complete_until: Option<EventTime>,
    /// How far back the log reaches.
    pub history: TopicHistory,
    /// One status for each partition being read, by topic and number.
    pub partitions: Vec<PartitionStatus>,
    /// Why the figures cannot be relied on, for the operator; empty if they can, as far as this crate knows.
    pub not_ready: Vec<String>,
    /// What should be changed although reading goes on: settings of the topics, a missing dead-letter topic, risks of
    /// the connection to the brokers.
    pub warnings: Vec<String>,
    /// The settings of the topics as of the last check; empty before the first.
    pub topic_settings: Vec<TopicSettingStatus>,
    /// The risks of the connection to the brokers.
    pub insecure: Vec<SecurityRisk>,
    /// Dead letters that this process has written, by reason.
    pub dead_letters: BTreeMap<&'static str, u64>,
    /// Dead letters that wait to be written.
    pub dead_letters_waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written; zero if neither.
    pub dead_letters_blocked: Duration,
    /// A thread has panicked: nothing is read any more, and only a restart helps.
    pub failed: bool,
}

/// How far one partition has been read.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionStatus {
    /// The topic.
    pub topic: Arc<str>,
    /// The number of the partition in its topic.
    pub partition: i32,
    /// Offsets not read yet, as of the last probe.
    pub lag_messages: i64,
    /// The age of the records read last, in seconds; 0 if nothing is unread.
    pub lag_seconds: f64,
    /// The partition has been read to where it ended when reading began.
    pub ready: bool,
}

impl PartitionStatus {
    /// The statuses of partitions, by topic and number.
    pub(crate) fn of_all(partitions: &[Arc<PartitionProgress>], now: EventTime) -> Vec<Self> {
        let mut all: Vec<Self> = partitions.iter().map(|partition| Self::of(partition, now)).collect();
        all.sort_by(|one, other| (&one.topic, one.partition).cmp(&(&other.topic, other.partition)));
        all
    }

    fn of(partition: &PartitionProgress, now: EventTime) -> Self {
        let lag_messages = partition.lag();
        let age = EventTime::from_millis(now.millis_since(partition.complete_until()).max(0)).as_seconds_f64();
        Self {
            topic: Arc::from(partition.of.topic.name.as_str()),
            partition: partition.of.number,
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

/// The warning about dead letters that cannot be written; `None` if there is nothing to warn of.
pub(crate) fn dead_letter_warning(status: &DeadLetterQueueStatus) -> Option<String> {
    let is_slow = status.problem.is_none() && status.blocked > SLOW_WRITE;
    let slow = is_slow.then(|| {
        "the brokers accept no dead letters, without an error: check that the dead-letter topic has a leader, and \
         min.insync.replicas of its replicas in sync"
            .to_owned()
    });
    status.problem.clone().or(slow).map(|problem| match status.waiting {
        0 => problem,
        waiting => {
            format!("{waiting} dead letters have waited {} s to be written: {problem}", status.blocked.as_secs())
        }
    })
}
