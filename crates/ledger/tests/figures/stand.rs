//! Where the tests stand: three lines, one night in March, and a ledger that has heard everything.

use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_ledger::{ANSWER_WAIT_BOUNDS_MS, Figures, History, Ledger, LineRules, Rules};
use ensilinja_model::{Channel, Event, EventTime};

pub const DAY_MS: i64 = 24 * 3_600_000;

/// Saturday 2026-03-28 at 20:00 in Helsinki: the night of a 23-hour day is four hours away.
pub const BASE: EventTime = EventTime::from_millis(1_774_720_800_000);

/// Everything was read, and nothing was before.
pub const COMPLETE: History = History { start: EventTime::from_millis(0), from_first_record: true };

/// A phone line, a chat that never closes and a line of text messages.
pub fn rules() -> Rules {
    let days = Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
    let hours = OpeningHours::parse("Mo-Su 08:00-21:00; PH off").expect("opening hours");
    let hours = LineHours::new(&hours, &days, BASE.plus_millis(-90 * DAY_MS), BASE.plus_millis(90 * DAY_MS));
    let line = |channel, hours, orphan_after_ms| LineRules {
        channel,
        hours,
        short_abandon_ms: 5_000,
        threshold_ms: 120_000,
        orphan_after_ms,
        give_up_working_days: 5,
    };
    Rules {
        days,
        lines: vec![
            line(Channel::Phone, hours, 24 * 3_600_000),
            line(Channel::Chat, LineHours::always_open(), 24 * 3_600_000),
            line(Channel::Sms, LineHours::always_open(), 3 * 24 * 3_600_000),
        ],
        answer_wait_bounds_ms: ANSWER_WAIT_BOUNDS_MS.to_vec(),
    }
}

/// The figures at `now` of a ledger that was told all of `events` and read once.
pub fn figures_at<'a>(rules: &Rules, events: impl IntoIterator<Item = &'a Event>, now: EventTime) -> Figures {
    let mut ledger = Ledger::new(rules.clone(), now);
    for event in events {
        ledger.apply(event);
    }
    ledger.figures(now, COMPLETE)
}
