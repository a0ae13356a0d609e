//! The verdict on the promise of a leg: the earliest one that applies.

use ensilinja_model::{CloseResult, EventTime};

use super::naive_callback::{NaiveCallback, NaiveResolution};
use super::naive_decision::{NaiveDecision, NaiveResult};
use super::naive_posting::NaiveState;
use super::naive_wait::NaiveWait;
use super::oracle_line::OracleLimits;
use crate::LineCalendar;

const KEPT: &str = "kept";
const BROKEN: &str = "broken";
const VOID: &str = "void";

/// The verdict on a leg of a line with a promise.
pub(super) struct NaiveVerdict {
    /// The request from which on the deadline of the callback applies in place of that of the answer.
    moved: Option<EventTime>,
    pub result: &'static str,
    at: EventTime,
    /// Whether a timeout caused it: a deadline passed, or the leg was orphaned.
    by_time: bool,
}

impl NaiveVerdict {
    /// The verdict; `None` if the line promises nothing.
    pub(super) fn find(
        decision: &NaiveDecision,
        wait: &NaiveWait,
        callback: Option<&NaiveCallback>,
        limits: &OracleLimits,
        calendar: &LineCalendar,
    ) -> Option<Self> {
        let promise = limits.promise;
        if promise.answer.is_none() && promise.callback.is_none() {
            return None;
        }
        let by_answer = wait.deadline(limits, calendar);
        let asked = callback.filter(|_| decision.result == NaiveResult::CallbackRequested);
        let moved_to = asked
            .filter(|callback| by_answer.is_none_or(|deadline| callback.requested < deadline))
            .and_then(|callback| callback.deadline.map(|deadline| (callback.requested, deadline)));
        let deadline = moved_to.map(|(_, deadline)| deadline).or(by_answer);

        let (result, at, by_time) = match asked {
            Some(callback) => (of_callback(callback.way), callback.resolved, callback.way == NaiveResolution::GivenUp),
            None => (of_decision(decision, wait, limits), decision.at, decision.result == NaiveResult::OrphanedByTime),
        };
        // An answer in time cannot be claimed of an unknown wait.
        let unknown = promise.answer.is_some() && moved_to.is_none() && wait.known_ms().is_none();
        let result = if unknown && result == KEPT { VOID } else { result };
        let moved = moved_to.map(|(requested, _)| requested);
        Some(match deadline.filter(|deadline| at >= *deadline) {
            Some(deadline) => Self { moved, result: BROKEN, at: deadline, by_time: true },
            None => Self { moved, result, at, by_time },
        })
    }

    /// The second of the verdict.
    pub(super) const fn second(&self) -> i64 {
        if self.by_time { self.at.ceil_second() } else { self.at.floor_second() }
    }

    /// The promise that the verdict is about.
    pub(super) const fn promise(&self) -> &'static str {
        if self.moved.is_some() { "callback" } else { "answer" }
    }

    /// The states of the pending promise: as an answer until a request, then as a callback.
    pub(super) fn stays(&self, arrival: EventTime) -> Vec<NaiveState> {
        let stay = |labels: &'static str, since: EventTime, to_second: i64| NaiveState {
            family: "promises_pending",
            labels,
            since,
            from_second: since.floor_second(),
            to_second,
            deadline_ahead: None,
            deadline_missed: None,
        };
        let (answer, callback) = ("promise=\"answer\"", "promise=\"callback\"");
        match self.moved {
            None => vec![stay(answer, arrival, self.second())],
            Some(asked) => {
                vec![stay(answer, arrival, asked.floor_second()), stay(callback, asked, self.second())]
            }
        }
    }
}

fn of_decision(decision: &NaiveDecision, wait: &NaiveWait, limits: &OracleLimits) -> &'static str {
    match decision.result {
        NaiveResult::Answered => KEPT,
        NaiveResult::Abandoned(_) => {
            let counts = wait.known_ms().is_some_and(|ms| ms >= i64::from(limits.short_abandon_ms));
            if limits.promise.abandon_breaks && counts { BROKEN } else { VOID }
        }
        NaiveResult::TimedOut if limits.timed_out_counts => BROKEN,
        NaiveResult::TimedOut | NaiveResult::Moved | NaiveResult::OrphanedByItsEnd | NaiveResult::OrphanedByTime => {
            VOID
        }
        NaiveResult::CallbackRequested => unreachable!("a leg decided by a request has a callback"),
    }
}

const fn of_callback(way: NaiveResolution) -> &'static str {
    match way {
        NaiveResolution::Reached => KEPT,
        NaiveResolution::Closed(CloseResult::Cancelled | CloseResult::Duplicate) => VOID,
        NaiveResolution::Closed(CloseResult::Unreached | CloseResult::Expired | CloseResult::Purged)
        | NaiveResolution::GivenUp => BROKEN,
    }
}
