//! An event of the simulated platform: a fact about a leg, and when it is reported.

use std::fmt;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_wire::Statement;

/// One fact about one leg, with its identity in the clear. A leg is a contact, a line and a visit.
///
/// A platform reports most facts as they happen. It reports corrected records much later, and facts during an outage
/// afterwards. So [`reported_at`](Self::reported_at) differs from [`at`](Self::at).
#[derive(Clone, PartialEq, Eq)]
pub struct SimEvent {
    /// The instant of the fact.
    pub at: EventTime,
    /// When the platform reports it; not before `at`. Streams of events are in this order.
    pub reported_at: EventTime,
    /// The pseudonym of the contact. It is invented, but protected like a real one.
    pub contact: String,
    /// The line of the leg.
    pub line: LineId,
    /// The visit of the contact to the line, if the platform names it.
    pub visit: Option<String>,
    /// The target of a transfer; only with [`Fact::Transferred`].
    pub to_line: Option<LineId>,
    /// The fact.
    pub fact: Fact,
}

impl SimEvent {
    /// The event in the form of the wire crate.
    #[must_use]
    pub fn statement(&self) -> Statement<'_> {
        Statement {
            contact: &self.contact,
            line: &self.line,
            visit: self.visit.as_deref(),
            to_line: self.to_line.as_ref(),
            at: self.at,
            fact: self.fact,
        }
    }
}

impl fmt::Debug for SimEvent {
    /// Omits the id of the contact.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimEvent")
            .field("at", &self.at)
            .field("reported_at", &self.reported_at)
            .field("line", &self.line)
            .field("visit", &self.visit)
            .field("to_line", &self.to_line)
            .field("fact", &self.fact)
            .finish_non_exhaustive()
    }
}
