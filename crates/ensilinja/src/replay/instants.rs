//! The instants of a replay: from the first to the last, one step after the other.
//!
//! ```text
//! --from 2025-10-25T12:00 --to 2025-10-28T11:00 --step 1d
//!    Sat 12:00          Sun 12:00          Mon 12:00        (Tue 11:00 is no whole step)
//!        |---- 25 hours ----|---- 24 hours ----|
//! ```
//!
//! Each lies a whole number of steps after the first, so that one day without a local time does not move those after
//! it.

use std::iter::once;

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use crate::cli::Step;
use crate::local_time::{instant_of, zoned};

/// The most instants of one replay: a year of seconds is three times as many, and nobody can look at either.
pub const MOST_INSTANTS: usize = 10_000_000;

/// The instants from `first` to `last`, both included; `None` if there are more than [`MOST_INSTANTS`]. They are whole
/// seconds, as figures are.
#[must_use]
pub fn instants(first: EventTime, last: EventTime, step: Step, zone: &TimeZone) -> Option<Vec<EventTime>> {
    let first = EventTime::from_seconds(first.floor_second());
    let begin = zoned(first, zone);
    let nth = |n: i64| match step {
        Step::Seconds(seconds) => Some(first.plus_millis(n.checked_mul(i64::from(seconds) * 1_000)?)),
        Step::Days(days) => {
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
        let instants = instants(first, last, step.parse().unwrap(), &zone).unwrap();
        instants.into_iter().map(|at| zoned(at, &zone).strftime("%d %H:%M%:z").to_string()).collect()
    }

    #[test]
    fn the_last_is_one_of_them_if_a_step_ends_there() {
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:30", "15m").len(), 3);
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:29", "15m").len(), 2);
        assert_eq!(local("2025-09-15T10:00", "2025-09-15T10:00", "15m").len(), 1);
    }

    #[test]
    fn a_day_as_a_step_is_a_local_day_and_an_hour_is_an_hour() {
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
    fn more_than_can_be_are_none() {
        let (first, zone) = (EventTime::from_seconds(0), TimeZone::UTC);
        let seconds = |seconds| instants(first, EventTime::from_seconds(seconds), Step::Seconds(1), &zone);
        assert_eq!(seconds(9_999_999).map(|all| all.len()), Some(MOST_INSTANTS));
        assert_eq!(seconds(10_000_000), None);
    }
}
