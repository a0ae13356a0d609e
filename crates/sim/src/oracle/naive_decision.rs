//! The decision of a leg: how it stopped waiting.

use ensilinja_model::{EventTime, Fact, Stage};

use super::naive_facts::{NaiveFacts, earliest, when};

/// `ended` and `transferred` up to this much before the arrival come from a clock with truncated seconds. In ms.
const TRUNCATED_CLOCK_MS: i64 = 60_000;

/// A request up to this much after an abandon, a timeout, a transfer or an end supersedes it. In ms.
const SUPERSEDING_REQUEST_MS: i64 = 60_000;

/// The result of the wait. The order breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NaiveResult {
    Answered,
    CallbackRequested,
    /// The platform took the contact out of the queue. It cannot do so after an abandon, only before.
    TimedOut,
    Abandoned(Stage),
    Moved,
    OrphanedByItsEnd,
    OrphanedByTime,
}

/// How and when a leg stopped waiting.
pub(super) struct NaiveDecision {
    pub at: EventTime,
    pub result: NaiveResult,
    /// When the contact left the line: it ended or was transferred.
    pub over: Option<EventTime>,
    /// The second of a request that superseded the end of the wait. Readings before this second do not include it.
    pub not_before: Option<i64>,
}

impl NaiveDecision {
    /// The decision. With `late_requests`, a request may supersede an end of the wait shortly before it.
    pub(super) fn find(facts: &NaiveFacts, arrival: EventTime, orphan_at: EventTime, late_requests: bool) -> Self {
        // An end before the arrival does not belong to this leg, except within the truncation of a clock.
        let not_before_arrival = |at: EventTime| {
            if at.millis_since(arrival) < -TRUNCATED_CLOCK_MS { None } else { Some(at.max(arrival)) }
        };
        let answered = when(facts, |fact| fact == Fact::Answered);
        let requested = when(facts, |fact| fact == Fact::CallbackRequested);
        let stage = |fact| match fact {
            Fact::Abandoned(stage) => Some(stage),
            _ => None,
        };
        // Of stages at the same instant the last counts.
        let first = earliest(facts, stage).map(|(at, _)| at);
        let abandoned = facts.iter().filter(|(at, _)| Some(*at) == first);
        let abandoned = abandoned.filter_map(|(at, fact)| Some((*at, stage(*fact)?))).max();
        let timed_out = when(facts, |fact| fact == Fact::TimedOut);
        let transferred = when(facts, |fact| fact == Fact::Transferred).and_then(not_before_arrival);
        let ended = when(facts, |fact| fact == Fact::Ended).and_then(not_before_arrival);

        let mut results = vec![(orphan_at, NaiveResult::OrphanedByTime)];
        results.extend(answered.map(|at| (at, NaiveResult::Answered)));
        results.extend(requested.map(|at| (at, NaiveResult::CallbackRequested)));
        results.extend(timed_out.map(|at| (at, NaiveResult::TimedOut)));
        results.extend(abandoned.map(|(at, stage)| (at, NaiveResult::Abandoned(stage))));
        results.extend(transferred.map(|at| (at, NaiveResult::Moved)));
        results.extend(ended.map(|at| (at, NaiveResult::OrphanedByItsEnd)));
        results.sort_unstable();
        let (at, result) = results[0];
        let over = [ended, transferred].into_iter().flatten().min();
        let gone =
            !matches!(result, NaiveResult::Answered | NaiveResult::CallbackRequested | NaiveResult::OrphanedByTime);
        let latest = at.plus_millis(SUPERSEDING_REQUEST_MS).min(orphan_at);
        match requested.filter(|requested| gone && late_requests && *requested <= latest) {
            Some(requested) => {
                let not_before = Some(requested.floor_second());
                Self { at: requested, result: NaiveResult::CallbackRequested, over, not_before }
            }
            None => Self { at, result, over, not_before: None },
        }
    }

    /// The second of the decision. A timeout is rounded up to the first whole second after it.
    pub(super) const fn second(&self) -> i64 {
        match self.result {
            NaiveResult::OrphanedByTime => self.at.ceil_second(),
            _ => self.at.floor_second(),
        }
    }
}
