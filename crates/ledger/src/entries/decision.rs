//! The decision: how and when a leg stops waiting, and how long it is served if it was answered.

use ensilinja_model::EventTime;

use super::leg::{Leg, sample};
use super::{Entries, Entry, Slot, Span};
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
        let decided = match fate {
            Fate::Answered => Entry::by_fact(at, Transition::answered(within), wait_ms),
            // The step of the request says so itself.
            Fate::Requested => Entry::by_fact(at, Transition::RequestDecided, 0),
            Fate::Abandoned if self.is_short(at) => Entry::by_fact(at, Transition::AbandonedShort, wait_ms),
            Fate::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the leg was decided by its abandon");
                Entry::by_fact(at, Transition::abandoned(stage, within), wait_ms)
            }
            Fate::Moved => Entry::by_fact(at, Transition::Moved, 0),
            Fate::Orphaned => Entry::by_fact(at, Transition::Orphaned, 0),
            Fate::OrphanedByTime => Entry::by_time(at, Transition::Orphaned, 0),
        };
        entries.waiting = Some(Span::since(self.arrived, decided.second));
        if fate != Fate::Requested {
            entries.enter(Slot::Decision, decided);
        }
        let over = transferred.into_iter().chain(ended).min().filter(|end| *end <= self.orphaned);
        if let Some(over) = over.filter(|_| fate == Fate::Answered) {
            entries.enter(Slot::Service, Entry::by_fact(over, Transition::Served, sample(over.millis_since(at))));
        }
        Decision { at, fate }
    }

    #[inline]
    pub fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }
}
