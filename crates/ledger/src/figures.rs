//! The result of a read: the figures of every line at one instant, as plain values.

use ensilinja_model::{EventTime, vocabulary};

use crate::figure::{Due, Promise, Window};
use crate::lazy_min_queue::EarliestKeys;
use crate::rules::LineRules;
use crate::sums::Sums;

vocabulary! {
    /// The quantiles of waits.
    Quantile {
        /// Half of the waits are at most this long.
        Median = "0.5",
        /// Nine of ten waits are at most this long.
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

    /// Its index among this many waits in ascending order: at least its share of them is at or before it.
    #[must_use]
    pub const fn index_among(self, waits: usize) -> usize {
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
    /// The instant of the figures: a whole second, never earlier than that of an earlier read.
    pub as_of: EventTime,
    /// The latest local midnight.
    pub day_start: EventTime,
    /// By line, in the order of the line table.
    pub lines: Vec<LineFigures>,
    /// The number of legs in memory.
    pub legs: usize,
}

/// The figures of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFigures {
    /// Contacts that are waiting now.
    pub waiting: i64,
    /// The longest present wait in ms; 0 if no contact is waiting.
    pub waiting_oldest_ms: i64,
    pub(crate) outstanding: [i64; Due::ALL.len()],
    /// The age of the oldest outstanding callback request, in ms; 0 if there is none.
    pub callback_oldest_ms: i64,
    /// For how long the overdue callback with the earliest deadline has been overdue, in ms; 0 if none is overdue.
    pub callback_overdue_oldest_ms: i64,
    /// The earliest future deadline of an outstanding callback; `None` if there is none.
    pub callback_next_due: Option<EventTime>,
    /// The open time of the line until that deadline, in ms.
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
    /// The figures of an instant without windows, from the sums since the beginning and the earliest keys at the
    /// instant.
    pub(crate) fn at(now: EventTime, rules: &LineRules, balance: &Sums, earliest: EarliestKeys) -> Self {
        let age_ms = |since: Option<EventTime>| since.map_or(0, |since| now.millis_since(since).max(0));
        Self {
            waiting: balance.waiting(),
            waiting_oldest_ms: age_ms(earliest.waiting),
            outstanding: balance.outstanding(),
            callback_oldest_ms: age_ms(earliest.outstanding),
            callback_overdue_oldest_ms: age_ms(earliest.overdue),
            callback_next_due: earliest.due,
            callback_next_due_open_ms: earliest.due.map(|deadline| rules.hours.open_ms_between(now, deadline)),
            pending: balance.pending(),
            open: rules.hours.is_open(now),
            last_change: rules.hours.last_change(now),
            next_change: rules.hours.next_change(now),
            windows: [const { None }; Window::ALL.len()],
        }
    }

    /// Whether any contact is waiting, has a callback outstanding, or has a promise pending.
    pub(crate) fn has_any_leg(&self) -> bool {
        self.waiting != 0 || self.outstanding.iter().chain(&self.pending).any(|count| *count != 0)
    }

    /// Unresolved callback requests in this due state. The sum over all states is the number of outstanding callbacks.
    #[must_use]
    pub const fn callbacks_outstanding(&self, due: Due) -> i64 {
        self.outstanding[due as usize]
    }

    /// Promises that were made and are not settled yet.
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
    /// The sums of the window. Late events are included.
    pub sums: Sums,
    /// Quantiles of the waits of answered contacts; `None` without answers.
    pub answer_wait_quantiles: Option<Quantiles>,
    /// Quantiles of the waits for callbacks, in elapsed time; `None` if no customer was reached.
    pub callback_wait_quantiles: Option<Quantiles>,
}

/// The quantiles of a distribution of waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quantiles(pub(crate) [u64; Quantile::ALL.len()]);

impl Quantiles {
    /// The quantile in ms, within 1 %.
    #[must_use]
    pub const fn ms(self, quantile: Quantile) -> u64 {
        self.0[quantile as usize]
    }
}
