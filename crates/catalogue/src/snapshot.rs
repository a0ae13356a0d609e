//! A snapshot: everything there is to say at one instant, taken once for each request that asks.
//!
//! The server knows neither where events come from nor when figures are ready; it shows what the [`Source`] says. An
//! absent value is shown as absent, never as 0.

use ensilinja_ledger::Figures;
use ensilinja_model::{Channel, EventTime};

/// The figures and the state of the pipeline at one instant.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The instant it was taken, by the clock that the whole process goes by.
    pub now: EventTime,
    /// The figures of every line, in the order of the line cards; `None` until they have been rebuilt.
    pub figures: Option<Figures>,
    /// Whether the figures are complete, and why not.
    pub readiness: Readiness,
    /// The share of the history that has been read, 0 to 1.
    pub rebuild_progress: f64,
    /// The partitions of the topic, number 0 first; empty while they are not known.
    pub partitions: Vec<PartitionState>,
    /// Dead letters acknowledged since the start of the process, by reason. Each reason there can be is listed from the
    /// start, with 0: an increase from nothing to 1 would not be seen.
    pub dead_letters: Vec<(&'static str, u64)>,
    /// How often another log has taken the place of the one that was read, by reason, each reason there can be from the
    /// start with 0.
    pub log_replaced: Vec<(&'static str, u64)>,
    /// Everything published before this has been read; `None` while that cannot be said.
    pub complete_until: Option<EventTime>,
    /// Every event since this instant has been read or will be; `None` while that cannot be said.
    pub history_start: Option<EventTime>,
    /// Opening hours and holidays are known until here; `None` if for ever.
    pub calendar_valid_until: Option<EventTime>,
    /// How far the computer's clock is from the one that figures go by, in ms: 0 while it is believed, positive if it
    /// is ahead.
    pub clock_disbelieved_ms: i64,
    /// How many times the computer's clock was set by more than is tolerated.
    pub clock_steps: u64,
    /// When the newest event of each channel happened, no later than it came, for the channels that had one.
    pub newest_events: Vec<(Channel, EventTime)>,
    /// What is wrong around the pipeline, though figures may be right.
    pub hazards: Hazards,
}

/// What is wrong around the pipeline without a figure that shows it.
#[derive(Clone, Debug, Default)]
pub struct Hazards {
    /// Dead letters that wait to be written.
    pub dead_letters_waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written, in seconds; 0 if neither.
    pub dead_letters_blocked_seconds: f64,
    /// The settings that were judged: the topic's part, the setting by Kafka's name, and whether it is wrong. Empty
    /// while none could be looked at.
    pub topic_settings: Vec<(&'static str, String, bool)>,
    /// Every way in which the connection to the brokers can be unsafe, with whether it is.
    pub insecure: Vec<(&'static str, bool)>,
}

/// Whether the figures are complete.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    /// Whether they are: rebuilt, and not more than a minute behind.
    pub complete: bool,
    /// Why not, each a line of plain text; also what else the reader should know while they are.
    pub reasons: Vec<String>,
}

/// How far a partition has been read.
#[derive(Clone, Copy, Debug)]
pub struct PartitionState {
    /// How many records of it have not been read.
    pub lag_messages: i64,
    /// The age of the next record; 0 if there is none.
    pub lag_seconds: f64,
    /// Whether it has been read up to where it ended when the process started.
    pub ready: bool,
}
