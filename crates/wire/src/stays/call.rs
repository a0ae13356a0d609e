//! A call: the set of its parts, and which of its legs were given again under another key.

use ensilinja_model::{Event, Fact, FactKind, LegKey};

use super::outline::{LegFact, LegId, outline};
use super::part::{CallPart, StayPart, Step};

/// The most parts of a call. A dialplan that sends a caller out of a queue and back for hours reaches it; what follows
/// is not read.
const MOST_PARTS: usize = 1_024;

/// A call.
#[derive(Clone, Default)]
pub(super) struct Call {
    /// Ascending.
    parts: Vec<CallPart>,
    /// How often a leg was given again under another key. Nearly always empty.
    repeats: Vec<(LegId, u8)>,
}

impl Call {
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Its parts.
    pub(super) fn parts(&self, call: LegKey) -> impl Iterator<Item = StayPart> {
        self.parts.iter().map(move |part| part.of(call))
    }

    /// Whether it waited in a queue, but no entry into one is known.
    pub(super) fn is_without_entry(&self) -> bool {
        let ends = |part: &CallPart| {
            matches!(part.step, Step::Connected { .. } | Step::Abandoned { .. } | Step::Left { .. } | Step::Gone(_))
        };
        self.parts.iter().any(ends) && !self.parts.iter().any(|part| part.step == Step::Entered)
    }

    /// Adds a part, and gives the events that are now known. Returns whether the part is new.
    pub(super) fn learn(&mut self, part: &StayPart, give: &mut dyn FnMut(Event)) -> bool {
        let StayPart { call, line, at, queue, agent, step } = *part;
        let part = CallPart { at, step, queue, agent, line };
        // The table form of the log has microseconds and the file has not. They are the same part.
        let twin = self
            .parts
            .iter()
            .position(|known| known.at.floor_second() == at.floor_second() && CallPart { at, ..*known } == part);
        let is_new = match twin {
            Some(known) if self.parts[known].at <= at => return false,
            Some(_) => false,
            None if self.parts.len() >= MOST_PARTS => return false,
            None => true,
        };
        let before = outline(&self.parts);
        if let Some(known) = twin {
            self.parts.remove(known);
        }
        let place = self.parts.partition_point(|known| *known < part);
        self.parts.insert(place, part);
        self.give(call, &before, &outline(&self.parts), give);
        is_new
    }

    /// The ends of conversations that began as this one of another call.
    pub(super) fn ends_for(&self, connect: &StayPart) -> impl Iterator<Item = StayPart> {
        let connect = *connect;
        let fits = move |part: &&CallPart| match part.step {
            Step::TalkEnded { talk_s, .. } => {
                let end = part.of(connect.call);
                (part.queue, part.agent) == (connect.queue, connect.agent)
                    && (end.connected_second(talk_s) - connect.at.floor_second()).abs() <= 1
            }
            _ => false,
        };
        self.parts.iter().filter(fits).map(move |part| part.of(connect.call))
    }

    /// Gives what is new. A leg with a fact that no longer holds is retracted and given again.
    fn give(&mut self, call: LegKey, before: &[LegFact], after: &[LegFact], give: &mut dyn FnMut(Event)) {
        for known in before.chunk_by(|one, other| one.leg == other.leg) {
            let leg = known[0].leg;
            if known.iter().any(|fact| !holds(fact, of_leg(after, leg))) {
                let retracted = LegFact { fact: Fact::Retracted, ..known[0] };
                give(retracted.event(call, self.repeat_of(leg)));
                self.repeat(leg);
            }
        }
        for now in after.chunk_by(|one, other| one.leg == other.leg) {
            let leg = now[0].leg;
            let known = of_leg(before, leg);
            let repeat = self.repeat_of(leg);
            let again = known.iter().any(|fact| !holds(fact, now));
            for fact in now.iter().filter(|fact| again || !known.contains(fact)) {
                give(fact.event(call, repeat));
            }
        }
    }

    fn repeat_of(&self, leg: LegId) -> u8 {
        self.repeats.iter().find(|(known, _)| *known == leg).map_or(0, |(_, repeat)| *repeat)
    }

    fn repeat(&mut self, leg: LegId) {
        match self.repeats.iter_mut().find(|(known, _)| *known == leg) {
            Some((_, repeat)) => *repeat = repeat.wrapping_add(1),
            None => self.repeats.push((leg, 1)),
        }
    }
}

/// The facts of a leg.
fn of_leg(facts: &[LegFact], leg: LegId) -> &[LegFact] {
    let from = facts.partition_point(|fact| fact.leg < leg);
    let until = facts.partition_point(|fact| fact.leg <= leg);
    &facts[from..until]
}

/// Whether a fact that was given still holds: it is still stated, or an earlier one of its kind wins in the ledger.
fn holds(given: &LegFact, now: &[LegFact]) -> bool {
    let every_one_counts = matches!(
        given.fact.kind(),
        FactKind::CallbackAttempted | FactKind::OutcomeRecorded | FactKind::FeedbackReceived
    );
    now.iter()
        .any(|fact| fact == given || (!every_one_counts && fact.fact.kind() == given.fact.kind() && fact.at < given.at))
}
