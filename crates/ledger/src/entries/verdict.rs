//! The verdict: what becomes of the promise made to a leg. One a leg, the earliest that applies.

use ensilinja_model::EventTime;

use super::Entry;
use super::callback::Callback;
use super::decision::{Decision, Fate};
use super::leg::Leg;
use crate::figure::{Promise, Resolution, Verdict};
use crate::transition::Transition;

impl Leg<'_> {
    /// Whether the request that decided the leg brings it under the promise of callbacks.
    #[inline]
    pub fn moves_promise(&self, decision: &Decision) -> bool {
        self.limits.promises.callback.is_some() && self.answer_deadline.is_none_or(|deadline| decision.at < deadline)
    }

    /// The one verdict on what was promised to the leg: what settles it, or the deadline if that comes first.
    #[inline]
    pub fn verdict(&self, decision: &Decision, callback: Option<&Callback>) -> Option<Entry> {
        if !self.limits.promises.any() {
            return None;
        }
        let (promise, deadline, settled) = match (decision.fate, callback) {
            (Fate::Requested, Some(callback)) if self.moves_promise(decision) => {
                (Promise::Callback, callback.deadline, settled_by_callback(callback))
            }
            (Fate::Requested, Some(callback)) => (Promise::Answer, self.answer_deadline, settled_by_callback(callback)),
            _ => (Promise::Answer, self.answer_deadline, self.settled_by(decision)),
        };
        let (at, verdict, by_time) = settled;
        Some(match deadline {
            Some(deadline) if deadline <= at => {
                Entry::by_time(deadline, Transition::settled(promise, Verdict::Broken), 0)
            }
            _ if by_time => Entry::by_time(at, Transition::settled(promise, verdict), 0),
            _ => Entry::by_fact(at, Transition::settled(promise, verdict), 0),
        })
    }

    fn settled_by(&self, decision: &Decision) -> (EventTime, Verdict, bool) {
        let verdict = match decision.fate {
            Fate::Answered => Verdict::Kept,
            Fate::Abandoned if !self.is_short(decision.at) => self.limits.promises.abandoned,
            Fate::Abandoned | Fate::Moved | Fate::Orphaned | Fate::OrphanedByTime | Fate::Requested => Verdict::Void,
        };
        (decision.at, verdict, decision.fate == Fate::OrphanedByTime)
    }
}

/// What the end of a callback makes of the promise, when, and whether it ends by time alone.
fn settled_by_callback(callback: &Callback) -> (EventTime, Verdict, bool) {
    let verdict = match callback.resolution {
        Resolution::Reached => Verdict::Kept,
        Resolution::Unreached | Resolution::Expired | Resolution::Purged | Resolution::GivenUp => Verdict::Broken,
        Resolution::Cancelled | Resolution::Duplicate => Verdict::Void,
    };
    (callback.resolved, verdict, callback.resolution == Resolution::GivenUp)
}
