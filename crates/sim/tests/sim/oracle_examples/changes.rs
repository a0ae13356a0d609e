//! Changes of rules: limits follow the arrival, opening hours the day in question.

use ensilinja_model::{Fact, Stage};
use ensilinja_sim::{DueBy, LinePromise, OracleLimits, OracleLine, WeeklyHours, Within};
use jiff::civil::date;

use super::line_reading::{LineReading, line, local, promising};

fn limits() -> OracleLimits {
    OracleLimits {
        short_abandon_ms: 10_000,
        threshold_ms: 20_000,
        orphan_after_ms: 3_600_000,
        give_up_working_days: 1,
        timed_out_counts: true,
        waits_from_queue: false,
        promise: LinePromise::default(),
    }
}

/// The line with other limits from 17 September 2025 on.
fn changed(limits: OracleLimits, line: OracleLine) -> OracleLine {
    OracleLine { later_limits: vec![(date(2025, 9, 17), limits)], ..line }
}

#[test]
fn a_contact_keeps_the_limits_of_its_arrival() {
    let line = changed(limits(), line());
    let abandoned = |arrival, at| {
        LineReading::at(&line, &[(arrival, Fact::Offered), (at, Fact::Abandoned(Stage::Queue))], "2025-09-17 12:00:00")
    };
    let before = abandoned("2025-09-16 23:59:59.999", "2025-09-17 00:00:09");
    assert_eq!(before.today("contacts_decided", "result=\"abandoned_queue\""), 1.0);
    let after = abandoned("2025-09-17 00:00:00", "2025-09-17 00:00:09");
    assert_eq!(after.today("contacts_decided", "result=\"abandoned_short\""), 1.0);

    let answered = |arrival, at| {
        let facts = [(arrival, Fact::Offered), (at, Fact::Answered)];
        LineReading::at(&line, &facts, "2025-09-17 12:00:00").today("contacts_within_threshold", "result=\"answered\"")
    };
    assert_eq!(answered("2025-09-16 23:59:00", "2025-09-17 00:00:30"), 1.0);
    assert_eq!(answered("2025-09-17 00:00:00", "2025-09-17 00:00:30"), 0.0);

    let waiting = |arrival, now| LineReading::at(&line, &[(arrival, Fact::Offered)], now).now("contacts_waiting");
    assert_eq!(waiting("2025-09-16 23:59:59.999", "2025-09-17 12:00:00"), 1.0);
    assert_eq!(waiting("2025-09-17 00:00:00", "2025-09-17 01:00:00"), 0.0);
}

#[test]
fn promise_and_give_up_limit_are_those_of_the_arrival() {
    let chat = promising(Some(Within::Wall(600_000)), None);
    let next = LinePromise { answer: None, callback: Some(Within::SameDay(DueBy::EndOfDay)), abandon_breaks: false };
    let line = changed(OracleLimits { promise: next, ..limits() }, chat);
    let verdict = |arrival, now| LineReading::at(&line, &[(arrival, Fact::Offered)], now).verdicts();
    assert_eq!(verdict("2025-09-16 23:59:59.999", "2025-09-17 00:15:00"), ["answer broken"]);
    assert_eq!(verdict("2025-09-17 00:00:00", "2025-09-17 00:15:00"), ["answer pending"]);

    // A request after the change by a contact that arrived before it: no callback is promised, and the old give-up
    // limit applies.
    let asked = |arrival, now| {
        LineReading::at(&line, &[(arrival, Fact::Offered), ("2025-09-17 00:01:00", Fact::CallbackRequested)], now).due()
    };
    assert_eq!(asked("2025-09-16 23:59:59", "2025-09-19 12:00:00"), ["later"]);
    assert_eq!(asked("2025-09-17 00:00:01", "2025-09-17 12:00:00"), ["today"]);
    assert_eq!(asked("2025-09-17 00:00:01", "2025-09-18 23:59:59"), Vec::<&str>::new());
}

#[test]
fn opening_hours_are_those_of_the_day_and_not_of_the_arrival() {
    let line = OracleLine {
        later_hours: vec![
            (date(2025, 9, 17), WeeklyHours::weekdays(10, 14)),
            (date(2025, 9, 20), WeeklyHours::daily(0, 24 * 60)),
        ],
        ..promising(None, Some(Within::SameDay(DueBy::Closing)))
    };
    let open = |now| LineReading::at(&line, &[], now).now("line_open");
    assert_eq!(
        (open("2025-09-16 15:59:59"), open("2025-09-17 09:59:59"), open("2025-09-17 10:00:00")),
        (1.0, 0.0, 1.0)
    );
    assert_eq!((open("2025-09-19 23:59:59"), open("2025-09-20 00:00:00")), (0.0, 1.0));
    // Requested after closing on Tuesday: due by the new closing on Wednesday. Requested on Friday after closing: due
    // on Saturday.
    let due = |asked, now| LineReading::at(&line, &[(asked, Fact::CallbackRequested)], now);
    let next = |asked| due(asked, asked).now("callback_next_due_timestamp_seconds");
    assert_eq!(next("2025-09-16 16:00:00"), local("2025-09-17 14:00:00").as_seconds_f64());
    assert_eq!(next("2025-09-19 14:00:00"), local("2025-09-20 23:59:59").as_seconds_f64());
    // The line is open on Tuesday from 15:00 until closing at 16:00, and on Wednesday from 10:00.
    let facts = [("2025-09-16 15:00:00", Fact::CallbackRequested), ("2025-09-17 11:00:00", Fact::CallbackReached)];
    let read = LineReading::at(&line, &facts, "2025-09-17 12:00:00");
    assert_eq!(read.today("callback_open_wait_seconds_gsum", ""), 7_200.0);
}
