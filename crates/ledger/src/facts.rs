//! The facts of one leg, in registers that join.
//!
//! Each register keeps the earliest instant that it receives (outcome and feedback: the latest). For two values at the
//! same instant, a fixed order decides. So learning is commutative, associative and idempotent: order does not matter,
//! duplicates do nothing, and no event id has to be remembered.
//!
//! Example: `answered` at 10:02, a late `answered` at 10:01, and the first one again. In any order, the register holds
//! 10:01.

use std::sync::Arc;

use ensilinja_model::{
    AttemptResult, CloseResult, EventTime, Fact, FactKind, FeedbackAnswer, LineIndex, Outcome, Stage, Survey,
    vocabulary,
};

use crate::attempts::{self, Attempt, AttemptUpdate, Attempts};
use crate::instants::{Instants, Register};

/// The tolerance for copies of one fact, in ms: two instants of one kind this close, or a fact this soon after the end
/// of its contact, may belong to the same contact.
pub(crate) const APART_MS: i64 = 60_000;

vocabulary! {
    /// The effect of an event on the ledger.
    Applied {
        /// It added or changed a fact.
        Applied = "applied",
        /// It was known already.
        Unchanged = "unchanged",
        /// It collides with known facts: they cannot all belong to one contact. The platform may reuse ids. See
        /// [`Collision`](crate::Collision).
        Shadowed = "shadowed",
        /// It is older than the range that is being read.
        TooOld = "too_old",
        /// It is a callback attempt beyond the thousand that are kept for each result of a leg. It is not counted.
        Surplus = "surplus",
    }
}

/// The facts of one leg.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub line: LineIndex,
    /// Whether the account of the line contains the entries of exactly these facts. It belongs to the ledger, and is
    /// here because it takes no memory here.
    pub is_settled: bool,
    stage: Stage,
    close: CloseResult,
    outcome: Outcome,
    instants: Instants,
    /// Shared with the copy that a ledger keeps until it has posted a change.
    rare: Option<Arc<RareFacts>>,
}

/// Facts that few legs have. Callback attempts take no more memory than needed, because many legs have one.
#[derive(Clone, Debug, Default)]
struct RareFacts {
    attempts: Attempts,
    rarest: Option<Box<RarestFacts>>,
}

/// Facts that hardly any leg has at the same time as callback attempts.
#[derive(Clone, Copy, Debug, Default)]
struct RarestFacts {
    feedback: Feedback,
    /// Since when the wait is said to be unknown.
    wait_unknown: Option<EventTime>,
}

/// The latest answer to each question: recommendation, knows how care continues, got a solution.
pub(crate) type Feedback = [Option<(EventTime, FeedbackAnswer)>; 3];

impl Facts {
    /// No facts. `first` is the instant of the first fact that will be learned.
    pub const fn new(line: LineIndex, first: EventTime) -> Self {
        Self {
            line,
            is_settled: true,
            stage: Stage::Menu,
            close: CloseResult::Cancelled,
            outcome: Outcome::Handled,
            instants: Instants::new(first),
            rare: None,
        }
    }

    /// Joins one fact.
    pub fn learn(&mut self, at: EventTime, fact: Fact) -> Applied {
        match fact {
            Fact::Offered => self.earliest(Register::Offered, at),
            Fact::Queued => self.earliest(Register::Queued, at),
            Fact::Answered => self.earliest(Register::Answered, at),
            Fact::Abandoned(stage) => {
                // The later stage is the more exact one: that a phone was ringing may become known afterwards.
                let is_preferred = |known: Stage| stage > known;
                self.earliest_with(Register::Abandoned, at, stage, is_preferred, |facts| &mut facts.stage)
            }
            Fact::TimedOut => self.earliest(Register::TimedOut, at),
            Fact::WaitUnknown => self.wait_is_unknown(at),
            Fact::CallbackRequested => self.earliest(Register::CallbackRequested, at),
            Fact::CallbackAttempted(result) => self.attempt((at, result)),
            Fact::CallbackReached => self.earliest(Register::CallbackReached, at),
            Fact::CallbackClosed(result) => {
                let is_graver = |known: CloseResult| result < known;
                self.earliest_with(Register::CallbackClosed, at, result, is_graver, |facts| &mut facts.close)
            }
            Fact::Transferred => self.earliest(Register::Transferred, at),
            Fact::Ended => self.earliest(Register::Ended, at),
            Fact::OutcomeRecorded(outcome) => self.latest_outcome(at, outcome),
            Fact::FeedbackReceived(answer) => self.latest_feedback(at, answer),
            Fact::Retracted => self.earliest(Register::Retracted, at),
        }
    }

    fn earliest(&mut self, register: Register, at: EventTime) -> Applied {
        match self.instants.get(register) {
            Some(known) if at > known => lost_by(at.millis_since(known)),
            Some(known) if at == known => Applied::Unchanged,
            _ => {
                self.instants.set(register, at);
                Applied::Applied
            }
        }
    }

    /// As [`earliest`](Self::earliest), for a fact with a value. At the same instant, it replaces a known value that it
    /// is preferred to.
    fn earliest_with<V: Copy>(
        &mut self,
        register: Register,
        at: EventTime,
        value: V,
        is_preferred_to: impl Fn(V) -> bool,
        slot: impl Fn(&mut Self) -> &mut V,
    ) -> Applied {
        let same_instant = self.instants.get(register) == Some(at);
        let applied = self.earliest(register, at);
        if applied == Applied::Applied || (same_instant && is_preferred_to(*slot(self))) {
            *slot(self) = value;
            return Applied::Applied;
        }
        applied
    }

    fn attempt(&mut self, attempt: Attempt) -> Applied {
        let reached = match attempt {
            (at, AttemptResult::Reached) => self.earliest(Register::CallbackReached, at),
            (_, AttemptResult::Failed) => Applied::Unchanged,
        };
        // Looked at first: rare facts are copied before they change.
        let known = self.rare.as_deref().map(|rare| rare.attempts.judge(attempt));
        let update = match known {
            Some(update @ (AttemptUpdate::Unchanged | AttemptUpdate::Surplus)) => update,
            Some(AttemptUpdate::Changed) | None => self.rare_mut().attempts.learn(attempt),
        };
        match (reached, update) {
            (Applied::Applied, _) | (_, AttemptUpdate::Changed) => Applied::Applied,
            (_, AttemptUpdate::Unchanged) => Applied::Unchanged,
            (_, AttemptUpdate::Surplus) => Applied::Surplus,
        }
    }

    fn rare_mut(&mut self) -> &mut RareFacts {
        Arc::make_mut(self.rare.get_or_insert_default())
    }

    /// The earliest instant counts. A later one is no collision, because it has no effect on other facts.
    fn wait_is_unknown(&mut self, at: EventTime) -> Applied {
        if self.wait_unknown().is_some_and(|known| known <= at) {
            return Applied::Unchanged;
        }
        self.rarest_mut().wait_unknown = Some(at);
        Applied::Applied
    }

    fn rarest_mut(&mut self) -> &mut RarestFacts {
        self.rare_mut().rarest.get_or_insert_default()
    }

    fn latest_outcome(&mut self, at: EventTime, outcome: Outcome) -> Applied {
        let known = self.instants.get(Register::Outcome).map(|known| (known, self.outcome));
        if known >= Some((at, outcome)) {
            return Applied::Unchanged;
        }
        self.instants.set(Register::Outcome, at);
        self.outcome = outcome;
        Applied::Applied
    }

    fn latest_feedback(&mut self, at: EventTime, answer: FeedbackAnswer) -> Applied {
        let question = question_of(answer);
        if self.feedback()[question] >= Some((at, answer)) {
            return Applied::Unchanged;
        }
        self.rarest_mut().feedback[question] = Some((at, answer));
        Applied::Applied
    }

    pub fn at(&self, register: Register) -> Option<EventTime> {
        self.instants.get(register)
    }

    pub fn abandoned(&self) -> Option<(EventTime, Stage)> {
        self.at(Register::Abandoned).map(|at| (at, self.stage))
    }

    pub fn closed(&self) -> Option<(EventTime, CloseResult)> {
        self.at(Register::CallbackClosed).map(|at| (at, self.close))
    }

    pub fn outcome(&self) -> Option<(EventTime, Outcome)> {
        self.at(Register::Outcome).map(|at| (at, self.outcome))
    }

    /// The held fact of this kind and its instant; `None` for attempts and answers, of which there may be several.
    pub fn held(&self, kind: FactKind) -> Option<(EventTime, Fact)> {
        let plain = |register, fact| self.at(register).map(|at| (at, fact));
        match kind {
            FactKind::Offered => plain(Register::Offered, Fact::Offered),
            FactKind::Queued => plain(Register::Queued, Fact::Queued),
            FactKind::Answered => plain(Register::Answered, Fact::Answered),
            FactKind::Abandoned => plain(Register::Abandoned, Fact::Abandoned(self.stage)),
            FactKind::TimedOut => plain(Register::TimedOut, Fact::TimedOut),
            FactKind::WaitUnknown => self.wait_unknown().map(|at| (at, Fact::WaitUnknown)),
            FactKind::CallbackRequested => plain(Register::CallbackRequested, Fact::CallbackRequested),
            FactKind::CallbackReached => plain(Register::CallbackReached, Fact::CallbackReached),
            FactKind::CallbackClosed => plain(Register::CallbackClosed, Fact::CallbackClosed(self.close)),
            FactKind::Transferred => plain(Register::Transferred, Fact::Transferred),
            FactKind::Ended => plain(Register::Ended, Fact::Ended),
            FactKind::OutcomeRecorded => plain(Register::Outcome, Fact::OutcomeRecorded(self.outcome)),
            FactKind::Retracted => plain(Register::Retracted, Fact::Retracted),
            FactKind::CallbackAttempted | FactKind::FeedbackReceived => None,
        }
    }

    /// The fact held in the register of this fact: the fact itself if it counts; `None` if the register is empty.
    pub fn held_instead_of(&self, at: EventTime, fact: Fact) -> Option<(EventTime, Fact)> {
        match fact {
            Fact::CallbackAttempted(result) => {
                let attempts = self.attempts();
                let wanted = attempts::key(&(at, result));
                let same = attempts.iter().find(|attempt| attempts::key(attempt) == wanted);
                let held = same.or_else(|| attempts.iter().rfind(|attempt| attempt.1 == result))?;
                Some((held.0, Fact::CallbackAttempted(held.1)))
            }
            Fact::FeedbackReceived(answer) => {
                self.feedback()[question_of(answer)].map(|(at, answer)| (at, Fact::FeedbackReceived(answer)))
            }
            _ => self.held(fact.kind()),
        }
    }

    /// The callback attempts, in ascending order of second and result.
    pub fn attempts(&self) -> &[Attempt] {
        self.rare.as_ref().map_or(&[], |rare| rare.attempts.all())
    }

    /// The second after which attempts with this result are surplus; `None` while fewer than a thousand are kept.
    pub fn last_attempt_kept(&self, result: AttemptResult) -> Option<i64> {
        self.rare.as_ref().and_then(|rare| rare.attempts.last_second_kept(result))
    }

    /// The latest answer to each question.
    pub fn feedback(&self) -> Feedback {
        self.rarest().map(|rarest| rarest.feedback).unwrap_or_default()
    }

    /// Since when the wait is said to be unknown.
    pub fn wait_unknown(&self) -> Option<EventTime> {
        self.rarest()?.wait_unknown
    }

    fn rarest(&self) -> Option<&RarestFacts> {
        self.rare.as_ref()?.rarest.as_deref()
    }

    /// The instant of the earliest fact.
    pub fn first(&self) -> Option<EventTime> {
        // One second has at most two attempts: one that reached the customer and one that failed.
        let attempts = self.attempts().iter().take(2).map(|attempt| attempt.0);
        let answers = self.feedback().into_iter().flatten().map(|answer| answer.0);
        answers.chain(attempts).chain(self.wait_unknown()).chain(self.instants.earliest()).min()
    }

    /// Whether all facts are earlier than `instant`.
    pub fn all_before(&self, instant: EventTime) -> bool {
        let before = |at: Option<EventTime>| at.is_none_or(|at| at < instant);
        // Rare facts are in another allocation, so they are checked last.
        before(self.instants.latest())
            && self.attempts().iter().rev().take(2).all(|attempt| attempt.0 < instant)
            && self.feedback().into_iter().flatten().all(|answer| answer.0 < instant)
            && before(self.wait_unknown())
    }
}

/// The index of the question in [`Feedback`].
const fn question_of(answer: FeedbackAnswer) -> usize {
    match answer {
        FeedbackAnswer::Nps(_) => 0,
        FeedbackAnswer::Survey(Survey::Continues, _) => 1,
        FeedbackAnswer::Survey(Survey::Solved, _) => 2,
    }
}

const fn lost_by(ms: i64) -> Applied {
    if ms > APART_MS { Applied::Shadowed } else { Applied::Unchanged }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: EventTime = EventTime::from_millis(1_758_006_900_000);

    #[test]
    fn the_earliest_instant_wins_and_an_event_more_than_a_minute_later_is_shadowed() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        assert_eq!(facts.learn(AT, Fact::Answered), Applied::Applied);
        assert_eq!(facts.learn(AT, Fact::Answered), Applied::Unchanged);
        assert_eq!(facts.learn(AT.plus_millis(60_000), Fact::Answered), Applied::Unchanged);
        assert_eq!(facts.learn(AT.plus_millis(60_001), Fact::Answered), Applied::Shadowed);
        assert_eq!(facts.learn(AT.plus_millis(-1), Fact::Answered), Applied::Applied);
        assert_eq!(facts.at(Register::Answered), Some(AT.plus_millis(-1)));
    }

    #[test]
    fn the_latest_stage_of_a_contact_wins_at_the_same_instant() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        facts.learn(AT, Fact::Abandoned(Stage::Queue));
        assert_eq!(facts.learn(AT, Fact::Abandoned(Stage::Menu)), Applied::Unchanged);
        assert_eq!(facts.learn(AT, Fact::Abandoned(Stage::Ringing)), Applied::Applied);
        assert_eq!(facts.abandoned(), Some((AT, Stage::Ringing)));
    }

    #[test]
    fn the_age_of_a_leg_takes_every_attempt_into_account() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        facts.learn(AT.plus_millis(700), Fact::CallbackAttempted(AttemptResult::Reached));
        facts.learn(AT.plus_millis(200), Fact::CallbackAttempted(AttemptResult::Failed));
        assert_eq!(facts.first(), Some(AT.plus_millis(200)));
        assert!(!facts.all_before(AT.plus_millis(700)));
        assert!(facts.all_before(AT.plus_millis(701)));
    }

    #[test]
    fn an_attempt_beyond_a_thousand_is_surplus_and_reached_is_never_lost() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        let failed = |n: i64| (AT.plus_millis(n * 1_000), Fact::CallbackAttempted(AttemptResult::Failed));
        for n in 0..1_000 {
            assert_eq!(facts.learn(failed(n).0, failed(n).1), Applied::Applied);
        }
        assert_eq!(facts.learn(failed(1_000).0, failed(1_000).1), Applied::Surplus);
        assert_eq!(facts.learn(failed(999).0, failed(999).1), Applied::Unchanged);
        let reached = AT.plus_millis(2_000_000);
        assert_eq!(facts.learn(reached, Fact::CallbackAttempted(AttemptResult::Reached)), Applied::Applied);
        assert_eq!(facts.at(Register::CallbackReached), Some(reached));
        assert_eq!(facts.attempts().last(), Some(&(reached, AttemptResult::Reached)));
    }

    #[test]
    fn an_attempt_that_reached_the_customer_sets_reached_but_reached_adds_no_attempt() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        facts.learn(AT, Fact::CallbackReached);
        assert!(facts.attempts().is_empty());
        facts.learn(AT.plus_millis(-5), Fact::CallbackAttempted(AttemptResult::Reached));
        assert_eq!(facts.at(Register::CallbackReached), Some(AT.plus_millis(-5)));
    }

    #[test]
    fn a_known_fact_changes_nothing() {
        let nps = FeedbackAnswer::Nps(ensilinja_model::NpsScore::new(9).unwrap());
        for fact in [
            Fact::Abandoned(Stage::Queue),
            Fact::CallbackClosed(CloseResult::Expired),
            Fact::CallbackAttempted(AttemptResult::Reached),
            Fact::OutcomeRecorded(Outcome::Handled),
            Fact::FeedbackReceived(nps),
        ] {
            let mut facts = Facts::new(LineIndex::new(0), AT);
            assert_eq!(facts.learn(AT, fact), Applied::Applied, "{fact:?}");
            assert_eq!(facts.learn(AT, fact), Applied::Unchanged, "{fact:?}");
        }
    }

    #[test]
    fn the_latest_outcome_wins() {
        let mut facts = Facts::new(LineIndex::new(0), AT);
        facts.learn(AT, Fact::OutcomeRecorded(Outcome::Other));
        assert_eq!(facts.learn(AT.plus_millis(-1), Fact::OutcomeRecorded(Outcome::Handled)), Applied::Unchanged);
        assert_eq!(facts.learn(AT.plus_millis(1), Fact::OutcomeRecorded(Outcome::Handled)), Applied::Applied);
        assert_eq!(facts.outcome(), Some((AT.plus_millis(1), Outcome::Handled)));
    }
}
