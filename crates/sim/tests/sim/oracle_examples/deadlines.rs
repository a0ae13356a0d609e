//! Deadlines: elapsed time, open time, same day and working days; by the end of the day or by closing.

use ensilinja_model::Fact;
use ensilinja_sim::{DueBy, LineCalendar, OracleLine, WeeklyHours, Within, WorkingDay};

use super::line_reading::{LineReading, line, local, promising, zone};

const OFFICIAL: WorkingDay = WorkingDay::Official;
const LINE_OPEN: WorkingDay = WorkingDay::LineOpen;

fn calendar(hours: &WeeklyHours) -> LineCalendar {
    LineCalendar::new(hours.clone(), &[], zone())
}

#[track_caller]
fn assert_ends(hours: &WeeklyHours, asked: &str, within: Within, ends: &str) {
    let deadline = calendar(hours).deadline(local(asked), within);
    assert_eq!(deadline, local(ends), "{within:?} from {asked} on {hours} ends {deadline:?}");
}

#[test]
fn the_figure_of_the_next_deadline_is_the_deadline() {
    let line = promising(None, Some(Within::SameDay(DueBy::Closing)));
    let read = LineReading::at(&line, &[("2025-09-16 10:15:00", Fact::CallbackRequested)], "2025-09-16 10:15:00");
    assert_eq!(read.now("callback_next_due_timestamp_seconds"), local("2025-09-16 16:00:00").as_seconds_f64());
}

#[test]
fn the_same_day_is_the_next_open_day_after_closing() {
    let hours = WeeklyHours::weekdays(8, 16);
    for (asked, day) in [
        ("2025-09-16 00:00:00", "2025-09-16"),
        ("2025-09-16 15:59:59.999", "2025-09-16"),
        ("2025-09-16 16:00:00", "2025-09-17"),
        ("2025-09-19 16:00:00", "2025-09-22"),
        ("2025-09-20 12:00:00", "2025-09-22"),
        // Maundy Thursday after closing: Tuesday after Easter.
        ("2026-04-02 16:00:00", "2026-04-07"),
        // The day before Christmas Eve: the next open day is Monday 29 December.
        ("2025-12-23 16:00:00", "2025-12-29"),
        // Ascension Day, and the day before Midsummer Eve.
        ("2026-05-14 09:00:00", "2026-05-15"),
        ("2026-06-18 16:00:00", "2026-06-22"),
    ] {
        assert_ends(&hours, asked, Within::SameDay(DueBy::Closing), &format!("{day} 16:00:00"));
        assert_ends(&hours, asked, Within::SameDay(DueBy::EndOfDay), &format!("{day} 23:59:59"));
    }
}

#[test]
fn on_a_line_with_two_spans_a_day_closing_is_the_last_one() {
    let hours = WeeklyHours::weekdays(8, 11).and_again(12 * 60, 15 * 60);
    assert_ends(&hours, "2025-09-16 11:30:00", Within::SameDay(DueBy::Closing), "2025-09-16 15:00:00");
    assert_ends(&hours, "2025-09-16 15:00:00", Within::SameDay(DueBy::Closing), "2025-09-17 15:00:00");
}

#[test]
fn on_a_line_that_is_open_at_midnight_closing_is_the_end_of_the_day() {
    let night = WeeklyHours::daily(0, 6 * 60).and_again(22 * 60, 24 * 60);
    for hours in [WeeklyHours::round_the_clock(), WeeklyHours::daily(20 * 60, 24 * 60), night] {
        for by in [DueBy::Closing, DueBy::EndOfDay] {
            assert_ends(&hours, "2025-09-16 23:59:58.999", Within::SameDay(by), "2025-09-16 23:59:59");
            assert_ends(&hours, "2025-09-16 23:59:59", Within::SameDay(by), "2025-09-17 23:59:59");
        }
    }
    // Days of 23 and 25 hours.
    for day in ["2026-03-29", "2026-10-25"] {
        let asked = format!("{day} 00:00:00");
        let end = format!("{day} 23:59:59");
        assert_ends(&WeeklyHours::round_the_clock(), &asked, Within::SameDay(DueBy::EndOfDay), &end);
    }
    let ms = |from, to| local(to).millis_since(local(from));
    assert_eq!(ms("2026-03-29 00:00:00", "2026-03-29 23:59:59"), 23 * 3_600_000 - 1_000);
    assert_eq!(ms("2026-10-25 00:00:00", "2026-10-25 23:59:59"), 25 * 3_600_000 - 1_000);
}

#[test]
fn open_time_stops_while_the_line_is_closed_and_exactly_the_term_is_in_time() {
    let hours = WeeklyHours::weekdays(8, 16);
    let hour = Within::Open(3_600_000);
    assert_ends(&hours, "2025-09-16 10:00:00", hour, "2025-09-16 11:00:00.001");
    assert_ends(&hours, "2025-09-16 15:30:00", hour, "2025-09-17 08:30:00.001");
    assert_ends(&hours, "2025-09-19 15:30:00", hour, "2025-09-22 08:30:00.001");
    assert_ends(&hours, "2025-09-20 03:00:00", hour, "2025-09-22 09:00:00.001");
    // The term ends with the last millisecond before closing.
    assert_ends(&hours, "2025-09-16 15:00:00", Within::Open(3_599_999), "2025-09-16 16:00:00");
    assert_ends(&hours, "2025-09-16 15:00:00", hour, "2025-09-17 08:00:00.001");
    // The clock jumps from 03:00 to 04:00, which is no elapsed time.
    let always = WeeklyHours::round_the_clock();
    assert_ends(&always, "2026-03-29 02:30:00", hour, "2026-03-29 04:30:00.001");
    assert_ends(&always, "2026-03-29 02:30:00", Within::Wall(3_600_000), "2026-03-29 04:30:00.001");
    let july = WeeklyHours::weekdays(8, 16).closed_all(7);
    assert_ends(&july, "2026-06-30 15:30:00", hour, "2026-08-03 08:30:00.001");
}

#[test]
fn working_days_count_from_the_next_day() {
    let hours = WeeklyHours::weekdays(8, 16);
    for (asked, n, day) in [
        ("2025-09-16 00:00:00", 1, "2025-09-17"),
        ("2025-09-16 23:59:59.999", 1, "2025-09-17"),
        ("2025-09-19 10:00:00", 1, "2025-09-22"),
        ("2025-09-20 10:00:00", 1, "2025-09-22"),
        ("2025-09-16 10:00:00", 3, "2025-09-19"),
        ("2026-04-01 10:00:00", 2, "2026-04-07"),
    ] {
        for of in [OFFICIAL, LINE_OPEN] {
            assert_ends(&hours, asked, Within::WorkingDays(n, of, DueBy::EndOfDay), &format!("{day} 23:59:59"));
            assert_ends(&hours, asked, Within::WorkingDays(n, of, DueBy::Closing), &format!("{day} 16:00:00"));
        }
    }
}

#[test]
fn official_working_days_differ_from_the_days_on_which_the_line_opens() {
    let weekdays = WeeklyHours::weekdays(8, 16);
    // Christmas Eve is an official working day on which the line is closed. Closing is then the end of the day.
    let next = |of, by| Within::WorkingDays(1, of, by);
    assert_ends(&weekdays, "2025-12-23 10:00:00", next(OFFICIAL, DueBy::Closing), "2025-12-24 23:59:59");
    assert_ends(&weekdays, "2025-12-23 10:00:00", next(LINE_OPEN, DueBy::Closing), "2025-12-29 16:00:00");
    // A line that is open on Saturdays.
    let daily = WeeklyHours::daily(9 * 60, 12 * 60);
    assert_ends(&daily, "2025-09-19 10:00:00", next(LINE_OPEN, DueBy::Closing), "2025-09-20 12:00:00");
    assert_ends(&daily, "2025-09-19 10:00:00", next(OFFICIAL, DueBy::Closing), "2025-09-22 12:00:00");
    let july = WeeklyHours::weekdays(8, 16).closed_all(7);
    assert_ends(&july, "2026-06-30 10:00:00", next(LINE_OPEN, DueBy::EndOfDay), "2026-08-03 23:59:59");
    assert_ends(&july, "2026-06-30 10:00:00", next(OFFICIAL, DueBy::EndOfDay), "2026-07-01 23:59:59");
}

#[test]
fn a_callback_is_given_up_after_the_day_of_its_deadline() {
    let asked = [("2025-09-16 10:15:00", Fact::CallbackRequested)];
    let next_day = Some(Within::WorkingDays(1, OFFICIAL, DueBy::EndOfDay));
    let given_up = |line: &OracleLine, now: &str| {
        LineReading::at(line, &asked, now).today("callbacks_closed", "result=\"given_up\"")
    };
    // Five working days from Tuesday without a promise, from Wednesday with one.
    for (line, day) in [(line(), "2025-09-23"), (promising(None, next_day), "2025-09-24")] {
        assert_eq!(given_up(&line, &format!("{day} 23:59:58.999")), 0.0);
        assert_eq!(given_up(&line, &format!("{day} 23:59:59")), 1.0);
    }
}
