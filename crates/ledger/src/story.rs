//! The story of a leg: what is held of what was said, the steps it took, and what became of its promise.

use ensilinja_calendar::Term;
use ensilinja_model::{Event, EventTime, Fact, FactKind, LegKey, LineIndex};

use crate::cause::Cause;
use crate::chronicle::Chronicle;
use crate::entries::{Entries, Settlement, settlement};
use crate::evidence::{Step, says};
use crate::facts::Facts;
use crate::figure::{Promise, Verdict};
use crate::instants::Register;
use crate::rules::Era;

/// What became of a leg, as far as is known.
#[derive(Clone, Debug)]
pub struct Story {
    /// The line of the leg.
    pub line: LineIndex,
    /// When it arrived; `None` while nothing is known that makes an arrival, and for a leg that was retracted.
    pub arrived: Option<EventTime>,
    /// The limits by which it is judged, and from when they hold; `None` where it has no arrival.
    pub era: Option<Era>,
    /// Its steps, in the order of their seconds. Some may lie in the future.
    pub steps: Vec<Step>,
    /// What was promised to it; `None` where nothing was.
    pub promise: Option<PromiseStory>,
    /// What decided the leg until a request did, and when that was made.
    superseded: Option<(FactKind, EventTime)>,
    facts: Facts,
}

/// What was promised to a leg, and what becomes of that.
#[derive(Clone, Copy, Debug)]
pub struct PromiseStory {
    /// Which promise it comes under.
    pub promise: Promise,
    /// What is promised; `None` where only callbacks are promised and none was asked for.
    pub term: Option<Term>,
    /// From when its time is counted.
    pub from: EventTime,
    /// The first instant that is too late, where there is one.
    pub deadline: Option<EventTime>,
    /// When it is settled: in the future if nothing settles it before the deadline.
    pub settled: EventTime,
    /// How.
    pub verdict: Verdict,
    /// By what.
    pub cause: Cause,
}

/// What becomes of something that was said of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is held.
    Held,
    /// Something else is held in its place: of most facts the earliest counts, of outcomes and answers the latest.
    Lost {
        /// The instant of what is held.
        to: EventTime,
        /// What is held.
        fact: Fact,
    },
    /// It is an attempt to call back beyond the earliest thousand of its result, which are kept: it is not counted.
    Surplus,
    /// It is held, and decided the leg until a callback request within a minute of it did.
    Superseded {
        /// The instant of the request.
        by: EventTime,
    },
}

impl Chronicle {
    /// The story of a leg as of an instant; `None` if nothing was said of it.
    #[must_use]
    pub fn story(&self, leg: LegKey, as_of: EventTime) -> Option<Story> {
        let facts = self.legs.find(leg)?;
        let rules = &self.rules.lines()[facts.line.as_usize()];
        let entries = Entries::of(facts, rules, self.rules.days(), as_of.floor_second());
        let arrived = entries.waiting.map(|waiting| waiting.key);
        let era = arrived.map(|arrived| *rules.era(arrived));
        let settled = |_| settlement(facts, rules, self.rules.days(), as_of.floor_second());
        let settlement = arrived.and_then(settled);
        let promise = arrived.zip(era).zip(settlement).map(|((arrived, era), settlement)| {
            let requested = entries.outstanding.map_or(arrived, |outstanding| outstanding.key);
            PromiseStory::of(&settlement, era, arrived, requested)
        });
        let steps = Step::all_of(&entries, facts);
        let superseded = entries.superseded.zip(facts.at(Register::CallbackRequested));
        Some(Story { line: facts.line, arrived, era, steps, promise, superseded, facts: facts.clone() })
    }
}

impl Story {
    /// What becomes of what an event said of this leg.
    #[must_use]
    pub fn claim(&self, event: &Event) -> Claim {
        match self.facts.held_instead_of(event.at, event.fact) {
            Some((at, Fact::CallbackAttempted(_))) if at.floor_second() != event.at.floor_second() => Claim::Surplus,
            Some((at, fact)) if at != event.at || !says(event.fact, fact) => Claim::Lost { to: at, fact },
            _ => match self.superseded {
                Some((kind, by)) if kind == event.fact.kind() => Claim::Superseded { by },
                _ => Claim::Held,
            },
        }
    }
}

impl PromiseStory {
    fn of(settlement: &Settlement, era: Era, arrived: EventTime, requested: EventTime) -> Self {
        let Settlement { promise, deadline, at, verdict, cause } = *settlement;
        let (term, from) = match promise {
            Promise::Answer => (era.limits.promises.answer, arrived),
            Promise::Callback => (era.limits.promises.callback, requested),
        };
        Self { promise, term, from, deadline, settled: at, verdict, cause }
    }
}
