//! Scenarios: disruptions of the platform or of a line, applied to the stream of events.

use std::collections::{BTreeSet, VecDeque};

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, LineId, Stage, vocabulary};

use crate::SimEvent;

vocabulary! {
    /// A disruption.
    Scenario {
        /// For 20 minutes the platform reports nothing. Then it reports all events of that time within half a minute.
        Outage = "outage",
        /// All callbacks outstanding on the line `suun_kiireeton` are closed as purged at one instant.
        Purge = "purge",
        /// For 2 hours the line `116117` answers no calls and reaches no customers by callback. Answered calls become
        /// abandoned ones, and callbacks that would have reached the customer are closed as unreached.
        Failure = "failure",
    }
}

const OUTAGE_MS: i64 = 20 * 60_000;
/// The speed at which the events of an outage are reported afterwards, as a multiple of real time.
const CATCH_UP_SPEED: i64 = 40;
const PURGED_LINE: &str = "suun_kiireeton";
const FAILURE_MS: i64 = 2 * 3_600_000;
const FAILING_LINE: &str = "116117";

impl Scenario {
    /// The stream `events` with the disruption from `at` on.
    pub fn disrupt<I: Iterator<Item = SimEvent>>(self, events: I, at: EventTime) -> Disrupted<I> {
        let id = |line| LineId::parse(line).expect("the ids in this file are valid");
        let disruption = match self {
            Self::Outage => Disruption::Outage { from: at, to: at.plus_millis(OUTAGE_MS) },
            Self::Purge => Disruption::Purge { line: id(PURGED_LINE), at, outstanding: BTreeSet::new(), done: false },
            Self::Failure => Disruption::Failure { line: id(FAILING_LINE), from: at, to: at.plus_millis(FAILURE_MS) },
        };
        Disrupted { events, disruption, silenced: BTreeSet::new(), pending: VecDeque::new(), next: None }
    }
}

/// A disrupted stream of events, in the order of [`SimEvent::reported_at`].
#[derive(Clone)]
pub struct Disrupted<I> {
    events: I,
    disruption: Disruption,
    /// Legs without further events.
    silenced: BTreeSet<SimLeg>,
    /// Events before the next one of the stream, in order.
    pending: VecDeque<SimEvent>,
    /// The next event of the stream, if it has been read.
    next: Option<SimEvent>,
}

/// A leg: contact, line and visit.
type SimLeg = (String, LineId, Option<String>);

#[derive(Clone)]
enum Disruption {
    Outage { from: EventTime, to: EventTime },
    Purge { line: LineId, at: EventTime, outstanding: BTreeSet<SimLeg>, done: bool },
    Failure { line: LineId, from: EventTime, to: EventTime },
}

fn leg(event: &SimEvent) -> SimLeg {
    (event.contact.clone(), event.line.clone(), event.visit.clone())
}

impl<I: Iterator<Item = SimEvent>> Disrupted<I> {
    /// Processes one event of the stream: postpones it, changes it, drops it, or passes it on.
    fn take_in(&mut self, mut event: SimEvent) {
        match &mut self.disruption {
            Disruption::Outage { from, to } => {
                if (*from..*to).contains(&event.reported_at) {
                    event.reported_at = to.plus_millis(event.reported_at.millis_since(*from) / CATCH_UP_SPEED);
                    self.pending.push_back(event);
                    return;
                }
            }
            Disruption::Purge { line, at, outstanding, done } => {
                if !*done && event.reported_at >= *at {
                    *done = true;
                    let purged = std::mem::take(outstanding);
                    self.pending.extend(purged.iter().map(|leg| close(leg, *at, CloseResult::Purged)));
                    self.silenced.extend(purged);
                }
                if !*done && event.line == *line {
                    match event.fact {
                        Fact::CallbackRequested => {
                            outstanding.insert(leg(&event));
                        }
                        Fact::CallbackReached
                        | Fact::CallbackAttempted(AttemptResult::Reached)
                        | Fact::CallbackClosed(_)
                        | Fact::Retracted => {
                            outstanding.remove(&leg(&event));
                        }
                        _ => {}
                    }
                }
            }
            Disruption::Failure { line, from, to } => {
                let fails = event.line == *line && (*from..*to).contains(&event.reported_at);
                if fails && !self.silenced.contains(&leg(&event)) {
                    match event.fact {
                        Fact::Answered => {
                            self.silenced.insert(leg(&event));
                            event.fact = Fact::Abandoned(Stage::Queue);
                            self.pending.push_back(event);
                            return;
                        }
                        Fact::CallbackReached | Fact::CallbackAttempted(AttemptResult::Reached) => {
                            self.silenced.insert(leg(&event));
                            let unreached = close(&leg(&event), event.reported_at, CloseResult::Unreached);
                            event.fact = Fact::CallbackAttempted(AttemptResult::Failed);
                            self.pending.extend([event, unreached]);
                            return;
                        }
                        _ => {}
                    }
                }
            }
        }
        if self.silenced.is_empty() || !self.silenced.contains(&leg(&event)) {
            self.next = Some(event);
        }
    }
}

fn close(leg: &SimLeg, at: EventTime, result: CloseResult) -> SimEvent {
    let (contact, line, visit) = leg.clone();
    SimEvent { at, reported_at: at, contact, line, visit, to_line: None, fact: Fact::CallbackClosed(result) }
}

impl<I: Iterator<Item = SimEvent>> Iterator for Disrupted<I> {
    type Item = SimEvent;

    fn next(&mut self) -> Option<SimEvent> {
        while self.next.is_none() {
            let Some(event) = self.events.next() else { break };
            self.take_in(event);
        }
        match (&self.next, self.pending.front()) {
            (Some(next), Some(pending)) if next.reported_at < pending.reported_at => self.next.take(),
            (_, Some(_)) => self.pending.pop_front(),
            _ => self.next.take(),
        }
    }
}
