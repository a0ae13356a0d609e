//! Events: one fact about one leg at one instant.

use crate::{AttemptResult, CloseResult, EventTime, FactKind, FeedbackAnswer, LineIndex, Outcome, Stage};

/// A leg, contact x line x visit, as a keyed 128-bit hash of the three.
///
/// The hash is all that is ever kept of a contact's id. Its key is random per process, so the value means nothing
/// outside the process that made it: it must not be logged, exposed or stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegKey(u128);

impl LegKey {
    /// The leg with this hash.
    #[must_use]
    pub const fn new(hash: u128) -> Self {
        Self(hash)
    }

    /// The hash; all 128 bits are evenly spread, so any 64 of them serve as a hash of their own.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }
}

impl std::fmt::Debug for LegKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LegKey(..)")
    }
}

/// What is said to have happened to a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The contact arrived at the line.
    Offered,
    /// It was put in a queue.
    Queued,
    /// Somebody answered while the customer was there.
    Answered,
    /// The customer gave up waiting.
    Abandoned(Stage),
    /// The customer asked to be called back.
    CallbackRequested,
    /// Somebody tried to call back.
    CallbackAttempted(AttemptResult),
    /// The customer was reached.
    CallbackReached,
    /// The callback request was closed without the customer being reached.
    CallbackClosed(CloseResult),
    /// The contact was moved to another line, where it starts a leg of its own with its own `offered`.
    Transferred,
    /// The contact was over.
    Ended,
    /// The professional recorded how the contact came out.
    OutcomeRecorded(Outcome),
    /// The customer answered a question about the contact.
    FeedbackReceived(FeedbackAnswer),
    /// The record of the leg was wrong: it counts for nothing.
    Retracted,
}

impl Fact {
    /// The kind of this fact, without what it says.
    #[must_use]
    pub const fn kind(self) -> FactKind {
        match self {
            Self::Offered => FactKind::Offered,
            Self::Queued => FactKind::Queued,
            Self::Answered => FactKind::Answered,
            Self::Abandoned(_) => FactKind::Abandoned,
            Self::CallbackRequested => FactKind::CallbackRequested,
            Self::CallbackAttempted(_) => FactKind::CallbackAttempted,
            Self::CallbackReached => FactKind::CallbackReached,
            Self::CallbackClosed(_) => FactKind::CallbackClosed,
            Self::Transferred => FactKind::Transferred,
            Self::Ended => FactKind::Ended,
            Self::OutcomeRecorded(_) => FactKind::OutcomeRecorded,
            Self::FeedbackReceived(_) => FactKind::FeedbackReceived,
            Self::Retracted => FactKind::Retracted,
        }
    }
}

/// One fact about one leg at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The leg it is about; the line is part of the leg's identity.
    pub leg: LegKey,
    /// The line of the leg.
    pub line: LineIndex,
    /// When it happened, as the source says.
    pub at: EventTime,
    /// What happened.
    pub fact: Fact,
}
