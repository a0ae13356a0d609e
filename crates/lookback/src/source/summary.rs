//! What was read, and why reading ended early.

use ensilinja_kafka::ScannedTopic;
use ensilinja_model::{Event, EventTime};

use super::event_source::EventSource;
use crate::coverage::HistoryEvidence;
use crate::local_time::to_the_minute;

/// What was read.
#[derive(Clone, Debug)]
pub struct SourceSummary {
    /// Events delivered.
    pub events: u64,
    /// When the latest of them happened.
    pub latest: Option<EventTime>,
    /// When the last of them became known.
    pub reached: Option<EventTime>,
    /// What is known of where history begins.
    pub evidence: HistoryEvidence,
    /// The topics that were read; none of files.
    pub topics: Vec<ScannedTopic>,
}

/// Reading was stopped before the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "stopped before the end of {name}: {events} events were read{}",
    reached.as_ref().map(|reached| format!(", up to {reached}")).unwrap_or_default()
)]
pub struct StoppedReading {
    /// What was being read.
    pub name: String,
    /// How many events were delivered.
    pub events: u64,
    /// The local time at which the last of them became known.
    pub reached: Option<String>,
}

/// Why a source cannot be read as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Only what was known before an instant is asked for, of files.
    #[error("the lines of a file do not say when they were written, so --known-at cannot be used")]
    FilesHaveNoKnownAt,
    /// Ranges of offsets are asked for, of files.
    #[error("the lines of a file have no offsets")]
    FilesHaveNoOffsets,
    /// Standard input is read twice.
    #[error("standard input is named twice: it can be read only once")]
    StandardInputTwice,
    /// There is no event to work with.
    #[error("{name} has no event of these lines{part}")]
    NoEvents {
        /// The source.
        name: String,
        /// The part that was read, as the end of a sentence; empty for all of it.
        part: String,
    },
    /// The topic was deleted and created again between two reads.
    #[error("{name} was deleted and created again while it was read for the second time: run the command again")]
    TopicReplaced {
        /// The topic.
        name: String,
    },
}

impl SourceSummary {
    pub(super) fn new(source: &EventSource<'_>) -> Self {
        let evidence = HistoryEvidence::new(source.history_source());
        Self { events: 0, latest: None, reached: None, evidence, topics: Vec::new() }
    }

    pub(super) fn add(&mut self, event: &Event, known_at: Option<EventTime>) {
        self.events += 1;
        self.latest = self.latest.max(Some(event.at));
        self.reached = self.reached.max(known_at);
        self.evidence.add(known_at, event.at);
    }

    pub(super) fn stopped(&self, source: &EventSource<'_>) -> StoppedReading {
        let reached = self.reached.map(|at| to_the_minute(at, &source.config.zone));
        StoppedReading { name: source.name(), events: self.events, reached }
    }
}
