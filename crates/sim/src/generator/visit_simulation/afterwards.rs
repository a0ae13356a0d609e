//! What is said of a contact once it is over: the outcome, feedback, another visit, a correction.

use ensilinja_model::{EventTime, Fact, FeedbackAnswer, Outcome};

use jiff::civil::Date;

use super::VisitSimulation;
use crate::SimEvent;
use crate::generator::draws::{between_ms, chance, pick};
use crate::generator::visit::Visit;
use crate::local_day::local;

/// Of the contacts handled: with an outcome recorded. 80 577 outcomes were recorded of about 214 000 contacts in
/// January to August 2025 (slide 9), of which this county handles about five of six.
const OUTCOME_RECORDED: [f64; 2] = [0.45, 0.55];
/// The outcomes of a line's shares, in their order.
const OUTCOMES: [Outcome; 4] = [Outcome::Handled, Outcome::ContinuesCounty, Outcome::ContinuesHyte, Outcome::Other];
/// Recorded outcomes that are corrected later. (Assumption.)
const OUTCOME_CORRECTED: f64 = 0.02;
/// Contacts that come to the same line again within a week, under the same pseudonym. (Assumption.)
const COMES_AGAIN: f64 = 0.015;
/// Records that turn out wrong. (Assumption.)
const RETRACTED: f64 = 0.0015;

const HOUR_S: f64 = 3_600.0;
const HOUR_MS: i64 = 3_600_000;
const DAY_S: f64 = 24.0 * HOUR_S;
/// The part of a month's contacts that comes on its last day or two.
const LAST_DAYS: f64 = 0.1;

impl VisitSimulation<'_> {
    /// Someone was spoken to until `over`.
    pub(super) fn follow_up(&mut self, over: EventTime) {
        if self.course.recorded.draw(&OUTCOME_RECORDED, self.rng) == 0 {
            let outcome = OUTCOMES[self.course.outcome.draw(&self.line.behaviour.outcomes, self.rng)];
            let mut recorded = over.plus_millis(between_ms(self.rng, 5.0, 300.0));
            if chance(self.rng, OUTCOME_CORRECTED)
                && let Some(mistaken) = pick(self.rng, &OUTCOMES)
            {
                self.say(recorded, Fact::OutcomeRecorded(mistaken));
                recorded = recorded.plus_millis(between_ms(self.rng, HOUR_S, 24.0 * HOUR_S));
            }
            self.say(recorded, Fact::OutcomeRecorded(outcome));
        }
        self.perhaps_give_feedback(over);
    }

    /// Answers are given within the month of the contact, whose they are.
    fn perhaps_give_feedback(&mut self, over: EventTime) {
        let day = local(self.visit.at, self.world.zone).date();
        let is_in_month = |at: EventTime| local(at, self.world.zone).date().first_of_month() == day.first_of_month();
        let later = over.plus_millis(between_ms(self.rng, 600.0, 26.0 * HOUR_S));
        let sooner = over.plus_millis(between_ms(self.rng, 120.0, 1_200.0));
        let Some(at) = [later, sooner].into_iter().find(|at| is_in_month(*at)) else { return };
        let share = self.world.arrivals[self.visit.line].share_of_month_of(day);
        let lines = (0..self.world.lines.len()).filter(|line| self.feedback.are_shared(self.visit.line, *line));
        let left: f64 = lines.map(|line| self.still_to_be_handled(line, day)).sum();
        let given = self.feedback.give(self.visit.line, day, share, left, self.rng);
        if let Some(score) = given.nps {
            self.say(at, Fact::FeedbackReceived(FeedbackAnswer::Nps(score)));
        }
        for (question, answer) in given.surveys.into_iter().flatten() {
            self.say(at, Fact::FeedbackReceived(FeedbackAnswer::Survey(question, answer)));
        }
    }

    /// Contacts of a line that will be handled in the month of a day, less those of its last day whose callback is in
    /// the next.
    fn still_to_be_handled(&self, line: usize, day: Date) -> f64 {
        let behaviour = &self.world.lines[line].behaviour;
        let of_month = behaviour.contacts.in_month_of(day) * self.feedback.volume();
        let next_day = behaviour.fates[1] * (behaviour.callback_wait.mean_s / DAY_S).min(1.0);
        self.world.arrivals[line].left_in_month_of(day) * behaviour.handled() - of_month * LAST_DAYS * next_day
    }

    /// Another day at about the same time, or if the line is closed then, when it next opens.
    pub(super) fn perhaps_come_again(&mut self) {
        if chance(self.rng, COMES_AGAIN) {
            let days = 1 + self.some_of_ms(7);
            let same_time = self.visit.at.plus_millis(days * 24 * HOUR_MS + between_ms(self.rng, -HOUR_S, HOUR_S));
            let at = if self.line.hours.is_open(local(same_time, self.world.zone)) {
                same_time
            } else {
                self.next_opening(same_time).plus_millis(between_ms(self.rng, 60.0, 2.0 * HOUR_S))
            };
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
                reported_at: event.reported_at.max(retracted.plus_millis(1_000)),
                visit: Some(corrected_visit.clone()),
                ..event.clone()
            })
            .collect();
        self.life.events.retain(|event| event.reported_at < retracted);
        self.say(retracted, Fact::Retracted);
        self.life.events.extend(corrected);
    }
}
