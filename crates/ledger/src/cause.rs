//! Causes: why a leg took a step. Something was said of it, or time alone went on.

use ensilinja_model::{FactKind, vocabulary};

/// What a step of a leg follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A fact of this kind.
    Said(FactKind),
    /// The passing of time: nothing needs to be said for it, and something said in time would have prevented it.
    Lapsed(Lapse),
}

vocabulary! {
    /// What passes by time alone.
    Lapse {
        /// The local day of a callback's deadline began.
        DayOfDeadline = "day_of_deadline",
        /// A deadline passed.
        Deadline = "deadline",
        /// Nobody said anything decisive of a contact for as long as its line waits for it.
        OrphanAfter = "orphan_after",
        /// Nothing was heard of a callback for so many working days that it counts as lost.
        GivenUp = "given_up",
    }
}

impl Cause {
    /// Its name: that of the fact, or of what lapsed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Said(kind) => kind.as_str(),
            Self::Lapsed(lapse) => lapse.as_str(),
        }
    }
}
