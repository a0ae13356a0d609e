//! The parts common to both explanations: entries, and the facts that they follow from.

/// An instant in both notations.
#[derive(Clone, PartialEq, Eq)]
pub struct FormattedInstant {
    /// Local time for people: `2026-03-02 10:15:07`, with the UTC offset if the clock shows this time twice.
    pub local: String,
    /// RFC 3339 for programs: `2026-03-02T10:15:07+02:00`.
    pub rfc_3339: String,
}

/// The amount of a figure, or of a contribution to it.
#[derive(Clone, PartialEq, Eq)]
pub enum Amount {
    /// A count.
    Count(i64),
    /// A duration in ms.
    Duration(i64),
    /// An instant.
    Instant(FormattedInstant),
}

/// The position of an event in its source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactSource {
    /// A record of a topic.
    Record {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset in the partition.
        offset: i64,
    },
    /// A record of a topic, read from an archive of it.
    Archived {
        /// The name of the archive file.
        file: String,
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset in the partition.
        offset: i64,
    },
    /// A line of a file.
    Line {
        /// The file name.
        file: String,
        /// The line number, from 1.
        line: u64,
    },
}

/// Identifies a leg on a given line.
#[derive(Clone, PartialEq, Eq)]
pub struct LegIdentity {
    /// The contact id, as in the source.
    pub contact: String,
    /// The visit, if the source names one.
    pub visit: Option<String>,
}

/// A fact from the source.
#[derive(Clone, PartialEq, Eq)]
pub struct StatedFact {
    /// The fact in words: `abandoned queue`.
    pub fact: String,
    /// The instant of the fact.
    pub at: FormattedInstant,
    /// The first event that states it.
    pub source: Option<FactSource>,
}

/// An entry of a leg, and its cause.
#[derive(Clone, PartialEq, Eq)]
pub struct ExplainedEntry {
    /// The whole second from which the entry counts.
    pub at: FormattedInstant,
    /// The name of the entry, such as `abandoned_queue_beyond`.
    pub step: &'static str,
    /// The measured duration in ms, for entries with a sample.
    pub sample_ms: Option<u32>,
    /// The timeout that caused the entry, in words; `None` if a fact caused it.
    pub lapsed: Option<&'static str>,
    /// The fact that caused the entry, or that started the timeout.
    pub fact: StatedFact,
}
