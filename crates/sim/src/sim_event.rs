//! What a simulated platform says: a fact about a leg, and when it comes to say it.

use std::fmt;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_wire::Statement;

/// One fact about one leg, with its identity in the clear: the leg is contact x line x visit.
///
/// A platform mostly says things as they happen. It says a corrected record again long after, and after an outage all
/// that happened meanwhile: so when something is said ([`reported_at`](Self::told_at)) is not when it happened.
#[derive(Clone, PartialEq, Eq)]
pub struct SimEvent {
    /// When it happened.
    pub at: EventTime,
    /// When the platform says so; not before it happened. Streams of events are in this order.
    pub reported_at: EventTime,
    /// The contact's pseudonym. Made up, and treated all the same as if it were somebody's.
    pub contact: String,
    /// The line of the leg.
    pub line: LineId,
    /// Which visit of the contact to the line, where the platform says so.
    pub visit: Option<String>,
    /// Where a transferred contact goes; only with [`Fact::Transferred`].
    pub to_line: Option<LineId>,
    /// What happened.
    pub fact: Fact,
}

impl SimEvent {
    /// What the platform states on the wire.
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
    /// Leaves the contact's id out, as everything that prints must.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimEvent")
            .field("at", &self.at)
            .field("told_at", &self.reported_at)
            .field("line", &self.line)
            .field("visit", &self.visit)
            .field("to_line", &self.to_line)
            .field("fact", &self.fact)
            .finish_non_exhaustive()
    }
}
