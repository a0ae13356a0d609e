//! Events: one fact about one leg at one instant.

use crate::{AttemptResult, CloseResult, EventTime, FactKind, FeedbackAnswer, LineIndex, Outcome, Stage};

/// The key of a leg: a keyed 128-bit hash of contact, line and visit.
///
/// The hash is all that is kept of a contact's id. Its secret is random for each process, so the value has no meaning
/// outside the process that made it. It must not be logged, exposed or stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LegKey(u128);

impl LegKey {
    /// The key with this hash.
    #[must_use]
    pub const fn new(hash: u128) -> Self {
        Self(hash)
    }

    /// The hash. Its 128 bits are uniformly distributed, so any 64 of them are a hash as well.
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

/// A fact about a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The contact arrived at the line.
    Offered,
    /// The contact entered a queue.
    Queued,
    /// The contact was answered while the customer was waiting.
    Answered,
    /// The customer abandoned the contact while waiting.
    Abandoned(Stage),
    /// The contact had waited too long, or there was no room for it: the platform took it out of the queue.
    TimedOut,
    /// The source does not know how long the contact waited. It knows how the wait ended.
    WaitUnknown,
    /// The customer requested a callback.
    CallbackRequested,
    /// A callback was attempted.
    CallbackAttempted(AttemptResult),
    /// The customer was reached by a callback.
    CallbackReached,
    /// The callback request was closed without reaching the customer.
    CallbackClosed(CloseResult),
    /// The contact was transferred to another line, where it starts a new leg with its own `offered`.
    Transferred,
    /// The contact ended.
    Ended,
    /// The professional recorded the outcome of the contact.
    OutcomeRecorded(Outcome),
    /// The customer answered a feedback question about the contact.
    FeedbackReceived(FeedbackAnswer),
    /// The leg was recorded by mistake and does not count.
    Retracted,
}

impl Fact {
    /// The kind of this fact, without its value.
    #[must_use]
    pub const fn kind(self) -> FactKind {
        match self {
            Self::Offered => FactKind::Offered,
            Self::Queued => FactKind::Queued,
            Self::Answered => FactKind::Answered,
            Self::Abandoned(_) => FactKind::Abandoned,
            Self::TimedOut => FactKind::TimedOut,
            Self::WaitUnknown => FactKind::WaitUnknown,
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
    /// The leg. Its key includes the line.
    pub leg: LegKey,
    /// The line of the leg.
    pub line: LineIndex,
    /// When it happened, according to the source.
    pub at: EventTime,
    /// The fact.
    pub fact: Fact,
}
