//! The verdict: what becomes of the promise made to a leg. One a leg, the earliest that applies.

use ensilinja_model::EventTime;

use super::Entry;
use super::callback::Callback;
use super::decision::{WaitEnd, WaitEndKind};
use super::leg::ArrivedLeg;
use crate::cause::{Cause, Timeout};
use crate::entry_kind::EntryKind;
use crate::figure::{Promise, Resolution, Verdict};

/// How the promise made to a leg is settled.
pub(crate) struct Settlement {
    pub promise: Promise,
    /// The first instant that is too late; `None` where only callbacks are promised and none was asked for in time.
    pub deadline: Option<EventTime>,
    /// When it is settled.
    pub at: EventTime,
    pub verdict: Verdict,
    pub cause: Cause,
}

impl ArrivedLeg<'_> {
    /// Whether the request that decided the leg brings it under the promise of callbacks.
    #[inline]
    pub fn moves_promise(&self, decision: &WaitEnd) -> bool {
        self.limits.promises.callback.is_some() && self.answer_deadline.is_none_or(|deadline| decision.at < deadline)
    }

    /// The one verdict on what was promised to the leg: what settles it, or the deadline if that comes first.
    #[inline]
    pub fn verdict(&self, decision: &WaitEnd, callback: Option<&Callback>) -> Option<Settlement> {
        if !self.limits.promises.any() {
            return None;
        }
        let (promise, deadline, (at, verdict, cause)) = match (decision.fate, callback) {
            (WaitEndKind::Requested, Some(callback)) if self.moves_promise(decision) => {
                (Promise::Callback, callback.deadline, settled_by_callback(callback))
            }
            (WaitEndKind::Requested, Some(callback)) => {
                (Promise::Answer, self.answer_deadline, settled_by_callback(callback))
            }
            _ => (Promise::Answer, self.answer_deadline, self.settled_by(decision)),
        };
        let too_late = deadline.filter(|deadline| *deadline <= at);
        let settled = too_late.map(|deadline| (deadline, Verdict::Broken, Cause::Timeout(Timeout::Deadline)));
        let (at, verdict, cause) = settled.unwrap_or((at, verdict, cause));
        Some(Settlement { promise, deadline, at, verdict, cause })
    }

    fn settled_by(&self, decision: &WaitEnd) -> (EventTime, Verdict, Cause) {
        let verdict = match decision.fate {
            WaitEndKind::Answered => Verdict::Kept,
            WaitEndKind::Abandoned if !self.is_short(decision.at) => self.limits.promises.abandoned,
            WaitEndKind::Abandoned
            | WaitEndKind::Moved
            | WaitEndKind::Orphaned
            | WaitEndKind::OrphanedByTime
            | WaitEndKind::Requested => Verdict::Void,
        };
        (decision.at, verdict, decision.fate.cause())
    }
}

impl Settlement {
    #[inline]
    pub fn entry(&self) -> Entry {
        Entry::by(self.cause, self.at, EntryKind::settled(self.promise, self.verdict), 0)
    }
}

/// What the end of a callback makes of the promise, when, and by what.
fn settled_by_callback(callback: &Callback) -> (EventTime, Verdict, Cause) {
    let verdict = match callback.resolution {
        Resolution::Reached => Verdict::Kept,
        Resolution::Unreached | Resolution::Expired | Resolution::Purged | Resolution::GivenUp => Verdict::Broken,
        Resolution::Cancelled | Resolution::Duplicate => Verdict::Void,
    };
    (callback.resolved, verdict, callback.cause())
}
