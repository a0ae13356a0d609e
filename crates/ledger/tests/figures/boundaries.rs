//! Each limit in the life of a leg, at its exact millisecond and next to it.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_ledger::{
    Due, Flag, Ledger, Limits, LineFigures, Promise, Promises, Resolution, Sums, Undecided, Verdict, Window,
};
use ensilinja_model::{AttemptResult, Event, EventTime, Fact, LegKey, LineIndex, Stage};

use crate::fixture::{BASE, COMPLETE, DAY_MS, LIMITS, rules_of};

const MINUTE: i64 = 60_000;
/// From the base, Saturday 20:00 in Helsinki, to midnight.
const MIDNIGHT: i64 = 4 * 60 * MINUTE;

fn promising(answer: Option<Term>, callback: Option<Term>) -> Limits {
    Limits { promises: Promises { answer, callback, abandoned: Verdict::Broken }, ..LIMITS }
}

/// A line that is always open, with these facts of one leg, in milliseconds from the base.
fn after(limits: Limits, facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    let now = BASE.plus_millis(now_ms);
    let mut ledger = Ledger::new(rules_of("24/7", limits), now);
    for (at_ms, fact) in facts {
        let at = BASE.plus_millis(*at_ms);
        ledger.apply(&Event { leg: LegKey::new(1), line: LineIndex::new(0), at, fact: *fact });
    }
    ledger.figures(now, COMPLETE).lines.remove(0)
}

fn today(line: &LineFigures) -> &Sums {
    &line.window(Window::Today).expect("history is complete").sums
}

fn outstanding(line: &LineFigures) -> [i64; 3] {
    [Due::Later, Due::Today, Due::Overdue].map(|due| line.callbacks_outstanding(due))
}

#[test]
fn a_fact_a_day_after_the_arrival_counts_and_a_millisecond_later_does_not() {
    for (late_ms, counted) in [(0, 1), (1, 0)] {
        let at_last = DAY_MS + late_ms;
        let now = DAY_MS + 2 * MINUTE;
        let line = after(LIMITS, &[(0, Fact::Offered), (at_last, Fact::CallbackRequested)], now);
        assert_eq!(today(&line).callbacks_requested(), counted, "a request, {late_ms} ms late");
        assert_eq!(today(&line).undecided(Undecided::Orphaned), 1 - counted);
        let line = after(LIMITS, &[(0, Fact::Answered), (at_last, Fact::Ended)], now);
        assert_eq!(today(&line).handling_sum_ms(), counted * DAY_MS, "an end");
        let line = after(LIMITS, &[(0, Fact::Answered), (at_last, Fact::Offered)], now);
        assert_eq!(today(&line).flagged(Flag::Skewed), counted, "an offered");
    }
}

#[test]
fn attempts_count_from_the_request_to_the_resolution_both_included() {
    let attempt = |at_ms, result| (at_ms, Fact::CallbackAttempted(result));
    let (failed, reached) = (AttemptResult::Failed, AttemptResult::Reached);
    let facts = [
        (0, Fact::Offered),
        attempt(999, failed),
        (1_000, Fact::CallbackRequested),
        attempt(1_000, failed),
        attempt(9_000, reached),
        attempt(9_999, failed),
        attempt(10_000, failed),
    ];
    let line = after(LIMITS, &facts, MINUTE);
    let attempts = [failed, reached].map(|result| today(&line).callback_attempts(result));
    assert_eq!(attempts, [2, 1], "attempts are identified by their seconds");
    for (reached_ms, resolved) in [(1_000, 1), (999, 0)] {
        let line = after(LIMITS, &[(1_000, Fact::CallbackRequested), (reached_ms, Fact::CallbackReached)], MINUTE);
        assert_eq!(today(&line).callbacks_closed(Resolution::Reached), resolved);
        assert_eq!(outstanding(&line), [1 - resolved, 0, 0]);
    }
}

#[test]
fn a_leg_does_not_wait_in_the_second_in_which_its_wait_ends() {
    for decided in [Fact::Answered, Fact::CallbackRequested, Fact::Abandoned(Stage::Queue), Fact::Transferred] {
        let facts = [(500, Fact::Offered), (MINUTE + 500, decided)];
        for (now, waiting, oldest_ms) in [(MINUTE - 1, 1, 59_000 - 500), (MINUTE + 400, 0, 0)] {
            let line = after(LIMITS, &facts, now);
            assert_eq!((line.waiting, line.waiting_oldest_ms), (waiting, oldest_ms), "{decided:?} at {now}");
        }
    }
}

#[test]
fn a_leg_orphaned_by_time_stops_waiting_and_voids_its_promise_in_the_same_second() {
    let limits = promising(None, Some(Term::Within { ms: 60_000 }));
    for (now, pending) in [(DAY_MS + 999, 1), (DAY_MS + 1_000, 0)] {
        let line = after(limits, &[(500, Fact::Offered)], now);
        assert_eq!((line.waiting, line.promises_pending(Promise::Answer)), (pending, pending), "{now}");
        assert_eq!(today(&line).promises(Promise::Answer, Verdict::Void), 1 - pending);
    }
}

#[test]
fn a_callback_is_overdue_from_the_first_whole_second_at_or_after_its_deadline() {
    let limits = promising(None, Some(Term::Within { ms: 600_000 }));
    let requested = [(500, Fact::CallbackRequested)];
    for (now, due) in [(600_999, [0, 1, 0]), (601_000, [0, 0, 1])] {
        assert_eq!(outstanding(&after(limits, &requested, now)), due, "{now}");
    }
    let reached = [requested[0], (600_800, Fact::CallbackReached)];
    let line = after(limits, &reached, 700_000);
    assert_eq!(outstanding(&line), [0, 0, 0]);
    assert_eq!(today(&line).promises(Promise::Callback, Verdict::Broken), 1, "300 ms too late");
}

#[test]
fn a_callback_requested_at_the_midnight_of_its_day_is_due_today_and_not_a_millisecond_before() {
    let limits = promising(None, Some(Term::SameDay { by: DeadlineTime::EndOfDay }));
    let now = MIDNIGHT + 1_000;
    assert_eq!(outstanding(&after(limits, &[(MIDNIGHT, Fact::CallbackRequested)], now)), [0, 1, 0]);
    assert_eq!(outstanding(&after(limits, &[(MIDNIGHT, Fact::CallbackRequested)], MIDNIGHT)), [0, 1, 0]);
    // Today's deadline, 23:59:59, has passed. It is promised for tomorrow, which begins a millisecond later.
    let late = [(MIDNIGHT - 1, Fact::CallbackRequested)];
    assert_eq!(outstanding(&after(limits, &late, MIDNIGHT - 1)), [1, 0, 0]);
    assert_eq!(outstanding(&after(limits, &late, MIDNIGHT)), [0, 1, 0]);
}

#[test]
fn a_callback_resolved_in_the_second_of_its_day_or_deadline_leaves_nothing_due() {
    let next_day = Term::WorkingDays { days: 1, of: WorkingDays::LineOpen, by: DeadlineTime::EndOfDay };
    let limits = promising(None, Some(next_day));
    let deadline = MIDNIGHT + (23 * 3_600 - 1) * 1_000;
    for reached_ms in [MIDNIGHT - 1, MIDNIGHT, MIDNIGHT + 999, deadline - 1, deadline, deadline + 1_000] {
        let facts = [(0, Fact::CallbackRequested), (reached_ms, Fact::CallbackReached)];
        for now in [reached_ms, reached_ms + MINUTE] {
            let line = after(limits, &facts, now);
            assert_eq!(outstanding(&line), [0, 0, 0], "{reached_ms} at {now}");
            assert_eq!((line.callback_next_due, line.callback_oldest_ms), (None, 0));
        }
    }
    let open = after(limits, &[(0, Fact::CallbackRequested)], deadline - 1);
    assert_eq!(open.callback_next_due, Some(BASE.plus_millis(deadline)));
    assert_eq!(
        after(limits, &[(0, Fact::CallbackRequested)], deadline).callback_next_due,
        None,
        "it can no longer be met"
    );
}

/// The callback is given up on Tuesday 7 April, because Good Friday and Easter Monday are holidays. The answer is
/// promised for a later day.
#[test]
fn a_callback_given_up_breaks_the_promise_of_an_answer_before_its_deadline() {
    let ten_days = Term::WorkingDays { days: 10, of: WorkingDays::Official, by: DeadlineTime::EndOfDay };
    let limits = promising(Some(ten_days), None);
    let given_up = EventTime::from_seconds(1_775_595_599).millis_since(BASE);
    for (now, broken) in [(given_up - 1, 0), (given_up, 1)] {
        let line = after(limits, &[(500, Fact::CallbackRequested)], now);
        assert_eq!(today(&line).promises(Promise::Answer, Verdict::Broken), broken, "{now}");
        assert_eq!(line.promises_pending(Promise::Answer), 1 - broken);
        assert_eq!(today(&line).callbacks_closed(Resolution::GivenUp), broken);
    }
}
