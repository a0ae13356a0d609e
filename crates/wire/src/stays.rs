//! Stays: for platforms whose records do not say which stay in a queue they belong to, the records of one call are kept
//! until that is known. It is the only state between records.

use ensilinja_model::{Event, EventTime, LegKey, LineIndex};

/// A part of a stay: what one record says of a call's stay in a queue, without saying which of the stays it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StayPart {
    /// The call in the queue. The legs of its stays are derived from it.
    pub(crate) call: LegKey,
    pub(crate) line: LineIndex,
    pub(crate) at: EventTime,
}

/// Joins the parts of stays. What it returns depends on the set of parts, not on their order.
#[derive(Clone, Debug, Default)]
pub struct Stays {}

impl Stays {
    /// Takes a part, and gives the events that are now known.
    pub fn take(&mut self, part: &StayPart, give: &mut dyn FnMut(Event)) {
        let _ = (part, give);
    }
}
