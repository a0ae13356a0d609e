//! Postings of a leg at a second, and its states over a range of seconds.

use ensilinja_model::EventTime;

/// A posting: a count or a measurement of a family at a second.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NaivePosting {
    /// The whole second.
    pub second: i64,
    /// The name of the family after `ensilinja_window_`.
    pub family: &'static str,
    /// The extra labels, such as `result="answered"`; empty if the family has none.
    pub labels: String,
    /// 1 for a count, milliseconds for a sample or a term of a sum.
    pub amount: i64,
}

/// A state of the leg over [from, to) whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NaiveState {
    /// The name of the family after `ensilinja_`.
    pub family: &'static str,
    /// The extra labels.
    pub labels: &'static str,
    /// The exact start of the wait, for its age. Consecutive states of one wait have the same.
    pub since: EventTime,
    pub from_second: i64,
    pub to_second: i64,
    /// A deadline that lies ahead during the whole state.
    pub deadline_ahead: Option<EventTime>,
    /// A deadline that has passed during the whole state.
    pub deadline_missed: Option<EventTime>,
}
