//! Whether the wall clock is trusted, and why not.

/// Whether the wall clock is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// The wall clock is trusted.
    Trusted,
    /// The wall clock was set and nothing confirms the new time: trusted time follows the steady clock.
    Stepped {
        /// The wall clock less the trusted time, in ms: positive if it was set ahead.
        by_ms: i64,
    },
    /// The wall clock was set back and new records confirm it. Trusted time stands still until the wall clock has
    /// caught up.
    SetBack {
        /// How far trusted time is ahead of the wall clock, in ms.
        by_ms: i64,
    },
    /// The wall clock was not set, but all new records have another time.
    Contradicted {
        /// The record timestamps less the trusted time, in ms.
        by_ms: i64,
    },
}

impl ClockState {
    /// How far the wall clock is from the trusted time, or from the records' time if they contradict it, in ms: 0
    /// while it is trusted, negative if it is behind.
    #[must_use]
    pub const fn disbelieved_ms(self) -> i64 {
        match self {
            Self::Trusted => 0,
            Self::Stepped { by_ms } => by_ms,
            Self::SetBack { by_ms } | Self::Contradicted { by_ms } => -by_ms,
        }
    }
}
