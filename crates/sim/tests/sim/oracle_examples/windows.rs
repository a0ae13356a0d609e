//! The windows that follow opening hours.

use ensilinja_model::Fact;
use ensilinja_sim::{OracleLine, WeeklyHours};

use super::stand::{Read, line};

/// Whether a window read at an instant still has a contact that arrived at another.
fn holds(line: &OracleLine, window: &str, now: &str, arrival: &str) -> bool {
    Read::at(line, &[(arrival, Fact::Offered)], now).window("contacts_offered", "", window) > 0.0
}

fn open(hours: WeeklyHours) -> OracleLine {
    OracleLine { hours, ..line() }
}

#[test]
fn two_open_hours_reach_back_over_the_night_and_the_weekend() {
    // The second of now counts: at 9:00:00 on Tuesday 3 601 open seconds are of Tuesday, so 3 599 are of Monday.
    assert!(!holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 15:00:00.999"));
    assert!(holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 15:00:01"));
    // What happens while the line is closed is in the window too.
    assert!(holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 23:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-16 10:00:00", "2025-09-16 08:00:00.999"));
    assert!(holds(&line(), "open2h", "2025-09-16 10:00:00", "2025-09-16 08:00:01"));
    // Two hours to the second: the window starts with the opening, not with the closing before.
    assert!(holds(&line(), "open2h", "2025-09-16 09:59:59", "2025-09-16 08:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-16 09:59:59", "2025-09-16 07:59:59"));
    // All Sunday long it is the last two hours of Friday.
    assert!(holds(&line(), "open2h", "2025-09-21 12:00:00", "2025-09-19 14:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-21 12:00:00", "2025-09-19 13:59:59"));
}

#[test]
fn five_open_days_begin_at_the_midnight_of_the_fifth_latest_day_that_has_opened() {
    // Before the opening of Tuesday 16 September: Monday, Friday, Thursday, Wednesday, Tuesday.
    assert!(holds(&line(), "open5d", "2025-09-16 07:59:59.999", "2025-09-09 00:00:00"));
    assert!(!holds(&line(), "open5d", "2025-09-16 07:59:59.999", "2025-09-08 23:59:59"));
    // From the opening on Tuesday itself counts, and the Tuesday before does not.
    assert!(holds(&line(), "open5d", "2025-09-16 08:00:00", "2025-09-10 00:00:00"));
    assert!(!holds(&line(), "open5d", "2025-09-16 08:00:00", "2025-09-09 23:59:59"));
}

#[test]
fn a_line_that_is_open_at_midnight_has_opened_that_day() {
    let night = WeeklyHours::daily(0, 6 * 60).and_again(22 * 60, 24 * 60);
    for hours in [WeeklyHours::round_the_clock(), night] {
        let line = open(hours);
        assert!(holds(&line, "open5d", "2025-09-16 00:00:00", "2025-09-12 00:00:00"));
        assert!(!holds(&line, "open5d", "2025-09-16 00:00:00", "2025-09-11 23:59:59"));
    }
    // A line that closes at midnight has not, until it opens.
    let evenings = open(WeeklyHours::daily(20 * 60, 24 * 60));
    assert!(holds(&evenings, "open5d", "2025-09-16 19:59:59", "2025-09-11 00:00:00"));
    assert!(!holds(&evenings, "open5d", "2025-09-16 20:00:00", "2025-09-11 23:59:59"));
}

#[test]
fn a_line_closed_all_july_shows_its_last_open_time_of_june() {
    let july = open(WeeklyHours::weekdays(8, 16).closed_all(7));
    assert!(holds(&july, "open2h", "2026-07-15 12:00:00", "2026-06-30 14:00:00"));
    assert!(!holds(&july, "open2h", "2026-07-15 12:00:00", "2026-06-30 13:59:59"));
    // 30, 29, 26, 25 and 24 June; the 19th is midsummer eve.
    assert!(holds(&july, "open5d", "2026-08-03 07:59:59", "2026-06-24 00:00:00"));
    assert!(!holds(&july, "open5d", "2026-08-03 07:59:59", "2026-06-23 23:59:59"));
    assert!(!holds(&july, "open5d", "2026-08-03 08:00:00", "2026-06-24 23:59:59"));
}

#[test]
fn two_open_hours_are_hours_of_the_world_when_the_clocks_change() {
    let always = open(WeeklyHours::round_the_clock());
    // At 05:00:00 after the jump from 03:00 to 04:00: an hour since the jump, an hour before it.
    assert!(holds(&always, "open2h", "2026-03-29 05:00:00", "2026-03-29 02:00:01"));
    assert!(!holds(&always, "open2h", "2026-03-29 05:00:00", "2026-03-29 02:00:00"));
    // At 05:00:00 after the clocks went back from 04:00 to 03:00 the second time: 03:00:01, the second time.
    assert!(!holds(&always, "open2h", "2026-10-25 05:00:00", "2026-10-25 03:59:59"));
    assert!(holds(&always, "open2h", "2026-10-25 05:00:00", "2026-10-25 04:00:00"));
}
