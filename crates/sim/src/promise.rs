//! What a line promises its customers, as the oracle and the county's table say it.

/// What a line promises. A line may promise nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinePromise {
    /// From arrival to answer.
    pub answer: Option<Within>,
    /// From callback request to reached.
    pub callback: Option<Within>,
    /// Whether an abandon breaks the promise; else it voids it.
    pub abandon_breaks: bool,
}

/// How much time a promise allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// So many ms by the clock on the wall.
    Wall(u32),
    /// So many ms while the line is open.
    Open(u32),
    /// The same day, or the next day on which the line opens.
    SameDay(DueBy),
    /// The nth working day after.
    WorkingDays(u16, WorkingDay, DueBy),
}

/// When on its last day a promise ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueBy {
    /// 23:59:59.
    EndOfDay,
    /// When the line closes.
    Closing,
}

/// Which days are working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingDay {
    /// Monday to Friday but official holidays.
    Official,
    /// Those on which the line opens.
    LineOpen,
}
