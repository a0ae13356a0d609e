//! What a read returns: the figures of every line at one instant, as plain values.

use ensilinja_model::{EventTime, vocabulary};

use crate::figure::{Due, Promise, Window};
use crate::lazy_min_queue::EarliestKeys;
use crate::rules::LineRules;
use crate::sums::Sums;

vocabulary! {
    /// The quantiles that are read from wait histograms.
    Quantile {
        /// Half of the waits are shorter.
        Median = "0.5",
        /// Nine of ten waits are shorter.
        P90 = "0.9",
    }
}

impl Quantile {
    /// The share of samples at or below the quantile, 0 to 1.
    #[must_use]
    pub const fn share(self) -> f64 {
        match self {
            Self::Median => 0.5,
            Self::P90 => 0.9,
        }
    }

    /// Its place among so many waits in ascending order, from 0: no fewer than its share lie there or before.
    #[must_use]
    pub const fn place_among(self, waits: usize) -> usize {
        let up_to_it = match self {
            Self::Median => waits.div_ceil(2),
            Self::P90 => (waits * 9).div_ceil(10),
        };
        up_to_it.saturating_sub(1)
    }
}

/// The figures of every line at [`as_of`](Self::as_of).
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The instant they are true for: a whole second, never earlier than that of an earlier read.
    pub as_of: EventTime,
    /// The latest local midnight.
    pub day_start: EventTime,
    /// One entry a line, in the order of the line table.
    pub lines: Vec<LineFigures>,
    /// Legs held in memory.
    pub legs: usize,
}

/// The figures of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFigures {
    /// Contacts that wait now.
    pub waiting: i64,
    /// How long the longest of them has waited, in ms; 0 if none waits.
    pub waiting_oldest_ms: i64,
    pub(crate) outstanding: [i64; Due::ALL.len()],
    /// The age of the oldest outstanding callback request, in ms; 0 if there is none.
    pub callback_oldest_ms: i64,
    /// The earliest deadline still ahead of an outstanding callback; `None` if there is none.
    pub callback_next_due: Option<EventTime>,
    /// How much of the time until then the line is open, in ms.
    pub callback_next_due_open_ms: Option<i64>,
    pub(crate) pending: [i64; Promise::ALL.len()],
    /// Whether the line is open.
    pub open: bool,
    /// When it last opened or closed; `None` for a line that never does.
    pub last_change: Option<EventTime>,
    /// When it will next open or close; `None` for a line that never does.
    pub next_change: Option<EventTime>,
    pub(crate) windows: [Option<WindowFigures>; Window::ALL.len()],
}

impl LineFigures {
    /// The figures of an instant, no window among them: of the sums of all time up to it, and of what lasts at it.
    pub(crate) fn at(now: EventTime, rules: &LineRules, balance: &Sums, firsts: EarliestKeys) -> Self {
        let age_ms = |since: Option<EventTime>| since.map_or(0, |since| now.millis_since(since).max(0));
        Self {
            waiting: balance.waiting(),
            waiting_oldest_ms: age_ms(firsts.waiting),
            outstanding: balance.outstanding(),
            callback_oldest_ms: age_ms(firsts.outstanding),
            callback_next_due: firsts.due,
            callback_next_due_open_ms: firsts.due.map(|deadline| rules.hours.open_ms_between(now, deadline)),
            pending: balance.pending(),
            open: rules.hours.is_open(now),
            last_change: rules.hours.last_change(now),
            next_change: rules.hours.next_change(now),
            windows: [const { None }; Window::ALL.len()],
        }
    }

    /// Whether any contact waits, is to be called back or was promised something that is not settled.
    pub(crate) fn has_any_leg(&self) -> bool {
        self.waiting != 0 || self.outstanding.iter().chain(&self.pending).any(|count| *count != 0)
    }

    /// Callback requests not resolved yet whose deadline is this close; the sum over all is what is outstanding.
    #[must_use]
    pub const fn callbacks_outstanding(&self, due: Due) -> i64 {
        self.outstanding[due as usize]
    }

    /// Promises made and not settled yet.
    #[must_use]
    pub const fn promises_pending(&self, promise: Promise) -> i64 {
        self.pending[promise as usize]
    }

    /// The figures of a window; `None` (absent, which is not low) while history does not reach back to its start.
    #[must_use]
    pub fn window(&self, window: Window) -> Option<&WindowFigures> {
        self.windows[window as usize].as_ref()
    }
}

/// The figures of one line in one window.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowFigures {
    /// What happened in the window, whenever it was heard of.
    pub sums: Sums,
    /// Of the waits of the answered; `None` if nobody was.
    pub answer_wait_quantiles: Option<Quantiles>,
    /// Of the waits of those called back, by the clock on the wall; `None` if nobody was reached.
    pub callback_wait_quantiles: Option<Quantiles>,
}

/// Quantiles of a distribution of waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles(pub(crate) [u64; Quantile::ALL.len()]);

impl Quantiles {
    /// The quantile in ms, within 1 %.
    #[must_use]
    pub const fn ms(self, quantile: Quantile) -> u64 {
        self.0[quantile as usize]
    }
}
