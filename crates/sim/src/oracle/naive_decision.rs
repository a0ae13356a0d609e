//! How a leg stopped waiting.

use ensilinja_model::{EventTime, Fact, Stage};

use super::naive_facts::{NaiveFacts, earliest, when};

/// `ended` and `transferred` this much before the arrival come from a clock that cuts its seconds off. In ms.
const TRUNCATED_CLOCK_MS: i64 = 60_000;

/// A request no later than this after a hang-up, a move or an end is what the customer left for. In ms.
const OVERTAKEN_REQUEST_MS: i64 = 60_000;

/// How a leg stopped waiting, in the order in which ties are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NaiveResult {
    Answered,
    CallbackRequested,
    Abandoned(Stage),
    Moved,
    OrphanedByItsEnd,
    OrphanedByTime,
}

/// How and when a leg stopped waiting.
pub(super) struct NaiveDecision {
    pub at: EventTime,
    pub fate: NaiveResult,
    /// When the contact was over at this line: it ended or was transferred.
    pub over: Option<EventTime>,
    /// The second of a request that came after the customer was gone and yet decided the leg: a reading of an earlier
    /// second knows nothing of it.
    pub not_before: Option<i64>,
}

impl NaiveDecision {
    /// How it stopped waiting; with `late_requests`, a request soon after the customer was gone decides the leg.
    pub(super) fn find(facts: &NaiveFacts, arrival: EventTime, orphan_at: EventTime, late_requests: bool) -> Self {
        // An end before the arrival is no end of this leg, unless it is so little before that a clock was cut off.
        let not_before_arrival = |at: EventTime| {
            if at.millis_since(arrival) < -TRUNCATED_CLOCK_MS { None } else { Some(at.max(arrival)) }
        };
        let answered = when(facts, |fact| fact == Fact::Answered);
        let requested = when(facts, |fact| fact == Fact::CallbackRequested);
        let abandoned = earliest(facts, |fact| match fact {
            Fact::Abandoned(stage) => Some(stage),
            _ => None,
        });
        let transferred = when(facts, |fact| fact == Fact::Transferred).and_then(not_before_arrival);
        let ended = when(facts, |fact| fact == Fact::Ended).and_then(not_before_arrival);

        let mut fates = vec![(orphan_at, NaiveResult::OrphanedByTime)];
        fates.extend(answered.map(|at| (at, NaiveResult::Answered)));
        fates.extend(requested.map(|at| (at, NaiveResult::CallbackRequested)));
        fates.extend(abandoned.map(|(at, stage)| (at, NaiveResult::Abandoned(stage))));
        fates.extend(transferred.map(|at| (at, NaiveResult::Moved)));
        fates.extend(ended.map(|at| (at, NaiveResult::OrphanedByItsEnd)));
        fates.sort_unstable();
        let (at, fate) = fates[0];
        let over = [ended, transferred].into_iter().flatten().min();
        let gone = matches!(fate, NaiveResult::Abandoned(_) | NaiveResult::Moved | NaiveResult::OrphanedByItsEnd);
        let latest = at.plus_millis(OVERTAKEN_REQUEST_MS).min(orphan_at);
        match requested.filter(|requested| gone && late_requests && *requested <= latest) {
            Some(requested) => {
                let not_before = Some(requested.floor_second());
                Self { at: requested, fate: NaiveResult::CallbackRequested, over, not_before }
            }
            None => Self { at, fate, over, not_before: None },
        }
    }

    /// The second it is filed under: what happens by time alone is filed under the first second that has it behind it.
    pub(super) const fn second(&self) -> i64 {
        match self.fate {
            NaiveResult::OrphanedByTime => self.at.ceil_second(),
            _ => self.at.floor_second(),
        }
    }
}
