//! The lines of a soup. Together they have every kind of promise, and changes of rules.

use ensilinja_model::{Channel, LineId};
use jiff::civil::date;

use crate::{DueBy, LevelFormula, LinePromise, OracleLimits, OracleLine, WeeklyHours, Within, WorkingDay};

const MINUTE_MS: u32 = 60_000;
const HOUR_MS: u32 = 60 * MINUTE_MS;
const DAY_MS: u32 = 24 * HOUR_MS;

/// Lines with rules so tight that a soup reaches their edges: open round the clock and not, every channel, every kind
/// of promise, a line without promises, one that is closed for weeks, and one whose hours and limits change.
#[must_use]
pub fn soup_lines() -> Vec<OracleLine> {
    vec![round_the_clock(), weekdays(), evenings_chat(), text(), lunch_break(), night_shift(), changing()]
}

fn line(id: &str, channel: Channel, hours: WeeklyHours, promise: LinePromise) -> OracleLine {
    OracleLine {
        id: LineId::parse(id).expect("the ids in this file are valid"),
        channel,
        hours,
        later_hours: Vec::new(),
        short_abandon_ms: 5_000,
        threshold_ms: 120_000,
        orphan_after_ms: DAY_MS,
        give_up_working_days: 1,
        timed_out_counts: true,
        waits_from_queue: false,
        promise,
        later_limits: Vec::new(),
        service_level: LevelFormula::NegativeAbandon,
    }
}

/// Promises callbacks by closing, which on this line is the end of the day.
fn round_the_clock() -> OracleLine {
    let promise = LinePromise { answer: None, callback: Some(Within::SameDay(DueBy::Closing)), abandon_breaks: false };
    let line = line("round_the_clock", Channel::Phone, WeeklyHours::round_the_clock(), promise);
    OracleLine { give_up_working_days: 5, ..line }
}

/// Promises answers and callbacks. The promise of an answer is so short that requests come before and after it.
fn weekdays() -> OracleLine {
    let promise = LinePromise {
        answer: Some(Within::Wall(10 * MINUTE_MS)),
        callback: Some(Within::SameDay(DueBy::EndOfDay)),
        abandon_breaks: true,
    };
    let line = line("weekdays", Channel::Phone, WeeklyHours::weekdays(9, 15), promise);
    OracleLine {
        short_abandon_ms: 5_500,
        threshold_ms: 20_000,
        orphan_after_ms: HOUR_MS,
        waits_from_queue: true,
        ..line
    }
}

/// A chat that promises answers and no callbacks, and is open until midnight. Its promise is not among the usual bucket
/// bounds.
fn evenings_chat() -> OracleLine {
    let promise = LinePromise { answer: Some(Within::Wall(7 * MINUTE_MS)), callback: None, abandon_breaks: true };
    let line = line("evenings_chat", Channel::Chat, WeeklyHours::daily(20 * 60, 24 * 60), promise);
    OracleLine {
        short_abandon_ms: 0,
        threshold_ms: 10 * MINUTE_MS,
        give_up_working_days: 2,
        timed_out_counts: false,
        service_level: LevelFormula::WithoutAbandon,
        ..line
    }
}

/// Promises in working days of both kinds.
fn text() -> OracleLine {
    let promise = LinePromise {
        answer: Some(Within::WorkingDays(1, WorkingDay::Official, DueBy::EndOfDay)),
        callback: Some(Within::WorkingDays(2, WorkingDay::LineOpen, DueBy::Closing)),
        abandon_breaks: false,
    };
    let line = line("text", Channel::Sms, WeeklyHours::weekdays(8, 16), promise);
    OracleLine { orphan_after_ms: 3 * DAY_MS, give_up_working_days: 2, timed_out_counts: false, ..line }
}

/// Has no promises, and opens twice a day.
fn lunch_break() -> OracleLine {
    let hours = WeeklyHours::weekdays(8, 11).and_again(12 * 60, 15 * 60 + 30);
    let line = line("lunch_break", Channel::Phone, hours, LinePromise::default());
    OracleLine { give_up_working_days: 3, service_level: LevelFormula::OnlyHandled, ..line }
}

/// Promises in open time, on a line that is open over midnight and closed all July.
fn night_shift() -> OracleLine {
    let hours = WeeklyHours::daily(0, 3 * 60 + 30).and_again(22 * 60, 24 * 60).closed_all(7);
    let promise = LinePromise {
        answer: Some(Within::Open(2 * HOUR_MS)),
        callback: Some(Within::Open(HOUR_MS)),
        abandon_breaks: true,
    };
    let line = line("night_shift", Channel::Phone, hours, promise);
    OracleLine {
        orphan_after_ms: 10 * HOUR_MS,
        waits_from_queue: true,
        service_level: LevelFormula::PositiveAbandon,
        ..line
    }
}

/// A line whose limits, promises and hours change on the special days of soups.
fn changing() -> OracleLine {
    let line = line("changing", Channel::Phone, WeeklyHours::weekdays(9, 12), LinePromise::default());
    let limits =
        |threshold_ms: u32, orphan_after_ms: u32, give_up_working_days: u16, promise: LinePromise| OracleLimits {
            short_abandon_ms: threshold_ms / 4,
            threshold_ms,
            orphan_after_ms,
            give_up_working_days,
            timed_out_counts: threshold_ms != 20_000,
            waits_from_queue: threshold_ms != 10_000,
            promise,
        };
    let same_day = LinePromise {
        answer: Some(Within::SameDay(DueBy::Closing)),
        callback: Some(Within::SameDay(DueBy::EndOfDay)),
        abandon_breaks: true,
    };
    let by_tomorrow = LinePromise {
        answer: None,
        callback: Some(Within::WorkingDays(1, WorkingDay::Official, DueBy::Closing)),
        abandon_breaks: true,
    };
    OracleLine {
        later_hours: vec![
            (date(2025, 9, 17), WeeklyHours::weekdays(8, 16)),
            (date(2025, 10, 26), WeeklyHours::round_the_clock()),
            (date(2025, 12, 23), WeeklyHours::weekdays(9, 15)),
            (date(2026, 3, 29), WeeklyHours::daily(0, 24 * 60).closed_all(7)),
            (date(2026, 8, 1), WeeklyHours::daily(9 * 60, 12 * 60)),
        ],
        later_limits: vec![
            (date(2025, 9, 17), limits(60_000, HOUR_MS, 3, same_day)),
            (date(2025, 10, 26), limits(20_000, DAY_MS, 1, by_tomorrow)),
            (date(2025, 12, 24), limits(60_000, DAY_MS, 2, LinePromise::default())),
            (date(2026, 3, 29), limits(30_000, 2 * HOUR_MS, 1, same_day)),
            (date(2026, 6, 18), limits(10_000, DAY_MS, 1, by_tomorrow)),
        ],
        ..line
    }
}
