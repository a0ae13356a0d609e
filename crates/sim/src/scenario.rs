//! Scenarios: a bad day at the platform or at a line, laid over the stream of events.

use std::collections::{BTreeSet, VecDeque};

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, LineId, Stage, vocabulary};

use crate::SimEvent;

vocabulary! {
    /// What goes wrong.
    Scenario {
        /// For 20 minutes the platform says nothing; then it says all that happened meanwhile within half a minute.
        Outage = "outage",
        /// All callbacks outstanding on the line `suun_kiireeton` are closed as purged at one instant.
        Purge = "purge",
        /// For 2 hours nobody answers the line `116117`, and nobody whom it calls back is reached: those who would have
        /// been answered abandon then, callbacks that would have reached somebody are closed as unreached.
        Failure = "failure",
    }
}

const OUTAGE_MS: i64 = 20 * 60_000;
/// How many times faster than it happened an outage is told of afterwards.
const CATCH_UP_SPEED: i64 = 40;
const PURGED_LINE: &str = "suun_kiireeton";
const FAILURE_MS: i64 = 2 * 3_600_000;
const FAILING_LINE: &str = "116117";

impl Scenario {
    /// The stream `events` with this going wrong at `at`.
    pub fn disrupt<I: Iterator<Item = SimEvent>>(self, events: I, at: EventTime) -> Disrupted<I> {
        let id = |line| LineId::parse(line).expect("the ids written here are ids");
        let disruption = match self {
            Self::Outage => Disruption::Outage { from: at, to: at.plus_millis(OUTAGE_MS) },
            Self::Purge => Disruption::Purge { line: id(PURGED_LINE), at, outstanding: BTreeSet::new(), done: false },
            Self::Failure => Disruption::Failure { line: id(FAILING_LINE), from: at, to: at.plus_millis(FAILURE_MS) },
        };
        Disrupted { events, disruption, silenced: BTreeSet::new(), pending: VecDeque::new(), next: None }
    }
}

/// A stream of events in which something goes wrong; in the order of [`SimEvent::told_at`], as any.
#[derive(Clone)]
pub struct Disrupted<I> {
    events: I,
    disruption: Disruption,
    /// Legs of which nothing more is said.
    silenced: BTreeSet<SimLeg>,
    /// What is said before the stream goes on, in order.
    pending: VecDeque<SimEvent>,
    /// The stream's next event, once it has been looked at.
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
    /// Takes in one event of the stream: keeps it for later, changes it, or lets it be the next.
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
