//! The rules of the domain, one example each.

use ensilinja_ledger::{
    Applied, Decision, Due, Figures, Flag, History, Indicator, Ledger, Limits, LineFigures, NpsGroup, Quantile,
    Resolution, ServiceLevel, Sums, TimedOutRule, Undecided, Window, Within,
};
use ensilinja_model::{
    AttemptResult, CloseResult, Event, EventTime, Fact, FeedbackAnswer, LegKey, NpsScore, Outcome, Stage,
};

use crate::fixture::{BASE, COMPLETE, DAY_MS, LIMITS, PHONE, figures_at, rules, rules_of};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

fn event(leg: u128, at_ms: i64, fact: Fact) -> Event {
    Event { leg: LegKey::new(leg), line: PHONE, at: BASE.plus_millis(at_ms), fact }
}

/// The phone line with these facts of one leg, in milliseconds from the base.
fn after(facts: &[(i64, Fact)], now_ms: i64) -> LineFigures {
    let events: Vec<Event> = facts.iter().map(|(at_ms, fact)| event(1, *at_ms, *fact)).collect();
    figures_at(&rules(), &events, BASE.plus_millis(now_ms)).lines.swap_remove(0)
}

fn hour(line: &LineFigures) -> &Sums {
    &line.window(Window::Hour).expect("history is complete").sums
}

#[test]
fn an_answer_at_the_threshold_is_within_it_and_a_millisecond_later_is_not() {
    for (wait_ms, within) in [(120_000, 1), (120_001, 0)] {
        let line = after(&[(0, Fact::Offered), (wait_ms, Fact::Answered)], 5 * MINUTE);
        assert_eq!(hour(&line).decided(Decision::Answered), 1);
        assert_eq!(hour(&line).within_threshold(Within::Answered), within);
        assert_eq!(hour(&line).answer_waits().sum_ms(), wait_ms);
        assert_eq!(hour(&line).answer_waits().at_or_below().nth(5), Some(within), "le=120");
    }
}

#[test]
fn an_abandon_below_the_limit_is_short_and_does_not_count_within_the_threshold() {
    for (wait_ms, decision, within) in [(4_999, Decision::AbandonedShort, 0), (5_000, Decision::AbandonedQueue, 1)] {
        let line = after(&[(0, Fact::Offered), (wait_ms, Fact::Abandoned(Stage::Queue))], MINUTE);
        assert_eq!(hour(&line).decided(decision), 1);
        assert_eq!(hour(&line).within_threshold(Within::Abandoned), within);
        assert_eq!(hour(&line).abandon_wait_sum_ms(), wait_ms);
    }
}

#[test]
fn an_abandon_at_the_instant_of_the_request_is_decided_by_the_request() {
    let line =
        after(&[(0, Fact::Offered), (9_000, Fact::Abandoned(Stage::Queue)), (9_000, Fact::CallbackRequested)], MINUTE);
    assert_eq!(hour(&line).decided(Decision::CallbackRequested), 1);
    assert_eq!(hour(&line).decided(Decision::AbandonedQueue), 0);
    assert_eq!(line.callbacks_outstanding(Due::Later), 1);
    assert_eq!(line.callback_oldest_ms, MINUTE - 9_000);
}

#[test]
fn a_callback_reached_is_handled_once_even_after_an_answer() {
    let called_back = [(0, Fact::Offered), (MINUTE, Fact::CallbackRequested), (31 * MINUTE, Fact::CallbackReached)];
    let line = after(&called_back, 40 * MINUTE);
    assert_eq!((hour(&line).handled(), hour(&line).callbacks_closed(Resolution::Reached)), (1, 1));
    assert_eq!(hour(&line).callback_waits().sum_ms(), 30 * MINUTE);

    let answered_first = [(0, Fact::Answered), (MINUTE, Fact::CallbackRequested), (31 * MINUTE, Fact::CallbackReached)];
    let line = after(&answered_first, 40 * MINUTE);
    assert_eq!((hour(&line).handled(), hour(&line).callbacks_closed(Resolution::Reached)), (1, 1));
}

#[test]
fn a_failed_attempt_does_not_reach_the_customer() {
    let line =
        after(&[(0, Fact::CallbackRequested), (MINUTE, Fact::CallbackAttempted(AttemptResult::Failed))], 2 * MINUTE);
    assert_eq!(hour(&line).callback_attempts(AttemptResult::Failed), 1);
    assert_eq!((hour(&line).handled(), line.callbacks_outstanding(Due::Later)), (0, 1));
}

#[test]
fn a_purged_callback_is_a_resolution_of_its_own() {
    let line = after(&[(0, Fact::CallbackRequested), (MINUTE, Fact::CallbackClosed(CloseResult::Purged))], 2 * MINUTE);
    assert_eq!(hour(&line).callbacks_closed(Resolution::Purged), 1);
    assert_eq!(line.callbacks_outstanding(Due::Later), 0);
}

/// Requested on Saturday 28 March 2026. The working days after it are 30 March to 2 April and Tuesday 7 April, because
/// Good Friday and Easter Monday are holidays.
#[test]
fn a_callback_is_given_up_at_the_end_of_the_fifth_working_day() {
    let end_of_day_ms = 1_775_595_599_000 - BASE.as_millis();
    for (now_ms, outstanding, given_up) in [(end_of_day_ms - 1, 1, 0), (end_of_day_ms, 0, 1)] {
        let line = after(&[(0, Fact::CallbackRequested)], now_ms);
        assert_eq!(line.callbacks_outstanding(Due::Later), outstanding);
        assert_eq!(hour(&line).callbacks_closed(Resolution::GivenUp), given_up);
    }
}

#[test]
fn a_contact_waits_until_it_is_decided_or_times_out() {
    let line = after(&[(0, Fact::Offered), (MINUTE, Fact::Queued)], 10 * MINUTE);
    assert_eq!((line.waiting, line.waiting_oldest_ms), (1, 10 * MINUTE));
    assert_eq!(Decision::ALL.iter().map(|decision| hour(&line).decided(*decision)).sum::<i64>(), 0);

    let line = after(&[(0, Fact::Offered)], DAY_MS - 1);
    assert_eq!(line.waiting, 1);
    let line = after(&[(0, Fact::Offered), (DAY_MS + 1, Fact::Answered)], DAY_MS + MINUTE);
    assert_eq!((line.waiting, hour(&line).undecided(Undecided::Orphaned)), (0, 1));
    assert_eq!(hour(&line).handled(), 0);
}

#[test]
fn a_timeout_takes_effect_at_the_next_whole_second() {
    let offered = [(500, Fact::Offered)];
    let line = after(&offered, DAY_MS);
    assert_eq!((line.waiting, hour(&line).undecided(Undecided::Orphaned)), (1, 0));
    let line = after(&offered, DAY_MS + SECOND);
    assert_eq!((line.waiting, hour(&line).undecided(Undecided::Orphaned)), (0, 1));
}

#[test]
fn of_two_closings_of_a_callback_at_one_instant_the_more_severe_counts() {
    let closed = |result| (MINUTE, Fact::CallbackClosed(result));
    let line =
        after(&[(0, Fact::CallbackRequested), closed(CloseResult::Cancelled), closed(CloseResult::Purged)], 2 * MINUTE);
    assert_eq!(hour(&line).callbacks_closed(Resolution::Purged), 1);
}

#[test]
fn a_contact_that_timed_out_is_neither_abandoned_nor_answered_and_counts_by_the_line_s_rule() {
    let facts = [(0, Fact::Offered), (MINUTE, Fact::TimedOut), (MINUTE, Fact::Transferred), (MINUTE, Fact::Ended)];
    for (timed_out, decided, undecided) in [(TimedOutRule::Counts, 1, 0), (TimedOutRule::LeftOut, 0, 1)] {
        let rules = rules_of("24/7", Limits { timed_out, ..LIMITS });
        let events = facts.map(|(at_ms, fact)| event(1, at_ms, fact));
        let line = figures_at(&rules, &events, BASE.plus_millis(2 * MINUTE)).lines.swap_remove(0);
        let sums = hour(&line);
        assert_eq!((sums.decided(Decision::TimedOut), sums.undecided(Undecided::TimedOut)), (decided, undecided));
        assert_eq!((sums.all_decided(), line.waiting), (decided, 0));
        assert_eq!((sums.timed_out_wait_sum_ms(), sums.abandon_wait_sum_ms()), (MINUTE, 0));
        for indicator in [Indicator::AnsweredLive, Indicator::Service, Indicator::ServiceLevel] {
            let ratio = indicator.of(sums, ServiceLevel::WithoutAbandon);
            assert_eq!((ratio.good, ratio.valid), (0, decided), "{indicator:?}");
        }
    }
}

#[test]
fn of_a_timeout_and_an_abandon_at_one_instant_the_timeout_wins_and_of_a_timeout_and_an_answer_the_answer() {
    let at_once = |fact| after(&[(0, Fact::Offered), (9_000, Fact::TimedOut), (9_000, fact)], MINUTE);
    for (fact, decided) in [
        (Fact::Answered, Decision::Answered),
        (Fact::CallbackRequested, Decision::CallbackRequested),
        (Fact::Abandoned(Stage::Queue), Decision::TimedOut),
        (Fact::Transferred, Decision::TimedOut),
        (Fact::Ended, Decision::TimedOut),
    ] {
        let line = at_once(fact);
        assert_eq!((hour(&line).decided(decided), hour(&line).all_decided()), (1, 1), "{fact:?}");
    }
    let earlier = after(&[(0, Fact::Offered), (8_999, Fact::Abandoned(Stage::Queue)), (9_000, Fact::TimedOut)], MINUTE);
    assert_eq!(hour(&earlier).decided(Decision::AbandonedQueue), 1);
}

#[test]
fn a_timeout_alone_implies_the_arrival() {
    let line = after(&[(MINUTE, Fact::TimedOut)], 2 * MINUTE);
    assert_eq!((hour(&line).offered(), hour(&line).decided(Decision::TimedOut)), (1, 1));
}

#[test]
fn a_contact_moved_while_waiting_is_not_decided_on_this_line() {
    let line = after(&[(0, Fact::Offered), (MINUTE, Fact::Transferred), (MINUTE, Fact::Ended)], 2 * MINUTE);
    assert_eq!(hour(&line).undecided(Undecided::Moved), 1);
    assert_eq!(Decision::ALL.iter().map(|decision| hour(&line).decided(*decision)).sum::<i64>(), 0);
}

#[test]
fn a_transfer_after_the_answer_keeps_the_decision_and_ends_the_handling_time() {
    let line = after(&[(0, Fact::Offered), (MINUTE, Fact::Answered), (4 * MINUTE, Fact::Transferred)], 10 * MINUTE);
    assert_eq!((hour(&line).decided(Decision::Answered), hour(&line).undecided(Undecided::Moved)), (1, 0));
    assert_eq!(hour(&line).handling_sum_ms(), 3 * MINUTE);
}

#[test]
fn an_end_up_to_a_minute_before_the_arrival_is_a_truncated_clock_and_an_earlier_one_is_ignored() {
    let line = after(&[(MINUTE, Fact::Offered), (0, Fact::Ended)], 2 * MINUTE);
    assert_eq!(hour(&line).undecided(Undecided::Orphaned), 1);
    let line = after(&[(MINUTE + 1, Fact::Offered), (0, Fact::Ended)], 2 * MINUTE);
    assert_eq!((hour(&line).undecided(Undecided::Orphaned), line.waiting), (0, 1));
}

#[test]
fn legs_with_data_anomalies_are_flagged() {
    let inferred = after(&[(0, Fact::Answered)], MINUTE);
    assert_eq!((hour(&inferred).offered(), hour(&inferred).flagged(Flag::Inferred)), (1, 1));
    let skewed = after(&[(0, Fact::Answered), (SECOND, Fact::Offered)], MINUTE);
    assert_eq!((hour(&skewed).flagged(Flag::Inferred), hour(&skewed).flagged(Flag::Skewed)), (1, 1));
    let at_night = after(&[(HOUR, Fact::Offered)], HOUR + MINUTE);
    assert_eq!(hour(&at_night).flagged(Flag::OutsideHours), 1, "21:00 is closed");
    let evening = after(&[(HOUR - 1, Fact::Offered)], HOUR);
    assert_eq!(hour(&evening).flagged(Flag::OutsideHours), 0, "a millisecond before is open");
}

#[test]
fn a_retracted_leg_does_not_count() {
    let line = after(
        &[(0, Fact::Offered), (MINUTE, Fact::Answered), (HOUR / 2, Fact::Retracted), (MINUTE, Fact::Ended)],
        HOUR / 2,
    );
    assert_eq!((hour(&line).offered(), hour(&line).handled(), hour(&line).flagged(Flag::Retracted)), (0, 0, 1));
}

#[test]
fn outcomes_and_feedback_count_at_their_own_instant_and_the_latest_wins() {
    let nps = |score| Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(score).expect("0 to 10")));
    let line = after(
        &[
            (0, Fact::OutcomeRecorded(Outcome::Other)),
            (MINUTE, Fact::OutcomeRecorded(Outcome::Handled)),
            (MINUTE, nps(9)),
            (0, nps(6)),
        ],
        2 * MINUTE,
    );
    assert_eq!((hour(&line).outcomes(Outcome::Handled), hour(&line).outcomes(Outcome::Other)), (1, 0));
    assert_eq!((hour(&line).nps_answers(NpsGroup::Promoter), hour(&line).nps_answers(NpsGroup::Detractor)), (1, 0));
    assert_eq!(hour(&line).offered(), 0, "neither implies an arrival");
}

/// Sunday 29 March 2026 has 23 hours in Helsinki: it begins at 22:00 UTC the day before and ends at 21:00 UTC.
#[test]
fn the_day_on_which_the_clocks_go_forward_has_23_hours() {
    let midnight = 4 * HOUR;
    let facts = |at_ms| [(at_ms, Fact::Offered)];
    let today = |at_ms, now_ms| after(&facts(at_ms), now_ms).window(Window::Today).expect("complete").sums.offered();
    let yesterday =
        |at_ms, now_ms| after(&facts(at_ms), now_ms).window(Window::Yesterday).expect("complete").sums.offered();
    assert_eq!((today(midnight - 1, midnight), yesterday(midnight - 1, midnight)), (0, 1));
    assert_eq!((today(midnight, midnight), yesterday(midnight, midnight)), (1, 0));
    let next = midnight + 23 * HOUR;
    assert_eq!((today(midnight, next - 1), yesterday(midnight, next - 1)), (1, 0));
    assert_eq!((today(midnight, next), yesterday(midnight, next)), (0, 1));
}

#[test]
fn the_window_15m_is_the_last_900_seconds() {
    let quarter = |at_ms, now_ms| {
        after(&[(at_ms, Fact::Offered)], now_ms).window(Window::Minutes15).expect("complete").sums.offered()
    };
    assert_eq!(quarter(999, 900 * SECOND - 1), 1);
    assert_eq!(quarter(999, 900 * SECOND), 0);
    assert_eq!(quarter(1_000, 900 * SECOND), 1);
    assert_eq!(quarter(900 * SECOND + 999, 900 * SECOND), 1, "the second of now is included");
    assert_eq!(quarter(901 * SECOND, 900 * SECOND + 999), 0, "the next is not");
}

#[test]
fn quantiles_are_exact_within_one_percent() {
    let events: Vec<Event> = (1..=1_000)
        .flat_map(|n| [event(n, 0, Fact::Offered), event(n, i64::try_from(n).expect("small") * 700, Fact::Answered)])
        .collect();
    let figures = figures_at(&rules(), &events, BASE.plus_millis(30 * MINUTE));
    let waits =
        figures.lines[0].window(Window::Hour).and_then(|window| window.answer_wait_quantiles).expect("there are waits");
    for (quantile, exact_ms) in [(Quantile::Median, 350_000.0), (Quantile::P90, 630_000.0)] {
        #[expect(clippy::cast_precision_loss, reason = "minutes in milliseconds are exact")]
        let read_ms = waits.ms(quantile) as f64;
        assert!((read_ms / exact_ms - 1.0).abs() <= 0.01, "{read_ms}");
    }
    let unanswered = after(&[(0, Fact::Offered)], MINUTE);
    assert_eq!(unanswered.window(Window::Hour).map(|window| window.answer_wait_quantiles), Some(None));
}

#[test]
fn a_window_that_history_does_not_reach_is_absent_and_not_low() {
    let rules = rules();
    let now = BASE.plus_millis(30 * MINUTE);
    let windows = |history| {
        let figures = Ledger::new(rules.clone(), now).figures(now, history);
        Window::ALL.iter().filter(|window| figures.lines[0].window(**window).is_some()).copied().collect::<Vec<_>>()
    };
    let start = BASE.plus_millis(10 * MINUTE);
    assert_eq!(windows(History { start, from_first_record: true }), [Window::Minutes15]);
    assert_eq!(windows(History { start, from_first_record: false }), []);
    let long_ago = now.plus_millis(-rules.horizon_ms());
    assert_eq!(windows(History { start: long_ago, from_first_record: false }), Window::ALL);
}

#[test]
fn an_event_older_than_the_range_is_too_old_and_a_read_never_goes_back() {
    let rules = rules();
    let mut ledger = Ledger::new(rules.clone(), BASE);
    let oldest_ms = rules.range_start(BASE).millis_since(BASE);
    assert_eq!(ledger.apply(&event(1, oldest_ms - 1, Fact::Offered)), Applied::TooOld);
    assert_eq!(ledger.apply(&event(1, oldest_ms, Fact::Offered)), Applied::Applied);
    let later: Figures = ledger.figures(BASE.plus_millis(HOUR), COMPLETE);
    assert_eq!(ledger.figures(BASE, COMPLETE).as_of, later.as_of);
    assert_eq!(later.as_of, EventTime::from_millis(BASE.as_millis() + HOUR));
}
