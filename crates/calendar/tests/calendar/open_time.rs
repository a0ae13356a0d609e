//! Arithmetic in open time over nights, weekends, holidays and clock changes: tables in Helsinki time.

use ensilinja_calendar::{LineHours, OpeningHours};
use ensilinja_model::EventTime;
use jiff::civil::date;

use crate::local_time::{DAY_MS, DAYS, HOUR_MS, MINUTE_MS, line, local, rows, shown};

const OFFICE: &str = "Mo-Fr 08:00-16:00; PH off";

fn minutes(text: &str) -> i64 {
    text.parse::<i64>().unwrap() * MINUTE_MS
}

/// Asserts the open minutes between two instants.
#[track_caller]
fn assert_open(line: &LineHours, table: &str) {
    for [from, to, open] in rows(table) {
        assert_eq!(line.open_ms_between(local(from), local(to)), minutes(open), "{from} to {to}");
    }
}

#[test]
fn open_time_runs_while_the_line_is_open() {
    assert_open(
        &line(OFFICE, "2026-01-01", "2026-12-31"),
        "
        from              to                open minutes
        2026-05-12 10:00  2026-05-12 10:30  30
        2026-05-12 07:00  2026-05-12 09:00  60
        2026-05-12 15:00  2026-05-12 17:00  60
        2026-05-12 15:00  2026-05-13 09:00  120
        2026-05-12 16:00  2026-05-13 08:00  0
        2026-05-15 15:00  2026-05-18 09:00  120
        2026-05-13 15:00  2026-05-15 09:00  120
        2026-05-11 00:00  2026-05-18 00:00  1920
        2026-03-27 15:00  2026-03-30 09:00  120
        2026-10-23 15:00  2026-10-26 09:00  120
        2026-05-12 10:30  2026-05-12 10:00  0
        2026-05-12 10:00  2026-05-12 10:00  0
        ",
    );
}

#[test]
fn a_night_shift_is_longer_or_shorter_when_the_clocks_change() {
    assert_open(
        &line("Mo-Su 22:00-06:00", "2026-01-01", "2026-12-31"),
        "
        from              to                open minutes
        2026-05-12 12:00  2026-05-13 12:00  480
        2026-03-28 12:00  2026-03-29 12:00  420
        2026-10-24 12:00  2026-10-25 12:00  540
        2026-10-25 03:30  2026-10-25 03:30+02:00  60
        ",
    );
    assert_open(
        &line("24/7", "2026-01-01", "2026-12-31"),
        "
        from              to                open minutes
        2026-05-12 00:00  2026-05-13 00:00  1440
        2026-03-29 00:00  2026-03-30 00:00  1380
        2026-10-25 00:00  2026-10-26 00:00  1500
        ",
    );
}

#[test]
fn the_instants_some_open_time_after_and_before() {
    let line = line("Mo-Fr 08:00-11:00,12:00-16:00; PH off; Jul off", "2026-01-01", "2026-12-31");
    let table = "
        from                     minutes  to
        2026-05-12 10:00         60       2026-05-12 11:00
        2026-05-12 10:00         61       2026-05-12 12:01
        2026-05-12 10:30         60       2026-05-12 12:30
        2026-05-12 15:30         60       2026-05-13 08:30
        2026-05-13 15:30         60       2026-05-15 08:30
        2026-05-15 15:30         60       2026-05-18 08:30
        2026-05-12 08:01         2100     2026-05-20 08:01
        2026-06-30 15:30         60       2026-08-03 08:30
        2026-03-27 15:30         60       2026-03-30 08:30
        2026-10-23 15:30         60       2026-10-26 08:30
        ";
    for [from, open, to] in rows(table) {
        let found = line.after_open_ms(local(from), minutes(open));
        assert_eq!(found, local(to), "{open} minutes after {from}: {}", shown(found));
    }
    for [from, open, to] in rows(table).filter(|[_, _, to]| !to.ends_with("11:00")) {
        let found = line.before_open_ms(local(to), minutes(open)).unwrap();
        assert_eq!(found, local(from), "{open} minutes before {to}: {}", shown(found));
    }
    // After: the first instant of the closed time. Before: the last.
    assert_eq!(line.after_open_ms(local("2026-05-12 15:00"), HOUR_MS), local("2026-05-12 16:00"));
    assert_eq!(line.before_open_ms(local("2026-05-13 09:00"), HOUR_MS), Some(local("2026-05-13 08:00")));
    assert_eq!(line.before_open_ms(local("2026-05-12 18:00"), HOUR_MS), Some(local("2026-05-12 15:00")));
}

#[test]
fn no_open_time_takes_no_time() {
    let line = line(OFFICE, "2026-05-01", "2026-05-31");
    for at in ["2026-05-12 10:00", "2026-05-12 20:00"].map(local) {
        for ms in [0, -1, i64::MIN] {
            assert_eq!(line.after_open_ms(at, ms), at);
            assert_eq!(line.before_open_ms(at, ms), Some(at));
        }
    }
}

#[test]
fn an_open_day_counts_from_its_first_opening() {
    let table = "
        hours                     now                      nth  starts
        Mo-Fr 08:00-16:00; PH off  2026-05-12 07:59:59.999  1    2026-05-11
        Mo-Fr 08:00-16:00; PH off  2026-05-12 08:00         1    2026-05-12
        Mo-Fr 08:00-16:00; PH off  2026-05-12 08:00         2    2026-05-11
        Mo-Fr 08:00-16:00; PH off  2026-05-12 20:00         5    2026-05-06
        Mo-Fr 08:00-16:00; PH off  2026-05-17 12:00         1    2026-05-15
        Mo-Fr 08:00-16:00; PH off  2026-05-17 12:00         2    2026-05-13
        Mo-Fr 08:00-16:00; PH off  2026-03-30 08:00         2    2026-03-27
        Mo-Fr 08:00-16:00; PH off; Jul off  2026-08-03 08:00  5  2026-06-25
        24/7                      2026-05-12 00:00         1    2026-05-12
        24/7                      2026-05-12 00:00         5    2026-05-08
        24/7                      2026-10-27 00:00         5    2026-10-23
        Fr 22:00-30:00            2026-05-16 00:00         1    2026-05-16
        Fr 22:00-30:00            2026-05-16 00:00         2    2026-05-15
        Fr 22:00-24:00            2026-05-16 00:00         1    2026-05-15
        Fr 22:00-24:00            2026-05-15 22:00         2    2026-05-08
        ";
    for [hours, now, nth, starts] in rows(table) {
        let line = line(hours, "2026-01-01", "2026-12-31");
        let found = line.start_of_open_day(local(now), nth.parse().unwrap());
        assert_eq!(found.map(shown), Some(shown(local(starts))), "{hours}, {nth} at {now}");
    }
}

#[test]
fn instants_before_the_list_are_unknown() {
    let line = line(OFFICE, "2026-05-11", "2026-05-15");
    let now = local("2026-05-13 10:00");
    assert_eq!(line.before_open_ms(now, 18 * HOUR_MS), Some(local("2026-05-11 08:00")));
    assert_eq!(line.before_open_ms(now, 18 * HOUR_MS + 1), None);
    assert_eq!(line.start_of_open_day(now, 3), Some(local("2026-05-11")));
    assert_eq!(line.start_of_open_day(now, 4), None);
    assert_eq!(line.start_of_open_day(now, 0), None);
    assert_eq!(line.start_of_open_day(now, usize::MAX), None);
    for before in [EventTime::MIN, local("2026-05-10 10:00"), local("2026-05-11 07:59")] {
        assert_eq!(line.before_open_ms(before, 1), None);
        assert_eq!(line.start_of_open_day(before, 1), None);
    }
    let always = crate::local_time::line("24/7", "2026-05-11", "2026-05-15");
    assert_eq!(always.before_open_ms(local("2026-05-11 02:00"), 2 * HOUR_MS), Some(local("2026-05-11")));
    assert_eq!(always.before_open_ms(local("2026-05-11 02:00"), 2 * HOUR_MS + 1), None);
    assert_eq!(always.before_open_ms(local("2026-05-11 02:00"), i64::MAX), None);
    assert_eq!(always.start_of_open_day(local("2026-05-12 02:00"), 3), None);
}

#[test]
fn beyond_the_list_a_line_keeps_its_state() {
    let closed = line(OFFICE, "2026-05-11", "2026-05-15");
    assert_eq!(closed.open_ms_between(local("2026-05-15 15:00"), EventTime::MAX), HOUR_MS);
    assert_eq!(closed.open_ms_between(EventTime::MIN, local("2026-05-11 09:00")), HOUR_MS);
    assert_eq!(closed.after_open_ms(local("2026-05-15 15:00"), HOUR_MS), local("2026-05-15 16:00"));
    assert_eq!(closed.after_open_ms(local("2026-05-15 15:00"), HOUR_MS + 1), local("2026-05-16"));
    assert_eq!(closed.after_open_ms(local("2026-05-20 15:00"), 1), local("2026-05-20 15:00"));
    assert_eq!(closed.start_of_open_day(EventTime::MAX, 4), Some(local("2026-05-11")), "every day but Ascension Day");
    assert_eq!(closed.start_of_open_day(EventTime::MAX, 5), None);

    let open = line("24/7", "2026-05-11", "2026-05-15");
    assert_eq!(open.open_ms_between(local("2026-05-01"), local("2026-05-21")), 20 * DAY_MS);
    assert_eq!(open.after_open_ms(local("2026-05-20"), DAY_MS), local("2026-05-21"));
    assert_eq!(open.before_open_ms(local("2026-05-21"), DAY_MS), Some(local("2026-05-20")));
    assert_eq!(open.start_of_open_day(local("2026-05-20"), 2), Some(local("2026-05-19")));
    assert_eq!(open.start_of_open_day(local("2026-05-20"), 10), Some(local("2026-05-11")));
    assert_eq!(open.start_of_open_day(local("2026-05-20"), 11), None);
}

#[test]
fn open_time_uses_the_hours_of_each_day_when_hours_change() {
    let [old, new] = ["Mo-Su 08:00-16:00", "Mo-Su 10:00-12:00"].map(|text| OpeningHours::parse(text).unwrap());
    let line = LineHours::new(&old.until(date(2026, 5, 13), new), &DAYS, local("2026-05-01"), local("2026-05-31"));
    assert_open(
        &line,
        "
        from              to                open minutes
        2026-05-12 00:00  2026-05-13 00:00  480
        2026-05-13 00:00  2026-05-14 00:00  120
        2026-05-12 15:00  2026-05-13 11:00  120
        ",
    );
    assert_eq!(line.next_change(local("2026-05-12 16:00")), Some(local("2026-05-13 10:00")));
}

#[test]
fn the_longest_distances_are_just_before_an_opening() {
    let office = line("Mo-Fr 08:00-16:00; PH off; Dec 24 off", "2025-12-01", "2026-01-31");
    // Two open hours before the opening on 29 December began at 14:00 on the 23rd.
    let christmas = local("2025-12-29 08:00").millis_since(local("2025-12-23 14:00"));
    assert_eq!(office.longest_open_ms(2 * HOUR_MS), christmas);
    // Just before the opening on 5 January the fifth most recent opening day was 23 December.
    let new_year = local("2026-01-05 08:00").millis_since(local("2025-12-23")) - 1;
    assert_eq!(office.longest_open_days_ms(5), new_year);

    let always = line("24/7", "2026-03-01", "2026-10-31");
    assert_eq!(always.longest_open_ms(2 * HOUR_MS), 2 * HOUR_MS);
    // Five days, one of them with 25 hours.
    assert_eq!(always.longest_open_days_ms(5), 121 * HOUR_MS - 1);
}

#[test]
fn a_list_that_is_too_short_has_no_longest_distance() {
    let line = line(OFFICE, "2026-05-11", "2026-05-13");
    assert_eq!(line.longest_open_ms(24 * HOUR_MS + 1), 0);
    assert_eq!(line.longest_open_days_ms(4), 0);
    assert_ne!(line.longest_open_ms(24 * HOUR_MS), 0);
    assert_ne!(line.longest_open_days_ms(3), 0);
}
