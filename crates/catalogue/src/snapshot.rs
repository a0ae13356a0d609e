//! A snapshot: the figures and the state of the pipeline at one instant, taken once for each request.
//!
//! An absent value is shown as absent, never as 0.

use std::sync::Arc;

use ensilinja_ledger::Figures;
use ensilinja_model::{Channel, EventTime};

use crate::access::WebFileState;

/// The figures and the state of the pipeline at one instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The instant at which it was taken, by the clock of the process.
    pub now: EventTime,
    /// The figures of every line, in the order of the line table; `None` until they have been rebuilt.
    pub figures: Option<Figures>,
    /// Whether the figures are complete, and why not.
    pub readiness: Readiness,
    /// The share of the history that has been read, 0 to 1.
    pub rebuild_progress: f64,
    /// The partitions of all topics, by topic and number; empty while they are unknown.
    pub partitions: Vec<PartitionState>,
    /// Dead letters acknowledged since the start of the process, by reason. All possible reasons are listed from the
    /// start, with 0, because Prometheus does not see an increase from an absent series to 1.
    pub dead_letters: Vec<(&'static str, u64)>,
    /// How often another log has replaced the one that was read, by reason; all possible reasons from the start, with
    /// 0.
    pub log_replaced: Vec<(&'static str, u64)>,
    /// Everything published before this has been read; `None` while that is unknown.
    pub complete_until: Option<EventTime>,
    /// Every event since this instant has been read or will be; `None` while that is unknown.
    pub history_start: Option<EventTime>,
    /// Opening hours and holidays are known until this instant; `None` if there is no end.
    pub calendar_valid_until: Option<EventTime>,
    /// How far the computer's clock is ahead of the clock of the figures, in ms. Negative if it is behind; 0 while it
    /// is trusted.
    pub clock_disbelieved_ms: i64,
    /// How often the computer's clock was set by more than the tolerance.
    pub clock_steps: u64,
    /// When the newest event of each channel happened, no later than it was read; only channels that had one.
    pub newest_events: Vec<(Channel, EventTime)>,
    /// Problems around the pipeline that do not show in a figure.
    pub hazards: Hazards,
    /// Every shard of the configuration, and whether it is that of this process; empty of a process that has all lines.
    pub shards: Vec<(String, bool)>,
}

/// The shard of this process, if it has one, of the `shards` of a [`Snapshot`].
#[must_use]
pub fn own_shard(shards: &[(String, bool)]) -> Option<&str> {
    shards.iter().find(|(_, is_own)| *is_own).map(|(name, _)| name.as_str())
}

/// Problems around the pipeline that do not show in a figure.
#[derive(Clone, Debug, Default)]
pub struct Hazards {
    /// Dead letters waiting to be written.
    pub dead_letters_waiting: usize,
    /// How long the oldest of them has waited, or how long writing has failed, in seconds; 0 if neither.
    pub dead_letters_blocked_seconds: f64,
    /// The checked settings: the name of the topic, Kafka's name of the setting, and whether it is wrong. Empty before
    /// the first check.
    pub topic_settings: Vec<(Arc<str>, String, bool)>,
    /// Every security risk of the connection to the brokers, and whether it exists.
    pub insecure: Vec<(&'static str, bool)>,
    /// The web configuration file.
    pub web_file: WebFileState,
    /// The memory in use, where a limit is set; `None` without a limit.
    pub memory: Option<MemoryUse>,
}

/// Memory in use, and the limit at which the process is killed. In bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// What the limit counts, without file pages that can be dropped at any time.
    pub used: u64,
    /// The limit.
    pub limit: u64,
}

/// Whether the figures are complete.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    /// Whether the figures are rebuilt and at most a minute behind.
    pub complete: bool,
    /// The reasons why not, and warnings while they are complete; each a line of plain text.
    pub reasons: Vec<String>,
}

/// How far a partition has been read.
#[derive(Clone, Debug)]
pub struct PartitionState {
    /// The topic.
    pub topic: Arc<str>,
    /// The number of the partition in its topic.
    pub partition: i32,
    /// The number of records not yet read.
    pub lag_messages: i64,
    /// The age of the next record to be read; 0 if all are read.
    pub lag_seconds: f64,
    /// Whether it has been read to the end that it had when the process started.
    pub ready: bool,
}
