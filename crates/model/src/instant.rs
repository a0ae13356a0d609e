//! Instants: whole milliseconds since the Unix epoch, UTC.

use std::fmt;

/// An instant: whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Sub-millisecond digits of a source are truncated towards the past beforehand. Every `i64` is a valid instant.
/// Arithmetic saturates: an instant at the end of time is wrong already and must not cause a panic too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime(i64);

impl EventTime {
    /// The earliest instant.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest instant. Also used for *never*.
    pub const MAX: Self = Self(i64::MAX);

    /// The instant `ms` milliseconds after the epoch; before it if negative.
    #[must_use]
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// The instant `s` seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(s: i64) -> Self {
        Self(s.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Seconds since the epoch with a fraction, as metrics print them. Exact to the millisecond until the year 200 000.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// The second that contains this instant.
    #[must_use]
    #[inline]
    pub const fn floor_second(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The first whole second at or after this instant.
    #[must_use]
    #[inline]
    pub const fn ceil_second(self) -> i64 {
        let floor = self.0.div_euclid(1000);
        if self.0.rem_euclid(1000) == 0 { floor } else { floor + 1 }
    }

    /// This instant moved by `ms` milliseconds.
    #[must_use]
    #[inline]
    pub const fn plus_millis(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative if `earlier` is later.
    #[must_use]
    #[inline]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Debug for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_round_towards_the_past_and_up_on_both_sides_of_the_epoch() {
        for (ms, floor, ceil) in [(0, 0, 0), (1, 0, 1), (999, 0, 1), (1000, 1, 1), (-1, -1, 0), (-1000, -1, -1)] {
            let at = EventTime::from_millis(ms);
            assert_eq!((at.floor_second(), at.ceil_second()), (floor, ceil), "{ms} ms");
        }
    }

    #[test]
    fn arithmetic_at_the_ends_of_time_saturates() {
        assert_eq!(EventTime::MAX.plus_millis(1), EventTime::MAX);
        assert_eq!(EventTime::MIN.millis_since(EventTime::MAX), i64::MIN);
    }
}
