//! The calls of the simulated county, as the records of a platform can tell of them.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::collections::BTreeMap;

use ensilinja_model::{AttemptResult, EventTime, Fact, LineId, Stage};
use ensilinja_sim::SimEvent;

/// The number that every caller has. It must not be found anywhere but in the records.
pub const CALLER: &str = "0401234567";

/// What the records of a platform can tell of a call.
pub struct Telling {
    /// Which facts they can tell. All of them tell of arrivals.
    pub tells: fn(Fact) -> bool,
    /// The instant to which they date a fact.
    pub dated: fn(EventTime, Fact) -> EventTime,
}

/// A contact with one stay and one result.
pub struct Call {
    pub id: String,
    pub line: LineId,
    /// Its facts, in the order of their times: `offered` and `queued` at once, at most one result, and what follows.
    pub facts: Vec<(EventTime, Fact)>,
}

/// The calls that events tell of, as far as a platform can tell of them, in the order of their arrival.
pub fn calls(events: impl Iterator<Item = SimEvent>, telling: &Telling) -> Vec<Call> {
    let mut legs: BTreeMap<(String, String, Option<String>), Vec<SimEvent>> = BTreeMap::new();
    for event in events {
        legs.entry((event.contact.clone(), event.line.to_string(), event.visit.clone())).or_default().push(event);
    }
    let mut calls: Vec<Call> = legs.into_values().filter_map(|events| call(&events, telling)).collect();
    calls.sort_by(|one, other| (one.entered(), &one.line).cmp(&(other.entered(), &other.line)));
    for (number, call) in calls.iter_mut().enumerate() {
        call.id = format!("{}.{number}", call.entered().floor_second());
    }
    calls
}

fn call(events: &[SimEvent], telling: &Telling) -> Option<Call> {
    let told = events.iter().flat_map(|event| match event.fact {
        Fact::Abandoned(_) => vec![(event.at, Fact::Abandoned(Stage::Queue))],
        // No platform reaches a customer without an attempt.
        Fact::CallbackReached => {
            vec![(event.at, Fact::CallbackAttempted(AttemptResult::Reached)), (event.at, Fact::CallbackReached)]
        }
        fact => vec![(event.at, fact)],
    });
    let told = told.filter(|(_, fact)| (telling.tells)(*fact));
    let mut told: Vec<_> = told.map(|(at, fact)| ((telling.dated)(at, fact), fact)).collect();
    told.sort();
    told.dedup();
    let (entered, _) = *told.iter().find(|(_, fact)| *fact == Fact::Offered)?;
    let mut facts = vec![(entered, Fact::Offered), (entered, Fact::Queued)];
    let mut result = None;
    // Some simulated platforms date an end before the arrival, which no other can.
    for (at, fact) in told.into_iter().filter(|(at, _)| *at >= entered) {
        let follows = match fact {
            Fact::Answered | Fact::Abandoned(_) | Fact::TimedOut | Fact::Transferred | Fact::CallbackRequested => {
                result.is_none()
            }
            Fact::Ended => result == Some(Fact::Answered) && facts.iter().all(|(_, fact)| *fact != Fact::Ended),
            Fact::CallbackAttempted(_) | Fact::CallbackReached | Fact::CallbackClosed(_) => {
                result == Some(Fact::CallbackRequested)
            }
            Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) => result.is_some(),
            Fact::Offered | Fact::Queued | Fact::WaitUnknown | Fact::Retracted => false,
        };
        if !follows {
            continue;
        }
        // A stay takes some time, also where the second of its end is that of its beginning.
        let is_at_once = at == entered && matches!(fact, Fact::Abandoned(_));
        let at = if is_at_once { at.plus_millis(1) } else { at };
        result = result.or(Some(fact));
        facts.push((at, fact));
        if matches!(fact, Fact::Abandoned(_)) {
            facts.push((at, Fact::Ended));
        }
    }
    Some(Call { id: String::new(), line: events[0].line.clone(), facts })
}

impl Call {
    /// When it arrived.
    pub fn entered(&self) -> EventTime {
        self.facts[0].0
    }

    /// What ended its wait, and when.
    pub fn result(&self) -> Option<(EventTime, Fact)> {
        self.facts.get(2).copied()
    }

    /// When it was answered.
    pub fn answered(&self) -> Option<EventTime> {
        self.result().filter(|(_, fact)| *fact == Fact::Answered).map(|(at, _)| at)
    }

    /// When the conversation was over.
    pub fn ended(&self) -> Option<EventTime> {
        self.answered()?;
        self.facts.iter().find(|(_, fact)| *fact == Fact::Ended).map(|(at, _)| *at)
    }

    /// Whether the call was answered, and is over.
    pub fn was_served(&self) -> bool {
        self.ended().is_some()
    }

    /// Its events.
    pub fn events(&self) -> impl Iterator<Item = SimEvent> {
        self.facts.iter().map(|(at, fact)| {
            let (contact, line) = (self.id.clone(), self.line.clone());
            SimEvent { at: *at, reported_at: *at, contact, line, visit: None, to_line: None, fact: *fact }
        })
    }
}
