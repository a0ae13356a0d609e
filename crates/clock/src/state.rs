//! Whether the wall clock is believed, and why not.

/// Whether the wall clock is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockState {
    /// The wall clock is believed.
    Believed,
    /// The wall clock was set and nothing confirms the new time: believed time follows the steady clock.
    Stepped {
        /// The wall clock less the believed time, in ms: positive if it was set ahead.
        by_ms: i64,
    },
    /// The wall clock was set back and new records confirm it. Believed time stands still until the wall clock has
    /// caught up.
    SetBack {
        /// How far believed time is ahead of the wall clock, in ms.
        by_ms: i64,
    },
    /// The wall clock was not set, but all new records have another time.
    Contradicted {
        /// The record timestamps less the believed time, in ms.
        by_ms: i64,
    },
}

impl ClockState {
    /// How far the wall clock is from the believed time, or from the records' time if they contradict it, in ms: 0
    /// while it is believed, negative if it is behind.
    #[must_use]
    pub const fn disbelieved_ms(self) -> i64 {
        match self {
            Self::Believed => 0,
            Self::Stepped { by_ms } => by_ms,
            Self::SetBack { by_ms } | Self::Contradicted { by_ms } => -by_ms,
        }
    }
}
