//! The course of the day: what happened in each quarter of an hour since the local midnight.
//!
//! ```text
//! midnight  slot 0  |  slot 1  |  ...  |  the slot of `as_of`
//! |-- 900 seconds --|----------|       |------ as_of |
//! ```
//!
//! Slots are 900 seconds of real time, so a day has 96 of them, or 92 or 100 when the clocks change. They cut the
//! window `today` into pieces: what they hold adds up to that window's figures, and where it is absent they are, too.
//! They are summed from the minute log when they are asked for, which is a visit of today's minutes.

use ensilinja_model::EventTime;

use crate::account::Account;
use crate::entry_kind::EntryKind;
use crate::figure::Decision;

/// The length of a slot, in seconds.
pub const INTERVAL_SECONDS: i64 = 900;

/// What happened on every line since the local midnight, slot by slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intraday {
    /// The instant it is true for: a whole second.
    pub as_of: EventTime,
    /// The local midnight at which the first slot begins.
    pub day_start: EventTime,
    /// One entry a line, in the order of the line table: a slot each from midnight to that of [`as_of`](Self::as_of);
    /// `None` (absent, which is not low) while history does not reach back to midnight.
    pub lines: Vec<Option<Vec<Interval>>>,
}

/// What happened on a line in one slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Contacts that arrived.
    pub offered: i64,
    /// Contacts answered.
    pub answered: i64,
    /// Contacts that stopped waiting because the customer asked to be called back.
    pub callback_requested: i64,
    /// Contacts given up, at whatever stage and however soon.
    pub abandoned: i64,
}

impl Interval {
    /// The slots after the second `midnight` up to and including `until`, of which the last may not be over.
    pub(crate) fn all_between(account: &Account, midnight: i64, until: i64) -> Vec<Self> {
        let mut slots = Vec::new();
        let mut before = midnight;
        while before < until {
            let last = (before + INTERVAL_SECONDS).min(until);
            let mut slot = Self::default();
            account.visit(before, last, |kind, n| slot.count(kind, i64::from(n)));
            slots.push(slot);
            before = last;
        }
        slots
    }

    fn count(&mut self, kind: EntryKind, n: i64) {
        if kind.is_arrival() {
            self.offered += n;
        }
        match kind.decision() {
            None => {}
            Some(Decision::Answered) => self.answered += n,
            Some(Decision::CallbackRequested) => self.callback_requested += n,
            Some(
                Decision::AbandonedMenu
                | Decision::AbandonedQueue
                | Decision::AbandonedRinging
                | Decision::AbandonedShort,
            ) => self.abandoned += n,
        }
    }
}
