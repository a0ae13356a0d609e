//! The decision: how and when a leg stops waiting, and how long it is served if it was answered.

use ensilinja_model::{EventTime, FactKind};

use super::leg::{Leg, sample};
use super::{Entries, Entry, Slot, Span};
use crate::cause::{Cause, Lapse};
use crate::instants::Register;
use crate::transition::Transition;

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
    /// Enters how the leg stopped waiting, and how long it was served.
    #[inline]
    pub fn decide(&self, entries: &mut Entries) -> Decision {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, Fate::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, Fate::Requested)),
            self.facts.at(Register::Abandoned).map(|at| (at, Fate::Abandoned)),
            transferred.map(|at| (at, Fate::Moved)),
            ended.map(|at| (at, Fate::Orphaned)),
            Some((self.orphaned, Fate::OrphanedByTime)),
        ];
        let (at, fate) = candidates.into_iter().flatten().min().expect("time alone decides at last");
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

    #[inline]
    pub fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }
}
