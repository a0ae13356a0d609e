//! Events after a contact: outcome, feedback, repeat contact, correction.

use ensilinja_model::{EventTime, Fact, FeedbackAnswer, Outcome};

use jiff::civil::Date;

use super::VisitSimulation;
use crate::SimEvent;
use crate::generator::draws::{between_ms, chance, pick};
use crate::generator::visit::Visit;
use crate::local_day::local;

/// The share of handled contacts with a recorded outcome. 80 577 outcomes were recorded for about 214 000 contacts in
/// January to August 2025 (slide 9), of which about five in six are handled.
const OUTCOME_RECORDED: [f64; 2] = [0.45, 0.55];
/// The outcomes in the order of the shares of a line.
const OUTCOMES: [Outcome; 4] = [Outcome::Handled, Outcome::ContinuesCounty, Outcome::ContinuesHyte, Outcome::Other];
/// Recorded outcomes that are corrected later. (Assumption.)
const OUTCOME_CORRECTED: f64 = 0.02;
/// Contacts that return to the same line within a week, with the same pseudonym. (Assumption.)
const COMES_AGAIN: f64 = 0.015;
/// Contacts whose record is wrong and is retracted. (Assumption.)
const RETRACTED: f64 = 0.0015;

const HOUR_S: f64 = 3_600.0;
const HOUR_MS: i64 = 3_600_000;
const DAY_S: f64 = 24.0 * HOUR_S;
/// The share of the contacts of a month that arrive on its last days.
const LAST_DAYS: f64 = 0.1;

impl VisitSimulation<'_> {
    /// Outcome and feedback of a contact that was handled until `over`.
    pub(super) fn follow_up(&mut self, over: EventTime) {
        if self.quotas.recorded.draw(&OUTCOME_RECORDED, self.rng) == 0 {
            let outcome = OUTCOMES[self.quotas.outcome.draw(&self.line.behaviour.outcomes, self.rng)];
            let mut recorded = over.plus_millis(between_ms(self.rng, 5.0, 300.0));
            if chance(self.rng, OUTCOME_CORRECTED)
                && let Some(mistaken) = pick(self.rng, &OUTCOMES)
            {
                self.report(recorded, Fact::OutcomeRecorded(mistaken));
                recorded = recorded.plus_millis(between_ms(self.rng, HOUR_S, 24.0 * HOUR_S));
            }
            self.report(recorded, Fact::OutcomeRecorded(outcome));
        }
        self.maybe_give_feedback(over);
    }

    /// Feedback is given within the month of the contact, to which the published figures assign it.
    fn maybe_give_feedback(&mut self, over: EventTime) {
        let day = local(self.visit.at, self.context.zone).date();
        let is_in_month = |at: EventTime| local(at, self.context.zone).date().first_of_month() == day.first_of_month();
        let later = over.plus_millis(between_ms(self.rng, 600.0, 26.0 * HOUR_S));
        let sooner = over.plus_millis(between_ms(self.rng, 120.0, 1_200.0));
        let Some(at) = [later, sooner].into_iter().find(|at| is_in_month(*at)) else { return };
        let share = self.context.arrivals[self.visit.line].share_of_month_of(day);
        let lines = (0..self.context.lines.len()).filter(|line| self.feedback.are_shared(self.visit.line, *line));
        let left: f64 = lines.map(|line| self.still_to_be_handled(line, day)).sum();
        let given = self.feedback.give(self.visit.line, day, share, left, self.rng);
        if let Some(score) = given.nps {
            self.report(at, Fact::FeedbackReceived(FeedbackAnswer::Nps(score)));
        }
        for (question, answer) in given.surveys.into_iter().flatten() {
            self.report(at, Fact::FeedbackReceived(FeedbackAnswer::Survey(question, answer)));
        }
    }

    /// The number of contacts of a line still to be handled in the month of a day, without those of its last days whose
    /// callback is in the next month.
    fn still_to_be_handled(&self, line: usize, day: Date) -> f64 {
        let behaviour = &self.context.lines[line].behaviour;
        let of_month = behaviour.contacts.in_month_of(day) * self.feedback.volume();
        let next_day = behaviour.decisions[1] * (behaviour.callback_wait.mean_s / DAY_S).min(1.0);
        self.context.arrivals[line].left_in_month_of(day) * behaviour.handled() - of_month * LAST_DAYS * next_day
    }

    /// A repeat contact on another day at about the same time, or after the next opening if the line is closed then.
    pub(super) fn maybe_return(&mut self) {
        if chance(self.rng, COMES_AGAIN) {
            let days = 1 + self.some_of_ms(7);
            let same_time = self.visit.at.plus_millis(days * 24 * HOUR_MS + between_ms(self.rng, -HOUR_S, HOUR_S));
            let at = if self.line.hours.is_open(local(same_time, self.context.zone)) {
                same_time
            } else {
                self.next_opening(same_time).plus_millis(between_ms(self.rng, 60.0, 2.0 * HOUR_S))
            };
            let visit = self.visit.clone();
            self.result.further_visits.push(Visit { number: visit.number + 1, transferred: false, at, ..visit });
        }
    }

    /// A wrong record is retracted, and all its events are reported again as another visit: those reported before at
    /// once, the others as they happen.
    pub(super) fn maybe_retract(&mut self) {
        if !chance(self.rng, RETRACTED) {
            return;
        }
        let retracted = self.visit.at.plus_millis(between_ms(self.rng, HOUR_S, 20.0 * HOUR_S));
        let corrected_visit = format!("{}-corrected", self.visit.number);
        let corrected: Vec<SimEvent> = self
            .result
            .events
            .iter()
            .map(|event| SimEvent {
                reported_at: event.reported_at.max(retracted.plus_millis(1_000)),
                visit: Some(corrected_visit.clone()),
                ..event.clone()
            })
            .collect();
        self.result.events.retain(|event| event.reported_at < retracted);
        self.report(retracted, Fact::Retracted);
        self.result.events.extend(corrected);
    }
}
