//! Finnish holidays and working days, computed one day at a time.
//!
//! The calendar of the product is tested against this one. So it is written from the acts and the almanac, and shares
//! no code with the product.

use jiff::civil::{Date, Weekday, date};

/// Easter Sunday, by Gauss's algorithm with the century terms.
fn easter_sunday(year: i16) -> Date {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let century = year_number / 100;
    let moon = (15 - (13 + 8 * century) / 25 + century - century / 4) % 30;
    let sun = (4 + century - century / 4) % 7;
    let to_full_moon = (19 * golden + moon) % 30;
    let to_sunday = (2 * (year_number % 4) + 4 * (year_number % 7) + 6 * to_full_moon + sun) % 7;
    let days_after_22_march = match (to_full_moon, to_sunday) {
        (29, 6) => 28,
        (28, 6) if (11 * moon + 11) % 30 < 19 => 27,
        _ => to_full_moon + to_sunday,
    };
    days_after(date(year, 3, 22), days_after_22_march)
}

fn days_after(start: Date, days: i32) -> Date {
    (0..days).fold(start, |day, _| next_day(day))
}

fn days_before(start: Date, days: i32) -> Date {
    (0..days).fold(start, |day, _| day.yesterday().expect("the simulated years have a day before every day"))
}

fn next_day(day: Date) -> Date {
    day.tomorrow().expect("the simulated years have a day after every day")
}

/// Whether the day is an official holiday: the church holidays of the Church Order, 1 May and 6 December. Christmas Eve
/// and Midsummer Eve are not official holidays.
pub(crate) fn is_official_holiday(day: Date) -> bool {
    let easter = easter_sunday(day.year());
    let moving =
        [days_before(easter, 2), easter, days_after(easter, 1), days_after(easter, 39), days_after(easter, 49)];
    let saturday_between = |first: (i8, i8), last: (i8, i8)| {
        day.weekday() == Weekday::Saturday && (first..=last).contains(&(day.month(), day.day()))
    };
    moving.contains(&day)
        || [(1, 1), (1, 6), (5, 1), (12, 6), (12, 25), (12, 26)].contains(&(day.month(), day.day()))
        || saturday_between((6, 20), (6, 26))
        || saturday_between((10, 31), (11, 6))
}

/// Whether the day is Midsummer Eve (the Friday between 19 and 25 June) or Christmas Eve. They are not official
/// holidays, but the OpenStreetMap notation of opening hours counts both among the public holidays of Finland.
pub(crate) fn is_eve(day: Date) -> bool {
    let midsummer = day.weekday() == Weekday::Friday && day.month() == 6 && (19..=25).contains(&day.day());
    midsummer || (day.month(), day.day()) == (12, 24)
}

/// Whether the day is a weekday, Monday to Friday, and not an official holiday.
pub(crate) fn is_working_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_official_holiday(day)
}

/// The `n`th working day after `day`, not counting `day` itself; `day` for `n` = 0.
pub(crate) fn nth_working_day_after(day: Date, n: u16) -> Date {
    let mut found = 0;
    let mut candidate = day;
    while found < n {
        candidate = next_day(candidate);
        if is_working_day(candidate) {
            found += 1;
        }
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_agrees_with_the_almanac() {
        let almanac = [
            (1954, 4, 18),
            (1981, 4, 19),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
            (2049, 4, 18),
        ];
        for (year, month, day) in almanac {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

    #[test]
    fn the_official_holidays_of_2026_agree_with_the_almanac() {
        let listed: Vec<Date> =
            (0..365).map(|n| days_after(date(2026, 1, 1), n)).filter(|day| is_official_holiday(*day)).collect();
        let almanac = [
            (1, 1),
            (1, 6),
            (4, 3),
            (4, 5),
            (4, 6),
            (5, 1),
            (5, 14),
            (5, 24),
            (6, 20),
            (10, 31),
            (12, 6),
            (12, 25),
            (12, 26),
        ];
        assert_eq!(listed, almanac.map(|(month, day)| date(2026, month, day)));
        assert!(is_eve(date(2026, 6, 19)) && is_eve(date(2026, 12, 24)) && !is_eve(date(2026, 6, 20)));
    }

    #[test]
    fn working_days_count_from_the_next_day_and_skip_weekends_and_holidays() {
        // Wednesday before Maundy Thursday 2026: Thursday, then Tuesday after Easter.
        assert_eq!(nth_working_day_after(date(2026, 4, 1), 1), date(2026, 4, 2));
        assert_eq!(nth_working_day_after(date(2026, 4, 1), 2), date(2026, 4, 7));
        // A Saturday: Monday is the first.
        assert_eq!(nth_working_day_after(date(2025, 9, 20), 5), date(2025, 9, 26));
        // Christmas Eve is a working day.
        assert_eq!(nth_working_day_after(date(2025, 12, 23), 2), date(2025, 12, 29));
    }
}
