//! Promises and the deadlines of callbacks, one example for each row of the rules.

use ensilinja_ledger::{Due, LineFigures, Promise, Sums, Verdict, Window};
use ensilinja_model::{CloseResult, Event, EventTime, Fact, LegKey, LineIndex, Stage};

use crate::fixture::{BASE, BOTH, CHANGE, CHANGING, CHAT, PHONE, SAME_DAY, SMS, figures_at, rules};

/// A local time of a day after the base, in ms from the base. The base is Saturday 28 March 2026, 20:00; the clocks go
/// forward at 3 on Sunday.
fn at(day: &str, time: &str) -> i64 {
    let date = match day {
        "Sa" => "2026-03-28",
        "Su" => "2026-03-29",
        "Mo" => "2026-03-30",
        "Tu" => "2026-03-31",
        "We" => "2026-04-01",
        "Th" => "2026-04-02",
        "next Tu" => "2026-04-07",
        "next We" => "2026-04-08",
        other => panic!("{other}"),
    };
    let local: jiff::civil::DateTime = format!("{date}T{time}").parse().expect("a local time");
    let instant = local.in_tz("Europe/Helsinki").expect("a time in Helsinki").timestamp();
    instant.as_millisecond() - BASE.as_millis()
}

fn line_after(line: LineIndex, facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    let leg = LegKey::new(1);
    let events: Vec<Event> =
        facts.iter().map(|(ms, fact)| Event { leg, line, at: BASE.plus_millis(*ms), fact: *fact }).collect();
    figures_at(&rules(), &events, BASE.plus_millis(now_ms)).lines.swap_remove(line.as_usize())
}

/// The label of the promise, and its verdict or `pending`.
fn promise(line: &LineFigures) -> (&'static str, &'static str) {
    let sums: &Sums = &line.window(Window::Open5Days).expect("history is complete").sums;
    let mut found = Vec::new();
    for promise in Promise::ALL {
        for verdict in Verdict::ALL {
            found.extend((0..sums.promises(*promise, *verdict)).map(|_| (promise.as_str(), verdict.as_str())));
        }
        found.extend((0..line.promises_pending(*promise)).map(|_| (promise.as_str(), "pending")));
    }
    assert_eq!(found.len(), 1, "exactly one verdict or pending: {found:?}");
    found[0]
}

fn due(line: &LineFigures) -> Option<&'static str> {
    let found: Vec<_> = Due::ALL.iter().filter(|due| line.callbacks_outstanding(**due) == 1).collect();
    assert!(found.len() <= 1, "{found:?}");
    found.first().map(|due| due.as_str())
}

#[test]
fn an_answer_is_in_time_at_exactly_ten_minutes_and_too_late_a_millisecond_after() {
    let asked = at("Mo", "10:00:00");
    for (wait_ms, verdict) in [(600_000, "kept"), (600_001, "broken")] {
        let line = line_after(CHAT, &[(asked, Fact::Offered), (asked + wait_ms, Fact::Answered)], asked + 700_000);
        assert_eq!(promise(&line), ("answer", verdict), "{wait_ms}");
    }
}

#[test]
fn a_promise_breaks_when_its_deadline_passes_while_the_customer_still_waits() {
    let asked = at("Mo", "10:00:00");
    let waiting = |now_ms| promise(&line_after(CHAT, &[(asked, Fact::Offered)], now_ms));
    // The deadline is after 600.001 s, so the first whole second that shows it is 601 s.
    assert_eq!(waiting(asked + 600_999), ("answer", "pending"));
    assert_eq!(waiting(asked + 601_000), ("answer", "broken"));
}

#[test]
fn an_answer_after_the_deadline_changes_no_figure_that_was_shown() {
    let asked = at("Mo", "10:00:00");
    let facts = [(asked, Fact::Offered), (asked + 600_500, Fact::Answered)];
    assert_eq!(promise(&line_after(CHAT, &facts, asked + 600_500)), ("answer", "pending"));
    assert_eq!(promise(&line_after(CHAT, &facts, asked + 601_000)), ("answer", "broken"));
}

#[test]
fn an_abandon_breaks_or_voids_the_promise_by_the_line_s_rule_and_a_short_one_voids_it() {
    let asked = at("Mo", "10:00:00");
    let abandoned = |line, after_ms| {
        let facts = [(asked, Fact::Offered), (asked + after_ms, Fact::Abandoned(Stage::Queue))];
        promise(&line_after(line, &facts, asked + 60_000))
    };
    assert_eq!(abandoned(CHAT, 5_000), ("answer", "broken"));
    assert_eq!(abandoned(CHAT, 4_999), ("answer", "void"));
    assert_eq!(abandoned(SMS, 5_000), ("answer", "void"));
    assert_eq!(abandoned(SAME_DAY, 5_000), ("answer", "void"));
}

#[test]
fn a_timeout_breaks_the_promise_where_it_counts_and_voids_it_where_it_is_left_out() {
    let asked = at("Mo", "10:00:00");
    let timed_out = |line, after_ms| {
        let facts = [(asked, Fact::Offered), (asked + after_ms, Fact::TimedOut)];
        promise(&line_after(line, &facts, asked + after_ms + 1_000))
    };
    assert_eq!(timed_out(CHAT, 1_000), ("answer", "broken"), "no timeout is short");
    assert_eq!(timed_out(SAME_DAY, 9_000), ("answer", "broken"), "whatever an abandon does");
    assert_eq!(timed_out(SMS, 9_000), ("answer", "void"));
    // Left out, but after the deadline of five minutes.
    let asked = at("Tu", "11:00:00");
    let facts = [(asked, Fact::Offered), (asked + 400_000, Fact::TimedOut)];
    assert_eq!(promise(&line_after(CHANGING, &facts, asked + 500_000)), ("answer", "broken"));
}

#[test]
fn a_contact_moved_or_lost_by_the_platform_voids_the_promise() {
    let asked = at("Mo", "10:00:00");
    for fact in [Fact::Transferred, Fact::Ended] {
        let line = line_after(CHAT, &[(asked, Fact::Offered), (asked + 9_000, fact)], asked + 60_000);
        assert_eq!(promise(&line), ("answer", "void"), "{fact:?}");
    }
    let a_day_later = asked + 24 * 3_600_000;
    let line = line_after(SAME_DAY, &[(asked, Fact::Offered)], a_day_later);
    assert_eq!(promise(&line), ("answer", "void"), "orphaned by time, before any deadline");
}

#[test]
fn an_answer_keeps_the_promise_of_a_line_that_promises_callbacks_only() {
    let asked = at("Mo", "10:00:00");
    let line = line_after(SAME_DAY, &[(asked, Fact::Offered), (asked + 9_000, Fact::Answered)], asked + 60_000);
    assert_eq!(promise(&line), ("answer", "kept"));
}

#[test]
fn a_request_before_the_answer_deadline_moves_the_verdict_to_the_callback() {
    let offered = at("Mo", "10:00:00");
    // An open hour is promised, so the deadline is 11:00:00.001.
    for (requested, promised) in [(at("Mo", "11:00:00"), "callback"), (at("Mo", "11:00:00.001"), "answer")] {
        let facts = [(offered, Fact::Offered), (requested, Fact::CallbackRequested)];
        let shown = promise(&line_after(BOTH, &facts, requested + 1_000));
        assert_eq!(shown, (promised, if promised == "answer" { "broken" } else { "pending" }));
    }
}

#[test]
fn an_answer_or_an_abandon_after_the_request_changes_no_verdict() {
    let offered = at("Mo", "10:00:00");
    let requested = at("Mo", "10:05:00");
    for fact in [Fact::Answered, Fact::Abandoned(Stage::Queue)] {
        let facts = [(offered, Fact::Offered), (requested, Fact::CallbackRequested), (requested + 60_000, fact)];
        assert_eq!(promise(&line_after(BOTH, &facts, at("Mo", "10:10:00"))), ("callback", "pending"), "{fact:?}");
    }
}

#[test]
fn a_callback_by_closing_is_in_time_until_just_before_closing() {
    let requested = at("Mo", "10:05:00");
    for (reached, verdict) in [(at("Mo", "14:59:59.999"), "kept"), (at("Mo", "15:00:00"), "broken")] {
        let facts = [(requested, Fact::CallbackRequested), (reached, Fact::CallbackReached)];
        assert_eq!(promise(&line_after(SAME_DAY, &facts, at("Mo", "15:00:01"))), ("callback", verdict));
    }
}

#[test]
fn a_request_at_closing_is_promised_for_the_next_day() {
    for (requested, deadline) in [
        (at("Mo", "14:59:59.999"), at("Mo", "15:00:00")),
        (at("Mo", "15:00:00"), at("Tu", "15:00:00")),
        (at("Sa", "20:30:00"), at("Mo", "15:00:00")),
        // Good Friday and Easter Monday.
        (at("Th", "15:00:00.001"), at("next Tu", "15:00:00")),
    ] {
        let line = line_after(SAME_DAY, &[(requested, Fact::CallbackRequested)], requested);
        assert_eq!(line.callback_next_due, Some(BASE.plus_millis(deadline)));
        let shown_at = |now_ms| promise(&line_after(SAME_DAY, &[(requested, Fact::CallbackRequested)], now_ms));
        assert_eq!(shown_at(deadline - 1), ("callback", "pending"));
        assert_eq!(shown_at(deadline), ("callback", "broken"));
    }
}

#[test]
fn an_unsuccessful_callback_breaks_the_promise_at_once_and_a_cancelled_one_voids_it() {
    let requested = at("Mo", "10:05:00");
    for (result, verdict) in [
        (CloseResult::Unreached, "broken"),
        (CloseResult::Expired, "broken"),
        (CloseResult::Purged, "broken"),
        (CloseResult::Cancelled, "void"),
        (CloseResult::Duplicate, "void"),
    ] {
        let facts = [(requested, Fact::CallbackRequested), (requested + 60_000, Fact::CallbackClosed(result))];
        assert_eq!(promise(&line_after(SAME_DAY, &facts, requested + 60_000)), ("callback", verdict), "{result:?}");
        let facts = [(requested, Fact::CallbackRequested), (at("Mo", "15:00:00"), Fact::CallbackClosed(result))];
        assert_eq!(promise(&line_after(SAME_DAY, &facts, at("Mo", "16:00:00"))), ("callback", "broken"), "too late");
    }
}

#[test]
fn without_a_callback_promise_the_answer_deadline_applies_to_the_callback() {
    let (offered, requested) = (at("Mo", "10:00:00"), at("Mo", "10:02:00"));
    for (reached, verdict) in [(offered + 600_000, "kept"), (offered + 600_001, "broken")] {
        let facts = [(offered, Fact::Offered), (requested, Fact::CallbackRequested), (reached, Fact::CallbackReached)];
        let line = line_after(CHAT, &facts, at("Mo", "10:11:00"));
        assert_eq!((promise(&line), due(&line)), (("answer", verdict), None));
    }
    let line = line_after(CHAT, &[(offered, Fact::Offered), (requested, Fact::CallbackRequested)], requested);
    assert_eq!((due(&line), line.callback_next_due), (Some("later"), None), "no deadline of its own");
}

#[test]
fn an_outstanding_callback_is_due_later_then_today_then_overdue_until_it_is_resolved() {
    // By the closing of the second day on which the line opens: Wednesday 15:00.
    let requested = at("Mo", "10:05:00");
    let open = [(requested, Fact::CallbackRequested)];
    for (now, state) in [
        (requested, "later"),
        (at("We", "00:00:00") - 1, "later"),
        (at("We", "00:00:00"), "today"),
        (at("We", "15:00:00") - 1, "today"),
        (at("We", "15:00:00"), "overdue"),
        (at("next We", "12:00:00"), "overdue"),
    ] {
        assert_eq!(due(&line_after(BOTH, &open, now)), Some(state), "{now}");
    }
    let reached = [open[0], (at("Th", "09:00:00"), Fact::CallbackReached)];
    let just_before = line_after(BOTH, &reached, at("Th", "09:00:00") - 1_000);
    assert_eq!(just_before.callback_overdue_oldest_ms, at("Th", "08:59:59") - at("We", "15:00:00"));
    let line = line_after(BOTH, &reached, at("Th", "09:00:00"));
    assert_eq!(line.callback_overdue_oldest_ms, 0);
    assert_eq!((due(&line), promise(&line)), (None, ("callback", "broken")));
}

#[test]
fn a_callback_promised_for_the_same_day_is_due_today_at_once() {
    let requested = at("Mo", "10:05:00");
    let line = line_after(SAME_DAY, &[(requested, Fact::CallbackRequested)], requested);
    assert_eq!(due(&line), Some("today"));
    assert_eq!(line.callback_next_due_open_ms, Some(at("Mo", "15:00:00") - requested));
    let night = at("Mo", "20:00:00");
    let line = line_after(SAME_DAY, &[(night, Fact::CallbackRequested)], night);
    assert_eq!(due(&line), Some("later"));
    assert_eq!(line.callback_next_due_open_ms, Some(6 * 3_600_000), "the night does not count");
}

#[test]
fn a_callback_is_given_up_days_after_its_deadline_and_not_after_its_request() {
    // Due on Wednesday 1 April; five working days later, over Easter, is Friday 10 April.
    let requested = at("Mo", "10:05:00");
    let given_up = at("next We", "23:59:59") + 2 * 24 * 3_600_000;
    let outstanding = |now| due(&line_after(BOTH, &[(requested, Fact::CallbackRequested)], now));
    assert_eq!(outstanding(given_up - 1), Some("overdue"));
    assert_eq!(outstanding(given_up), None);
}

#[test]
fn the_wait_for_a_callback_counts_in_elapsed_time_and_in_open_time() {
    let (requested, reached) = (at("Mo", "14:00:00"), at("Tu", "09:30:00"));
    let line = line_after(SAME_DAY, &[(requested, Fact::CallbackRequested), (reached, Fact::CallbackReached)], reached);
    let sums = &line.window(Window::Today).expect("history is complete").sums;
    assert_eq!(sums.callback_waits().sum_ms(), 19 * 3_600_000 + 1_800_000);
    assert_eq!(sums.callback_open_waits().sum_ms(), 90 * 60_000);
    assert_eq!(sums.callback_open_waits().count(), 1);
}

#[test]
fn a_leg_is_judged_by_the_limits_at_its_arrival() {
    let change = CHANGE.millis_since(BASE);
    let waited = |arrived: i64| {
        let line =
            line_after(CHANGING, &[(arrived, Fact::Offered), (arrived + 301_000, Fact::Answered)], arrived + 302_000);
        promise(&line)
    };
    assert_eq!(waited(change - 1), ("answer", "kept"), "no answer was promised");
    assert_eq!(waited(change), ("answer", "broken"), "within five minutes");
}

#[test]
fn a_line_without_a_promise_has_no_verdicts_and_nothing_pending() {
    let asked = at("Mo", "10:00:00");
    let line = line_after(PHONE, &[(asked, Fact::Offered), (asked + 60_000, Fact::Answered)], asked + 60_000);
    let sums = &line.window(Window::Today).expect("history is complete").sums;
    for promise in Promise::ALL {
        assert_eq!(line.promises_pending(*promise), 0);
        assert!(Verdict::ALL.iter().all(|verdict| sums.promises(*promise, *verdict) == 0));
    }
}

#[test]
fn two_open_hours_reach_back_over_the_night_and_five_open_days_over_the_weekend() {
    // The line is open on weekdays 9 to 15. On Monday at 10 an hour of Monday and one of Friday make two.
    let friday = |time: &str| at("Sa", time) - 24 * 3_600_000;
    let now = at("Mo", "10:00:00") - 1_000;
    let offered_in = |window, arrived| {
        let line = line_after(SAME_DAY, &[(arrived, Fact::Offered)], now);
        line.window(window).expect("history is complete").sums.offered()
    };
    assert_eq!(offered_in(Window::Open2Hours, friday("14:00:00")), 1);
    assert_eq!(offered_in(Window::Open2Hours, friday("14:00:00") - 1), 0);
    // Monday, Friday, Thursday, Wednesday, Tuesday the 24th.
    let tuesday = at("Tu", "00:00:00") - 7 * 24 * 3_600_000 + 3_600_000;
    assert_eq!(offered_in(Window::Open5Days, tuesday), 1);
    assert_eq!(offered_in(Window::Open5Days, tuesday - 1), 0);
    assert_eq!(BASE.plus_millis(tuesday), EventTime::from_seconds(1_774_303_200), "24 March, 00:00 in Helsinki");
}
