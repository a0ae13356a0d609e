//! The clock: the one place that asks what time it is. Everything else is told.
//!
//! ```text
//! wall:    now = the computer's clock
//! scaled:  now = start + elapsed x speed
//! ```
//!
//! A scaled clock counts from the moment it is made by the computer's monotonic clock, so that setting the computer's
//! clock during a demo does not move the demo's.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ensilinja_model::EventTime;

/// Says what time it is; asked from every thread.
pub type Clock = Arc<dyn Fn() -> EventTime + Send + Sync>;

/// The computer's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock, for everyone else to be told")]
pub fn wall() -> Clock {
    Arc::new(|| instant_of(SystemTime::now()))
}

/// A clock that shows `start` now and goes `speed` times as fast as the computer's; for demonstrations.
#[must_use]
pub fn scaled(start: EventTime, speed: u32) -> Clock {
    let origin = Instant::now();
    Arc::new(move || start.plus_millis(scaled_ms(origin.elapsed(), speed)))
}

/// Whole milliseconds since the epoch, cut towards the past.
fn instant_of(time: SystemTime) -> EventTime {
    let nanos = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => i128::try_from(before.duration().as_nanos()).map_or(i128::MIN, |nanos| -nanos),
    };
    let ms = nanos.div_euclid(1_000_000);
    EventTime::from_millis(i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX }))
}

/// Multiplied before it is cut to milliseconds: a fast clock must not go in jumps of its speed.
fn scaled_ms(elapsed: Duration, speed: u32) -> i64 {
    let ms = elapsed.as_nanos().saturating_mul(u128::from(speed)) / 1_000_000;
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_cut_towards_the_past_on_both_sides_of_the_epoch() {
        for (time, ms) in [
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH + Duration::from_micros(1_999), 1),
            (UNIX_EPOCH - Duration::from_micros(1), -1),
            (UNIX_EPOCH - Duration::from_millis(2), -2),
        ] {
            assert_eq!(instant_of(time), EventTime::from_millis(ms), "{time:?}");
        }
    }

    #[test]
    fn a_scaled_clock_goes_so_many_times_as_fast_without_losing_fractions() {
        assert_eq!(scaled_ms(Duration::from_millis(250), 1), 250);
        assert_eq!(scaled_ms(Duration::from_millis(250), 60), 15_000);
        assert_eq!(scaled_ms(Duration::from_micros(100), 3_600), 360);
        assert_eq!(scaled_ms(Duration::MAX, u32::MAX), i64::MAX);
    }

    #[test]
    fn a_scaled_clock_starts_where_it_is_told_and_never_goes_back() {
        let start = EventTime::from_seconds(1_758_006_900);
        let clock = scaled(start, 1_000);
        let (first, second) = (clock(), clock());
        assert!(start <= first && first <= second, "{start:?} {first:?} {second:?}");
    }
}
