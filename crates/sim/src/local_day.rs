//! Instants and the local clock, by way of jiff and nothing else.

use ensilinja_model::EventTime;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::finnish_days::nth_working_day_after;

/// What the local clock shows at an instant.
pub(crate) fn local(at: EventTime, zone: &TimeZone) -> DateTime {
    let timestamp =
        Timestamp::from_millisecond(at.as_millis()).expect("simulated instants are in jiff's ten thousand years");
    zone.to_datetime(timestamp)
}

/// The first instant at which the local clock shows a time, or the first after the gap that swallows it.
pub(crate) fn instant(local: DateTime, zone: &TimeZone) -> EventTime {
    let zoned = local.to_zoned(zone.clone()).expect("simulated instants are in jiff's ten thousand years");
    EventTime::from_millis(zoned.timestamp().as_millisecond())
}

/// The local midnight at which a day starts.
pub(crate) fn midnight(day: Date, zone: &TimeZone) -> EventTime {
    instant(day.at(0, 0, 0, 0), zone)
}

/// When a callback asked for at `requested` is given up: 23:59:59 of the last of its working days.
pub(crate) fn given_up_at(requested: EventTime, working_days: u16, zone: &TimeZone) -> EventTime {
    let last_day = nth_working_day_after(local(requested, zone).date(), working_days);
    instant(last_day.at(23, 59, 59, 0), zone)
}

/// The day before.
pub(crate) fn day_before(day: Date) -> Date {
    day.checked_sub(Span::new().days(1)).expect("simulated days have a day before them")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_callback_is_given_up_at_the_last_second_of_the_fifth_working_day_after_it() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        // Friday 24 October 2025, 15:00 in Helsinki (UTC+3); the clocks go back on Sunday.
        let requested = instant(date(2025, 10, 24).at(15, 0, 0, 0), &zone);
        let friday = date(2025, 10, 31).at(23, 59, 59, 0);
        assert_eq!(given_up_at(requested, 5, &zone), instant(friday, &zone));
        assert_eq!(instant(friday, &zone).as_millis(), 1_761_947_999_000);
    }
}
