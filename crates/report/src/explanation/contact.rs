//! The explanation of a contact: what is known of each leg, and what follows from it.

use super::entry::{ExplainedEntry, FormattedInstant, StatedFact};

/// What became of a contact.
pub struct ContactExplanation {
    /// Its id.
    pub contact: String,
    /// As of this instant.
    pub at: FormattedInstant,
    /// Only what was known before this instant counts.
    pub known_before: Option<FormattedInstant>,
    /// Its legs, in the order of their first instants.
    pub legs: Vec<ExplainedLeg>,
}

/// What became of a leg.
pub struct ExplainedLeg {
    /// Its line.
    pub line: String,
    /// Its visit, if the source names one.
    pub visit: Option<String>,
    /// What was said of it, in the order of the instants it was said of.
    pub claims: Vec<ExplainedFact>,
    /// Its entries, in the order of their instants; whether each lies in the future.
    pub entries: Vec<(ExplainedEntry, bool)>,
    /// What was promised to it, and what became of that, a sentence a line.
    pub promise: Vec<String>,
    /// The same for programs; `None` where nothing was promised.
    pub verdict: Option<PromiseVerdict>,
    /// Whatever else should be known of it.
    pub notes: Vec<String>,
}

/// Something that was said of a leg, and what became of that.
pub struct ExplainedFact {
    /// What was said.
    pub said: StatedFact,
    /// When it became known, where the source tells.
    pub known: Option<FormattedInstant>,
    /// What became of it.
    pub fate: FactEffect,
}

/// What becomes of something that is said.
pub enum FactEffect {
    /// It counts.
    Counts,
    /// The same was said before.
    Duplicate,
    /// Something else counts in its place.
    Lost {
        /// What counts: the fact and its instant.
        to: String,
        /// Of which instant that is.
        at: FormattedInstant,
    },
    /// It is an attempt beyond the earliest thousand of its result of the contact, and is not counted.
    Surplus,
    /// It decided the leg until something said within a minute of it did.
    Superseded {
        /// What superseded it.
        by: String,
        /// Of which instant that is.
        at: FormattedInstant,
    },
}

/// A promise and its verdict, for programs.
pub struct PromiseVerdict {
    /// `answer` or `callback`.
    pub promise: &'static str,
    /// The term as the configuration has it.
    pub term: Option<String>,
    /// From when the limits hold by which the leg is judged; `None` for those that held from the start.
    pub valid_from: Option<FormattedInstant>,
    /// From when its time is counted.
    pub from: FormattedInstant,
    /// The first instant that is too late, if there is one.
    pub deadline: Option<FormattedInstant>,
    /// `kept`, `broken`, `void`; `pending` while it is not settled.
    pub verdict: &'static str,
    /// When it was settled, or will be if nothing more is said.
    pub at: FormattedInstant,
    /// By what.
    pub cause: &'static str,
}

impl FactEffect {
    /// Its name.
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
