//! The cause of an entry: a fact of the leg, or the passing of time.

use ensilinja_model::{FactKind, vocabulary};

/// What an entry of a leg follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A fact of this kind.
    Fact(FactKind),
    /// The passing of time. A fact that arrives in time prevents it.
    Timeout(Timeout),
}

vocabulary! {
    /// The limits that can run out without a fact.
    Timeout {
        /// The local day of a callback's deadline began.
        DayOfDeadline = "day_of_deadline",
        /// A deadline passed.
        Deadline = "deadline",
        /// No deciding fact arrived within the line's `orphan_after`.
        OrphanAfter = "orphan_after",
        /// A callback stayed unresolved for so many working days that it counts as lost.
        GivenUp = "given_up",
    }
}

impl Cause {
    /// The name of the fact or of the timeout, in words joined by `_`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fact(kind) => kind.as_str(),
            Self::Timeout(timeout) => timeout.as_str(),
        }
    }
}
