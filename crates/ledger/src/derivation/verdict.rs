//! The verdict on the promise made to a leg. Each leg gets one: the earliest that applies.

use ensilinja_model::EventTime;

use super::arrived_leg::ArrivedLeg;
use super::callback::Callback;
use super::wait_end::{WaitEndKind, WaitEnding};
use crate::cause::{Cause, Timeout};
use crate::entries::Entry;
use crate::entry_kind::EntryKind;
use crate::figure::{Promise, Resolution, Verdict};
use crate::rules::TimedOutRule;

/// How the promise made to a leg is settled.
pub(crate) struct Settlement {
    pub promise: Promise,
    /// From where the promised time to an answer counts.
    pub answer_from: EventTime,
    /// The first instant that is too late; `None` if only callbacks are promised and none was requested in time.
    pub deadline: Option<EventTime>,
    /// When the promise is settled.
    pub at: EventTime,
    pub verdict: Verdict,
    pub cause: Cause,
}

impl ArrivedLeg<'_> {
    /// Whether the request that decided the leg moves it to the promise of callbacks.
    #[inline]
    pub fn moves_promise(&self, wait_end: &WaitEnding) -> bool {
        let in_time = wait_end.answer.deadline.is_none_or(|deadline| wait_end.at < deadline);
        self.limits.promises.callback.is_some() && in_time
    }

    /// The settlement of the promise: by the end of the wait or of the callback, or by the deadline if it comes first.
    #[inline]
    pub fn settlement(&self, wait_end: &WaitEnding, callback: Option<&Callback>) -> Option<Settlement> {
        if !self.limits.promises.any() {
            return None;
        }
        let (promise, deadline, (at, verdict, cause)) = match (wait_end.kind, callback) {
            (WaitEndKind::Requested, Some(callback)) if self.moves_promise(wait_end) => {
                (Promise::Callback, callback.deadline, settled_by_callback(callback))
            }
            (WaitEndKind::Requested, Some(callback)) => {
                let (at, verdict, cause) = settled_by_callback(callback);
                (Promise::Answer, wait_end.answer.deadline, (at, self.unless_unknown(wait_end, verdict), cause))
            }
            _ => (Promise::Answer, wait_end.answer.deadline, self.settled_by_wait_end(wait_end)),
        };
        let too_late = deadline.filter(|deadline| *deadline <= at);
        let broken = too_late.map(|deadline| (deadline, Verdict::Broken, Cause::Timeout(Timeout::Deadline)));
        let (at, verdict, cause) = broken.unwrap_or((at, verdict, cause));
        Some(Settlement { promise, answer_from: wait_end.answer.from, deadline, at, verdict, cause })
    }

    /// The verdict; void in place of kept, if an answer in time was promised and the wait is unknown.
    const fn unless_unknown(&self, wait_end: &WaitEnding, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Kept if self.limits.promises.answer.is_some() && wait_end.wait_ms.is_none() => Verdict::Void,
            verdict => verdict,
        }
    }

    fn settled_by_wait_end(&self, wait_end: &WaitEnding) -> (EventTime, Verdict, Cause) {
        let verdict = match wait_end.kind {
            WaitEndKind::Answered => self.unless_unknown(wait_end, Verdict::Kept),
            // Whether an abandon after an unknown wait was short is unknown too.
            WaitEndKind::Abandoned if wait_end.wait_ms.is_some() && !self.is_short(wait_end) => {
                self.limits.promises.abandoned
            }
            // The service gave the contact up, so the promise cannot be kept any more.
            WaitEndKind::TimedOut if self.limits.timed_out == TimedOutRule::Counts => Verdict::Broken,
            WaitEndKind::TimedOut
            | WaitEndKind::Abandoned
            | WaitEndKind::Moved
            | WaitEndKind::Orphaned
            | WaitEndKind::OrphanedByTime
            | WaitEndKind::Requested => Verdict::Void,
        };
        (wait_end.at, verdict, wait_end.kind.cause())
    }
}

impl Settlement {
    #[inline]
    pub fn entry(&self) -> Entry {
        Entry::by(self.cause, self.at, EntryKind::settled(self.promise, self.verdict), 0)
    }
}

/// The instant, verdict and cause that the end of a callback gives the promise.
fn settled_by_callback(callback: &Callback) -> (EventTime, Verdict, Cause) {
    let verdict = match callback.resolution {
        Resolution::Reached => Verdict::Kept,
        Resolution::Unreached | Resolution::Expired | Resolution::Purged | Resolution::GivenUp => Verdict::Broken,
        Resolution::Cancelled | Resolution::Duplicate => Verdict::Void,
    };
    (callback.resolved, verdict, callback.cause())
}
