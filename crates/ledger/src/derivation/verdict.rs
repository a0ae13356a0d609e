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
        self.limits.promises.callback.is_some() && self.answer_deadline.is_none_or(|deadline| wait_end.at < deadline)
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
                (Promise::Answer, self.answer_deadline, settled_by_callback(callback))
            }
            _ => (Promise::Answer, self.answer_deadline, self.settled_by_wait_end(wait_end)),
        };
        let too_late = deadline.filter(|deadline| *deadline <= at);
        let broken = too_late.map(|deadline| (deadline, Verdict::Broken, Cause::Timeout(Timeout::Deadline)));
        let (at, verdict, cause) = broken.unwrap_or((at, verdict, cause));
        Some(Settlement { promise, deadline, at, verdict, cause })
    }

    fn settled_by_wait_end(&self, wait_end: &WaitEnding) -> (EventTime, Verdict, Cause) {
        let verdict = match wait_end.kind {
            WaitEndKind::Answered => Verdict::Kept,
            WaitEndKind::Abandoned if !self.is_short(wait_end.at) => self.limits.promises.abandoned,
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
