//! Arbitrary events: everything that a faulty platform could send, with instants around every edge of the rules.

use ensilinja_model::{
    AttemptResult, CloseResult, Event, Fact, FeedbackAnswer, LegKey, LineIndex, NpsScore, Outcome, Stage, Survey, YesNo,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture::{BASE, DAY_MS};

const HOUR_MS: i64 = 3_600_000;

/// Any fact. Facts that decide a leg are more frequent.
fn fact() -> impl Strategy<Value = Fact> {
    let nps = (0_u8..=10).prop_map(|score| FeedbackAnswer::Nps(NpsScore::new(score).expect("0 to 10")));
    let survey =
        (select(Survey::ALL), select(YesNo::ALL)).prop_map(|(survey, answer)| FeedbackAnswer::Survey(survey, answer));
    prop_oneof![
        4 => Just(Fact::Offered),
        2 => Just(Fact::Queued),
        3 => Just(Fact::Answered),
        3 => select(Stage::ALL).prop_map(Fact::Abandoned),
        2 => Just(Fact::TimedOut),
        1 => Just(Fact::WaitUnknown),
        4 => Just(Fact::CallbackRequested),
        3 => select(AttemptResult::ALL).prop_map(Fact::CallbackAttempted),
        2 => Just(Fact::CallbackReached),
        2 => select(CloseResult::ALL).prop_map(Fact::CallbackClosed),
        1 => Just(Fact::Transferred),
        2 => Just(Fact::Ended),
        2 => select(Outcome::ALL).prop_map(Fact::OutcomeRecorded),
        1 => nps.prop_map(Fact::FeedbackReceived),
        1 => survey.prop_map(Fact::FeedbackReceived),
    ]
}

/// Milliseconds from the start of a leg, concentrated around the edges of the rules.
fn offset_ms() -> impl Strategy<Value = i64> {
    let edge = select(vec![
        0,
        5_000,
        60_000,
        120_000,
        300_001,
        600_001,
        2 * HOUR_MS,
        4 * HOUR_MS,
        DAY_MS,
        3 * DAY_MS,
        7 * DAY_MS,
        9 * DAY_MS,
        13 * DAY_MS,
        16 * DAY_MS,
        30 * DAY_MS,
        -60_000,
        // From the base: Monday 9, 10 and 15 o'clock, Sunday and Monday 23:59:59, in Helsinki.
        36 * HOUR_MS,
        37 * HOUR_MS,
        42 * HOUR_MS,
        27 * HOUR_MS - 1_000,
        51 * HOUR_MS - 1_000,
    ]);
    let near = prop_oneof![3 => Just(0_i64), 2 => -1_500_i64..1_500, 1 => Just(1), 1 => Just(-1)];
    prop_oneof![
        4 => (edge, near).prop_map(|(edge, near)| edge + near),
        3 => 0..300_000_i64,
        1 => -HOUR_MS..2 * DAY_MS,
    ]
}

/// The end of a wait and a callback request after it: at once, within a minute, or just beyond.
fn overtaken_request() -> impl Strategy<Value = Vec<(Fact, i64)>> {
    let gone = prop_oneof![
        2 => select(Stage::ALL).prop_map(Fact::Abandoned),
        1 => Just(Fact::TimedOut),
        1 => Just(Fact::Transferred),
        1 => Just(Fact::Ended),
    ];
    let apart_ms = prop_oneof![
        1 => select(vec![0, 1, 180, 999, 1_000, 59_999, 60_000, 60_001]),
        1 => 0..62_000_i64,
    ];
    (gone, offset_ms(), apart_ms, any::<bool>()).prop_map(|(gone, at_ms, apart_ms, offered)| {
        let both = [(gone, at_ms), (Fact::CallbackRequested, at_ms + apart_ms)];
        both.into_iter().chain(offered.then_some((Fact::Offered, at_ms - 30_000))).collect()
    })
}

/// Events of a few legs that start within `span_ms` of the base. They may contradict each other.
pub fn arbitrary_events(span_ms: i64) -> impl Strategy<Value = Vec<Event>> {
    let start_ms = prop_oneof![2 => 0..=span_ms, 1 => Just(0)];
    let facts = (vec((fact(), offset_ms()), 1..8), prop::option::weighted(0.4, overtaken_request()), any::<bool>());
    let facts = facts.prop_map(|(mut facts, overtaken, copied)| {
        facts.extend(overtaken.into_iter().flatten());
        // A second feed that truncates to whole seconds. The base is a whole second.
        let copies = facts
            .iter()
            .filter(|(fact, _)| copied && matches!(fact, Fact::CallbackAttempted(_) | Fact::CallbackReached));
        let copies: Vec<_> = copies.map(|(fact, ms)| (*fact, ms.div_euclid(1_000) * 1_000)).collect();
        facts.extend(copies);
        facts
    });
    let leg = (0..6_u16, start_ms, facts, prop::option::weighted(0.05, offset_ms()));
    vec(leg, 1..6).prop_map(|legs| {
        let mut events = Vec::new();
        for (number, (line, start_ms, facts, retracted_ms)) in (0..).zip(legs) {
            let event = |fact, offset_ms| Event {
                leg: LegKey::new(number),
                line: LineIndex::new(line),
                at: BASE.plus_millis(start_ms + offset_ms),
                fact,
            };
            events.extend(facts.iter().map(|(fact, offset_ms)| event(*fact, *offset_ms)));
            events.extend(retracted_ms.map(|offset_ms| event(Fact::Retracted, offset_ms)));
        }
        events
    })
}

/// Arbitrary events, and the same shuffled with some duplicates.
pub fn shuffled_with_duplicates(span_ms: i64) -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    arbitrary_events(span_ms).prop_flat_map(|events| {
        let twice: Vec<Event> = events.iter().chain(events.iter().step_by(2)).copied().collect();
        (Just(events), Just(twice).prop_shuffle())
    })
}
