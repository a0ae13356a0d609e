//! The figures of a contact: waiting, decisions, waits, callbacks and attempts, flags, feedback.

use ensilinja_model::{
    AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, NpsScore, Outcome, Stage, Survey, YesNo,
};
use ensilinja_sim::{Oracle, SimEvent};

use super::line_reading::{self, line, zone};

/// Tuesday 16 September 2025, 10:15:00 in Helsinki.
const START_MS: i64 = 1_758_006_900_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A reading of the line. Facts and reading are given in ms after the start.
struct LineReading;

impl LineReading {
    fn at(facts: &[(i64, Fact)], ms: i64) -> line_reading::LineReading {
        let at = |ms: i64| EventTime::from_millis(START_MS + ms);
        let facts: Vec<_> = facts.iter().map(|(ms, fact)| (at(*ms), *fact)).collect();
        line_reading::LineReading::of(&line(), &facts, at(ms))
    }
}

/// Outstanding callbacks. Without a promise all are due later.
fn outstanding(read: &line_reading::LineReading) -> f64 {
    read.find("callbacks_outstanding", "due=\"later\"").expect("the series exists")
}

fn event(offset_ms: i64, fact: Fact) -> SimEvent {
    let at = EventTime::from_millis(START_MS + offset_ms);
    SimEvent { at, reported_at: at, contact: "c".to_owned(), line: line().id, visit: None, to_line: None, fact }
}

#[test]
fn an_answered_call_waits_is_answered_and_has_a_handling_time() {
    let call = [(0, Fact::Offered), (1_500, Fact::Queued), (61_200, Fact::Answered), (301_200, Fact::Ended)];
    let waiting = LineReading::at(&call, 60_999);
    assert_eq!((waiting.now("contacts_waiting"), waiting.now("waiting_oldest_seconds")), (1.0, 60.0));
    assert_eq!(waiting.today("contacts_offered", ""), 1.0);
    // The posting of 61.200 is in second 61, so a reading in that second includes it.
    let answered = LineReading::at(&call, 61_000);
    assert_eq!((answered.now("contacts_waiting"), answered.now("waiting_oldest_seconds")), (0.0, 0.0));
    assert_eq!(answered.today("contacts_decided", "result=\"answered\""), 1.0);
    assert_eq!(answered.today("contacts_within_threshold", "result=\"answered\""), 1.0);
    assert_eq!(answered.today("contacts_handled", ""), 1.0);
    assert_eq!(answered.today("answer_wait_seconds_gsum", ""), 61.2);
    assert_eq!(answered.today("handling_sum_seconds", ""), 0.0);
    assert_eq!(LineReading::at(&call, 302_000).today("handling_sum_seconds", ""), 240.0);
}

#[test]
fn buckets_include_waits_up_to_their_bound_to_the_millisecond() {
    let bucket = |wait_ms: i64, le: &str| {
        let read = LineReading::at(&[(0, Fact::Offered), (wait_ms, Fact::Answered)], 600_000);
        let key = "ensilinja_window_answer_wait_seconds_bucket{line=\"mipa\",channel=\"phone\",window=\"1h\",le=";
        read.series[&format!("{key}\"{le}\"}}")]
    };
    assert_eq!((bucket(60_000, "60"), bucket(60_001, "60"), bucket(60_001, "120")), (1.0, 0.0, 1.0));
    assert_eq!((bucket(4_000_000, "3600"), bucket(500_000, "+Inf")), (0.0, 1.0));
}

#[test]
fn windows_contain_whole_seconds_and_drop_them_one_by_one() {
    let call = [(999, Fact::Offered)];
    assert_eq!(LineReading::at(&call, 899_999).window("contacts_offered", "", "15m"), 1.0);
    assert_eq!(LineReading::at(&call, 900_000).window("contacts_offered", "", "15m"), 0.0);
    assert_eq!(LineReading::at(&call, HOUR_MS - 1).window("contacts_offered", "", "1h"), 1.0);
    assert_eq!(LineReading::at(&call, HOUR_MS).window("contacts_offered", "", "1h"), 0.0);
    // Local midnight is 13 h 45 min after the start.
    let midnight = 13 * HOUR_MS + 45 * 60_000;
    assert_eq!(LineReading::at(&call, midnight - 1).today("contacts_offered", ""), 1.0);
    let next_day = LineReading::at(&call, midnight);
    assert_eq!(
        (next_day.today("contacts_offered", ""), next_day.window("contacts_offered", "", "yesterday")),
        (0.0, 1.0)
    );
    assert_eq!(LineReading::at(&call, midnight + DAY_MS).window("contacts_offered", "", "yesterday"), 0.0);
}

#[test]
fn an_abandon_is_short_below_the_limit_and_has_its_stage_otherwise() {
    let abandoned = |ms| LineReading::at(&[(0, Fact::Offered), (ms, Fact::Abandoned(Stage::Queue))], HOUR_MS);
    let short = abandoned(4_999);
    assert_eq!(short.today("contacts_decided", "result=\"abandoned_short\""), 1.0);
    assert_eq!(short.today("contacts_within_threshold", "result=\"abandoned\""), 0.0);
    assert_eq!(short.today("abandon_wait_sum_seconds", ""), 4.999);
    let within = abandoned(120_000);
    assert_eq!(abandoned(5_000).today("contacts_decided", "result=\"abandoned_queue\""), 1.0);
    assert_eq!(within.today("contacts_within_threshold", "result=\"abandoned\""), 1.0);
    assert_eq!(abandoned(120_001).today("contacts_within_threshold", "result=\"abandoned\""), 0.0);
}

#[test]
fn of_simultaneous_abandons_the_latest_stage_counts() {
    let facts = [(0, Fact::Offered), (9_000, Fact::Abandoned(Stage::Ringing)), (9_000, Fact::Abandoned(Stage::Menu))];
    assert_eq!(LineReading::at(&facts, HOUR_MS).today("contacts_decided", "result=\"abandoned_ringing\""), 1.0);
}

#[test]
fn at_one_instant_an_answer_precedes_a_request_and_a_request_an_abandon() {
    let together = |facts: &[Fact]| {
        let facts: Vec<(i64, Fact)> =
            [(0, Fact::Offered)].into_iter().chain(facts.iter().map(|fact| (9_000, *fact))).collect();
        LineReading::at(&facts, HOUR_MS)
    };
    let all = together(&[Fact::Transferred, Fact::Abandoned(Stage::Queue), Fact::CallbackRequested, Fact::Answered]);
    assert_eq!(all.today("contacts_decided", "result=\"answered\""), 1.0);
    assert_eq!(outstanding(&all), 1.0);
    let requested = together(&[Fact::Abandoned(Stage::Queue), Fact::CallbackRequested]);
    assert_eq!(requested.today("contacts_decided", "result=\"callback_requested\""), 1.0);
    let moved = together(&[Fact::Ended, Fact::Transferred]);
    assert_eq!(moved.today("contacts_undecided", "result=\"moved\""), 1.0);
    let timed_out = together(&[Fact::Abandoned(Stage::Queue), Fact::Transferred, Fact::TimedOut]);
    assert_eq!(timed_out.today("contacts_decided", "result=\"timed_out\""), 1.0);
    assert_eq!(timed_out.today("timed_out_wait_sum_seconds", ""), 9.0);
    let answered = together(&[Fact::TimedOut, Fact::Answered]);
    assert_eq!(answered.today("contacts_decided", "result=\"answered\""), 1.0);
}

#[test]
fn an_end_up_to_a_minute_before_the_arrival_counts_at_the_arrival_and_an_earlier_one_is_ignored() {
    let ended = |ms| LineReading::at(&[(0, Fact::Offered), (ms, Fact::Ended)], 0);
    assert_eq!(ended(-60_000).today("contacts_undecided", "result=\"orphaned\""), 1.0);
    assert_eq!(ended(-60_000).now("contacts_waiting"), 0.0);
    assert_eq!(ended(-60_001).now("contacts_waiting"), 1.0);
    // The earliest end is kept even if it is ignored.
    let twice = LineReading::at(&[(0, Fact::Offered), (-60_001, Fact::Ended), (10, Fact::Ended)], HOUR_MS);
    assert_eq!(twice.now("contacts_waiting"), 1.0);
}

#[test]
fn a_leg_without_decision_is_orphaned_after_a_day_rounded_up_to_the_second() {
    let facts = [(400, Fact::Offered)];
    let before = LineReading::at(&facts, DAY_MS + 999);
    assert_eq!((before.now("contacts_waiting"), before.now("waiting_oldest_seconds")), (1.0, 86_399.6));
    let after = LineReading::at(&facts, DAY_MS + 1_000);
    assert_eq!((after.now("contacts_waiting"), after.today("contacts_undecided", "result=\"orphaned\"")), (0.0, 1.0));
    // An answer at exactly that millisecond is in time; one millisecond later it is not.
    let answered = |ms| LineReading::at(&[(400, Fact::Offered), (ms, Fact::Answered)], 2 * DAY_MS);
    assert_eq!(answered(DAY_MS + 400).window("contacts_decided", "result=\"answered\"", "yesterday"), 1.0);
    assert_eq!(answered(DAY_MS + 401).window("contacts_decided", "result=\"answered\"", "yesterday"), 0.0);
}

#[test]
fn a_callback_counts_its_attempts_until_it_is_reached() {
    let failed = Fact::CallbackAttempted(AttemptResult::Failed);
    let facts = [
        (0, Fact::Offered),
        (30_000, failed),
        (60_000, Fact::CallbackRequested),
        (600_000, failed),
        (1_260_000, Fact::CallbackAttempted(AttemptResult::Reached)),
        (1_300_000, failed),
        (1_900_000, Fact::CallbackReached),
    ];
    let meanwhile = LineReading::at(&facts, 1_200_500);
    assert_eq!(outstanding(&meanwhile), 1.0);
    assert_eq!(meanwhile.now("callback_oldest_seconds"), 1_140.0);
    let reached = LineReading::at(&facts, HOUR_MS);
    assert_eq!(outstanding(&reached), 0.0);
    assert_eq!(reached.today("callback_attempts", "result=\"failed\""), 1.0);
    assert_eq!(reached.today("callback_attempts", "result=\"reached\""), 1.0);
    assert_eq!(reached.today("callbacks_closed", "result=\"reached\""), 1.0);
    assert_eq!(reached.today("callback_wait_seconds_gsum", ""), 1_200.0);
    assert_eq!(reached.today("contacts_handled", ""), 1.0);
    assert_eq!(reached.today("contacts_decided", "result=\"callback_requested\""), 1.0);
}

#[test]
fn attempts_are_identified_by_second_and_result_and_the_earliest_1000_of_each_result_count() {
    let attempt = |at_ms, result| (at_ms, Fact::CallbackAttempted(result));
    let mut facts = vec![(500, Fact::CallbackRequested)];
    facts.extend((1..=20).map(|n| attempt(n * 1_000 + 700, AttemptResult::Failed)));
    facts.extend((1..=20).map(|n| attempt(n * 1_000, AttemptResult::Failed)));
    facts.extend([attempt(0, AttemptResult::Failed), attempt(30_900, AttemptResult::Reached)]);
    facts.push((30_000, Fact::CallbackReached));
    let read = LineReading::at(&facts, HOUR_MS);
    let attempts = |read: &line_reading::LineReading, result: &str| {
        read.today("callback_attempts", &format!("result=\"{result}\""))
    };
    assert_eq!((attempts(&read, "failed"), attempts(&read, "reached")), (21.0, 1.0));

    let mut many: Vec<_> = (0..1_500).map(|n| attempt(n * 1_000, AttemptResult::Failed)).collect();
    many.extend([(0, Fact::CallbackRequested), attempt(1_600_000, AttemptResult::Reached)]);
    let read = LineReading::at(&many, HOUR_MS);
    assert_eq!((attempts(&read, "failed"), attempts(&read, "reached")), (1_000.0, 1.0));
}

#[test]
fn a_request_within_a_minute_after_an_abandon_a_transfer_or_an_end_decides_the_contact() {
    let of = |gone, apart_ms: i64, now_ms: i64| {
        let facts = [(0, Fact::Offered), (10_000, gone), (10_000 + apart_ms, Fact::CallbackRequested)];
        let read = LineReading::at(&facts, now_ms);
        let decided = |result: &str| read.today("contacts_decided", &format!("result=\"{result}\""));
        let undecided = |result: &str| read.today("contacts_undecided", &format!("result=\"{result}\""));
        [decided("callback_requested"), decided("abandoned_queue"), undecided("moved"), undecided("orphaned")]
    };
    for (gone, before) in [
        (Fact::TimedOut, [0.0; 4]),
        (Fact::Abandoned(Stage::Queue), [0.0, 1.0, 0.0, 0.0]),
        (Fact::Transferred, [0.0, 0.0, 1.0, 0.0]),
        (Fact::Ended, [0.0, 0.0, 0.0, 1.0]),
    ] {
        let asked = [1.0, 0.0, 0.0, 0.0];
        for (apart_ms, now_ms, expected) in [
            (180, 10_000, asked),
            (5_000, 14_999, before),
            (5_000, 15_000, asked),
            (60_000, HOUR_MS, asked),
            (60_001, HOUR_MS, before),
        ] {
            assert_eq!(of(gone, apart_ms, now_ms), expected, "{gone:?} {apart_ms} {now_ms}");
        }
    }
}

#[test]
fn a_contact_answered_and_also_called_back_is_handled_once() {
    let facts = [
        (0, Fact::Offered),
        (10_000, Fact::Answered),
        (20_000, Fact::CallbackRequested),
        (30_000, Fact::CallbackReached),
    ];
    let read = LineReading::at(&facts, HOUR_MS);
    assert_eq!(read.today("contacts_handled", ""), 1.0);
    assert_eq!(read.today("callbacks_closed", "result=\"reached\""), 1.0);
}

#[test]
fn a_callback_is_given_up_at_the_end_of_the_fifth_working_day_unless_reached_by_that_instant() {
    // Requested on Tuesday: the end of the fifth working day is the next Tuesday, 23:59:59 in Helsinki.
    let given_up = 7 * DAY_MS + 13 * HOUR_MS + 45 * 60_000 - 1_000;
    let facts = [(0, Fact::CallbackRequested)];
    assert_eq!(outstanding(&LineReading::at(&facts, given_up - 1)), 1.0);
    let after = LineReading::at(&facts, given_up);
    assert_eq!(outstanding(&after), 0.0);
    assert_eq!(after.today("callbacks_closed", "result=\"given_up\""), 1.0);
    let reached = |ms| LineReading::at(&[(0, Fact::CallbackRequested), (ms, Fact::CallbackReached)], given_up + 999);
    assert_eq!(reached(given_up).today("callbacks_closed", "result=\"reached\""), 1.0);
    assert_eq!(reached(given_up + 1).today("callbacks_closed", "result=\"given_up\""), 1.0);
}

#[test]
fn a_close_before_the_request_is_ignored_and_hides_a_later_one() {
    let cancelled = Fact::CallbackClosed(CloseResult::Cancelled);
    let purged = Fact::CallbackClosed(CloseResult::Purged);
    let facts = [(0, Fact::Offered), (1_000, cancelled), (2_000, Fact::CallbackRequested), (3_000, purged)];
    assert_eq!(outstanding(&LineReading::at(&facts, HOUR_MS)), 1.0);
    let tie = [(2_000, Fact::CallbackRequested), (3_000, purged), (3_000, cancelled)];
    assert_eq!(LineReading::at(&tie, HOUR_MS).today("callbacks_closed", "result=\"purged\""), 1.0);
}

#[test]
fn a_request_starts_a_callback_until_the_instant_the_leg_is_orphaned() {
    let requested = |ms| LineReading::at(&[(0, Fact::Offered), (ms, Fact::CallbackRequested)], DAY_MS + HOUR_MS);
    assert_eq!(outstanding(&requested(DAY_MS)), 1.0);
    assert_eq!(outstanding(&requested(DAY_MS + 1)), 0.0);
}

#[test]
fn anomalous_arrivals_are_flagged() {
    let flag =
        |read: &line_reading::LineReading, flag: &str| read.today("contacts_flagged", &format!("flag=\"{flag}\""));
    let inferred = LineReading::at(&[(0, Fact::Queued)], HOUR_MS);
    assert_eq!((flag(&inferred, "inferred"), flag(&inferred, "skewed")), (1.0, 0.0));
    let skewed = LineReading::at(&[(0, Fact::Queued), (5_000, Fact::Offered)], HOUR_MS);
    assert_eq!((flag(&skewed, "inferred"), flag(&skewed, "skewed")), (1.0, 1.0));
    // 16:00 is 5 h 45 min after the start.
    let closing = 5 * HOUR_MS + 45 * 60_000;
    let last_minute = LineReading::at(&[(closing - 1, Fact::Offered)], closing);
    assert_eq!((flag(&last_minute, "outside_hours"), last_minute.now("line_open")), (0.0, 0.0));
    assert_eq!(flag(&LineReading::at(&[(closing, Fact::Offered)], closing), "outside_hours"), 1.0);
    assert_eq!(LineReading::at(&[], closing - 1).now("line_open"), 1.0);
}

#[test]
fn the_latest_outcome_and_answer_count_at_their_own_instant_even_without_an_arrival() {
    let facts = [
        (0, Fact::OutcomeRecorded(Outcome::Other)),
        (2 * HOUR_MS, Fact::OutcomeRecorded(Outcome::Handled)),
        (2 * HOUR_MS, Fact::OutcomeRecorded(Outcome::ContinuesCounty)),
        (0, Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(9).unwrap()))),
        (5, Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(6).unwrap()))),
        (5, Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes))),
        (5, Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::No))),
        (9, Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Continues, YesNo::Yes))),
    ];
    let read = LineReading::at(&facts, 2 * HOUR_MS);
    assert_eq!(read.today("outcomes", "outcome=\"other\""), 0.0);
    assert_eq!(read.today("outcomes", "outcome=\"continues_county\""), 1.0);
    assert_eq!(read.window("outcomes", "outcome=\"continues_county\"", "15m"), 1.0);
    assert_eq!(
        (read.today("nps_answers", "group=\"promoter\""), read.today("nps_answers", "group=\"detractor\"")),
        (0.0, 1.0)
    );
    assert_eq!(read.today("survey_answers", "question=\"solved\",answer=\"no\""), 1.0);
    assert_eq!(read.today("survey_answers", "question=\"continues\",answer=\"yes\""), 1.0);
    assert_eq!(read.today("contacts_offered", ""), 0.0);
}

#[test]
fn a_retracted_leg_has_only_its_flag() {
    let facts = [
        (0, Fact::Offered),
        (1_000, Fact::Answered),
        (2_000, Fact::OutcomeRecorded(Outcome::Handled)),
        (HOUR_MS, Fact::Retracted),
    ];
    let read = LineReading::at(&facts, HOUR_MS);
    let total: f64 = read.series.iter().filter(|(name, _)| name.contains("window=\"today\"")).map(|(_, v)| v).sum();
    assert_eq!((total, read.today("contacts_flagged", "flag=\"retracted\"")), (1.0, 1.0));
}

#[test]
fn quantiles_are_the_smallest_sample_with_enough_at_or_below_it() {
    let mut oracle = Oracle::new(vec![line()], zone());
    for (contact, wait_ms) in [("a", 1_000), ("b", 2_000), ("c", 3_000), ("d", 4_000)] {
        for (ms, fact) in [(0, Fact::Offered), (wait_ms, Fact::Answered)] {
            oracle.apply(&SimEvent { contact: contact.to_owned(), ..event(ms, fact) });
        }
    }
    let read = oracle.quantiles(EventTime::from_millis(START_MS + 60_000));
    let series = |q: &str, window: &str| {
        let own = format!("line=\"mipa\",channel=\"phone\",q=\"{q}\",window=\"{window}\"");
        read.get(&format!("ensilinja_window_answer_wait_quantile_seconds{{{own}}}")).copied()
    };
    assert_eq!(
        (series("0.5", "today"), series("0.9", "15m"), series("0.5", "yesterday")),
        (Some(2.0), Some(4.0), None)
    );
}
