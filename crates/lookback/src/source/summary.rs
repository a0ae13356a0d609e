//! What was read, and why reading ended early.

use ensilinja_kafka::ScannedTopic;
use ensilinja_model::{Event, EventTime};
use ensilinja_wire::{Format, MappingTable};

use super::event_source::EventSource;
use crate::coverage::HistoryEvidence;
use crate::event_file::EventFileSummary;
use crate::local_time::to_the_minute;
use crate::unmapped::{UnmappedKeys, UnmappedOfTable};

/// What to do about calls whose entry was not read.
const WITHOUT_ENTRY_REMEDY: &str = "read the records from before them too (of `queue_log`, lines with ENTERQUEUE; of AMI, \
                                    QueueCallerJoin), and check that the shipper does not filter them out";

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
    /// What the tables of the sources lack.
    pub unmapped: UnmappedKeys,
    /// The number of calls that left a queue without an entry into one that was read.
    pub without_entry: usize,
    /// The files that were read to their ends, and what they held.
    pub(super) files: Vec<(String, EventFileSummary)>,
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
    #[error("{name} has no event of these lines{part}{hint}")]
    NoEvents {
        /// The source.
        name: String,
        /// The part that was read, as the end of a sentence; empty for all of it.
        part: String,
        /// What was found instead, and what to do; empty if that is not known.
        hint: String,
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
        Self {
            events: 0,
            latest: None,
            reached: None,
            evidence,
            topics: Vec::new(),
            unmapped: UnmappedKeys::default(),
            without_entry: 0,
            files: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, event: &Event, known_at: Option<EventTime>) {
        self.events += 1;
        self.latest = self.latest.max(Some(event.at));
        self.reached = self.reached.max(known_at);
        self.evidence.add(known_at, event.at);
    }

    /// Takes over what a file held that was read to its end.
    pub(super) fn add_file(&mut self, name: String, mut file: EventFileSummary) {
        self.unmapped.merge(std::mem::take(&mut file.unmapped));
        self.files.push((name, file));
    }

    /// Logs what was left out, and what to do about it.
    pub(super) fn warn(&self, source: &EventSource<'_>) {
        for (name, file) in &self.files {
            file.log(name);
        }
        let name = source.name();
        self.unmapped.warn(&name);
        if let Some(format) = self.resembled(source) {
            let remedy = source.remedy_of_format(format);
            tracing::warn!(source = name, looks_like = format.as_str(), remedy, "records of another format");
        }
        if self.without_entry > 0 {
            tracing::warn!(
                source = name,
                calls = self.without_entry,
                effect = "they count nowhere",
                remedy = WITHOUT_ENTRY_REMEDY,
                "calls whose entry into a queue was not read"
            );
        }
    }

    /// Why there may be no event, as the end of a sentence.
    pub(super) fn hint(&self, source: &EventSource<'_>) -> String {
        if let Some(format) = self.resembled(source) {
            return format!(": its records look like {}. {}", format.as_str(), source.remedy_of_format(format));
        }
        if let Some(hint) = self.unmapped_hint() {
            return format!(": {hint}");
        }
        match self.without_entry {
            0 => String::new(),
            calls => format!(
                ": {calls} calls left a queue, and the entry of none of them was read. To count them, {WITHOUT_ENTRY_REMEDY}"
            ),
        }
    }

    /// The queues without a line, and what to do.
    #[must_use]
    pub fn unmapped_hint(&self) -> Option<String> {
        let UnmappedOfTable { keys, records, remedy, .. } = self.unmapped.of_table(MappingTable::Queues)?;
        Some(format!("{records} records are of queues without a line ({keys}): {remedy}"))
    }

    fn resembled(&self, source: &EventSource<'_>) -> Option<Format> {
        // A few foreign lines among many events are left out, and said line by line.
        let is_of_it = |file: &&(String, EventFileSummary)| file.1.events == 0;
        let found = self.files.iter().filter(is_of_it).find_map(|(_, file)| file.resembles);
        found.filter(|_| !source.files.is_empty())
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
