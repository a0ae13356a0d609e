//! The explanation of a contact: the facts about each of its legs, and what follows from them.

use super::entry::{ExplainedEntry, FormattedInstant, StatedFact};

/// The explanation of a contact.
pub struct ContactExplanation {
    /// The contact id.
    pub contact: String,
    /// The instant that the explanation is for.
    pub at: FormattedInstant,
    /// If set, only events known before this instant count.
    pub known_before: Option<FormattedInstant>,
    /// Its legs, in the order of their first instants.
    pub legs: Vec<ExplainedLeg>,
}

/// The explanation of a leg.
pub struct ExplainedLeg {
    /// Its line.
    pub line: String,
    /// Its visit, if the source names one.
    pub visit: Option<String>,
    /// All facts about it, in the order of their instants.
    pub facts: Vec<ExplainedFact>,
    /// Its entries in the order of their instants, and whether each lies in the future.
    pub entries: Vec<(ExplainedEntry, bool)>,
    /// Its promise and the verdict, one sentence to a line.
    pub promise: Vec<String>,
    /// The same for programs; `None` if the line promises nothing.
    pub verdict: Option<PromiseVerdict>,
    /// Further remarks.
    pub notes: Vec<String>,
}

/// A fact about a leg, and its effect.
pub struct ExplainedFact {
    /// The fact.
    pub fact: StatedFact,
    /// When it became known, if the source has timestamps.
    pub known_since: Option<FormattedInstant>,
    /// Its effect.
    pub effect: FactEffect,
    /// The record of a platform that it was read from; `None` of a `CloudEvent`, which states the fact itself.
    pub record: Option<PlatformRecord>,
}

/// The record of a platform that a fact was read from.
#[derive(Clone)]
pub struct PlatformRecord {
    /// Its type, as the platform spells it.
    pub record_type: Option<String>,
    /// The entry of the configuration that led to the fact, such as `queues."5000"`.
    pub entry: Option<String>,
    /// The value of the record, if it was asked for. It contains personal data.
    pub payload: Option<String>,
}

/// The effect of a fact on the figures.
pub enum FactEffect {
    /// It counts.
    Counts,
    /// An equal fact was stated before.
    Duplicate,
    /// Another fact counts in its place.
    Lost {
        /// The fact that counts.
        to: String,
        /// The instant of that fact.
        at: FormattedInstant,
    },
    /// It is an attempt beyond the earliest 1000 with its result, and does not count.
    Surplus,
    /// It decided the leg until a fact within a minute after it superseded it.
    Superseded {
        /// The fact that supersedes it.
        by: String,
        /// The instant of that fact.
        at: FormattedInstant,
    },
}

/// A promise and its verdict, for programs.
pub struct PromiseVerdict {
    /// `answer` or `callback`.
    pub promise: &'static str,
    /// The term in the notation of the configuration.
    pub term: Option<String>,
    /// The instant from which the applied limits are valid; `None` for the initial limits.
    pub valid_from: Option<FormattedInstant>,
    /// The start of the term.
    pub from: FormattedInstant,
    /// The first instant that is too late, if there is a deadline.
    pub deadline: Option<FormattedInstant>,
    /// `kept`, `broken` or `void`; `pending` until it is settled.
    pub verdict: &'static str,
    /// When it was settled, or will be without further events.
    pub at: FormattedInstant,
    /// The cause of the verdict.
    pub cause: &'static str,
}

impl FactEffect {
    /// The name in JSON.
    pub(super) const fn as_str(&self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Duplicate => "duplicate",
            Self::Lost { .. } => "lost",
            Self::Surplus => "surplus",
            Self::Superseded { .. } => "superseded",
        }
    }
}
