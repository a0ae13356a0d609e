//! Stays: for platforms whose records do not say which stay in a queue they belong to, the records of one call are kept
//! until that is known. It is the only state between records.
//!
//! ```text
//! 1795957099|1795957099.198|q_one|NONE|ENTERQUEUE||1041|1     a stay begins: the leg of this call, queue and second
//! 1795957102|1795957099.198|q_one|NONE|EXITWITHKEY|1|1|1|3    102 - 3 s = 099: ends the first stay
//! 1795957104|1795957099.198|q_one|NONE|ENTERQUEUE||1041|1     the same call once more: another leg
//! 1795957108|1795957099.198|q_one|agent1|CONNECT|4|...        108 - 4 s = 104: answers the second stay
//! ```
//!
//! What the parts of a call mean is a pure function of their set (`stays/outline.rs`). After each part, the events that
//! the new set adds are given. So order, duplicates and the offset at which reading began change nothing for stays that
//! begin in what was read. Facts join in the ledger, so a later part rarely contradicts an event that was given. If one
//! does (two stays within two seconds, read out of order), the leg is retracted and given again under another key.
//!
//! **Bounds.** Calls are kept in two generations. A call that gets a part is in the young one. When that is full, the
//! old one is forgotten and the young one becomes the old one. So at least the last [`CALLS`] calls that got a part are
//! kept, fewer only if they have more than [`LINES`] parts; at most twice as many. Time plays no role: partitions are
//! read at different speeds, and a file of last week may follow the topic of today.

mod call;
mod call_table;
mod outline;
mod part;

use std::fmt;

use ensilinja_model::{Event, LegKey};

use call::Call;
use call_table::CallTable;
pub use part::StayPart;
pub(crate) use part::Step;

/// The calls of a generation: nearly a day of a hundred counties, and three months of one.
const CALLS: usize = 65_536;

/// The parts of a generation.
const LINES: usize = 8 * CALLS;

/// Joins the parts of stays. What it returns depends on the set of parts, not on their order.
#[derive(Clone, Default)]
pub struct Stays {
    young: CallTable,
    old: CallTable,
    capacity: Capacity,
}

impl fmt::Debug for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stays").field("calls", &self.calls()).finish_non_exhaustive()
    }
}

/// How much a generation holds.
#[derive(Clone, Copy)]
struct Capacity {
    calls: usize,
    lines: usize,
}

impl Default for Capacity {
    fn default() -> Self {
        Self { calls: CALLS, lines: LINES }
    }
}

impl Stays {
    /// Takes a part, and gives the events that are now known, each with the call of its leg. That is the call of the
    /// part, or, if the id of the call has changed, the call whose conversation it ends.
    pub fn take(&mut self, part: &StayPart, give: &mut dyn FnMut(Event, LegKey)) {
        self.learn(part, give);
        match part.step {
            Step::Connected { .. } => {
                let ends: Vec<_> = self.both().flat_map(|table| table.ends_elsewhere(part)).collect();
                let ends = ends.into_iter().flat_map(|call| self.ends_of(call, part)).collect::<Vec<_>>();
                for end in ends {
                    self.learn(&elsewhere(&end, part.call), give);
                }
            }
            Step::TalkEnded { talk_s, .. } => {
                let calls: Vec<_> = self.both().flat_map(|table| table.connects_elsewhere(part, talk_s)).collect();
                for call in calls {
                    self.learn(&elsewhere(part, call), give);
                }
            }
            _ => {}
        }
    }

    /// The number of calls that are kept.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// The number of the kept calls that left a queue without an entry into one: their stays are not known. A few are
    /// usual where reading begins.
    #[must_use]
    pub fn calls_without_entry(&self) -> usize {
        self.both().map(CallTable::without_entry).sum()
    }

    /// Adds a part to its call.
    fn learn(&mut self, part: &StayPart, give: &mut dyn FnMut(Event, LegKey)) {
        if self.young.len() >= self.capacity.calls || self.young.lines() >= self.capacity.lines {
            self.old = std::mem::take(&mut self.young);
        }
        if !self.young.has(part.call)
            && let Some(call) = self.old.remove(part.call)
        {
            self.young.insert(part.call, call);
        }
        self.young.learn(part, &mut |event| give(event, part.call));
    }

    fn both(&self) -> impl Iterator<Item = &CallTable> {
        [&self.young, &self.old].into_iter()
    }

    /// The ends of conversations that this call has, and that fit a connect of another call. All of them: which one is
    /// its end, the stay says.
    fn ends_of(&self, call: LegKey, connect: &StayPart) -> impl Iterator<Item = StayPart> {
        let found: Option<&Call> = self.both().find_map(|table| table.find(call));
        found.into_iter().flat_map(|found| found.ends_for(connect))
    }
}

/// The end of a conversation as a part of another call.
fn elsewhere(end: &StayPart, call: LegKey) -> StayPart {
    let Step::TalkEnded { wait_s, talk_s } = end.step else { unreachable!("only ends of conversations are handed on") };
    StayPart { call, step: Step::TalkEndedElsewhere { wait_s, talk_s }, ..*end }
}

#[cfg(test)]
mod bounds;
