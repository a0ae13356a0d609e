//! What is said of a contact once it is over: the outcome, feedback, another visit, a correction.

use ensilinja_model::{EventTime, Fact, FeedbackAnswer, NpsScore, Outcome, Survey, YesNo};

use super::Telling;
use crate::SimEvent;
use crate::generator::draws::{between_ms, by_share, chance, pick};
use crate::generator::visit::Visit;

/// Handled contacts with a recorded outcome: 80 577 were recorded of about 214 000 contacts in January to August 2025.
const OUTCOME_RECORDED: f64 = 0.38;
/// Recorded outcomes that are corrected later. (Assumption.)
const OUTCOME_CORRECTED: f64 = 0.02;
/// Handled contacts whose customer answers the questions, and answers any one of them. (Assumptions.)
const FEEDBACK_GIVEN: f64 = 0.05;
const QUESTION_ANSWERED: f64 = 0.9;
/// Contacts that come to the same line again within a week, under the same pseudonym. (Assumption.)
const COMES_AGAIN: f64 = 0.015;
/// Records that turn out wrong. (Assumption.)
const RETRACTED: f64 = 0.0015;

const HOUR_S: f64 = 3_600.0;

impl Telling<'_> {
    /// Someone was spoken to until `over`.
    pub(super) fn follow_up(&mut self, over: EventTime) {
        if chance(self.rng, OUTCOME_RECORDED) {
            let recorded = over.plus_millis(between_ms(self.rng, 5.0, 300.0));
            let outcome = self.outcome();
            self.say(recorded, Fact::OutcomeRecorded(outcome));
            if chance(self.rng, OUTCOME_CORRECTED) {
                let corrected = recorded.plus_millis(between_ms(self.rng, HOUR_S, 24.0 * HOUR_S));
                let outcome = self.outcome();
                self.say(corrected, Fact::OutcomeRecorded(outcome));
            }
        }
        if chance(self.rng, FEEDBACK_GIVEN) {
            let answered = over.plus_millis(between_ms(self.rng, 600.0, 26.0 * HOUR_S));
            self.give_feedback(answered);
        }
    }

    fn outcome(&mut self) -> Outcome {
        let mix = self.line.behaviour.outcomes;
        let shares = [
            (Outcome::Handled, mix.handled),
            (Outcome::ContinuesCounty, mix.continues_county),
            (Outcome::ContinuesHyte, mix.continues_hyte),
            (Outcome::Other, mix.other),
        ];
        by_share(self.rng, &shares)
    }

    fn give_feedback(&mut self, at: EventTime) {
        let mix = self.line.behaviour.feedback;
        if chance(self.rng, QUESTION_ANSWERED) {
            let groups: [(&[u8], f64); 3] =
                [(&[9, 10, 10, 10], mix.promoters), (&[7, 8], mix.passives), (&[0, 1, 2, 3, 4, 5, 6], mix.detractors)];
            let group = by_share(self.rng, &groups);
            let score = pick(self.rng, group).and_then(NpsScore::new).expect("every group has scores of 0 to 10");
            self.say(at, Fact::FeedbackReceived(FeedbackAnswer::Nps(score)));
        }
        for (question, yes) in [(Survey::Continues, mix.continues_yes), (Survey::Solved, mix.solved_yes)] {
            if chance(self.rng, QUESTION_ANSWERED) {
                let answer = if chance(self.rng, yes) { YesNo::Yes } else { YesNo::No };
                self.say(at, Fact::FeedbackReceived(FeedbackAnswer::Survey(question, answer)));
            }
        }
    }

    pub(super) fn perhaps_come_again(&mut self) {
        if chance(self.rng, COMES_AGAIN) {
            let at = self.visit.at.plus_millis(between_ms(self.rng, HOUR_S, 7.0 * 24.0 * HOUR_S));
            let visit = self.visit.clone();
            self.life.further_visits.push(Visit { number: visit.number + 1, transferred: false, at, ..visit });
        }
    }

    /// A record that turns out wrong is retracted, and all of it told again as another visit: what had been told by
    /// then at once, the rest as it happens.
    pub(super) fn perhaps_retract(&mut self) {
        if !chance(self.rng, RETRACTED) {
            return;
        }
        let retracted = self.visit.at.plus_millis(between_ms(self.rng, HOUR_S, 20.0 * HOUR_S));
        let corrected_visit = format!("{}-corrected", self.visit.number);
        let corrected: Vec<SimEvent> = self
            .life
            .events
            .iter()
            .map(|event| SimEvent {
                told_at: event.told_at.max(retracted.plus_millis(1_000)),
                visit: Some(corrected_visit.clone()),
                ..event.clone()
            })
            .collect();
        self.life.events.retain(|event| event.told_at < retracted);
        self.say(retracted, Fact::Retracted);
        self.life.events.extend(corrected);
    }
}
