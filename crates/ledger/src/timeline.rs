//! The timeline of a leg: which of its facts are held, its entries, and the course of its promise.

use ensilinja_calendar::Term;
use ensilinja_model::{Event, EventTime, Fact, FactKind, LegKey, LineIndex};

use crate::cause::Cause;
use crate::derivation::{Settlement, settlement};
use crate::entries::Entries;
use crate::facts::Facts;
use crate::figure::{Promise, Verdict};
use crate::historical_ledger::HistoricalLedger;
use crate::instants::Register;
use crate::provenance::{SourcedEntry, implies};
use crate::rules::EffectiveLimits;

/// What is known of a leg as of an instant.
#[derive(Clone, Debug)]
pub struct LegTimeline {
    /// The line of the leg.
    pub line: LineIndex,
    /// When the leg arrived; `None` while no known fact implies an arrival, and for a retracted leg.
    pub arrived: Option<EventTime>,
    /// The limits by which the leg is judged; `None` if it has no arrival.
    pub limits: Option<EffectiveLimits>,
    /// Its entries in ascending order of their seconds. Some may lie in the future.
    pub entries: Vec<SourcedEntry>,
    /// The promise made to it; `None` if nothing was promised.
    pub promise: Option<PromiseTimeline>,
    /// The fact that decided the leg until a callback request superseded it, and the instant of the request.
    superseded: Option<(FactKind, EventTime)>,
    facts: Facts,
}

/// The promise made to a leg, from its start to its settlement.
#[derive(Clone, Copy, Debug)]
pub struct PromiseTimeline {
    /// Which promise applies.
    pub promise: Promise,
    /// The promised time; `None` if the line promises callbacks only and no callback was requested.
    pub term: Option<Term>,
    /// The start of the promised time.
    pub from: EventTime,
    /// The first instant that is too late, if there is a deadline. None for an answer after an unknown wait.
    pub deadline: Option<EventTime>,
    /// When the promise is settled: in the future if nothing settles it before the deadline.
    pub settled: EventTime,
    /// How it is settled.
    pub verdict: Verdict,
    /// What settles it.
    pub cause: Cause,
}

/// The status of a fact that an event stated about a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactStatus {
    /// It is held.
    Held,
    /// Another fact is held in its place: the earliest of most kinds, the latest of outcomes and answers.
    Lost {
        /// The instant of the fact that is held.
        to: EventTime,
        /// The fact that is held.
        fact: Fact,
    },
    /// It is a callback attempt beyond the earliest thousand with its result: it is not counted.
    Surplus,
    /// It is held. It decided the leg until a callback request within a minute superseded it.
    Superseded {
        /// The instant of the request.
        by: EventTime,
    },
}

impl HistoricalLedger {
    /// The timeline of a leg as of an instant; `None` if no event was about this leg.
    #[must_use]
    pub fn timeline(&self, leg: LegKey, as_of: EventTime) -> Option<LegTimeline> {
        let facts = self.legs.find(leg)?;
        let rules = &self.rules.lines()[facts.line.as_usize()];
        let entries = Entries::of(facts, rules, self.rules.days(), as_of.floor_second());
        let arrived = entries.arrived;
        let limits = arrived.map(|arrived| *rules.effective_limits(arrived));
        let settled = |_| settlement(facts, rules, self.rules.days(), as_of.floor_second());
        let settlement = arrived.and_then(settled);
        let promise = limits.zip(settlement).map(|(limits, settlement)| {
            let requested = entries.outstanding.map_or(settlement.answer_from, |outstanding| outstanding.key);
            PromiseTimeline::of(&settlement, limits, requested)
        });
        let superseded = entries.superseded.zip(facts.at(Register::CallbackRequested));
        let entries = SourcedEntry::all_of(&entries, facts);
        Some(LegTimeline { line: facts.line, arrived, limits, entries, promise, superseded, facts: facts.clone() })
    }
}

impl LegTimeline {
    /// The status of the fact of an event about this leg.
    #[must_use]
    pub fn status(&self, event: &Event) -> FactStatus {
        match self.facts.held_instead_of(event.at, event.fact) {
            Some((at, Fact::CallbackAttempted(_))) if at.floor_second() != event.at.floor_second() => {
                FactStatus::Surplus
            }
            Some((at, fact)) if at != event.at || !implies(event.fact, fact) => FactStatus::Lost { to: at, fact },
            _ => match self.superseded {
                Some((kind, by)) if kind == event.fact.kind() => FactStatus::Superseded { by },
                _ => FactStatus::Held,
            },
        }
    }
}

impl PromiseTimeline {
    fn of(settlement: &Settlement, effective: EffectiveLimits, requested: EventTime) -> Self {
        let Settlement { promise, answer_from, deadline, at, verdict, cause } = *settlement;
        let (term, from) = match promise {
            Promise::Answer => (effective.limits.promises.answer, answer_from),
            Promise::Callback => (effective.limits.promises.callback, requested),
        };
        Self { promise, term, from, deadline, settled: at, verdict, cause }
    }
}
