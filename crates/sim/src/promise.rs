//! The promises of a line, for the oracle and the simulated county.

/// The promises of a line. A line may have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinePromise {
    /// The promise of an answer, from arrival.
    pub answer: Option<Within>,
    /// The promise of a callback, from the request until the customer is reached.
    pub callback: Option<Within>,
    /// Whether an abandon breaks the promise. Otherwise it voids it.
    pub abandon_breaks: bool,
}

/// The term of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// This elapsed time in ms.
    Wall(u32),
    /// This open time in ms.
    Open(u32),
    /// The same day; the next day on which the line opens if the same day is no longer possible.
    SameDay(DueBy),
    /// The nth working day after the day on which the term begins.
    WorkingDays(u16, WorkingDay, DueBy),
}

/// The time on the last day at which a term ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBy {
    /// At 23:59:59.
    EndOfDay,
    /// When the line closes.
    Closing,
}

/// Which days are working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingDay {
    /// Monday to Friday except official holidays.
    Official,
    /// Days on which the line opens.
    LineOpen,
}
