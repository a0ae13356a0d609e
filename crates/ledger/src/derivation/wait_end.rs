//! The end of the wait: how and when a leg stops waiting, and how long it is served after an answer.

use ensilinja_model::{EventTime, FactKind};

use super::arrived_leg::{ArrivedLeg, sample};
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
        let wait_ms = sample(at.millis_since(self.arrived));
        let within = wait_ms <= self.limits.threshold_ms;
        let by_cause = |entry_kind, sample_ms| Entry::by(kind.cause(), at, entry_kind, sample_ms);
        let ended_wait = match kind {
            WaitEndKind::Answered => by_cause(EntryKind::answered(within), wait_ms),
            // Not entered: the entry of the request includes the end of the wait.
            WaitEndKind::Requested => by_cause(EntryKind::RequestDecided, 0),
            WaitEndKind::TimedOut => by_cause(EntryKind::timed_out(self.limits.timed_out), wait_ms),
            WaitEndKind::Abandoned if self.is_short(at) => by_cause(EntryKind::AbandonedShort, wait_ms),
            WaitEndKind::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the abandon ended the wait");
                by_cause(EntryKind::abandoned(stage, within), wait_ms)
            }
            WaitEndKind::Moved => by_cause(EntryKind::Moved, 0),
            WaitEndKind::Orphaned | WaitEndKind::OrphanedByTime => by_cause(EntryKind::Orphaned, 0),
        };
        entries.waiting = Some(Span::since(self.arrived, ended_wait.second));
        if kind != WaitEndKind::Requested {
            entries.enter(EntrySlot::WaitEnded, ended_wait);
        }
        let left = transferred.map(|at| (at, FactKind::Transferred));
        let over = left.into_iter().chain(ended.map(|at| (at, FactKind::Ended))).min_by_key(|(at, _)| *at);
        if let Some((over, by)) = over.filter(|(over, _)| *over <= self.orphaned && kind == WaitEndKind::Answered) {
            let handling_ms = sample(over.millis_since(at));
            entries.enter(EntrySlot::Service, Entry::by_fact(over, EntryKind::Served, handling_ms, by));
        }
        WaitEnding { at, kind }
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
    pub fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }
}
