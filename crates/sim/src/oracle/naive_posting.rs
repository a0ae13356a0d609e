//! What a leg leaves behind: things that happened at a second, and states it was in for a while.

use ensilinja_model::EventTime;

/// What a posting counts or measures, by the name of its family in the catalogue and its extra labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NaivePosting {
    /// The whole second it is filed under.
    pub second: i64,
    /// The family's name after `ensilinja_window_`.
    pub family: &'static str,
    /// Such as `result="answered"`; empty where the family has no extra label.
    pub labels: String,
    /// 1 for a count, milliseconds for a sample or a part of a sum.
    pub amount: i64,
}

/// A state the leg was in, over [from, to) whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NaiveState {
    /// The name of the family that counts it, after `ensilinja_`.
    pub family: &'static str,
    /// Its extra labels there.
    pub labels: &'static str,
    /// Since when exactly the customer waits for the same thing, for its age.
    pub since: EventTime,
    pub from_second: i64,
    pub to_second: i64,
    /// A deadline that lies ahead all this while.
    pub deadline_ahead: Option<EventTime>,
}
