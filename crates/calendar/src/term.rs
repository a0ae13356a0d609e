//! What a promise says about time: how long something may take, in the words of a line's configuration.
//!
//! A term alone is no instant. [`LineHours::deadline`](crate::LineHours::deadline) makes one of it, for what was asked
//! at some instant of some line.

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// At most this long on the clock. Exactly this long is in time.
    Within {
        /// Milliseconds.
        ms: u32,
    },
    /// At most this long while the line is open. Exactly this long is in time.
    WithinOpen {
        /// Milliseconds of open time.
        ms: u32,
    },
    /// The same day. What is asked on a day on which the line does not open, or at or after the day's last closing, may
    /// take until the next day on which it opens.
    SameDay {
        /// When in that day.
        by: By,
    },
    /// So many working days, counted from the day after the one it was asked on.
    WorkingDays {
        /// How many; with 0 it is the day it was asked on, working day or not.
        days: u16,
        /// Which days count.
        of: WorkingDays,
        /// When in the last of them.
        by: By,
    },
}

/// When in a day its time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// At 23:59:59 local time, so that what is too late on a day is too late within that day.
    EndOfDay,
    /// At the day's last closing. A line that is open up to midnight closes at 23:59:59, and so does one that does not
    /// open on that day.
    Closing,
}

/// Which days are working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkingDays {
    /// Monday to Friday, but for the official Finnish holidays.
    Official,
    /// The days on which the line opens, or is open at midnight.
    LineOpen,
}
