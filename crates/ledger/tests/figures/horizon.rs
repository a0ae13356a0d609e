//! How far back figures reach: windows that have not begun yet, instants that no calendar holds, and what has to be
//! read.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_ledger::{
    Applied, HistoricalLedger, History, Ledger, Limits, Promises, Resolution, Rules, Verdict, Window,
};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};

use crate::stand::{BASE, COMPLETE, DAY_MS, LIMITS, SAME_DAY, figures_at, rules, rules_of};

const HOUR_MS: i64 = 3_600_000;

fn event(leg: u128, at: EventTime, fact: Fact) -> Event {
    Event { leg: LegKey::new(leg), line: LineIndex::new(0), at, fact }
}

/// The line opens for the first time on Wednesday 1 April 2026 at 9.
#[test]
fn the_windows_of_a_line_that_has_never_been_open_begin_with_its_first_opening() {
    let rules = rules_of("Apr-Dec Mo-Fr 09:00-15:00", LIMITS);
    let first_opening = BASE.plus_millis(84 * HOUR_MS);
    let events: Vec<Event> = (0..250_u32)
        .map(|n| event(n.into(), BASE.plus_millis(i64::from(n) * HOUR_MS + 1_000), Fact::Offered))
        .collect();
    let mut lived = Ledger::new(rules.clone(), BASE);
    for hour in 0..250 {
        let now = BASE.plus_millis(hour * HOUR_MS + 60_000);
        let heard = &events[..=usize::try_from(hour).expect("from 0")];
        lived.apply(&heard[heard.len() - 1]);
        let shown = lived.figures(now, COMPLETE);
        assert_eq!(shown.lines, figures_at(&rules, heard, now).lines, "as if it had been read from nothing, {hour}");
        let open_2_hours = shown.lines[0].window(Window::Open2Hours).map(|window| window.sums.offered());
        let open_ms = now.millis_since(first_opening);
        assert_eq!(open_2_hours.is_some(), open_ms >= 2 * HOUR_MS, "{hour}");
        // Tuesday 7 April is the fifth day on which the line opens, and the first was the 1st.
        let fifth_opening = BASE.plus_millis(228 * HOUR_MS);
        let open_5_days = shown.lines[0].window(Window::Open5Days).map(|window| window.sums.offered());
        let midnight_to_now = (now >= fifth_opening).then_some(hour - 74);
        assert_eq!(open_5_days, midnight_to_now, "from midnight on the first of them, {hour}");
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
    let same_day = Term::SameDay { by: DeadlineTime::Closing };
    let official = Term::WorkingDays { days: 1, of: WorkingDays::Official, by: DeadlineTime::EndOfDay };
    for callback in [None, Some(within), Some(same_day), Some(official), Some(Term::WithinOpen { ms: 60_000 })] {
        let rules = rules_of("Mo-Fr 09:00-15:00", callbacks(callback));
        for at_ms in [i64::MIN, i64::MIN + 1_000_000, -1, 0, 4_200_000_000_000, i64::MAX - 10_000] {
            let at = EventTime::from_millis(at_ms);
            let mut historical = HistoricalLedger::new(rules.clone());
            for (fact, after_ms) in [(Fact::Offered, 0), (Fact::CallbackRequested, 1_000), (Fact::Ended, 2_000)] {
                historical.apply(&event(1, at.plus_millis(after_ms), fact));
            }
            let all_time = EventTime::MIN..EventTime::MAX;
            let sums = historical.figures(&[all_time], EventTime::MAX).remove(0).remove(0);
            assert_eq!((sums.offered(), sums.callbacks_requested()), (1, 1), "{at_ms} {callback:?}");
            assert_eq!(sums.callbacks_closed(Resolution::GivenUp), 1, "{at_ms} {callback:?}");
        }
    }
}

/// A leg lives for as long as its line lets a request come, the callback wait, and nobody give it up; or until the
/// answer it was promised is due, if that is longer.
#[test]
fn a_leg_lives_as_long_as_its_line_may_have_to_wait_for_it() {
    let give_up_ms = |rules: &Rules| rules.days().longest_working_days_ms(5);
    let promising =
        |answer, callback| Limits { promises: Promises { answer, callback, abandoned: Verdict::Broken }, ..LIMITS };
    let rules = rules_of("24/7", LIMITS);
    assert_eq!(rules.life_ms(), DAY_MS + give_up_ms(&rules));
    let rules = rules_of("24/7", promising(None, Some(Term::Within { ms: 3_600_000 })));
    assert_eq!(rules.life_ms(), DAY_MS + HOUR_MS + 1 + give_up_ms(&rules));
    let thirty_days = Term::WorkingDays { days: 30, of: WorkingDays::LineOpen, by: DeadlineTime::EndOfDay };
    let rules = rules_of("24/7", promising(Some(thirty_days), None));
    assert_eq!(rules.life_ms(), 31 * DAY_MS - 1_000 + HOUR_MS, "over the 25-hour day");
}

#[test]
fn what_has_to_be_read_begins_a_life_and_five_minutes_before_the_first_window() {
    let rules = rules_of("Mo-Fr 09:00-15:00", LIMITS);
    let five_minutes_ms = 300_000;
    let first_window = |rules: &Rules, now| rules.range_start(now).plus_millis(rules.life_ms() + five_minutes_ms);
    // Monday 30 March at 10; the fifth latest day on which the line has opened began on Tuesday the 24th at midnight.
    let monday = BASE.plus_millis(37 * HOUR_MS);
    assert_eq!(first_window(&rules, monday), EventTime::from_seconds(1_774_303_200));
    // A line that has never been open has no windows but those of the clock: yesterday began on the 27th.
    let rules = rules_of("Apr-Dec Mo-Fr 09:00-15:00", LIMITS);
    assert_eq!(first_window(&rules, BASE), EventTime::from_seconds(1_774_562_400));
    // Ten minutes a day: of two hours the first ten were on the 17th.
    let rules = rules_of("Mo-Su 10:00-10:10", LIMITS);
    assert_eq!(first_window(&rules, BASE), EventTime::from_seconds(1_773_734_400));
}

#[test]
fn the_range_to_read_never_grows_beyond_the_horizon_and_never_goes_back() {
    let rules = rules();
    let mut earlier = EventTime::MIN;
    for hour in 0..180 * 24 {
        let now = BASE.plus_millis(hour * HOUR_MS - 1);
        let start = rules.range_start(now);
        assert!(start >= earlier, "hour {hour}");
        assert!(now.millis_since(start) <= rules.horizon_ms(), "hour {hour}");
        earlier = start;
    }
}

#[test]
fn what_is_too_old_moves_with_the_reads() {
    let rules = rules();
    let mut ledger = Ledger::new(rules.clone(), BASE);
    let later = BASE.plus_millis(20 * DAY_MS);
    let told = |ledger: &mut Ledger, at| ledger.apply(&event(1, at, Fact::Offered));
    let [oldest, oldest_later] = [BASE, later].map(|now| rules.range_start(now));
    assert_eq!(told(&mut ledger, oldest_later.plus_millis(-1)), Applied::Applied);
    ledger.figures(later, COMPLETE);
    assert_eq!(told(&mut ledger, oldest_later.plus_millis(-1)), Applied::TooOld);
    assert_ne!(told(&mut ledger, oldest_later), Applied::TooOld);
    assert!(oldest < oldest_later);
}

#[test]
fn a_window_is_there_when_its_very_first_second_is_known() {
    let rules = rules_of("24/7", LIMITS);
    let now = BASE.plus_millis(1_800_500);
    let shown = |start_ms, from_first_record| {
        let history = History { start: BASE.plus_millis(start_ms), from_first_record };
        Ledger::new(rules.clone(), now).figures(now, history).lines[0].window(Window::Minutes15).is_some()
    };
    // Seconds 901 to 1 800 after the base.
    for (start_ms, there) in [(901_000, true), (901_001, false)] {
        assert_eq!(shown(start_ms, true), there, "{start_ms}");
        assert_eq!(shown(start_ms - rules.life_ms(), false), there, "{start_ms}");
    }
}

#[test]
fn five_open_days_move_on_in_the_second_of_the_opening() {
    let rules = rules();
    // Monday 30 March; the fifth latest day is Monday the 23rd before 9:00:00, and Tuesday the 24th then.
    let offered =
        Event { leg: LegKey::new(1), line: SAME_DAY, at: EventTime::from_seconds(1_774_250_000), fact: Fact::Offered };
    for (now_ms, counted) in [(36 * HOUR_MS - 1, 1), (36 * HOUR_MS, 0)] {
        let line = figures_at(&rules, [&offered], BASE.plus_millis(now_ms)).lines.swap_remove(SAME_DAY.as_usize());
        assert_eq!(line.window(Window::Open5Days).map(|window| window.sums.offered()), Some(counted), "{now_ms}");
    }
}

#[test]
fn a_promised_answer_time_is_a_bound_once_however_many_lines_promise_it() {
    let usual = rules();
    let bounds = usual.bounds().answer_wait_ms.iter();
    assert_eq!(bounds.filter(|bound| **bound == 600_000).count(), 1, "a usual bound, and promised");
    let promises = Promises { answer: Some(Term::Within { ms: 90_000 }), ..Promises::NONE };
    let rules = rules_of("24/7", Limits { promises, ..LIMITS });
    assert!(rules.bounds().answer_wait_ms.contains(&90_000));
    assert!(rules.bounds().answer_wait_ms.is_sorted());
}
