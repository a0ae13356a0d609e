//! The wait of a leg: from where it counts, and whether its length is known.

use ensilinja_model::{EventTime, Fact};

use super::naive_decision::NaiveDecision;
use super::naive_facts::{NaiveFacts, when};
use super::naive_posting::NaiveState;
use super::oracle_line::OracleLimits;
use crate::LineCalendar;

/// The wait of a leg.
pub(super) struct NaiveWait {
    arrival: EventTime,
    /// From where the wait counts.
    pub from: EventTime,
    /// Since when the wait is said to be unknown, if it was said by the second of its end.
    unknown_since: Option<EventTime>,
    /// The length in ms.
    length_ms: i64,
}

impl NaiveWait {
    pub(super) fn find(
        facts: &NaiveFacts,
        arrival: EventTime,
        decision: &NaiveDecision,
        limits: &OracleLimits,
    ) -> Self {
        // What happens in the second of the end has happened by then.
        let by_the_end = |at: &EventTime| at.floor_second() <= decision.at.floor_second();
        let queued = when(facts, |fact| fact == Fact::Queued).filter(|_| limits.waits_from_queue).filter(by_the_end);
        let from = queued.unwrap_or(arrival).min(decision.at);
        let unknown_since = when(facts, |fact| fact == Fact::WaitUnknown).filter(by_the_end);
        Self { arrival, from, unknown_since, length_ms: decision.at.millis_since(from) }
    }

    /// The length in ms, if it is known.
    pub(super) fn known_ms(&self) -> Option<i64> {
        if self.unknown_since.is_some() { None } else { Some(self.length_ms) }
    }

    /// The first instant that is too late for an answer, if an answer is promised and the wait is known until then.
    pub(super) fn deadline(&self, limits: &OracleLimits, calendar: &LineCalendar) -> Option<EventTime> {
        let within = limits.promise.answer?;
        let from_arrival = calendar.deadline(self.arrival, within);
        // A contact that is late before it reaches the queue stays late.
        let deadline = if self.from < from_arrival { calendar.deadline(self.from, within) } else { from_arrival };
        match self.unknown_since {
            Some(unknown) if unknown < deadline => None,
            _ => Some(deadline),
        }
    }

    /// The states of the wait until the second of its end: in the menu, in the queue, and unknown.
    pub(super) fn stays(&self, end_second: i64) -> Vec<NaiveState> {
        let (arrived, in_queue) = (self.arrival.floor_second(), self.from.floor_second().min(end_second));
        let unknown = self.unknown_since.map_or(end_second, |at| at.floor_second().clamp(arrived, end_second));
        let stay = |family: &'static str, since: EventTime, from_second: i64, to_second: i64| NaiveState {
            family,
            labels: "",
            since,
            from_second,
            to_second,
            deadline_ahead: None,
            deadline_missed: None,
        };
        vec![
            stay("contacts_waiting", self.arrival, arrived, end_second),
            stay("waits", self.arrival, arrived, in_queue.min(unknown)),
            stay("waits", self.from, in_queue, unknown),
        ]
    }
}
