//! Terms: the time that a promise allows, as a line's configuration states it.
//!
//! [`LineHours::deadline`](crate::LineHours::deadline) converts a term to an instant, for a request at some instant on
//! some line.

/// The time that a promise allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// At most this elapsed time. Exactly this time is still kept.
    Within {
        /// Milliseconds.
        ms: u32,
    },
    /// At most this open time. Exactly this time is still kept.
    WithinOpen {
        /// Milliseconds of open time.
        ms: u32,
    },
    /// The same day. For a request on a day on which the line does not open, or at or after the last closing of the
    /// day: the next day on which it opens.
    SameDay {
        /// The time of that day.
        by: DeadlineTime,
    },
    /// A number of working days, counted from the day after the request.
    WorkingDays {
        /// The number. 0 is the day of the request, working day or not.
        days: u16,
        /// The days that count.
        of: WorkingDays,
        /// The time of the last of these days.
        by: DeadlineTime,
    },
}

/// The time of day of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineTime {
    /// 23:59:59 local time, so that a promise for a day breaks within that day.
    EndOfDay,
    /// The last closing of the day; 23:59:59 for a line that is open up to midnight, or does not open on that day.
    Closing,
}

/// The days that count as working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingDays {
    /// Monday to Friday except official Finnish holidays.
    Official,
    /// Days on which the line opens, or is open at midnight.
    LineOpen,
}
