//! What explanations of figures and of contacts share: entries, and the facts that they follow from.

/// An instant, written both ways.
#[derive(Clone, PartialEq, Eq)]
pub struct FormattedInstant {
    /// As people write local time: `2026-03-02 10:15:07`; with its offset where the clock shows it twice.
    pub local: String,
    /// With its offset: `2026-03-02T10:15:07+02:00`.
    pub rfc_3339: String,
}

/// A number of a figure.
#[derive(Clone, PartialEq, Eq)]
pub enum Amount {
    /// How many.
    Count(i64),
    /// How long, in ms.
    Duration(i64),
    /// When.
    Instant(FormattedInstant),
}

/// Where something was said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactSource {
    /// In a record.
    Record {
        /// Of this topic.
        topic: String,
        /// Its partition.
        partition: i32,
        /// Its offset there.
        offset: i64,
    },
    /// In a line of a file.
    Line {
        /// The file.
        file: String,
        /// The number of the line, from 1.
        line: u64,
    },
}

/// Which leg of which contact.
#[derive(Clone, PartialEq, Eq)]
pub struct LegIdentity {
    /// The id of the contact, as the source has it.
    pub contact: String,
    /// Its visit, where the source names one.
    pub visit: Option<String>,
}

/// Something that was said.
#[derive(Clone, PartialEq, Eq)]
pub struct StatedFact {
    /// What: `abandoned queue`.
    pub fact: String,
    /// Of which instant.
    pub at: FormattedInstant,
    /// Where it was said first.
    pub source: Option<FactSource>,
}

/// An entry of a leg: one step, and why it was taken.
#[derive(Clone, PartialEq, Eq)]
pub struct ExplainedEntry {
    /// The second it belongs to.
    pub at: FormattedInstant,
    /// The step, in words with `_` between them.
    pub step: &'static str,
    /// What the step measures, in ms, if it measures anything.
    pub sample_ms: Option<u32>,
    /// What lapsed, in words, if time alone made it.
    pub lapsed: Option<&'static str>,
    /// What was said that it follows from; where time lapsed, what set that time going.
    pub said: StatedFact,
}
