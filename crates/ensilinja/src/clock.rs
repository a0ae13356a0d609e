//! The clock: the one place that reads the time. Everything else takes it as an argument.
//!
//! ```text
//! wall:         now = the computer's clock
//! scaled:       now = start + elapsed x speed
//! disciplined:  now = the computer's clock, unless it was set and nothing confirms the new time
//! ```
//!
//! A scaled clock counts from the moment it is made, by the computer's monotonic clock, so that setting the computer's
//! clock during a demo does not move the demo's. A process that shows live figures uses a disciplined clock everywhere:
//! [`ClockDiscipline`] decides what it trusts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ensilinja_clock::{ClockDiscipline, ClockState};
use ensilinja_model::EventTime;

/// Two clocks that are read within this time count as read at the same moment.
const ONE_MOMENT: Duration = Duration::from_millis(20);

/// How often reading two clocks at the same moment is attempted.
const READINGS: u32 = 5;

/// Returns the present time; callable from every thread.
pub type Clock = Arc<dyn Fn() -> EventTime + Send + Sync>;

/// The computer's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn wall() -> Clock {
    Arc::new(|| instant_of(SystemTime::now()))
}

/// A clock that shows `start` now and runs `speed` times as fast as the computer's, for demonstrations.
#[must_use]
pub fn scaled(start: EventTime, speed: u32) -> Clock {
    let origin = Instant::now();
    Arc::new(move || start.plus_millis(scaled_ms(origin.elapsed(), speed)))
}

/// A clock that cannot be set: the time since a moment that stays the same while the process runs.
pub type SteadyClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The clock of a process that shows live figures: the trusted time, and whether the computer's clock is trusted.
#[derive(Clone)]
pub struct LiveClock {
    now: Clock,
    disciplined: Option<Arc<DisciplinedClock>>,
}

/// Whether a [`LiveClock`] trusts the computer's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockStanding {
    /// Whether the computer's clock is trusted, and why not.
    pub state: ClockState,
    /// How many times the computer's clock was set by more than is tolerated, since the process started.
    pub steps: u64,
}

/// Two clocks, and the decision between them.
struct DisciplinedClock {
    wall: Clock,
    steady: SteadyClock,
    discipline: Mutex<ClockDiscipline>,
}

impl LiveClock {
    /// The computer's clock, disciplined by its monotonic clock.
    #[must_use]
    pub fn of_this_computer() -> Self {
        Self::disciplined(wall(), steady())
    }

    /// `wall`, disciplined by `steady`.
    #[must_use]
    pub fn disciplined(wall: Clock, steady: SteadyClock) -> Self {
        let discipline = Mutex::new(ClockDiscipline::new(steady(), wall()));
        let disciplined = Arc::new(DisciplinedClock { wall, steady, discipline });
        let read = Arc::clone(&disciplined);
        Self { now: Arc::new(move || read.read().1), disciplined: Some(disciplined) }
    }

    /// A clock that is always trusted, for demonstrations.
    #[must_use]
    pub const fn trusted(clock: Clock) -> Self {
        Self { now: clock, disciplined: None }
    }

    /// The trusted time as a plain clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Arc::clone(&self.now)
    }

    /// The trusted time.
    #[must_use]
    pub fn now(&self) -> EventTime {
        (self.now)()
    }

    /// Takes the timestamps of records that were published just now, in the order they came.
    pub fn observe_stamps(&self, stamps: &[EventTime]) {
        if let Some(disciplined) = &self.disciplined {
            let mut discipline = disciplined.read().0;
            for stamp in stamps {
                discipline.observe_stamp(*stamp);
            }
        }
    }

    /// To be called about once a second: whether all that the broker has is read.
    pub fn report_progress(&self, all_is_read: bool) {
        if let Some(disciplined) = &self.disciplined {
            disciplined.read().0.report_progress(all_is_read);
        }
    }

    /// Whether the computer's clock is trusted, and how often it was set.
    #[must_use]
    pub fn standing(&self) -> ClockStanding {
        match &self.disciplined {
            Some(disciplined) => {
                let discipline = disciplined.read().0;
                ClockStanding { state: discipline.state(), steps: discipline.steps() }
            }
            None => ClockStanding { state: ClockState::Trusted, steps: 0 },
        }
    }
}

impl DisciplinedClock {
    /// Reads both clocks and returns the trusted time. They are read under the lock, so that readings come in order.
    fn read(&self) -> (MutexGuard<'_, ClockDiscipline>, EventTime) {
        let mut discipline = self.discipline.lock().unwrap_or_else(PoisonError::into_inner);
        let (steady, wall) = at_one_moment(&self.wall, &self.steady);
        let now = discipline.read(steady, wall);
        (discipline, now)
    }
}

/// Both clocks, read at most [`ONE_MOMENT`] apart: a process that is suspended between two readings must not see a
/// step.
fn at_one_moment(wall: &Clock, steady: &SteadyClock) -> (Duration, Option<EventTime>) {
    let mut before = steady();
    for _ in 0..READINGS {
        let (shown, after) = (wall(), steady());
        if after.saturating_sub(before) <= ONE_MOMENT {
            return (after, Some(shown));
        }
        before = after;
    }
    (before, None)
}

/// The time since the computer was started. Suspended time counts, so a laptop that wakes up sees no step.
#[cfg(target_os = "linux")]
#[must_use]
pub fn steady() -> SteadyClock {
    use rustix::time::{DynamicClockId, clock_gettime_dynamic};
    let origin = Instant::now();
    Arc::new(move || match clock_gettime_dynamic(DynamicClockId::Boottime) {
        Ok(time) => {
            let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
            Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
        }
        // A kernel without that clock lacks it at every reading.
        Err(_) => origin.elapsed(),
    })
}

/// The time since this clock was made.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn steady() -> SteadyClock {
    let origin = Instant::now();
    Arc::new(move || origin.elapsed())
}

/// Whole milliseconds since the epoch, rounded towards the past.
fn instant_of(time: SystemTime) -> EventTime {
    let nanos = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => i128::try_from(before.duration().as_nanos()).map_or(i128::MIN, |nanos| -nanos),
    };
    let ms = nanos.div_euclid(1_000_000);
    EventTime::from_millis(i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX }))
}

/// Multiplied before it is rounded to milliseconds, so that a fast clock does not move in jumps of its speed.
fn scaled_ms(elapsed: Duration, speed: u32) -> i64 {
    let ms = elapsed.as_nanos().saturating_mul(u128::from(speed)) / 1_000_000;
    i64::try_from(ms).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_rounded_towards_the_past_on_both_sides_of_the_epoch() {
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
    fn a_scaled_clock_multiplies_time_without_losing_fractions() {
        assert_eq!(scaled_ms(Duration::from_millis(250), 1), 250);
        assert_eq!(scaled_ms(Duration::from_millis(250), 60), 15_000);
        assert_eq!(scaled_ms(Duration::from_micros(100), 3_600), 360);
        assert_eq!(scaled_ms(Duration::MAX, u32::MAX), i64::MAX);
    }

    #[test]
    fn a_scaled_clock_starts_at_the_given_instant_and_never_goes_back() {
        let start = EventTime::from_seconds(1_758_006_900);
        let clock = scaled(start, 1_000);
        let (first, second) = (clock(), clock());
        assert!(start <= first && first <= second, "{start:?} {first:?} {second:?}");
    }
}
