//! The ledger: events in, figures out.

use ensilinja_model::{Event, EventTime, vocabulary};

use crate::figures::Figures;
use crate::rules::Rules;

vocabulary! {
    /// What an event changed.
    Applied {
        /// It taught a fact.
        Applied = "applied",
        /// It said what was known.
        Unchanged = "unchanged",
        /// It lost to a fact of the same kind that is more than a minute earlier: the platform may be reusing ids.
        Shadowed = "shadowed",
        /// It is older than the range that is being read.
        TooOld = "too_old",
    }
}

/// How far back the log reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Every event since this instant has been read.
    pub start: EventTime,
    /// Whether the log still begins with its first record ever, so that there is nothing before `start` to miss.
    pub from_first_record: bool,
}

/// All legs, all logs.
pub struct Ledger {}

impl Ledger {
    /// An empty ledger for the events from `range_start` on.
    #[must_use]
    pub fn new(rules: Rules, range_start: EventTime) -> Self {
        let _ = (rules, range_start);
        todo!()
    }

    /// Learns what an event says. Never fails: whatever the event says, in whatever order, is joined.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        let _ = event;
        todo!()
    }

    /// The figures at `now`, or at the latest `now` asked for before, if that is later: a read never goes back.
    pub fn figures(&mut self, now: EventTime, history: History) -> Figures {
        let _ = (now, history);
        todo!()
    }
}
