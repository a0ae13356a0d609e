//! Verdicts on promises: one for each leg, the earliest that applies.

use ensilinja_model::{CloseResult, Fact, Stage};
use ensilinja_sim::{DueBy, LinePromise, OracleLine, Within, WorkingDay};

use super::line_reading::{LineReading, line, promising};

const TEN_MINUTES: Option<Within> = Some(Within::Wall(600_000));
const SAME_DAY: Option<Within> = Some(Within::SameDay(DueBy::EndOfDay));

const OFFERED: (&str, Fact) = ("2025-09-16 10:15:00", Fact::Offered);

fn verdicts(line: &OracleLine, facts: &[(&str, Fact)], now: &str) -> Vec<String> {
    let facts: Vec<_> = [OFFERED].into_iter().chain(facts.iter().copied()).collect();
    LineReading::at(line, &facts, now).verdicts()
}

/// The verdicts two days later.
fn in_the_end(line: &OracleLine, facts: &[(&str, Fact)]) -> Vec<String> {
    verdicts(line, facts, "2025-09-18 12:00:00")
}

#[test]
fn an_answer_at_exactly_the_term_keeps_the_promise_and_one_millisecond_later_it_is_broken() {
    let chat = promising(TEN_MINUTES, None);
    let in_time = [("2025-09-16 10:25:00", Fact::Answered)];
    assert_eq!(verdicts(&chat, &in_time, "2025-09-16 10:24:59.999"), ["answer pending"]);
    assert_eq!(verdicts(&chat, &in_time, "2025-09-16 10:25:00"), ["answer kept"]);
    let late = [("2025-09-16 10:25:00.001", Fact::Answered)];
    // A passed deadline is posted to the next whole second, like every timeout.
    assert_eq!(verdicts(&chat, &late, "2025-09-16 10:25:00.999"), ["answer pending"]);
    assert_eq!(verdicts(&chat, &late, "2025-09-16 10:25:01"), ["answer broken"]);
}

#[test]
fn a_promise_breaks_when_its_deadline_passes_while_the_customer_waits() {
    let read = LineReading::at(&promising(TEN_MINUTES, None), &[OFFERED], "2025-09-16 10:25:01");
    assert_eq!((read.verdicts(), read.now("contacts_waiting")), (vec!["answer broken".to_owned()], 1.0));
    let answered_at_last = [("2025-09-16 10:40:00", Fact::Answered)];
    assert_eq!(in_the_end(&promising(TEN_MINUTES, None), &answered_at_last), ["answer broken"]);
}

#[test]
fn if_only_callbacks_are_promised_every_answer_keeps_the_promise() {
    let line = promising(None, Some(Within::Wall(1_000)));
    assert_eq!(in_the_end(&line, &[("2025-09-16 11:15:00", Fact::Answered)]), ["answer kept"]);
}

#[test]
fn an_abandon_breaks_or_voids_according_to_the_line_and_a_short_one_voids() {
    for (answer, callback) in [(TEN_MINUTES, None), (None, SAME_DAY), (TEN_MINUTES, SAME_DAY)] {
        let breaks = promising(answer, callback);
        let voids = OracleLine { promise: LinePromise { answer, callback, abandon_breaks: false }, ..line() };
        let abandoned = |at| [(at, Fact::Abandoned(Stage::Queue))];
        assert_eq!(in_the_end(&breaks, &abandoned("2025-09-16 10:15:05")), ["answer broken"]);
        assert_eq!(in_the_end(&voids, &abandoned("2025-09-16 10:15:05")), ["answer void"]);
        assert_eq!(in_the_end(&breaks, &abandoned("2025-09-16 10:15:04.999")), ["answer void"]);
        assert_eq!(verdicts(&breaks, &abandoned("2025-09-16 10:15:09"), "2025-09-16 10:15:09"), ["answer broken"]);
    }
    // After the deadline an abandon no longer matters.
    let voids = LinePromise { answer: TEN_MINUTES, callback: None, abandon_breaks: false };
    let late = [("2025-09-16 10:25:00.001", Fact::Abandoned(Stage::Queue))];
    assert_eq!(in_the_end(&OracleLine { promise: voids, ..line() }, &late), ["answer broken"]);
}

#[test]
fn a_timeout_breaks_the_promise_where_it_counts_and_voids_it_elsewhere() {
    let counts = promising(TEN_MINUTES, SAME_DAY);
    let left_out = OracleLine { timed_out_counts: false, ..counts.clone() };
    let facts = [("2025-09-16 10:15:01", Fact::TimedOut)];
    assert_eq!(in_the_end(&counts, &facts), ["answer broken"]);
    assert_eq!(in_the_end(&left_out, &facts), ["answer void"]);
    assert_eq!(in_the_end(&left_out, &[("2025-09-16 10:25:00.001", Fact::TimedOut)]), ["answer broken"]);
}

#[test]
fn a_transfer_or_an_orphaned_leg_voids_the_promise() {
    for fact in [Fact::Transferred, Fact::Ended] {
        assert_eq!(in_the_end(&promising(TEN_MINUTES, SAME_DAY), &[("2025-09-16 10:20:00", fact)]), ["answer void"]);
    }
    // Without further events the leg is orphaned after a day, rounded up to the second.
    let facts = [("2025-09-16 10:15:00.400", Fact::Offered)];
    let read = |now| LineReading::at(&promising(None, SAME_DAY), &facts, now).verdicts();
    assert_eq!(read("2025-09-17 10:15:00.999"), ["answer pending"]);
    assert_eq!(read("2025-09-17 10:15:01"), ["answer void"]);
}

#[test]
fn after_a_request_before_the_answer_deadline_the_callback_deadline_applies() {
    let line = promising(TEN_MINUTES, SAME_DAY);
    let asked = ("2025-09-16 10:25:00", Fact::CallbackRequested);
    let reached = |at| [asked, (at, Fact::CallbackReached)];
    assert_eq!(verdicts(&line, &[asked], "2025-09-16 10:24:59"), ["answer pending"]);
    assert_eq!(verdicts(&line, &[asked], "2025-09-16 10:25:00"), ["callback pending"]);
    assert_eq!(verdicts(&line, &[asked], "2025-09-16 23:59:58"), ["callback pending"]);
    assert_eq!(verdicts(&line, &[asked], "2025-09-16 23:59:59"), ["callback broken"]);
    assert_eq!(in_the_end(&line, &reached("2025-09-16 23:59:58.999")), ["callback kept"]);
    // Exactly at the deadline is too late.
    assert_eq!(in_the_end(&line, &reached("2025-09-16 23:59:59")), ["callback broken"]);
    // A request at the answer deadline is too late: the promise is broken.
    let late = [("2025-09-16 10:25:00.001", Fact::CallbackRequested), ("2025-09-16 10:26:00", Fact::CallbackReached)];
    assert_eq!(in_the_end(&line, &late), ["answer broken"]);
}

#[test]
fn a_callback_closed_before_its_deadline_breaks_or_voids_the_promise_then() {
    let closed = |line: &OracleLine, result, now| {
        let asked = ("2025-09-16 10:16:00", Fact::CallbackRequested);
        verdicts(line, &[asked, ("2025-09-16 10:20:00", Fact::CallbackClosed(result))], now)
    };
    // If no callbacks are promised, the deadline of the answer still applies, and the resolution of the request
    // decides.
    let lines = [("callback", promising(None, SAME_DAY)), ("answer", promising(TEN_MINUTES, None))];
    for (promise, line) in lines {
        for result in [CloseResult::Unreached, CloseResult::Expired, CloseResult::Purged] {
            assert_eq!(closed(&line, result, "2025-09-16 10:19:59"), [format!("{promise} pending")]);
            assert_eq!(closed(&line, result, "2025-09-16 10:20:00"), [format!("{promise} broken")]);
        }
        for result in [CloseResult::Cancelled, CloseResult::Duplicate] {
            assert_eq!(closed(&line, result, "2025-09-16 10:20:00"), [format!("{promise} void")]);
        }
    }
}

#[test]
fn without_a_callback_promise_the_answer_deadline_still_applies_after_a_request() {
    let chat = promising(TEN_MINUTES, None);
    let reached = |at| [("2025-09-16 10:16:00", Fact::CallbackRequested), (at, Fact::CallbackReached)];
    assert_eq!(in_the_end(&chat, &reached("2025-09-16 10:25:00")), ["answer kept"]);
    assert_eq!(in_the_end(&chat, &reached("2025-09-16 10:25:00.001")), ["answer broken"]);
    let cancelled = [
        ("2025-09-16 10:16:00", Fact::CallbackRequested),
        ("2025-09-16 10:26:00", Fact::CallbackClosed(CloseResult::Cancelled)),
    ];
    assert_eq!(in_the_end(&chat, &cancelled), ["answer broken"]);
}

#[test]
fn a_callback_given_up_before_a_long_answer_deadline_breaks_the_promise_then() {
    let promise = Some(Within::WorkingDays(10, WorkingDay::Official, DueBy::EndOfDay));
    let line = OracleLine { give_up_working_days: 1, ..promising(promise, None) };
    let asked = [("2025-09-16 10:16:00", Fact::CallbackRequested)];
    assert_eq!(verdicts(&line, &asked, "2025-09-17 23:59:58"), ["answer pending"]);
    assert_eq!(verdicts(&line, &asked, "2025-09-17 23:59:59"), ["answer broken"]);
}

#[test]
fn after_the_decision_an_answer_an_abandon_or_a_request_has_no_effect_on_the_promise() {
    let line = promising(TEN_MINUTES, SAME_DAY);
    let asked = ("2025-09-16 10:16:00", Fact::CallbackRequested);
    assert_eq!(in_the_end(&line, &[asked, ("2025-09-16 10:17:00", Fact::Answered)]), ["callback broken"]);
    let abandoned = ("2025-09-16 10:17:00", Fact::Abandoned(Stage::Queue));
    assert_eq!(in_the_end(&line, &[asked, abandoned]), ["callback broken"]);
    let answered = ("2025-09-16 10:15:30", Fact::Answered);
    assert_eq!(in_the_end(&line, &[answered, asked]), ["answer kept"]);
    // The callback is still due.
    let read = LineReading::at(&line, &[OFFERED, answered, asked], "2025-09-17 09:00:00");
    assert_eq!(read.due(), ["overdue"]);
}

#[test]
fn there_is_no_verdict_without_a_promise_or_on_a_retracted_contact() {
    let facts = [("2025-09-16 10:16:00", Fact::CallbackRequested), ("2025-09-16 10:17:00", Fact::CallbackReached)];
    assert_eq!(in_the_end(&line(), &facts), Vec::<String>::new());
    let retracted = [facts[0], facts[1], ("2025-09-17 10:00:00", Fact::Retracted)];
    assert_eq!(in_the_end(&promising(TEN_MINUTES, SAME_DAY), &retracted), Vec::<String>::new());
}
