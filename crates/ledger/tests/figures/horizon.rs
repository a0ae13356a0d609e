//! How far back figures reach: windows that have not begun yet, instants that no calendar holds, and what has to be read.

use std::sync::Arc;

use ensilinja_calendar::{By, Days, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_ledger::{Chronicle, Era, Ledger, Limits, LineRules, Promises, Resolution, Rules, Verdict, Window};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};

use crate::stand::{BASE, COMPLETE, DAY_MS, LIMITS, figures_at};

const HOUR_MS: i64 = 3_600_000;

fn days() -> Arc<Days> {
    Arc::new(Days::new("Europe/Helsinki").expect("a time zone"))
}

/// The rules of one line with these hours and limits.
fn rules_of(hours: &str, limits: Limits) -> Rules {
    let days = days();
    let hours = OpeningHours::parse(hours).expect("opening hours");
    let hours = LineHours::new(&hours, &days, BASE.plus_millis(-80 * DAY_MS), BASE.plus_millis(200 * DAY_MS));
    Rules::new(days, vec![LineRules { hours, eras: vec![Era { valid_from: EventTime::from_millis(0), limits }] }])
}

fn event(leg: u128, at: EventTime, fact: Fact) -> Event {
    Event { leg: LegKey::new(leg), line: LineIndex::new(0), at, fact }
}

/// The line opens for the first time on Wednesday 1 April 2026 at 9.
#[test]
fn the_windows_of_a_line_that_has_never_been_open_begin_with_its_first_opening() {
    let rules = rules_of("Apr-Dec Mo-Fr 09:00-15:00", LIMITS);
    let first_opening = BASE.plus_millis(84 * HOUR_MS);
    let events: Vec<Event> = (0..200_u32)
        .map(|n| event(n.into(), BASE.plus_millis(i64::from(n) * HOUR_MS + 1_000), Fact::Offered))
        .collect();
    let mut lived = Ledger::new(rules.clone(), BASE);
    for hour in 0..200 {
        let now = BASE.plus_millis(hour * HOUR_MS + 60_000);
        let heard = &events[..=usize::try_from(hour).expect("from 0")];
        lived.apply(&heard[heard.len() - 1]);
        let shown = lived.figures(now, COMPLETE);
        assert_eq!(shown.lines, figures_at(&rules, heard, now).lines, "as if it had been read from nothing, {hour}");
        let open_2_hours = shown.lines[0].window(Window::Open2Hours).map(|window| window.sums.offered());
        let open_ms = now.millis_since(first_opening);
        assert_eq!(open_2_hours.is_some(), open_ms >= 2 * HOUR_MS, "{hour}");
        if (2 * HOUR_MS..6 * HOUR_MS).contains(&open_ms) {
            assert_eq!(open_2_hours, Some(2), "{hour}");
        }
    }
}

/// What is said of a year that the calendar does not hold is wrong already, and must not stop a report.
#[test]
fn an_instant_beyond_every_calendar_is_filed_like_any_other() {
    let callbacks =
        |callback| Limits { promises: Promises { answer: None, callback, abandoned: Verdict::Broken }, ..LIMITS };
    let within = Term::Within { ms: 60_000 };
    let same_day = Term::SameDay { by: By::Closing };
    let official = Term::WorkingDays { days: 1, of: WorkingDays::Official, by: By::EndOfDay };
    for callback in [None, Some(within), Some(same_day), Some(official), Some(Term::WithinOpen { ms: 60_000 })] {
        let rules = rules_of("Mo-Fr 09:00-15:00", callbacks(callback));
        for at_ms in [i64::MIN, i64::MIN + 1_000_000, -1, 0, 4_200_000_000_000, i64::MAX - 10_000] {
            let at = EventTime::from_millis(at_ms);
            let mut chronicle = Chronicle::new(rules.clone());
            for (fact, after_ms) in [(Fact::Offered, 0), (Fact::CallbackRequested, 1_000), (Fact::Ended, 2_000)] {
                chronicle.apply(&event(1, at.plus_millis(after_ms), fact));
            }
            let all_time = EventTime::MIN..EventTime::MAX;
            let sums = chronicle.figures(&[all_time], EventTime::MAX).remove(0).remove(0);
            assert_eq!((sums.offered(), sums.callbacks_requested()), (1, 1), "{at_ms} {callback:?}");
            assert_eq!(sums.callbacks_closed(Resolution::GivenUp), 1, "{at_ms} {callback:?}");
        }
    }
}
