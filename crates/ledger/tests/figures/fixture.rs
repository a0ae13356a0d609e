//! The fixture of the tests: six lines, a night in March, and a ledger with the complete history.

use std::sync::{Arc, OnceLock};

use ensilinja_calendar::{Days, DeadlineTime, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_ledger::{
    EffectiveLimits, Figures, History, Ledger, Limits, LineRules, Promises, Rules, TimedOutRule, Verdict,
};
use ensilinja_model::{Event, EventTime, LineIndex, WaitFrom};

pub const DAY_MS: i64 = 24 * 3_600_000;

/// Saturday 2026-03-28 at 20:00 in Helsinki: the night of a 23-hour day is four hours away.
pub const BASE: EventTime = EventTime::from_millis(1_774_720_800_000);

/// When the rules of [`CHANGING`] change: Monday 2026-03-30 at 00:00 in Helsinki.
pub const CHANGE: EventTime = EventTime::from_millis(1_774_818_000_000);

/// A complete history.
pub const COMPLETE: History = History { start: EventTime::from_millis(0), from_first_record: true };

/// Open daily 8 to 21 except on holidays; promises nothing.
pub const PHONE: LineIndex = LineIndex::new(0);
/// Open round the clock; promises an answer within 10 minutes, and an abandon breaks it.
pub const CHAT: LineIndex = LineIndex::new(1);
/// Open round the clock; promises an answer by the end of the next working day, and an abandon voids it. Contacts that
/// timed out are left out.
pub const SMS: LineIndex = LineIndex::new(2);
/// Open on weekdays 9 to 15; promises callbacks the same day by closing, and an abandon voids the promise.
pub const SAME_DAY: LineIndex = LineIndex::new(3);
/// Open on weekdays 9 to 15; promises an answer within an open hour and callbacks by the closing of the second day on
/// which it opens, and an abandon breaks the promise.
pub const BOTH: LineIndex = LineIndex::new(4);
/// Open on weekdays 9 to 15 and promises callbacks by the end of the next working day. From [`CHANGE`] on, open daily
/// 10 to 12, promises an answer within 5 minutes, and has stricter limits, and contacts that timed out are left
/// out.
pub const CHANGING: LineIndex = LineIndex::new(5);

/// The rules of these lines.
pub fn rules() -> Rules {
    let days = Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
    let parsed = |text| OpeningHours::parse(text).expect("opening hours");
    let laid_out = |hours: &OpeningHours| {
        LineHours::new(hours, &days, BASE.plus_millis(-90 * DAY_MS), BASE.plus_millis(200 * DAY_MS))
    };
    let weekdays = parsed("Mo-Fr 09:00-15:00; PH off");
    let changing = weekdays.clone().until(jiff::civil::date(2026, 3, 30), parsed("Mo-Su 10:00-12:00"));
    let from_the_start = |limits| vec![EffectiveLimits { valid_from: EventTime::from_millis(0), limits }];
    let promising =
        |answer, callback, abandoned| Limits { promises: Promises { answer, callback, abandoned }, ..LIMITS };
    let next_working_day = Term::WorkingDays { days: 1, of: WorkingDays::Official, by: DeadlineTime::EndOfDay };
    let sms = Limits {
        orphan_after_ms: 3 * 24 * 3_600_000,
        timed_out: TimedOutRule::LeftOut,
        ..promising(Some(next_working_day), None, Verdict::Void)
    };
    let after = Limits {
        threshold_ms: 20_000,
        orphan_after_ms: 2 * 3_600_000,
        give_up_working_days: 1,
        wait_from: WaitFrom::Queue,
        timed_out: TimedOutRule::LeftOut,
        ..promising(Some(Term::Within { ms: 300_000 }), None, Verdict::Broken)
    };
    let changing_limits = vec![
        EffectiveLimits {
            valid_from: EventTime::from_millis(0),
            limits: promising(None, Some(next_working_day), Verdict::Broken),
        },
        EffectiveLimits { valid_from: CHANGE, limits: after },
    ];
    let same_day = Term::SameDay { by: DeadlineTime::Closing };
    let two_open_days = Term::WorkingDays { days: 2, of: WorkingDays::LineOpen, by: DeadlineTime::Closing };
    let open_hour = Term::WithinOpen { ms: 3_600_000 };
    let lines = vec![
        (parsed("Mo-Su 08:00-21:00; PH off"), from_the_start(LIMITS)),
        (parsed("24/7"), from_the_start(promising(Some(Term::Within { ms: 600_000 }), None, Verdict::Broken))),
        (parsed("24/7"), from_the_start(sms)),
        (weekdays.clone(), from_the_start(promising(None, Some(same_day), Verdict::Void))),
        (weekdays, from_the_start(promising(Some(open_hour), Some(two_open_days), Verdict::Broken))),
        (changing, changing_limits),
    ];
    let lines = lines
        .into_iter()
        .map(|(hours, effective_limits)| LineRules { hours: laid_out(&hours), effective_limits })
        .collect();
    Rules::new(days, lines)
}

/// The same, computed once for all cases of a law.
pub fn rules_once() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(rules)
}

/// The usual limits, without a promise.
pub const LIMITS: Limits = Limits {
    short_abandon_ms: 5_000,
    threshold_ms: 120_000,
    orphan_after_ms: 24 * 3_600_000,
    give_up_working_days: 5,
    wait_from: WaitFrom::Arrival,
    timed_out: TimedOutRule::Counts,
    promises: Promises::NONE,
};

/// The rules of one line with these hours and limits.
pub fn rules_of(hours: &str, limits: Limits) -> Rules {
    let days = Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
    let hours = OpeningHours::parse(hours).expect("opening hours");
    let hours = LineHours::new(&hours, &days, BASE.plus_millis(-80 * DAY_MS), BASE.plus_millis(200 * DAY_MS));
    Rules::new(
        days,
        vec![LineRules {
            hours,
            effective_limits: vec![EffectiveLimits { valid_from: EventTime::from_millis(0), limits }],
        }],
    )
}

/// The figures at `now` of a ledger with `events`, read once.
pub fn figures_at<'a>(rules: &Rules, events: impl IntoIterator<Item = &'a Event>, now: EventTime) -> Figures {
    let mut ledger = Ledger::new(rules.clone(), now);
    for event in events {
        ledger.apply(event);
    }
    ledger.figures(now, COMPLETE)
}
