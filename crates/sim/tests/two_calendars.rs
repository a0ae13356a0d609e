//! The oracle's calendar and the product's were written apart: over the years they must agree day by day.

use std::collections::BTreeSet;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Oracle, OracleLine, SimEvent, WeeklyHours};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 1 January 2025, 00:30 in Helsinki.
const START: EventTime = EventTime::from_seconds(1_735_684_200);
const DAYS: i64 = 3 * 365;

#[test]
fn lines_open_and_close_at_the_same_instants() {
    let days = Days::new("Europe/Helsinki").unwrap();
    let zone = County::zone();
    let mut all: Vec<WeeklyHours> = County::oma_hame().lines.into_iter().map(|line| line.hours).collect();
    all.push(WeeklyHours::daily(20 * 60, 24 * 60));
    all.sort_by_key(WeeklyHours::to_string);
    all.dedup();
    for hours in all {
        let parsed = OpeningHours::parse(&hours.to_string()).unwrap();
        let end = START.plus_millis(DAYS * DAY_MS);
        let line_hours = LineHours::new(&parsed, &days, START.plus_millis(-DAY_MS), end.plus_millis(DAY_MS));
        for half_hour in 0..DAYS * 48 {
            for off in [-1, 0] {
                let at = START.plus_millis(half_hour * HOUR_MS / 2 + off);
                let local = zone.to_datetime(jiff::Timestamp::from_millisecond(at.as_millis()).unwrap());
                assert_eq!(hours.is_open(local), line_hours.is_open(at), "{hours} at {local}");
            }
        }
    }
}

/// When the oracle gives a callback up that was asked for at an instant: the second from which none is outstanding.
fn given_up(line: &OracleLine, asked: EventTime) -> Option<EventTime> {
    let mut oracle = Oracle::new(vec![line.clone()], County::zone());
    let (contact, fact) = ("c".to_owned(), ensilinja_model::Fact::CallbackRequested);
    oracle.hear(&SimEvent {
        at: asked,
        told_at: asked,
        contact,
        line: line.id.clone(),
        visit: None,
        to_line: None,
        fact,
    });
    let outstanding = |at: EventTime| {
        let series = oracle.series(at);
        series.iter().any(|(name, n)| name.starts_with("ensilinja_callbacks_outstanding") && *n > 0.0)
    };
    // It ends with a local day: try the last second of each, whatever the offset from UTC is.
    let ends: BTreeSet<EventTime> = (0..30)
        .flat_map(|day| [21, 22].map(|hour| (asked.as_millis() / DAY_MS + day) * DAY_MS + hour * HOUR_MS - 1_000))
        .map(EventTime::from_millis)
        .filter(|end| *end >= asked)
        .collect();
    ends.into_iter().find(|end| outstanding(end.plus_millis(-1)) && !outstanding(*end))
}

#[test]
fn callbacks_are_given_up_at_the_same_second() {
    let days = Days::new("Europe/Helsinki").unwrap();
    let line = County::oma_hame().oracle_lines().remove(0);
    for day in (0..DAYS).step_by(3) {
        let asked = START.plus_millis(day * DAY_MS + 9 * HOUR_MS);
        let expected = days.end_of_working_day_after(asked, u32::from(line.give_up_working_days));
        assert_eq!(given_up(&line, asked), Some(expected), "asked at {asked:?}");
    }
}
