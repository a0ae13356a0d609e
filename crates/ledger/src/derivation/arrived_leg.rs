//! A leg that has arrived: its arrival, the limits that apply to it, and its arrival entry.

use ensilinja_calendar::LineHours;
use ensilinja_model::{EventTime, FactKind, WaitFrom};

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
    /// When the contact entered the queue, on a line whose waits count from there.
    queued: Option<EventTime>,
    /// Since when the wait is said to be unknown.
    pub wait_unknown: Option<EventTime>,
}

/// The promised time to an answer, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct AnswerTerm {
    /// From where it counts.
    pub from: EventTime,
    /// The first instant that is too late for an answer, if an answer is promised.
    pub deadline: Option<EventTime>,
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
            queued: facts.at(Register::Queued).filter(|_| limits.wait_from == WaitFrom::Queue),
            wait_unknown: facts.wait_unknown(),
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

    /// From where a wait that ended at `end` counts: the arrival, or the queue if the line says so and the contact
    /// entered it. Entering in the second of the end is entering before it, as two facts in one second are always shown
    /// together.
    #[inline]
    pub fn wait_start(&self, end: EventTime) -> EventTime {
        let queued = self.queued.filter(|queued| queued.floor_second() <= end.floor_second());
        queued.map_or(self.arrived, |queued| queued.min(end))
    }

    /// Whether the wait that ended at `end` is said to be unknown, and was so when it ended.
    #[inline]
    pub fn is_wait_unknown(&self, end: EventTime) -> bool {
        self.wait_unknown.is_some_and(|unknown| unknown.floor_second() <= end.floor_second())
    }

    /// The promised time to an answer of a wait that ended at `end`.
    ///
    /// A contact that enters the queue after the deadline counted from its arrival has a broken promise already, so its
    /// time still counts from the arrival. A wait that becomes unknown before the deadline has no deadline.
    #[inline]
    pub fn answer_term(&self, end: EventTime) -> AnswerTerm {
        let Some(term) = self.limits.promises.answer else {
            return AnswerTerm { from: self.arrived, deadline: None };
        };
        let mut promised = AnswerTerm { from: self.arrived, deadline: Some(self.hours.deadline(term, self.arrived)) };
        let is_before = |at: EventTime, promised: AnswerTerm| promised.deadline.is_some_and(|deadline| at < deadline);
        let start = self.wait_start(end);
        if start > self.arrived && is_before(start, promised) {
            promised = AnswerTerm { from: start, deadline: Some(self.hours.deadline(term, start)) };
        }
        if self.wait_unknown.is_some_and(|at| self.is_wait_unknown(end) && is_before(at, promised)) {
            promised.deadline = None;
        }
        promised
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
