//! The decision: how and when a leg stops waiting, and how long it is served if it was answered.

use ensilinja_model::{EventTime, FactKind};

use super::leg::{ArrivedLeg, sample};
use super::{Entries, Entry, EntrySlot, Span};
use crate::cause::{Cause, Timeout};
use crate::entry_kind::EntryKind;
use crate::instants::Register;

/// A request this soon after the leg stopped waiting is what it stopped waiting for: the platform ends the wait first
/// and creates the callback then. In ms.
const SUPERSEDED_MS: i64 = 60_000;

/// How and when a leg stops waiting.
pub(super) struct WaitEnd {
    pub at: EventTime,
    pub fate: WaitEndKind,
}

/// How a leg stopped waiting, in the order in which facts of one instant win.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WaitEndKind {
    Answered,
    Requested,
    Abandoned,
    Moved,
    Orphaned,
    OrphanedByTime,
}

impl WaitEndKind {
    /// What it follows from.
    pub const fn cause(self) -> Cause {
        Cause::Fact(match self {
            Self::Answered => FactKind::Answered,
            Self::Requested => FactKind::CallbackRequested,
            Self::Abandoned => FactKind::Abandoned,
            Self::Moved => FactKind::Transferred,
            Self::Orphaned => FactKind::Ended,
            Self::OrphanedByTime => return Cause::Timeout(Timeout::OrphanAfter),
        })
    }
}

impl ArrivedLeg<'_> {
    /// Enters how the leg stopped waiting as of a second, and how long it was served.
    #[inline]
    pub fn decide(&self, entries: &mut Entries, as_of_second: i64) -> WaitEnd {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, WaitEndKind::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, WaitEndKind::Requested)),
            self.facts.at(Register::Abandoned).map(|at| (at, WaitEndKind::Abandoned)),
            transferred.map(|at| (at, WaitEndKind::Moved)),
            ended.map(|at| (at, WaitEndKind::Orphaned)),
            Some((self.orphaned, WaitEndKind::OrphanedByTime)),
        ];
        let earliest = candidates.into_iter().flatten().min().expect("time alone decides at last");
        let (at, fate) = self.supersede(earliest, entries, as_of_second);
        let wait_ms = sample(at.millis_since(self.arrived));
        let within = wait_ms <= self.limits.threshold_ms;
        let by_fate = |kind, sample_ms| Entry::by(fate.cause(), at, kind, sample_ms);
        let decided = match fate {
            WaitEndKind::Answered => by_fate(EntryKind::answered(within), wait_ms),
            // The step of the request says so itself.
            WaitEndKind::Requested => by_fate(EntryKind::RequestDecided, 0),
            WaitEndKind::Abandoned if self.is_short(at) => by_fate(EntryKind::AbandonedShort, wait_ms),
            WaitEndKind::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the leg was decided by its abandon");
                by_fate(EntryKind::abandoned(stage, within), wait_ms)
            }
            WaitEndKind::Moved => by_fate(EntryKind::Moved, 0),
            WaitEndKind::Orphaned | WaitEndKind::OrphanedByTime => by_fate(EntryKind::Orphaned, 0),
        };
        entries.waiting = Some(Span::since(self.arrived, decided.second));
        if fate != WaitEndKind::Requested {
            entries.enter(EntrySlot::WaitEnded, decided);
        }
        let left = transferred.map(|at| (at, FactKind::Transferred));
        let over = left.into_iter().chain(ended.map(|at| (at, FactKind::Ended))).min_by_key(|(at, _)| *at);
        if let Some((over, by)) = over.filter(|(over, _)| *over <= self.orphaned && fate == WaitEndKind::Answered) {
            let handling_ms = sample(over.millis_since(at));
            entries.enter(EntrySlot::Service, Entry::by_fact(over, EntryKind::Served, handling_ms, by));
        }
        WaitEnd { at, fate }
    }

    /// What decided the leg; or the request that supersedes it, from the second of the request on.
    #[inline]
    fn supersede(
        &self,
        (at, fate): (EventTime, WaitEndKind),
        entries: &mut Entries,
        as_of_second: i64,
    ) -> (EventTime, WaitEndKind) {
        if !matches!(fate, WaitEndKind::Abandoned | WaitEndKind::Moved | WaitEndKind::Orphaned) {
            return (at, fate);
        }
        let is_for_it =
            |requested: &EventTime| *requested <= self.orphaned && requested.millis_since(at) <= SUPERSEDED_MS;
        let Some(requested) = self.facts.at(Register::CallbackRequested).filter(is_for_it) else {
            return (at, fate);
        };
        // Of two facts of one second none is ever shown without the other.
        if requested.floor_second() > as_of_second.max(at.floor_second()) {
            entries.changes_at = Some(requested.floor_second());
            return (at, fate);
        }
        if let Cause::Fact(kind) = fate.cause() {
            entries.superseded = Some(kind);
        }
        (requested, WaitEndKind::Requested)
    }

    #[inline]
    pub fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }
}
