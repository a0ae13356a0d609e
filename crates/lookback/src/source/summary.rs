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
    /// A topic was deleted and created again between two readings.
    #[error(
        "{name} was deleted and created again while the source was read for the second time: run the command again"
    )]
    TopicReplaced {
        /// The topic.
        name: String,
    },
    /// A topic that a pattern matches came between two readings.
    #[error("the topic {name} came while the source was read for the second time: run the command again")]
    TopicCame {
        /// The topic.
        name: String,
    },
    /// A topic that a pattern had matched was gone at the second reading.
    #[error("the topic {name} was gone when the source was read for the second time: run the command again")]
    TopicGone {
        /// The topic.
        name: String,
    },
}

/// How the topics of a second reading differ from those of the first.
pub(super) fn changed_topics(first: &[ScannedTopic], second: &[ScannedTopic]) -> Option<SourceError> {
    let missing_in =
        |others: &[ScannedTopic], topic: &&ScannedTopic| others.iter().all(|other| other.name != topic.name);
    if let Some(gone) = first.iter().find(|topic| missing_in(second, topic)) {
        return Some(SourceError::TopicGone { name: gone.name.clone() });
    }
    if let Some(came) = second.iter().find(|topic| missing_in(first, topic)) {
        return Some(SourceError::TopicCame { name: came.name.clone() });
    }
    let replaced = second.iter().find(|topic| !first.contains(topic));
    replaced.map(|topic| SourceError::TopicReplaced { name: topic.name.clone() })
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

#[cfg(test)]
mod tests {
    use ensilinja_kafka::TopicId;

    use super::*;

    #[test]
    fn a_topic_that_came_went_or_was_replaced_between_two_readings_is_named_and_told_as_it_is() {
        let topics = |named: &[(&str, u128)]| -> Vec<ScannedTopic> {
            let topic =
                |(name, id): &(&str, u128)| ScannedTopic { name: (*name).to_owned(), id: TopicId::from_bits(*id) };
            named.iter().map(topic).collect()
        };
        let first = topics(&[("calls", 1), ("chats", 2)]);
        let told = |second: &[(&str, u128)]| changed_topics(&first, &topics(second)).map(|error| error.to_string());
        assert_eq!(told(&[("calls", 1), ("chats", 2)]), None);
        for (second, expected) in [
            (&[("calls", 1), ("chats", 3)][..], "chats was deleted and created again while"),
            (&[("calls", 1), ("chats", 2), ("mail", 4)], "the topic mail came while"),
            (&[("chats", 2)], "the topic calls was gone when"),
        ] {
            let told = told(second).unwrap();
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
