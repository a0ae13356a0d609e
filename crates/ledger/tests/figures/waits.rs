//! From where waits count, and waits of unknown length.

use ensilinja_calendar::Term;
use ensilinja_ledger::{
    Decision, HistoricalLedger, Indicator, Ledger, Limits, LineFigures, Promises, ServiceLevel, Sums, TimedOutRule,
    UnknownWait, Verdict, Window, Within,
};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex, Stage, WaitFrom};

use crate::fixture::{BASE, COMPLETE, DAY_MS, LIMITS, figures_at, rules_of};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const ABANDONED: Fact = Fact::Abandoned(Stage::Queue);

/// Promises an answer within ten minutes; an abandon breaks the promise.
const PROMISING: Limits = Limits {
    promises: Promises { answer: Some(Term::Within { ms: 600_000 }), callback: None, abandoned: Verdict::Broken },
    ..LIMITS
};
const FROM_QUEUE: Limits = Limits { wait_from: WaitFrom::Queue, ..PROMISING };

fn event((at_ms, fact): (i64, Fact)) -> Event {
    Event { leg: LegKey::new(1), line: LineIndex::new(0), at: BASE.plus_millis(at_ms), fact }
}

fn after(limits: Limits, facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    let events: Vec<Event> = facts.iter().copied().map(event).collect();
    figures_at(&rules_of("24/7", limits), &events, BASE.plus_millis(now_ms)).lines.swap_remove(0)
}

fn today(line: &LineFigures) -> &Sums {
    &line.window(Window::Open5Days).expect("history is complete").sums
}

/// Kept, broken and void promises of an answer.
fn verdicts(line: &LineFigures) -> [i64; 3] {
    let of = |verdict| today(line).promises(ensilinja_ledger::Promise::Answer, verdict);
    [of(Verdict::Kept), of(Verdict::Broken), of(Verdict::Void)]
}

#[test]
fn a_wait_from_the_queue_leaves_out_the_menu() {
    let facts = [(0, Fact::Offered), (3 * MINUTE, Fact::Queued), (5 * MINUTE, Fact::Answered)];
    for (limits, waited, within) in [(PROMISING, 5 * MINUTE, 0), (FROM_QUEUE, 2 * MINUTE, 1)] {
        let line = after(limits, &facts, 6 * MINUTE);
        assert_eq!(today(&line).answer_waits().sum_ms(), waited);
        assert_eq!(today(&line).within_threshold(Within::Answered), within);
    }
    let short = [(0, Fact::Offered), (3 * MINUTE, Fact::Queued), (3 * MINUTE + 4_999, ABANDONED)];
    assert_eq!(today(&after(FROM_QUEUE, &short, 6 * MINUTE)).decided(Decision::AbandonedShort), 1);
    assert_eq!(today(&after(PROMISING, &short, 6 * MINUTE)).decided(Decision::AbandonedShort), 0);
}

#[test]
fn a_contact_that_never_entered_the_queue_or_left_before_counts_from_its_arrival() {
    let gave_up = [(0, Fact::Offered), (MINUTE, Fact::Abandoned(Stage::Menu))];
    assert_eq!(today(&after(FROM_QUEUE, &gave_up, 6 * MINUTE)).abandon_wait_sum_ms(), MINUTE);
    let entered_later = [gave_up[0], gave_up[1], (MINUTE + SECOND, Fact::Queued)];
    assert_eq!(today(&after(FROM_QUEUE, &entered_later, 6 * MINUTE)).abandon_wait_sum_ms(), MINUTE);
    // Two facts of one second are at one instant for sources with whole seconds.
    let together = [(0, Fact::Offered), (MINUTE, Fact::Answered), (MINUTE + 999, Fact::Queued)];
    assert_eq!(today(&after(FROM_QUEUE, &together, 6 * MINUTE)).answer_waits().sum_ms(), 0);
}

#[test]
fn the_longest_wait_counts_from_the_queue_once_the_contact_is_in_it() {
    let facts = [(0, Fact::Offered), (3 * MINUTE, Fact::Queued)];
    for (now_ms, oldest_ms) in [(3 * MINUTE - SECOND, 3 * MINUTE - SECOND), (3 * MINUTE, 0), (4 * MINUTE, MINUTE)] {
        assert_eq!(after(FROM_QUEUE, &facts, now_ms).waiting_oldest_ms, oldest_ms, "{now_ms}");
    }
    // A ledger that has all events from the start and is read as time passes.
    let rules = rules_of("24/7", FROM_QUEUE);
    let mut ledger = Ledger::new(rules, BASE.plus_millis(-MINUTE));
    for fact in facts {
        ledger.apply(&event(fact));
    }
    for now_ms in [-MINUTE, 0, MINUTE, 3 * MINUTE - 1, 3 * MINUTE, 10 * MINUTE, DAY_MS] {
        let line = ledger.figures(BASE.plus_millis(now_ms), COMPLETE).lines.swap_remove(0);
        assert_eq!(line, after(FROM_QUEUE, &facts, now_ms), "{now_ms}");
    }
}

#[test]
fn a_promise_counts_from_the_queue_unless_it_was_broken_before() {
    let answered = |queued_ms, answered_ms| {
        let facts = [(0, Fact::Offered), (queued_ms, Fact::Queued), (answered_ms, Fact::Answered)];
        verdicts(&after(FROM_QUEUE, &facts, DAY_MS / 2))
    };
    assert_eq!(answered(9 * MINUTE, 19 * MINUTE), [1, 0, 0]);
    assert_eq!(answered(9 * MINUTE, 19 * MINUTE + 1), [0, 1, 0]);
    assert_eq!(answered(600_000, 600_500), [1, 0, 0], "the deadline is a millisecond later");
    assert_eq!(answered(600_001, 601_000), [0, 1, 0], "broken at the deadline from the arrival");
    let facts = [(0, Fact::Offered), (9 * MINUTE, Fact::Queued)];
    let mut historical = HistoricalLedger::new(rules_of("24/7", FROM_QUEUE));
    for fact in facts {
        historical.apply(&event(fact));
    }
    let timeline = historical.timeline(LegKey::new(1), BASE.plus_millis(DAY_MS)).expect("it has a fact");
    let promise = timeline.promise.expect("an answer is promised");
    assert_eq!((timeline.arrived, promise.from), (Some(BASE), BASE.plus_millis(9 * MINUTE)));
    assert_eq!(promise.deadline, Some(BASE.plus_millis(19 * MINUTE + 1)));
}

#[test]
fn an_unknown_wait_counts_the_contact_and_not_its_wait() {
    for fact in [Fact::Answered, ABANDONED, Fact::TimedOut] {
        for facts in
            [vec![(0, fact), (0, Fact::WaitUnknown)], vec![(0, Fact::WaitUnknown), (0, Fact::Offered), (0, fact)]]
        {
            let line = after(PROMISING, &facts, MINUTE);
            let sums = today(&line);
            assert_eq!((sums.offered(), sums.all_decided(), line.waiting), (1, 1, 0), "{fact:?}");
            assert_eq!(sums.decided(Decision::AbandonedShort), 0);
            let measured = sums.answer_waits().count() + sums.within_threshold(Within::Answered);
            assert_eq!((measured, sums.within_threshold(Within::Abandoned)), (0, 0));
            let unknown: Vec<i64> = UnknownWait::ALL.iter().map(|end| sums.wait_unknown(*end)).collect();
            let expected = [fact == Fact::Answered, fact == ABANDONED, fact == Fact::TimedOut].map(i64::from);
            assert_eq!(unknown, expected, "{fact:?}");
            for formula in ServiceLevel::ALL {
                let level = Indicator::ServiceLevel.of(sums, *formula);
                let judged = i64::from(fact == Fact::TimedOut && *formula != ServiceLevel::OnlyHandled);
                assert_eq!((level.good, level.valid), (0, judged), "{fact:?} {formula:?}");
            }
            let broken = i64::from(fact == Fact::TimedOut);
            assert_eq!(verdicts(&line), [0, broken, 1 - broken], "{fact:?}");
        }
    }
    let left_out = Limits { timed_out: TimedOutRule::LeftOut, ..PROMISING };
    let line = after(left_out, &[(0, Fact::TimedOut), (0, Fact::WaitUnknown)], MINUTE);
    assert_eq!((today(&line).wait_unknown(UnknownWait::TimedOut), verdicts(&line)), (1, [0, 0, 1]));
}

#[test]
fn a_wait_that_is_said_to_be_unknown_after_it_ended_stays_known() {
    let facts = [(0, Fact::Offered), (MINUTE, Fact::Answered), (MINUTE + SECOND, Fact::WaitUnknown)];
    let line = after(PROMISING, &facts, 6 * MINUTE);
    assert_eq!((today(&line).answer_waits().sum_ms(), verdicts(&line)), (MINUTE, [1, 0, 0]));
}

#[test]
fn a_contact_with_an_unknown_wait_waits_but_is_not_the_oldest_and_no_deadline_passes() {
    let facts = [(0, Fact::Offered), (MINUTE, Fact::WaitUnknown)];
    let line = after(PROMISING, &facts, MINUTE - SECOND);
    assert_eq!((line.waiting, line.waiting_oldest_ms), (1, MINUTE - SECOND));
    let line = after(PROMISING, &facts, 20 * MINUTE);
    assert_eq!((line.waiting, line.waiting_oldest_ms, verdicts(&line)), (1, 0, [0, 0, 0]));
    let line = after(PROMISING, &facts, DAY_MS);
    assert_eq!((line.waiting, verdicts(&line)), (0, [0, 0, 1]));
    // Said too late: the deadline had passed.
    let facts = [(0, Fact::Offered), (11 * MINUTE, Fact::WaitUnknown)];
    assert_eq!(verdicts(&after(PROMISING, &facts, DAY_MS)), [0, 1, 0]);
}

#[test]
fn a_retracted_or_much_later_statement_is_no_anomaly() {
    let mut ledger = Ledger::new(rules_of("24/7", PROMISING), EventTime::from_millis(BASE.as_millis()));
    for (at_ms, expected) in [(MINUTE, "applied"), (3 * MINUTE, "unchanged"), (0, "applied")] {
        assert_eq!(ledger.apply(&event((at_ms, Fact::WaitUnknown))).as_str(), expected);
    }
}
