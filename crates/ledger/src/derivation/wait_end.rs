//! The end of the wait: how and when a leg stops waiting, and how long it is served after an answer.

use ensilinja_model::{EventTime, FactKind};

use super::arrived_leg::{AnswerTerm, ArrivedLeg, sample};
use crate::cause::{Cause, Timeout};
use crate::entries::{Entries, Entry, EntrySlot, Span};
use crate::entry_kind::EntryKind;
use crate::instants::Register;

/// A request within this time after the end of the wait supersedes that end: the platform ends the wait first and then
/// creates the callback. In ms.
const SUPERSEDED_MS: i64 = 60_000;

/// How and when a leg stops waiting.
pub(super) struct WaitEnding {
    pub at: EventTime,
    pub kind: WaitEndKind,
    /// The length of the wait in ms; `None` if it is unknown.
    pub wait_ms: Option<u32>,
    pub answer: AnswerTerm,
}

/// How a leg stops waiting. Of facts at the same instant, the first in this order wins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WaitEndKind {
    Answered,
    Requested,
    TimedOut,
    Abandoned,
    Moved,
    Orphaned,
    OrphanedByTime,
}

impl WaitEndKind {
    /// The cause of the end.
    pub const fn cause(self) -> Cause {
        Cause::Fact(match self {
            Self::Answered => FactKind::Answered,
            Self::Requested => FactKind::CallbackRequested,
            Self::TimedOut => FactKind::TimedOut,
            Self::Abandoned => FactKind::Abandoned,
            Self::Moved => FactKind::Transferred,
            Self::Orphaned => FactKind::Ended,
            Self::OrphanedByTime => return Cause::Timeout(Timeout::OrphanAfter),
        })
    }
}

impl ArrivedLeg<'_> {
    /// Enters the end of the wait as of a second, and the handling time.
    #[inline]
    pub fn enter_wait_end(&self, entries: &mut Entries, as_of_second: i64) -> WaitEnding {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, WaitEndKind::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, WaitEndKind::Requested)),
            self.facts.at(Register::TimedOut).map(|at| (at, WaitEndKind::TimedOut)),
            self.facts.at(Register::Abandoned).map(|at| (at, WaitEndKind::Abandoned)),
            transferred.map(|at| (at, WaitEndKind::Moved)),
            ended.map(|at| (at, WaitEndKind::Orphaned)),
            Some((self.orphaned, WaitEndKind::OrphanedByTime)),
        ];
        let earliest = candidates.into_iter().flatten().min().expect("a timeout ends every wait");
        let (at, kind) = self.supersede(earliest, entries, as_of_second);
        let wait_ms = (!self.is_wait_unknown(at)).then(|| sample(at.millis_since(self.wait_start(at))));
        let wait_end = WaitEnding { at, kind, wait_ms, answer: self.answer_term(at) };
        let ended_wait = Entry::by(kind.cause(), at, self.end_kind(&wait_end), 0);
        let ended_wait = match (ended_wait.kind.sample(), wait_ms) {
            (Some(_), Some(sample_ms)) => Entry { sample_ms, ..ended_wait },
            _ => ended_wait,
        };
        self.set_waiting(entries, ended_wait.second, as_of_second);
        if kind != WaitEndKind::Requested {
            entries.enter(EntrySlot::WaitEnded, ended_wait);
        }
        let left = transferred.map(|at| (at, FactKind::Transferred));
        let over = left.into_iter().chain(ended.map(|at| (at, FactKind::Ended))).min_by_key(|(at, _)| *at);
        if let Some((over, by)) = over.filter(|(over, _)| *over <= self.orphaned && kind == WaitEndKind::Answered) {
            let handling_ms = sample(over.millis_since(at));
            entries.enter(EntrySlot::Service, Entry::by_fact(over, EntryKind::Served, handling_ms, by));
        }
        wait_end
    }

    /// The kind of the entry that ends the wait.
    #[inline]
    fn end_kind(&self, wait_end: &WaitEnding) -> EntryKind {
        let stage = || self.facts.abandoned().expect("the abandon ended the wait").1;
        let within = |wait_ms| wait_ms <= self.limits.threshold_ms;
        match (wait_end.kind, wait_end.wait_ms) {
            (WaitEndKind::Answered, Some(wait_ms)) => EntryKind::answered(within(wait_ms)),
            (WaitEndKind::Answered, None) => EntryKind::AnsweredUnknownWait,
            // Not entered: the entry of the request includes the end of the wait.
            (WaitEndKind::Requested, _) => EntryKind::RequestDecided,
            (WaitEndKind::TimedOut, Some(_)) => EntryKind::timed_out(self.limits.timed_out),
            (WaitEndKind::TimedOut, None) => EntryKind::timed_out_after_unknown_wait(self.limits.timed_out),
            (WaitEndKind::Abandoned, Some(_)) if self.is_short(wait_end) => EntryKind::AbandonedShort,
            (WaitEndKind::Abandoned, Some(wait_ms)) => EntryKind::abandoned(stage(), within(wait_ms)),
            (WaitEndKind::Abandoned, None) => EntryKind::abandoned_after_unknown_wait(stage()),
            (WaitEndKind::Moved, _) => EntryKind::Moved,
            (WaitEndKind::Orphaned | WaitEndKind::OrphanedByTime, _) => EntryKind::Orphaned,
        }
    }

    /// Sets since when the customer waits, as of a second: since the arrival until the contact enters the queue, if the
    /// wait counts from there, and since an unknown time once the wait is said to be unknown.
    #[inline]
    fn set_waiting(&self, entries: &mut Entries, ended_second: i64, as_of_second: i64) {
        let end = EventTime::from_seconds(ended_second);
        let as_of_second = as_of_second.max(self.arrived.floor_second());
        let mut change_at = |second: i64| {
            if second > as_of_second && second < ended_second {
                entries.changes_at = Some(entries.changes_at.map_or(second, |other| other.min(second)));
            }
            second <= as_of_second
        };
        let start = self.wait_start(end);
        let is_in_queue = change_at(start.floor_second());
        let is_unknown = self.wait_unknown.is_some_and(|unknown| change_at(unknown.floor_second()));
        let mut waiting = Span::since(self.arrived, ended_second);
        if is_in_queue {
            waiting.key = start;
        }
        entries.waiting = (!is_unknown).then_some(waiting);
    }

    /// The end of the wait, or from the second of the request on, the request that supersedes it.
    #[inline]
    fn supersede(
        &self,
        (at, kind): (EventTime, WaitEndKind),
        entries: &mut Entries,
        as_of_second: i64,
    ) -> (EventTime, WaitEndKind) {
        match kind {
            WaitEndKind::TimedOut | WaitEndKind::Abandoned | WaitEndKind::Moved | WaitEndKind::Orphaned => {}
            WaitEndKind::Answered | WaitEndKind::Requested | WaitEndKind::OrphanedByTime => return (at, kind),
        }
        let supersedes =
            |requested: &EventTime| *requested <= self.orphaned && requested.millis_since(at) <= SUPERSEDED_MS;
        let Some(requested) = self.facts.at(Register::CallbackRequested).filter(supersedes) else {
            return (at, kind);
        };
        // Two facts in the same second are always shown together.
        if requested.floor_second() > as_of_second.max(at.floor_second()) {
            entries.changes_at = Some(requested.floor_second());
            return (at, kind);
        }
        if let Cause::Fact(fact) = kind.cause() {
            entries.superseded = Some(fact);
        }
        (requested, WaitEndKind::Requested)
    }

    #[inline]
    pub fn is_short(&self, wait_end: &WaitEnding) -> bool {
        wait_end.wait_ms.is_some_and(|wait_ms| wait_ms < self.limits.short_abandon_ms)
    }
}
