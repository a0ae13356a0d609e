//! The windows that follow opening hours.

use ensilinja_model::Fact;
use ensilinja_sim::{OracleLine, WeeklyHours};

use super::line_reading::{LineReading, line};

/// Whether a window at `now` contains a contact that arrived at `arrival`.
fn holds(line: &OracleLine, window: &str, now: &str, arrival: &str) -> bool {
    LineReading::at(line, &[(arrival, Fact::Offered)], now).window("contacts_offered", "", window) > 0.0
}

fn open(hours: WeeklyHours) -> OracleLine {
    OracleLine { hours, ..line() }
}

#[test]
fn two_open_hours_reach_back_over_the_night_and_the_weekend() {
    // The second of `now` counts: at 9:00:00 on Tuesday, 3 601 open seconds are on Tuesday and 3 599 on Monday.
    assert!(!holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 15:00:00.999"));
    assert!(holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 15:00:01"));
    // The window includes the time while the line is closed.
    assert!(holds(&line(), "open2h", "2025-09-16 09:00:00", "2025-09-15 23:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-16 10:00:00", "2025-09-16 08:00:00.999"));
    assert!(holds(&line(), "open2h", "2025-09-16 10:00:00", "2025-09-16 08:00:01"));
    // Exactly two hours: the window starts with the opening, not with the previous closing.
    assert!(holds(&line(), "open2h", "2025-09-16 09:59:59", "2025-09-16 08:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-16 09:59:59", "2025-09-16 07:59:59"));
    // On Sunday it starts two open hours before the closing on Friday.
    assert!(holds(&line(), "open2h", "2025-09-21 12:00:00", "2025-09-19 14:00:00"));
    assert!(!holds(&line(), "open2h", "2025-09-21 12:00:00", "2025-09-19 13:59:59"));
}

#[test]
fn five_open_days_begin_at_the_midnight_of_the_fifth_latest_day_that_has_opened() {
    // Before the opening on Tuesday 16 September: Monday, Friday, Thursday, Wednesday, Tuesday.
    assert!(holds(&line(), "open5d", "2025-09-16 07:59:59.999", "2025-09-09 00:00:00"));
    assert!(!holds(&line(), "open5d", "2025-09-16 07:59:59.999", "2025-09-08 23:59:59"));
    // From the opening on, Tuesday itself counts, and the previous Tuesday does not.
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
    // A line that closes at midnight has opened only from its opening on.
    let evenings = open(WeeklyHours::daily(20 * 60, 24 * 60));
    assert!(holds(&evenings, "open5d", "2025-09-16 19:59:59", "2025-09-11 00:00:00"));
    assert!(!holds(&evenings, "open5d", "2025-09-16 20:00:00", "2025-09-11 23:59:59"));
}

#[test]
fn a_line_closed_all_july_shows_its_last_open_time_of_june() {
    let july = open(WeeklyHours::weekdays(8, 16).closed_all(7));
    assert!(holds(&july, "open2h", "2026-07-15 12:00:00", "2026-06-30 14:00:00"));
    assert!(!holds(&july, "open2h", "2026-07-15 12:00:00", "2026-06-30 13:59:59"));
    // 30, 29, 26, 25 and 24 June.
    assert!(holds(&july, "open5d", "2026-08-03 07:59:59", "2026-06-24 00:00:00"));
    assert!(!holds(&july, "open5d", "2026-08-03 07:59:59", "2026-06-23 23:59:59"));
    assert!(!holds(&july, "open5d", "2026-08-03 08:00:00", "2026-06-24 23:59:59"));
}

#[test]
fn two_open_hours_are_elapsed_hours_when_the_clocks_change() {
    let always = open(WeeklyHours::round_the_clock());
    // At 05:00:00 after the jump from 03:00 to 04:00: one hour since the jump, one hour before it.
    assert!(holds(&always, "open2h", "2026-03-29 05:00:00", "2026-03-29 02:00:01"));
    assert!(!holds(&always, "open2h", "2026-03-29 05:00:00", "2026-03-29 02:00:00"));
    // At 05:00:00 after the clocks went back from 04:00 to 03:00: from 03:00:01 of the second occurrence.
    assert!(!holds(&always, "open2h", "2026-10-25 05:00:00", "2026-10-25 03:59:59"));
    assert!(holds(&always, "open2h", "2026-10-25 05:00:00", "2026-10-25 04:00:00"));
}
