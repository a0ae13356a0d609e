//! Conversion between instants and local time, with jiff alone.

use ensilinja_model::EventTime;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::finnish_days::nth_working_day_after;

/// The local time at an instant.
pub(crate) fn local(at: EventTime, zone: &TimeZone) -> DateTime {
    let timestamp =
        Timestamp::from_millisecond(at.as_millis()).expect("simulated instants are in jiff's ten thousand years");
    zone.to_datetime(timestamp)
}

/// The first instant at which the local clock shows this time or a later one: the first of two occurrences, or the jump
/// of the clock for a skipped time.
pub(crate) fn instant(wanted: DateTime, zone: &TimeZone) -> EventTime {
    let zoned = wanted.to_zoned(zone.clone()).expect("simulated instants are in jiff's ten thousand years");
    let mut at = EventTime::from_millis(zoned.timestamp().as_millisecond());
    // For a skipped time jiff returns an instant after the jump. Clocks jump at whole minutes.
    if local(at, zone) != wanted {
        at = EventTime::from_seconds(at.floor_second().div_euclid(60) * 60);
        while local(at.plus_millis(-60_000), zone) >= wanted {
            at = at.plus_millis(-60_000);
        }
    }
    at
}

/// The midnight at the start of a day.
pub(crate) fn midnight(day: Date, zone: &TimeZone) -> EventTime {
    instant(day.at(0, 0, 0, 0), zone)
}

/// The last second of a day, 23:59:59: the first instant that is too late for a deadline on that day.
pub(crate) fn end_of_day(day: Date, zone: &TimeZone) -> EventTime {
    instant(day.at(23, 59, 59, 0), zone)
}

/// When a callback is given up: at the end of the last of these working days after the day of `due`. `due` is the
/// deadline, or the request if no callback is promised.
pub(crate) fn given_up_at(due: EventTime, working_days: u16, zone: &TimeZone) -> EventTime {
    end_of_day(nth_working_day_after(local(due, zone).date(), working_days), zone)
}

/// The previous day.
pub(crate) fn day_before(day: Date) -> Date {
    day.checked_sub(Span::new().days(1)).expect("simulated days have a day before them")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_skipped_time_is_the_jump_and_a_repeated_time_its_first_occurrence() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        // At 03:00 on 29 March 2026 the clocks jump to 04:00; at 04:00 on 25 October they go back to 03:00.
        let jump = EventTime::from_seconds(1_774_746_000);
        assert_eq!(instant(date(2026, 3, 29).at(3, 30, 0, 0), &zone), jump);
        assert_eq!(instant(date(2026, 3, 29).at(3, 0, 0, 0), &zone), jump);
        assert_eq!(instant(date(2026, 3, 29).at(4, 0, 0, 0), &zone), jump);
        assert_eq!(instant(date(2026, 3, 29).at(2, 59, 0, 0), &zone), jump.plus_millis(-60_000));
        let back = instant(date(2026, 10, 25).at(4, 0, 0, 0), &zone);
        assert_eq!(instant(date(2026, 10, 25).at(3, 30, 0, 0), &zone), back.plus_millis(-90 * 60_000));
    }

    #[test]
    fn a_callback_is_given_up_at_the_last_second_of_the_fifth_working_day() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        // Friday 24 October 2025, 15:00 in Helsinki (UTC+3); the clocks go back on Sunday.
        let requested = instant(date(2025, 10, 24).at(15, 0, 0, 0), &zone);
        let friday = date(2025, 10, 31).at(23, 59, 59, 0);
        assert_eq!(given_up_at(requested, 5, &zone), instant(friday, &zone));
        assert_eq!(instant(friday, &zone).as_millis(), 1_761_947_999_000);
    }
}
