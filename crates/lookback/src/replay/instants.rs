//! The instants of a replay: from the first to the last, one step after the other.
//!
//! ```text
//! --from 2025-10-25T12:00 --to 2025-10-28T11:00 --step 1d
//!    Sat 12:00          Sun 12:00          Mon 12:00        (Tue 11:00 is not a whole step)
//!        |---- 25 hours ----|---- 24 hours ----|
//! ```
//!
//! Each instant is a whole number of steps after the first, so one day without a local time does not move the days
//! after it.

use std::iter::once;
use std::str::FromStr;

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use crate::local_time::{instant_of, zoned};

/// The most instants of one replay. A year of seconds has three times as many.
pub const MOST_INSTANTS: usize = 10_000_000;

/// The distance from one instant to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayStep {
    /// A number of seconds.
    Seconds(u32),
    /// A number of local days: the same time on another day.
    Days(u32),
}

impl ReplayStep {
    /// Its length in seconds; a local day counts as 24 hours.
    #[must_use]
    pub fn seconds(self) -> i64 {
        match self {
            Self::Seconds(seconds) => seconds.into(),
            Self::Days(days) => i64::from(days) * 86_400,
        }
    }
}

impl FromStr for ReplayStep {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let unit = text.chars().last()?;
            let number: u32 = text.strip_suffix(unit)?.parse().ok().filter(|number| (1..=100_000).contains(number))?;
            match unit {
                's' => Some(Self::Seconds(number)),
                'm' => Some(Self::Seconds(number.checked_mul(60)?)),
                'h' => Some(Self::Seconds(number.checked_mul(3_600)?)),
                'd' => Some(Self::Days(number)),
                _ => None,
            }
        };
        read().ok_or("it should be a number of seconds, minutes, hours or local days, such as 30s, 15m, 1h or 1d")
    }
}

/// The instants from `first` to `last`, both included; `None` if there are more than [`MOST_INSTANTS`]. They are whole
/// seconds, as figures are.
#[must_use]
pub fn replay_instants(first: EventTime, last: EventTime, step: ReplayStep, zone: &TimeZone) -> Option<Vec<EventTime>> {
    let first = EventTime::from_seconds(first.floor_second());
    let begin = zoned(first, zone);
    let nth = |n: i64| match step {
        ReplayStep::Seconds(seconds) => Some(first.plus_millis(n.checked_mul(i64::from(seconds) * 1_000)?)),
        ReplayStep::Days(days) => {
            let span: Span = n.checked_mul(i64::from(days)).and_then(|days| 0.days().try_days(days).ok())?;
            begin.checked_add(span).ok().map(|zoned| instant_of(&zoned))
        }
    };
    let following = (1..).map_while(nth).take_while(|at| *at <= last);
    let instants: Vec<EventTime> = once(first).chain(following).take(MOST_INSTANTS + 1).collect();
    (instants.len() <= MOST_INSTANTS).then_some(instants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::only_instant;

    fn local(from: &str, to: &str, step: &str) -> Vec<String> {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let [first, last] = [from, to].map(|at| only_instant(at.parse().unwrap(), &zone).unwrap());
        let instants = replay_instants(first, last, step.parse().unwrap(), &zone).unwrap();
        instants.into_iter().map(|at| zoned(at, &zone).strftime("%d %H:%M%:z").to_string()).collect()
    }

    #[test]
    fn the_last_is_included_if_a_step_ends_there() {
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:30", "15m").len(), 3);
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:29", "15m").len(), 2);
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:00", "15m").len(), 1);
    }

    #[test]
    fn a_step_of_a_day_is_a_local_day_and_one_of_an_hour_is_3600_seconds() {
        assert_eq!(
            local("2025-10-25T12:00", "2025-10-28T11:00", "1d"),
            ["25 12:00+03:00", "26 12:00+02:00", "27 12:00+02:00"]
        );
        assert_eq!(local("2025-10-26T00:00", "2025-10-27T00:00", "1h").len(), 26, "25 hours have 26 ends");
        assert_eq!(local("2026-03-29T00:00", "2026-03-30T00:00", "1h").len(), 24);
    }

    #[test]
    fn a_day_without_the_local_time_does_not_move_the_days_after_it() {
        assert_eq!(
            local("2026-03-28T03:30", "2026-03-30T03:30", "1d"),
            ["28 03:30+02:00", "29 04:30+03:00", "30 03:30+03:00"]
        );
    }

    #[test]
    fn too_many_instants_are_none() {
        let (first, zone) = (EventTime::from_seconds(0), TimeZone::UTC);
        let seconds = |seconds| replay_instants(first, EventTime::from_seconds(seconds), ReplayStep::Seconds(1), &zone);
        assert_eq!(seconds(9_999_999).map(|all| all.len()), Some(MOST_INSTANTS));
        assert_eq!(seconds(10_000_000), None);
    }

    #[test]
    fn a_step_is_a_number_of_seconds_minutes_hours_or_local_days() {
        for (text, step) in [
            ("30s", Some(ReplayStep::Seconds(30))),
            ("15m", Some(ReplayStep::Seconds(900))),
            ("1h", Some(ReplayStep::Seconds(3_600))),
            ("7d", Some(ReplayStep::Days(7))),
            ("0h", None),
            ("h", None),
            ("", None),
            ("1w", None),
            ("-1h", None),
            ("1ä", None),
        ] {
            assert_eq!(text.parse().ok(), step, "{text}");
        }
    }
}
