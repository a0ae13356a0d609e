//! The lines of the oracle as rules of the ledger.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::sync::Arc;

use ensilinja_calendar::{Days, DeadlineTime, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_ledger::{EffectiveLimits, Limits, LineRules, Promises, Rules, ServiceLevel, TimedOutRule, Verdict};
use ensilinja_model::{EventTime, WaitFrom};
use ensilinja_sim::{DueBy, LevelFormula, LinePromise, OracleLimits, OracleLine, Within, WorkingDay};
use jiff::civil::Date;

const DAY_MS: i64 = 24 * 3_600_000;

/// The rules of these lines, with opening hours for 500 days around an instant.
pub fn rules(lines: &[OracleLine], around: EventTime) -> Rules {
    let days = Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
    let lines = lines.iter().map(|line| line_rules(line, &days, around)).collect();
    Rules::new(days, lines)
}

fn line_rules(line: &OracleLine, days: &Days, around: EventTime) -> LineRules {
    let parse = |hours: &dyn ToString| OpeningHours::parse(&hours.to_string()).expect("the oracle's hours are hours");
    let hours = line.later_hours.iter().fold(parse(&line.hours), |hours, (date, next)| hours.until(*date, parse(next)));
    let later = line
        .later_limits
        .iter()
        .map(|(date, limits)| EffectiveLimits { valid_from: midnight(*date), limits: judged(*limits) });
    let first = EffectiveLimits { valid_from: EventTime::from_millis(0), limits: judged(line.first_limits()) };
    LineRules {
        hours: LineHours::new(&hours, days, around.plus_millis(-250 * DAY_MS), around.plus_millis(250 * DAY_MS)),
        effective_limits: std::iter::once(first).chain(later).collect(),
    }
}

fn midnight(date: Date) -> EventTime {
    let midnight = date.in_tz("Europe/Helsinki").expect("a day in Helsinki");
    EventTime::from_millis(midnight.timestamp().as_millisecond())
}

fn judged(limits: OracleLimits) -> Limits {
    let LinePromise { answer, callback, abandon_breaks } = limits.promise;
    Limits {
        short_abandon_ms: limits.short_abandon_ms,
        threshold_ms: limits.threshold_ms,
        orphan_after_ms: limits.orphan_after_ms,
        give_up_working_days: limits.give_up_working_days,
        wait_from: if limits.waits_from_queue { WaitFrom::Queue } else { WaitFrom::Arrival },
        timed_out: if limits.timed_out_counts { TimedOutRule::Counts } else { TimedOutRule::LeftOut },
        promises: Promises {
            answer: answer.map(term),
            callback: callback.map(term),
            abandoned: if abandon_breaks { Verdict::Broken } else { Verdict::Void },
        },
    }
}

fn term(within: Within) -> Term {
    let by = |by| match by {
        DueBy::EndOfDay => DeadlineTime::EndOfDay,
        DueBy::Closing => DeadlineTime::Closing,
    };
    match within {
        Within::Wall(ms) => Term::Within { ms },
        Within::Open(ms) => Term::WithinOpen { ms },
        Within::SameDay(when) => Term::SameDay { by: by(when) },
        Within::WorkingDays(days, of, when) => {
            let of = match of {
                WorkingDay::Official => WorkingDays::Official,
                WorkingDay::LineOpen => WorkingDays::LineOpen,
            };
            Term::WorkingDays { days, of, by: by(when) }
        }
    }
}

/// The formula of a line's service level.
pub fn service_level(line: &OracleLine) -> ServiceLevel {
    match line.service_level {
        LevelFormula::OnlyHandled => ServiceLevel::OnlyHandled,
        LevelFormula::WithoutAbandon => ServiceLevel::WithoutAbandon,
        LevelFormula::PositiveAbandon => ServiceLevel::PositiveAbandon,
        LevelFormula::NegativeAbandon => ServiceLevel::NegativeAbandon,
    }
}
