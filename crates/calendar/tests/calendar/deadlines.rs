//! Deadlines on special days in Finland: tables in Helsinki time.

use ensilinja_calendar::LineHours;
use ensilinja_calendar::{DeadlineTime, OpeningHours, Term, WorkingDays};
use jiff::civil::date;

use crate::local_time::{DAYS, HOUR_MS, MINUTE_MS, line, local, rows, shown};

const OFFICE: &str = "Mo-Fr 08:00-16:00; PH off";

/// `same day`, `2 working days by closing`, `1 open day`, `within 10 min`, `within 2 h open`.
fn term(text: &str) -> Term {
    let (text, by) =
        text.strip_suffix(" by closing").map_or((text, DeadlineTime::EndOfDay), |text| (text, DeadlineTime::Closing));
    let ms = |text: &str| {
        let (n, unit) = text.split_once(' ').unwrap();
        let unit = match unit {
            "ms" => 1,
            "min" => MINUTE_MS,
            "h" => HOUR_MS,
            _ => panic!("no unit: {unit}"),
        };
        u32::try_from(n.parse::<i64>().unwrap() * unit).unwrap()
    };
    if let Some(text) = text.strip_prefix("within ") {
        return match text.strip_suffix(" open") {
            Some(text) => Term::WithinOpen { ms: ms(text) },
            None => Term::Within { ms: ms(text) },
        };
    }
    match text.split(' ').collect::<Vec<_>>()[..] {
        ["same", "day"] => Term::SameDay { by },
        [days, "working", "day" | "days"] => {
            Term::WorkingDays { days: days.parse().unwrap(), of: WorkingDays::Official, by }
        }
        [days, "open", "day" | "days"] => {
            Term::WorkingDays { days: days.parse().unwrap(), of: WorkingDays::LineOpen, by }
        }
        _ => panic!("no term: {text}"),
    }
}

#[track_caller]
fn assert_deadlines_of(line: &LineHours, table: &str) {
    let found: Vec<String> = rows(table)
        .map(|[asked, text, _]| format!("{asked}  {text}  {}", shown(line.deadline(term(text), local(asked)))))
        .collect();
    let expected: Vec<String> =
        rows(table).map(|[asked, text, deadline]| format!("{asked}  {text}  {}", shown(local(deadline)))).collect();
    assert_eq!(found, expected);
}

/// Asserts the deadlines of lines with these hours. Each row of the table is a request and its deadline.
#[track_caller]
fn assert_deadlines(hours: &str, table: &str) {
    assert_deadlines_of(&line(hours, "2025-01-01", "2027-12-31"), table);
}

#[test]
fn from_closing_on_the_same_day_is_the_next_open_day() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                  deadline
        2026-05-12 00:00         same day              2026-05-12 23:59:59
        2026-05-12 07:00         same day              2026-05-12 23:59:59
        2026-05-12 15:59:59.999  same day              2026-05-12 23:59:59
        2026-05-12 16:00         same day              2026-05-13 23:59:59
        2026-05-12 16:00:00.001  same day              2026-05-13 23:59:59
        2026-05-12 23:59:59.999  same day              2026-05-13 23:59:59
        2026-05-12 07:00         same day by closing   2026-05-12 16:00
        2026-05-12 15:59:59.999  same day by closing   2026-05-12 16:00
        2026-05-12 16:00         same day by closing   2026-05-13 16:00
        2026-05-15 16:00         same day              2026-05-18 23:59:59
        2026-05-16 12:00         same day by closing   2026-05-18 16:00
        ",
    );
}

#[test]
fn a_day_closes_at_its_last_closing_not_at_the_lunch_break() {
    assert_deadlines(
        "Mo-Fr 08:00-11:00,12:00-16:00; Fr 08:00-11:00; PH off",
        "
        asked                    term                        deadline
        2026-05-12 10:59:59.999  same day by closing         2026-05-12 16:00
        2026-05-12 11:00         same day by closing         2026-05-12 16:00
        2026-05-12 15:59:59.999  same day by closing         2026-05-12 16:00
        2026-05-12 16:00         same day by closing         2026-05-13 16:00
        2026-05-13 16:00         same day by closing         2026-05-15 11:00
        2026-05-15 11:00         same day by closing         2026-05-18 16:00
        2026-05-12 12:00         2 working days by closing   2026-05-15 11:00
        2026-05-12 10:59:00      within 2 min open           2026-05-12 12:01:00.001
        ",
    );
}

#[test]
fn working_days_count_from_the_next_day_and_exclude_weekends_and_holidays() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                        deadline
        2026-05-12 07:00         1 working day               2026-05-13 23:59:59
        2026-05-12 23:59:59.999  1 working day               2026-05-13 23:59:59
        2026-05-12 07:00         1 working day by closing    2026-05-13 16:00
        2026-05-15 12:00         1 working day               2026-05-18 23:59:59
        2026-05-16 12:00         1 working day               2026-05-18 23:59:59
        2026-05-15 12:00         3 working days by closing   2026-05-20 16:00
        2026-05-15 12:00         5 working days              2026-05-22 23:59:59
        ",
    );
}

#[test]
fn ascension_day_is_not_a_working_day() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                        deadline
        2026-05-13 15:59:59.999  same day                    2026-05-13 23:59:59
        2026-05-13 16:00         same day                    2026-05-15 23:59:59
        2026-05-14 10:00         same day by closing         2026-05-15 16:00
        2026-05-13 10:00         1 working day               2026-05-15 23:59:59
        2026-05-14 10:00         1 working day               2026-05-15 23:59:59
        2026-05-13 10:00         2 open days by closing      2026-05-18 16:00
        2026-05-13 15:00         within 2 h open             2026-05-15 09:00:00.001
        ",
    );
}

#[test]
fn midsummer_eve_is_a_working_day_even_if_the_line_is_closed() {
    assert_deadlines(
        OFFICE,
        "
        asked              term                        deadline
        2026-06-18 16:00   same day by closing         2026-06-19 16:00
        2026-06-18 12:00   1 working day               2026-06-19 23:59:59
        2026-06-19 16:00   same day                    2026-06-22 23:59:59
        ",
    );
    assert_deadlines(
        "Mo-Fr 08:00-16:00; PH off; Jun 19-25 Fr off",
        "
        asked              term                        deadline
        2026-06-18 15:59   same day by closing         2026-06-18 16:00
        2026-06-18 16:00   same day by closing         2026-06-22 16:00
        2026-06-19 10:00   same day                    2026-06-22 23:59:59
        2026-06-18 12:00   1 working day               2026-06-19 23:59:59
        2026-06-18 12:00   1 working day by closing    2026-06-19 23:59:59
        2026-06-18 12:00   1 open day                  2026-06-22 23:59:59
        2026-06-18 12:00   1 open day by closing       2026-06-22 16:00
        2026-06-18 15:00   within 2 h open             2026-06-22 09:00:00.001
        ",
    );
}

#[test]
fn the_end_of_december_2025() {
    // The line is open until noon on Wednesday 24 December, and closed on Wednesday 31 December.
    assert_deadlines(
        "Mo-Fr 08:00-16:00; PH off; Dec 24 08:00-12:00; 2025 Dec 31 off",
        "
        asked                    term                        deadline
        2025-12-23 15:59:59.999  same day                    2025-12-23 23:59:59
        2025-12-23 16:00         same day                    2025-12-24 23:59:59
        2025-12-23 16:00         same day by closing         2025-12-24 12:00
        2025-12-24 11:59:59.999  same day by closing         2025-12-24 12:00
        2025-12-24 12:00         same day by closing         2025-12-29 16:00
        2025-12-24 12:00         same day                    2025-12-29 23:59:59
        2025-12-26 12:00         same day                    2025-12-29 23:59:59
        2025-12-23 09:00         1 working day               2025-12-24 23:59:59
        2025-12-23 09:00         1 working day by closing    2025-12-24 12:00
        2025-12-23 09:00         2 working days              2025-12-29 23:59:59
        2025-12-24 09:00         3 working days              2025-12-31 23:59:59
        2025-12-24 09:00         3 working days by closing   2025-12-31 23:59:59
        2025-12-24 09:00         3 open days by closing      2026-01-02 16:00
        2025-12-30 16:00         same day                    2026-01-02 23:59:59
        2025-12-31 09:00         same day by closing         2026-01-02 16:00
        2025-12-30 15:30         within 1 h open             2026-01-02 08:30:00.001
        2025-12-24 11:30         within 1 h open             2025-12-29 08:30:00.001
        ",
    );
}

#[test]
fn a_line_closed_all_july_has_deadlines_in_august_if_its_own_open_days_count() {
    assert_deadlines(
        "Mo-Fr 08:00-16:00; PH off; Jul off",
        "
        asked                    term                        deadline
        2026-06-30 15:59:59.999  same day                    2026-06-30 23:59:59
        2026-06-30 16:00         same day                    2026-08-03 23:59:59
        2026-07-15 12:00         same day by closing         2026-08-03 16:00
        2026-06-30 12:00         1 open day by closing       2026-08-03 16:00
        2026-06-30 12:00         1 working day               2026-07-01 23:59:59
        2026-06-30 12:00         1 working day by closing    2026-07-01 23:59:59
        2026-06-30 15:30         within 1 h open             2026-08-03 08:30:00.001
        2026-06-30 15:30         within 1 h                  2026-06-30 16:30:00.001
        ",
    );
}

#[test]
fn a_line_open_round_the_clock_closes_at_the_end_of_every_day() {
    for hours in ["24/7", "Mo-Su 00:00-24:00", "Mo-Su 00:00-12:00,12:00-24:00"] {
        assert_deadlines(
            hours,
            "
            asked                    term                        deadline
            2026-05-14 00:00         same day                    2026-05-14 23:59:59
            2026-05-14 03:00         same day by closing         2026-05-14 23:59:59
            2026-05-14 23:59:58.999  same day                    2026-05-14 23:59:59
            2026-05-14 23:59:59      same day                    2026-05-15 23:59:59
            2026-05-14 23:59:59.999  same day by closing         2026-05-15 23:59:59
            2026-05-13 12:00         1 working day               2026-05-15 23:59:59
            2026-05-13 12:00         1 open day by closing       2026-05-14 23:59:59
            2026-05-15 12:00         3 open days                 2026-05-18 23:59:59
            2026-05-14 23:30         within 1 h open             2026-05-15 00:30:00.001
            ",
        );
    }
}

#[test]
fn a_night_shift_closes_at_the_end_of_each_day_and_on_its_last_morning_at_its_end() {
    assert_deadlines(
        "Fr-Su 22:00-30:00",
        "
        asked                    term                        deadline
        2026-05-15 21:00         same day by closing         2026-05-15 23:59:59
        2026-05-15 23:59:59      same day by closing         2026-05-16 23:59:59
        2026-05-16 12:00         same day by closing         2026-05-16 23:59:59
        2026-05-18 05:59:59.999  same day by closing         2026-05-18 06:00
        2026-05-18 05:59:59.999  same day                    2026-05-18 23:59:59
        2026-05-18 06:00         same day by closing         2026-05-22 23:59:59
        2026-05-15 12:00         3 open days by closing      2026-05-18 06:00
        2026-05-18 01:00         1 open day                  2026-05-22 23:59:59
        2026-05-17 23:30         within 8 h open             2026-05-22 23:30:00.001
        ",
    );
}

#[test]
fn a_line_that_closes_at_midnight_does_not_open_on_the_next_day() {
    assert_deadlines(
        "Tu 20:00-24:00; Th 09:00-10:00",
        "
        asked                    term                        deadline
        2026-05-19 23:59:58.999  same day by closing         2026-05-19 23:59:59
        2026-05-19 23:59:59      same day by closing         2026-05-21 10:00
        2026-05-20 00:00         same day                    2026-05-21 23:59:59
        2026-05-19 12:00         1 open day by closing       2026-05-21 10:00
        2026-05-19 12:00         1 working day by closing    2026-05-20 23:59:59
        ",
    );
}

#[test]
fn days_of_23_and_25_hours_end_at_their_own_midnight() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                        deadline
        2026-03-27 16:00         same day                    2026-03-30 23:59:59
        2026-03-29 12:00         same day by closing         2026-03-30 16:00
        2026-03-27 15:00         within 2 h open             2026-03-30 09:00:00.001
        2026-03-29 02:30         within 1 h                  2026-03-29 04:30:00.001
        2026-10-23 16:00         same day by closing         2026-10-26 16:00
        2026-10-25 12:00         1 working day               2026-10-26 23:59:59
        2026-10-25 02:30         within 1 h                  2026-10-25 03:30:00.001
        2026-10-25 02:30         within 2 h                  2026-10-25 03:30:00.001+02:00
        ",
    );
    assert_deadlines(
        "24/7",
        "
        asked                    term                        deadline
        2026-03-28 23:59:59      same day                    2026-03-29 23:59:59
        2026-03-29 00:00         same day                    2026-03-29 23:59:59
        2026-03-29 00:00         within 23 h open            2026-03-30 00:00:00.001
        2026-10-25 03:30         same day by closing         2026-10-25 23:59:59
        2026-10-25 03:30+02:00   same day                    2026-10-25 23:59:59
        2026-10-25 00:00         within 25 h open            2026-10-26 00:00:00.001
        ",
    );
    let line = line("24/7", "2026-01-01", "2026-12-31");
    for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25)] {
        let midnight = local(&format!("{date} 00:00"));
        let deadline = line.deadline(term("same day"), midnight);
        assert_eq!(deadline.millis_since(midnight), hours * HOUR_MS - 1000, "{date}");
    }
}

#[test]
fn a_term_is_kept_at_exactly_its_time() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                  deadline
        2026-05-12 10:00         within 10 min         2026-05-12 10:10:00.001
        2026-05-12 10:00:00.500  within 10 min         2026-05-12 10:10:00.501
        2026-05-12 15:55         within 10 min         2026-05-12 16:05:00.001
        2026-05-16 12:00         within 10 min         2026-05-16 12:10:00.001
        2026-05-12 10:00         within 10 min open    2026-05-12 10:10:00.001
        2026-05-12 15:49:59.999  within 10 min open    2026-05-12 16:00
        2026-05-12 15:50         within 10 min open    2026-05-13 08:00:00.001
        2026-05-12 15:55         within 10 min open    2026-05-13 08:05:00.001
        2026-05-12 16:00         within 10 min open    2026-05-13 08:10:00.001
        2026-05-15 15:55         within 10 min open    2026-05-18 08:05:00.001
        2026-05-16 12:00         within 10 min open    2026-05-18 08:10:00.001
        2026-05-12 10:00         within 0 ms           2026-05-12 10:00:00.001
        2026-05-12 16:00         within 0 ms open      2026-05-13 08:00:00.001
        ",
    );
}

#[test]
fn a_deadline_uses_the_hours_of_its_own_day_when_hours_change() {
    let parse = |text| OpeningHours::parse(text).unwrap();
    let hours = parse("Mo-Fr 08:00-16:00; PH off")
        .until(date(2026, 3, 2), parse("Mo-Fr 09:00-15:00; PH off"))
        .until(date(2026, 6, 1), parse("Mo-Th 09:00-11:00; PH off"));
    let line = LineHours::new(&hours, &DAYS, local("2026-01-01"), local("2026-12-31"));
    assert_deadlines_of(
        &line,
        "
        asked                    term                        deadline
        2026-02-27 15:30         same day by closing         2026-02-27 16:00
        2026-02-27 16:00         same day by closing         2026-03-02 15:00
        2026-02-27 15:30         within 1 h open             2026-03-02 09:30:00.001
        2026-03-02 15:30         same day                    2026-03-03 23:59:59
        2026-05-28 12:00         2 open days by closing      2026-06-01 11:00
        2026-06-04 12:00         1 working day by closing    2026-06-05 23:59:59
        2026-06-04 12:00         1 open day by closing       2026-06-08 11:00
        ",
    );
}

#[test]
fn a_deadline_beyond_the_list_is_its_end_if_the_line_closes_for_good() {
    let line = line(OFFICE, "2026-05-11", "2026-05-15");
    assert_eq!(line.known_until(), local("2026-05-16 00:00"));
    assert_deadlines_of(
        &line,
        "
        asked                    term                        deadline
        2026-05-15 15:59:59.999  same day                    2026-05-15 23:59:59
        2026-05-15 16:00         same day                    2026-05-16 00:00
        2026-05-15 12:00         1 open day                  2026-05-16 00:00
        2026-05-15 15:30         within 1 h open             2026-05-16 00:00
        2026-05-20 12:00         same day                    2026-05-20 12:00:00.001
        2026-05-20 12:00         1 open day by closing       2026-05-20 12:00:00.001
        2026-05-20 12:00         within 1 h open             2026-05-20 12:00:00.001
        2026-05-20 12:00         within 1 h                  2026-05-20 13:00:00.001
        2026-05-20 12:00         1 working day by closing    2026-05-21 23:59:59
        2026-05-01 12:00         same day by closing         2026-05-11 16:00
        2026-05-01 12:00         2 open days by closing      2026-05-12 16:00
        2026-05-01 12:00         within 9 h open             2026-05-12 09:00:00.001
        ",
    );
}

#[test]
fn a_line_open_at_both_ends_of_the_list_stays_open_beyond_them() {
    assert_deadlines_of(
        &line("24/7", "2026-05-11", "2026-05-15"),
        "
        asked                    term                        deadline
        2026-05-05 12:00         same day by closing         2026-05-05 23:59:59
        2026-05-05 12:00         10 open days                2026-05-15 23:59:59
        2026-05-10 12:00         1 open day                  2026-05-11 23:59:59
        2026-05-15 23:30         within 1 h open             2026-05-16 00:30:00.001
        2026-05-15 12:00         2 open days                 2026-05-17 23:59:59
        2026-05-20 12:00         same day                    2026-05-20 23:59:59
        2026-05-20 23:59:59.999  same day                    2026-05-21 23:59:59
        ",
    );
}

#[test]
fn zero_working_days_end_on_the_same_day_or_at_once() {
    assert_deadlines(
        OFFICE,
        "
        asked                    term                        deadline
        2026-05-12 12:00         0 working days              2026-05-12 23:59:59
        2026-05-16 12:00         0 open days by closing      2026-05-16 23:59:59
        2026-05-12 16:00         0 working days by closing   2026-05-12 16:00:00.001
        ",
    );
}

#[test]
fn the_longest_term_is_the_longest_in_the_list() {
    let of_christmas = line("Mo-Fr 08:00-16:00; PH off; Dec 24 off", "2025-12-01", "2026-01-31");
    let table = "
        term                      longest asked          deadline
        within 10 min             2025-12-10 10:00       2025-12-10 10:10:00.001
        same day                  2025-12-23 16:00       2025-12-29 23:59:59
        same day by closing       2025-12-23 16:00       2025-12-29 16:00
        1 working day             2025-12-24 00:00       2025-12-29 23:59:59
        3 working days            2025-12-24 00:00       2025-12-31 23:59:59
        1 open day                2025-12-23 00:00       2025-12-29 23:59:59
        within 8 h open           2025-12-22 16:00       2025-12-29 08:00:00.001
        ";
    for [text, asked, deadline] in rows(table) {
        let [asked, deadline] = [asked, deadline].map(local);
        assert_eq!(of_christmas.deadline(term(text), asked), deadline, "{text}");
        assert_eq!(of_christmas.longest_term_ms(term(text)), deadline.millis_since(asked), "{text}");
    }
}
