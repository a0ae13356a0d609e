//! The decision: how and when a leg stops waiting, and how long it is served if it was answered.

use ensilinja_model::{EventTime, FactKind};

use super::leg::{Leg, sample};
use super::{Entries, Entry, Slot, Span};
use crate::cause::{Cause, Lapse};
use crate::instants::Register;
use crate::transition::Transition;

/// A request this soon after the leg stopped waiting is what it stopped waiting for: the platform ends the wait first
/// and creates the callback then. In ms.
const SUPERSEDED_MS: i64 = 60_000;

/// How and when a leg stops waiting.
pub(super) struct Decision {
    pub at: EventTime,
    pub fate: Fate,
}

/// How a leg stopped waiting, in the order in which facts of one instant win.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    Answered,
    Requested,
    Abandoned,
    Moved,
    Orphaned,
    OrphanedByTime,
}

impl Fate {
    /// What it follows from.
    pub const fn cause(self) -> Cause {
        Cause::Said(match self {
            Self::Answered => FactKind::Answered,
            Self::Requested => FactKind::CallbackRequested,
            Self::Abandoned => FactKind::Abandoned,
            Self::Moved => FactKind::Transferred,
            Self::Orphaned => FactKind::Ended,
            Self::OrphanedByTime => return Cause::Lapsed(Lapse::OrphanAfter),
        })
    }
}

impl Leg<'_> {
    /// Enters how the leg stopped waiting as of a second, and how long it was served.
    #[inline]
    pub fn decide(&self, entries: &mut Entries, as_of_second: i64) -> Decision {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, Fate::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, Fate::Requested)),
            self.facts.at(Register::Abandoned).map(|at| (at, Fate::Abandoned)),
            transferred.map(|at| (at, Fate::Moved)),
            ended.map(|at| (at, Fate::Orphaned)),
            Some((self.orphaned, Fate::OrphanedByTime)),
        ];
        let earliest = candidates.into_iter().flatten().min().expect("time alone decides at last");
        let (at, fate) = self.supersede(earliest, entries, as_of_second);
        let wait_ms = sample(at.millis_since(self.arrived));
        let within = wait_ms <= self.limits.threshold_ms;
        let by_fate = |transition, sample_ms| Entry::by(fate.cause(), at, transition, sample_ms);
        let decided = match fate {
            Fate::Answered => by_fate(Transition::answered(within), wait_ms),
            // The step of the request says so itself.
            Fate::Requested => by_fate(Transition::RequestDecided, 0),
            Fate::Abandoned if self.is_short(at) => by_fate(Transition::AbandonedShort, wait_ms),
            Fate::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the leg was decided by its abandon");
                by_fate(Transition::abandoned(stage, within), wait_ms)
            }
            Fate::Moved => by_fate(Transition::Moved, 0),
            Fate::Orphaned | Fate::OrphanedByTime => by_fate(Transition::Orphaned, 0),
        };
        entries.waiting = Some(Span::since(self.arrived, decided.second));
        if fate != Fate::Requested {
            entries.enter(Slot::Decision, decided);
        }
        let left = transferred.map(|at| (at, FactKind::Transferred));
        let over = left.into_iter().chain(ended.map(|at| (at, FactKind::Ended))).min_by_key(|(at, _)| *at);
        if let Some((over, by)) = over.filter(|(over, _)| *over <= self.orphaned && fate == Fate::Answered) {
            let handling_ms = sample(over.millis_since(at));
            entries.enter(Slot::Service, Entry::by_fact(over, Transition::Served, handling_ms, by));
        }
        Decision { at, fate }
    }

    /// What decided the leg; or the request that supersedes it, from the second of the request on.
    #[inline]
    fn supersede(&self, (at, fate): (EventTime, Fate), entries: &mut Entries, as_of_second: i64) -> (EventTime, Fate) {
        if !matches!(fate, Fate::Abandoned | Fate::Moved | Fate::Orphaned) {
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
        if let Cause::Said(kind) = fate.cause() {
            entries.superseded = Some(kind);
        }
        (requested, Fate::Requested)
    }

    #[inline]
    pub fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }
}
