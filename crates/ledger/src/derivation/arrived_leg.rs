//! A leg that has arrived: its arrival, the limits that apply to it, and its arrival entry.

use ensilinja_calendar::LineHours;
use ensilinja_model::{EventTime, FactKind};

use crate::entries::{Entries, Entry, EntrySlot};
use crate::entry_kind::EntryKind;
use crate::facts::Facts;
use crate::instants::Register;
use crate::rules::{Limits, LineRules};

/// A source that truncates its clock to whole minutes may put `ended` or `transferred` this far before the arrival.
/// They then count at the arrival. In ms.
const TRUNCATED_CLOCK_MS: i64 = 60_000;

/// A leg that has arrived.
pub(super) struct ArrivedLeg<'a> {
    pub facts: &'a Facts,
    pub hours: &'a LineHours,
    pub limits: &'a Limits,
    pub arrived: EventTime,
    /// The earliest fact that implies the arrival.
    arrived_by: FactKind,
    /// The instant at which the leg is orphaned if no fact decides it before.
    pub orphaned: EventTime,
    /// The first instant that is too late for an answer, if an answer is promised.
    pub answer_deadline: Option<EventTime>,
}

impl<'a> ArrivedLeg<'a> {
    /// The leg with these facts; `None` while no fact implies an arrival.
    #[inline]
    pub fn new(facts: &'a Facts, line: &'a LineRules) -> Option<Self> {
        let (arrived, arrived_by) = arrival(facts)?;
        let limits = line.limits(arrived);
        Some(Self {
            facts,
            hours: &line.hours,
            limits,
            arrived,
            arrived_by,
            orphaned: arrived.plus_millis(i64::from(limits.orphan_after_ms)),
            answer_deadline: limits.promises.answer.map(|term| line.hours.deadline(term, arrived)),
        })
    }

    #[inline]
    pub fn enter_arrival(&self, entries: &mut Entries) {
        let offered = self.facts.at(Register::Offered);
        let inferred = offered != Some(self.arrived);
        let outside_hours = !self.hours.is_open(self.arrived);
        let arrival = EntryKind::arrival(inferred, outside_hours, self.limits.promises.any());
        entries.enter(EntrySlot::Arrival, Entry::by_fact(self.arrived, arrival, 0, self.arrived_by));
        if let Some(at) = offered.filter(|at| *at > self.arrived && *at <= self.orphaned) {
            entries.enter(EntrySlot::Skew, Entry::by_fact(at, EntryKind::Skewed, 0, FactKind::Offered));
        }
    }

    /// The instant of `ended` or `transferred`; the arrival, if a truncated clock put it just before.
    #[inline]
    pub fn departure(&self, register: Register) -> Option<EventTime> {
        let at = self.facts.at(register)?;
        (self.arrived.millis_since(at) <= TRUNCATED_CLOCK_MS).then(|| at.max(self.arrived))
    }
}

/// The instant of the arrival, and the fact that implies it.
fn arrival(facts: &Facts) -> Option<(EventTime, FactKind)> {
    [
        (Register::Offered, FactKind::Offered),
        (Register::Queued, FactKind::Queued),
        (Register::Answered, FactKind::Answered),
        (Register::Abandoned, FactKind::Abandoned),
        (Register::TimedOut, FactKind::TimedOut),
        (Register::CallbackRequested, FactKind::CallbackRequested),
    ]
    .into_iter()
    .filter_map(|(register, kind)| Some((facts.at(register)?, kind)))
    .min()
}

/// The milliseconds between two instants of a leg, as a sample. Configuration limits the life of a leg to far less than
/// the 49 days that fit.
#[inline]
pub(super) fn sample(ms: i64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
