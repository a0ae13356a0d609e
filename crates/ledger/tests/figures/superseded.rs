//! Superseded ends of a wait: an abandon, a move or an end shortly before a callback request counts until the request.

use ensilinja_ledger::{
    Decision, FactStatus, HistoricalLedger, Indicator, Ledger, LineFigures, Promise, ServiceLevel, Undecided, Verdict,
    Window,
};
use ensilinja_model::{AttemptResult, CloseResult, Event, EventTime, Fact, LegKey, LineIndex, Stage};
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::{BASE, BOTH, CHAT, COMPLETE, DAY_MS, PHONE, SAME_DAY, SMS, figures_at, rules_once};
use crate::laws::all_figures;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Monday 30 March 2026 at 10:00 in Helsinki.
const MONDAY_10: i64 = 37 * HOUR;

const ABANDONED: Fact = Fact::Abandoned(Stage::Queue);

fn events(line: LineIndex, facts: &[(i64, Fact)]) -> Vec<Event> {
    let event = |(ms, fact): &(i64, Fact)| Event { leg: LegKey::new(1), line, at: BASE.plus_millis(*ms), fact: *fact };
    facts.iter().map(event).collect()
}

fn after(line: LineIndex, facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    figures_at(rules_once(), &events(line, facts), BASE.plus_millis(now_ms)).lines.swap_remove(line.as_usize())
}

/// Offered, abandoned, callback requested, moved, orphaned, waiting.
fn counts(line: &LineFigures, window: Window) -> [i64; 6] {
    let sums = &line.window(window).expect("history is complete").sums;
    let abandoned =
        [Decision::AbandonedMenu, Decision::AbandonedQueue, Decision::AbandonedRinging, Decision::AbandonedShort];
    [
        sums.offered(),
        abandoned.into_iter().map(|decision| sums.decided(decision)).sum(),
        sums.decided(Decision::CallbackRequested),
        sums.undecided(Undecided::Moved),
        sums.undecided(Undecided::Orphaned),
        line.waiting,
    ]
}

/// The platform ends the wait in the queue and creates the callback 180 ms later.
#[test]
fn a_request_just_after_the_abandon_decides_the_contact() {
    let gone = MONDAY_10 + 5 * MINUTE;
    let reached = MONDAY_10 + 40 * MINUTE;
    let facts = [
        (MONDAY_10, Fact::Offered),
        (MONDAY_10 + 1_000, Fact::Queued),
        (gone, ABANDONED),
        (gone + 180, Fact::CallbackRequested),
        (reached, Fact::CallbackAttempted(AttemptResult::Reached)),
        (reached, Fact::CallbackReached),
        (reached + 5 * MINUTE, Fact::Ended),
    ];
    let line = after(SAME_DAY, &facts, MONDAY_10 + HOUR);
    assert_eq!(counts(&line, Window::Today), [1, 0, 1, 0, 0, 0]);
    let sums = &line.window(Window::Today).expect("history is complete").sums;
    assert_eq!(sums.abandon_wait_sum_ms(), 0);
    assert_eq!(sums.promises(Promise::Callback, Verdict::Kept), 1);
    for indicator in [Indicator::Service, Indicator::PromiseKept, Indicator::CallbackReached] {
        let ratio = indicator.of(sums, ServiceLevel::NegativeAbandon);
        assert_eq!((ratio.good, ratio.valid), (1, 1), "{indicator:?}");
    }
    // Both are in the same second, so no read ever shows the abandon.
    assert_eq!(counts(&after(SAME_DAY, &facts, gone - 1), Window::Today), [1, 0, 0, 0, 0, 1]);
    assert_eq!(counts(&after(SAME_DAY, &facts, gone), Window::Today), [1, 0, 1, 0, 0, 0]);
}

#[test]
fn a_request_a_minute_after_the_end_supersedes_it_and_a_millisecond_later_does_not() {
    for (gone, at) in [(ABANDONED, 1), (Fact::Transferred, 3), (Fact::Ended, 4)] {
        for (apart_ms, decided) in [(1, 2), (MINUTE, 2), (MINUTE + 1, at)] {
            let facts = [(0, Fact::Offered), (MINUTE, gone), (MINUTE + apart_ms, Fact::CallbackRequested)];
            let mut expected = [1, 0, 0, 0, 0, 0];
            expected[decided] = 1;
            let line = after(PHONE, &facts, 10 * MINUTE);
            assert_eq!(counts(&line, Window::Hour), expected, "{gone:?}, {apart_ms} ms");
        }
    }
    for (apart_ms, decided) in [(MINUTE, Decision::CallbackRequested), (MINUTE + 1, Decision::TimedOut)] {
        let facts = [(0, Fact::Offered), (MINUTE, Fact::TimedOut), (MINUTE + apart_ms, Fact::CallbackRequested)];
        let line = after(PHONE, &facts, 10 * MINUTE);
        let sums = &line.window(Window::Hour).expect("history is complete").sums;
        assert_eq!((sums.decided(decided), sums.all_decided()), (1, 1), "a timeout, {apart_ms} ms");
    }
}

#[test]
fn figures_shown_before_the_request_stay_true() {
    let facts = [(0, Fact::Offered), (MINUTE, ABANDONED), (MINUTE + 40_500, Fact::CallbackRequested)];
    for (now, expected) in [
        (MINUTE - 1, [1, 0, 0, 0, 0, 1]),
        (MINUTE, [1, 1, 0, 0, 0, 0]),
        (MINUTE + 39_999, [1, 1, 0, 0, 0, 0]),
        (MINUTE + 40_000, [1, 0, 1, 0, 0, 0]),
        (10 * MINUTE, [1, 0, 1, 0, 0, 0]),
    ] {
        assert_eq!(counts(&after(PHONE, &facts, now), Window::Hour), expected, "{now}");
    }
    // The same for a ledger that has all events from the start and is read as time passes.
    let mut long_running = Ledger::new(rules_once().clone(), BASE.plus_millis(-MINUTE));
    for event in &events(PHONE, &facts) {
        long_running.apply(event);
    }
    for now in [0, MINUTE, MINUTE + 39_999, MINUTE + 40_000, HOUR, DAY_MS] {
        let shown = long_running.figures(BASE.plus_millis(now), COMPLETE).lines.swap_remove(PHONE.as_usize());
        assert_eq!(shown, after(PHONE, &facts, now), "{now}");
    }
}

/// The edge of a window is between the abandon and the request.
#[test]
fn a_window_that_begins_between_the_two_contains_the_request_alone() {
    let facts = [(0, Fact::Offered), (MINUTE, ABANDONED), (MINUTE + 40_000, Fact::CallbackRequested)];
    for (window, length) in [(Window::Minutes15, 15 * MINUTE), (Window::Hour, HOUR)] {
        let line = after(PHONE, &facts, MINUTE + 20_000 + length);
        assert_eq!(counts(&line, window), [0, 0, 1, 0, 0, 0], "{window:?}");
        let figures = all_figures(&line.window(window).expect("history is complete").sums);
        assert!(figures.iter().all(|figure| *figure >= 0), "{figures:?}");
        let line = after(PHONE, &facts, MINUTE + 40_000 + length);
        assert_eq!(counts(&line, window), [0; 6], "{window:?}");
    }
    // Midnight is four hours after the base. The request also changes the figures of yesterday.
    let midnight = 4 * HOUR;
    let over_midnight =
        [(midnight - MINUTE, Fact::Offered), (midnight - 1, ABANDONED), (midnight + 5_000, Fact::CallbackRequested)];
    let yesterday_and_today = |now| {
        let line = after(CHAT, &over_midnight, now);
        [counts(&line, Window::Yesterday), counts(&line, Window::Today)]
    };
    assert_eq!(yesterday_and_today(midnight + 4_999), [[1, 1, 0, 0, 0, 0], [0; 6]]);
    assert_eq!(yesterday_and_today(midnight + 5_000), [[1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0]]);
}

#[test]
fn the_hours_on_both_sides_add_up_to_the_day() {
    let facts = [(HOUR - MINUTE, Fact::Offered), (HOUR - 1_000, ABANDONED), (HOUR + 2_000, Fact::CallbackRequested)];
    let mut historical = HistoricalLedger::new(rules_once().clone());
    for event in &events(PHONE, &facts) {
        historical.apply(event);
    }
    let at = |ms| BASE.plus_millis(ms);
    let of = |periods: &[std::ops::Range<EventTime>], as_of_ms| {
        let sums = historical.figures(periods, at(as_of_ms)).swap_remove(PHONE.as_usize());
        let decided = |sums: &ensilinja_ledger::Sums| {
            [sums.offered(), sums.decided(Decision::AbandonedQueue), sums.decided(Decision::CallbackRequested)]
        };
        sums.iter().map(decided).collect::<Vec<_>>()
    };
    assert_eq!(of(&[at(0)..at(HOUR), at(HOUR)..at(2 * HOUR)], DAY_MS), [[1, 0, 0], [0, 0, 1]]);
    assert_eq!(of(&[at(0)..at(2 * HOUR)], DAY_MS), [[1, 0, 1]]);
    assert_eq!(of(&[at(0)..at(2 * HOUR)], HOUR + 1_999), [[1, 1, 0]], "as shown then");
}

/// An abandon breaks the promise at once, until the request moves it to the callback. After the deadline of the answer
/// it stays broken.
#[test]
fn the_verdict_is_that_of_the_callback_unless_the_deadline_of_the_answer_has_passed() {
    let verdicts = |line: &LineFigures| {
        let sums = &line.window(Window::Today).expect("history is complete").sums;
        let mut shown = Vec::new();
        for promise in Promise::ALL {
            for verdict in Verdict::ALL {
                let settled = sums.promises(*promise, *verdict);
                shown.extend((0..settled).map(|_| format!("{} {}", promise.as_str(), verdict.as_str())));
            }
            shown.extend((0..line.promises_pending(*promise)).map(|_| format!("{} pending", promise.as_str())));
        }
        shown
    };
    let gone = MONDAY_10 + 5 * MINUTE;
    let requested_after =
        |after_ms| [(MONDAY_10, Fact::Offered), (gone, ABANDONED), (gone + after_ms, Fact::CallbackRequested)];
    let facts = requested_after(30_000);
    assert_eq!(verdicts(&after(BOTH, &facts, gone + 29_999)), ["answer broken"]);
    assert_eq!(verdicts(&after(BOTH, &facts, gone + 30_000)), ["callback pending"]);
    let reached: Vec<_> = facts.into_iter().chain([(gone + HOUR, Fact::CallbackReached)]).collect();
    assert_eq!(verdicts(&after(BOTH, &reached, gone + HOUR)), ["callback kept"]);
    // An answer is promised within an open hour. For an arrival at 9 the deadline is 10:00:00.001.
    let opened = 36 * HOUR;
    let late = [
        (opened, Fact::Offered),
        (opened + HOUR - 10_000, ABANDONED),
        (opened + HOUR + 10_000, Fact::CallbackRequested),
    ];
    assert_eq!(verdicts(&after(BOTH, &late, opened + HOUR + 9_999)), ["answer broken"], "by the abandon");
    assert_eq!(verdicts(&after(BOTH, &late, opened + HOUR + 10_000)), ["answer broken"], "by the deadline");
    // If the abandon voids the promise, the request takes that back too.
    assert_eq!(verdicts(&after(SAME_DAY, &facts, gone)), ["answer void"]);
    assert_eq!(verdicts(&after(SAME_DAY, &facts, gone + 30_000)), ["callback pending"]);
}

#[test]
fn the_timeline_names_the_superseded_fact_and_the_request() {
    let facts = [(0, Fact::Offered), (MINUTE, ABANDONED), (MINUTE + 30_000, Fact::CallbackRequested)];
    let mut historical = HistoricalLedger::new(rules_once().clone());
    let events = events(PHONE, &facts);
    for event in &events {
        historical.apply(event);
    }
    let entries_and_status = |now| {
        let timeline = historical.timeline(LegKey::new(1), BASE.plus_millis(now)).expect("an event is about this leg");
        let names: Vec<_> = timeline.entries.iter().map(ensilinja_ledger::SourcedEntry::name).collect();
        (names, timeline.status(&events[1]))
    };
    let requested = BASE.plus_millis(MINUTE + 30_000);
    let (entries, status) = entries_and_status(MINUTE + 29_999);
    assert_eq!((&entries[..2], status), (&["arrived", "abandoned_queue_within"][..], FactStatus::Held));
    let (entries, status) = entries_and_status(MINUTE + 30_000);
    assert_eq!(
        (&entries[..2], status),
        (&["arrived", "request_decided"][..], FactStatus::Superseded { by: requested })
    );
}

/// A contact that was answered or moved before is not decided by the request.
#[test]
fn only_the_fact_that_decided_the_contact_is_superseded() {
    let answered = [(0, Fact::Answered), (MINUTE, ABANDONED), (MINUTE + 1_000, Fact::CallbackRequested)];
    assert_eq!(counts(&after(PHONE, &answered, 5 * MINUTE), Window::Hour), [1, 0, 0, 0, 0, 0]);
    // Moved at 1 ms, abandoned at 50 s, requested at 70 s: the move decided, more than a minute before.
    let moved = [(0, Fact::Offered), (1, Fact::Transferred), (50_000, ABANDONED), (70_000, Fact::CallbackRequested)];
    assert_eq!(counts(&after(PHONE, &moved, 5 * MINUTE), Window::Hour), [1, 0, 0, 1, 0, 0]);
    // A wait lasts a day at most on this line. A later request does not count.
    let late = [(0, Fact::Offered), (DAY_MS - 1_000, ABANDONED), (DAY_MS + 1, Fact::CallbackRequested)];
    assert_eq!(counts(&after(PHONE, &late, DAY_MS + MINUTE), Window::Hour), [0, 1, 0, 0, 0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// From the second of the request on, figures are as if there had been no abandon; before, as if there were no
    /// request.
    #[test]
    fn figures_are_as_if_only_one_of_the_two_had_happened(
        line in select(vec![PHONE, CHAT, SMS, SAME_DAY, BOTH]),
        start_ms in 0..3 * DAY_MS,
        gone in select(vec![ABANDONED, Fact::Abandoned(Stage::Menu), Fact::TimedOut, Fact::Transferred, Fact::Ended]),
        waited_ms in prop_oneof![0..10_000_i64, 0..HOUR],
        apart_ms in 1..=MINUTE,
        then in prop::collection::vec(
            (select(vec![
                Fact::CallbackReached,
                Fact::CallbackAttempted(AttemptResult::Failed),
                Fact::CallbackAttempted(AttemptResult::Reached),
                Fact::CallbackClosed(CloseResult::Cancelled),
                Fact::CallbackClosed(CloseResult::Purged),
            ]), prop_oneof![0..MINUTE, 0..3 * DAY_MS]),
            0..4,
        ),
        read_ms in prop_oneof![0..2 * MINUTE, 0..4 * DAY_MS],
    ) {
        let (gone_at, asked_at) = (start_ms + waited_ms, start_ms + waited_ms + apart_ms);
        let offered = (start_ms, Fact::Offered);
        let asked = [(asked_at, Fact::CallbackRequested)];
        let then: Vec<_> = then.into_iter().map(|(fact, ms)| (asked_at + ms, fact)).collect();
        let arrived_and = |facts: &[(i64, Fact)]| [&[offered], facts].concat();
        let both = arrived_and(&[&[(gone_at, gone)], &asked[..], &then].concat());
        let (only_asked, only_gone) = (arrived_and(&[&asked[..], &then].concat()), arrived_and(&[(gone_at, gone)]));
        let now = gone_at + read_ms;
        let shows_the_request = BASE.plus_millis(now).floor_second() >= BASE.plus_millis(asked_at).floor_second();
        let alone = if shows_the_request { only_asked } else { only_gone };
        prop_assert_eq!(after(line, &both, now), after(line, &alone, now));
    }
}
