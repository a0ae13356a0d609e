//! The intraday figures: counts in each 15-minute interval since the local midnight.
//!
//! ```text
//! midnight          |          |       |
//! |-- interval 0 ---|--- 1 ----|  ...  |- last -| as_of
//!     900 seconds
//! ```
//!
//! Intervals are 900 seconds of elapsed time, so a day has 96 of them, or 92 or 100 when the clocks change. They divide
//! the window `today`: they add up to its figures, and are absent when it is absent. Each read sums them from the
//! minute log.

use std::ops::Range;

use ensilinja_model::EventTime;

use crate::account::Account;
use crate::entry_kind::EntryKind;
use crate::figure::Decision;

/// The length of an interval, in seconds.
pub const INTERVAL_SECONDS: i64 = 900;

/// The figures of every line since the local midnight, by interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intraday {
    /// The instant of the figures: a whole second.
    pub as_of: EventTime,
    /// The local midnight at which the first interval begins.
    pub day_start: EventTime,
    /// By line, in the order of the line table: the intervals from midnight to that of [`as_of`](Self::as_of); `None`
    /// (absent, which is not low) while history does not reach back to midnight.
    pub lines: Vec<Option<Vec<Interval>>>,
    /// By line: when it is open on the whole local day, including the rest of it.
    pub open: Vec<Vec<Range<EventTime>>>,
}

/// The figures of a line in one interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Contacts that arrived.
    pub offered: i64,
    /// Contacts answered.
    pub answered: i64,
    /// Contacts decided by a callback request.
    pub callback_requested: i64,
    /// Contacts that timed out, on a line where that counts.
    pub timed_out: i64,
    /// Contacts abandoned at any stage, including short abandons.
    pub abandoned: i64,
}

impl Interval {
    /// The intervals of the seconds (midnight, until]. The last one may be incomplete.
    pub(crate) fn all_between(account: &Account, midnight: i64, until: i64) -> Vec<Self> {
        let mut intervals = Vec::new();
        let mut before = midnight;
        while before < until {
            let last = (before + INTERVAL_SECONDS).min(until);
            let mut interval = Self::default();
            account.visit(before, last, |kind, n| interval.count(kind, i64::from(n)));
            intervals.push(interval);
            before = last;
        }
        intervals
    }

    pub(crate) fn count(&mut self, kind: EntryKind, n: i64) {
        if kind.is_arrival() {
            self.offered += n;
        }
        match kind.decision() {
            None => {}
            Some(Decision::Answered) => self.answered += n,
            Some(Decision::CallbackRequested) => self.callback_requested += n,
            Some(Decision::TimedOut) => self.timed_out += n,
            Some(
                Decision::AbandonedMenu
                | Decision::AbandonedQueue
                | Decision::AbandonedRinging
                | Decision::AbandonedShort,
            ) => self.abandoned += n,
        }
    }
}
