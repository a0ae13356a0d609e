//! The simulation of a visit: the events of a contact on one line, from arrival to the last one.
//!
//! The shares and means of the line come from its [`Behaviour`](crate::county::Behaviour), and [`LineQuotas`] keep to
//! them. The shares in this module apply to every line and are assumptions.

mod afterwards;
mod callback;
mod callback_wait;
mod staff;

use ensilinja_model::{Channel, EventTime, Fact, Stage};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::draws::{any_wait_ms, between_ms, by_share, chance, duration_ms, seconds};
use super::feedback_decks::FeedbackDecks;
use super::line_quotas::LineQuotas;
use super::visit::{Visit, VisitContext};
use crate::local_day::local;
use crate::{CountyLine, SimEvent};

/// Callers who are transferred to another line before an answer.
const MOVED_WHILE_WAITING: f64 = 0.004;
/// Answered callers who are transferred to another line.
const TRANSFERRED: f64 = 0.04;
/// Contacts whose `offered` the platform loses, or dates late.
const OFFERED_LOST: f64 = 0.002;
const OFFERED_LATE: f64 = 0.002;
/// Contacts whose `ended` the platform loses.
const ENDED_LOST: f64 = 0.02;

/// The shares of the ways to abandon.
const ABANDON_POINTS: [(AbandonPoint, f64); 4] = [
    (AbandonPoint::AtOnce, 0.12),
    (AbandonPoint::InMenu, 0.2),
    (AbandonPoint::WhileRinging, 0.08),
    (AbandonPoint::InQueue, 0.6),
];

#[derive(Clone, Copy)]
enum AbandonPoint {
    AtOnce,
    InMenu,
    WhileRinging,
    InQueue,
}

/// The decisions in the order of the shares of a line.
const EXITS: [QueueExit; 3] = [QueueExit::Answered, QueueExit::CallbackRequested, QueueExit::Abandoned];
const ABANDONED: usize = 2;

#[derive(Clone, Copy)]
enum QueueExit {
    Answered,
    CallbackRequested,
    Abandoned,
}

/// The result of a visit.
pub(super) struct VisitResult {
    /// Its events, in any order.
    pub events: Vec<SimEvent>,
    /// Further visits of the contact: a transfer to another line, or a repeat contact on another day.
    pub further_visits: Vec<Visit>,
}

/// A visit under simulation.
struct VisitSimulation<'a> {
    visit: &'a Visit,
    context: VisitContext<'a>,
    line: &'a CountyLine,
    quotas: &'a mut LineQuotas,
    feedback: &'a mut FeedbackDecks,
    rng: &'a mut Pcg64Mcg,
    result: VisitResult,
}

impl VisitResult {
    pub(super) fn of(
        visit: &Visit,
        context: VisitContext<'_>,
        quotas: &mut LineQuotas,
        feedback: &mut FeedbackDecks,
        rng: &mut Pcg64Mcg,
    ) -> Self {
        let line = &context.lines[visit.line];
        let empty = Self { events: Vec::new(), further_visits: Vec::new() };
        let mut simulation = VisitSimulation { visit, context, line, quotas, feedback, rng, result: empty };
        simulation.arrive();
        if line.hours.is_open(local(visit.at, context.zone)) {
            simulation.serve();
        } else if line.channel == Channel::Sms {
            simulation.wait_for_the_morning();
        } else {
            simulation.turn_away();
        }
        simulation.maybe_return();
        simulation.maybe_retract();
        simulation.result
    }
}

impl VisitSimulation<'_> {
    fn report(&mut self, at: EventTime, fact: Fact) {
        self.result.events.push(SimEvent {
            at,
            reported_at: at,
            contact: self.visit.contact.clone(),
            line: self.line.id.clone(),
            visit: self.visit.name(),
            to_line: None,
            fact,
        });
    }

    fn arrive(&mut self) {
        if chance(self.rng, OFFERED_LOST) {
            return;
        }
        let late_ms = if chance(self.rng, OFFERED_LATE) { between_ms(self.rng, 30.0, 50.0) } else { 0 };
        self.report(self.visit.at.plus_millis(late_ms), Fact::Offered);
    }

    /// The line is open: through the menu into the queue, and on to a decision.
    fn serve(&mut self) {
        if self.line.channel == Channel::Phone
            && !self.visit.transferred
            && chance(self.rng, MOVED_WHILE_WAITING)
            && self.transfer(self.visit.at.plus_millis(9_000))
        {
            return;
        }
        match EXITS[self.quotas.decision.draw(&self.line.behaviour.decisions, self.rng)] {
            QueueExit::Answered => {
                let queued = self.pass_menu();
                let answered = self.answered_at(queued);
                self.answer(answered);
            }
            QueueExit::CallbackRequested => {
                let queued = self.pass_menu();
                let requested = queued.plus_millis(between_ms(self.rng, 8.0, 90.0));
                self.request_callback(requested);
            }
            // A text message is not abandoned. It remains without an answer.
            QueueExit::Abandoned if self.line.channel == Channel::Sms => {
                self.pass_menu();
            }
            QueueExit::Abandoned => self.abandon(),
        }
    }

    /// Passes the menu and returns when the contact is queued.
    fn pass_menu(&mut self) -> EventTime {
        let (from_s, to_s) = match self.line.channel {
            Channel::Phone => (4.0, 20.0),
            Channel::Chat => (1.0, 4.0),
            Channel::Sms => (0.2, 1.0),
        };
        let queued = self.visit.at.plus_millis(between_ms(self.rng, from_s, to_s));
        self.report(queued, Fact::Queued);
        queued
    }

    /// When the contact is answered. Waits from arrival have the mean of the line.
    fn answered_at(&mut self, queued: EventTime) -> EventTime {
        let mean_s = self.line.behaviour.answer_wait_mean_s;
        let drawn = self.visit.at.plus_millis(self.quotas.answer_wait.wait_ms(mean_s, self.rng));
        let answered = self.while_staff_are_there(queued, drawn.max(queued.plus_millis(500)));
        self.quotas.answer_wait.settle(mean_s, seconds(answered.millis_since(self.visit.at)));
        answered
    }

    /// A uniform part of a duration in ms.
    fn some_of_ms(&mut self, ms: i64) -> i64 {
        self.rng.random_range(0..ms.max(1))
    }

    fn answer(&mut self, answered: EventTime) {
        self.report(answered, Fact::Answered);
        let over = answered.plus_millis(duration_ms(self.rng, self.line.behaviour.handling_mean_s));
        let passed_on = self.line.channel == Channel::Phone && !self.visit.transferred && chance(self.rng, TRANSFERRED);
        if !(passed_on && self.transfer(over)) {
            self.end(over);
        }
        self.follow_up(over);
    }

    fn end(&mut self, over: EventTime) {
        if !chance(self.rng, ENDED_LOST) {
            self.report(over, Fact::Ended);
        }
    }

    fn abandon(&mut self) {
        match by_share(self.rng, &ABANDON_POINTS) {
            AbandonPoint::AtOnce => {
                let at = self.visit.at.plus_millis(between_ms(self.rng, 0.4, 4.9));
                self.report(at, Fact::Abandoned(Stage::Menu));
            }
            AbandonPoint::InMenu => {
                let at = self.visit.at.plus_millis(between_ms(self.rng, 5.0, 25.0));
                self.report(at, Fact::Abandoned(Stage::Menu));
            }
            AbandonPoint::WhileRinging => {
                let queued = self.pass_menu();
                let at = queued.plus_millis(between_ms(self.rng, 5.0, 40.0));
                self.report(at, Fact::Abandoned(Stage::Ringing));
            }
            AbandonPoint::InQueue => {
                let queued = self.pass_menu();
                let at = queued.plus_millis(any_wait_ms(self.rng, self.line.behaviour.answer_wait_mean_s));
                self.report(at, Fact::Abandoned(Stage::Queue));
            }
        }
    }

    /// The line is closed: the customer hangs up during the announcement.
    fn turn_away(&mut self) {
        self.quotas.decision.take(&self.line.behaviour.decisions, ABANDONED);
        let at = self.visit.at.plus_millis(between_ms(self.rng, 3.0, 18.0));
        self.report(at, Fact::Abandoned(Stage::Menu));
    }

    /// The line is closed: a text message is answered after the next opening.
    fn wait_for_the_morning(&mut self) {
        self.pass_menu();
        let opening = self.next_opening(self.visit.at);
        let answered = opening.plus_millis(any_wait_ms(self.rng, self.line.behaviour.answer_wait_mean_s));
        self.answer(answered);
    }

    /// Transfers the contact to another open phone line, chosen by number of contacts; false if none is open.
    fn transfer(&mut self, at: EventTime) -> bool {
        let now = local(at, self.context.zone);
        let contacts = |line: usize| self.context.lines[line].behaviour.contacts.in_month_of(now.date());
        let is_target = |index: &usize| {
            let line = &self.context.lines[*index];
            *index != self.visit.line && line.channel == Channel::Phone && line.hours.is_open(now)
        };
        let targets: Vec<(usize, f64)> =
            (0..self.context.lines.len()).filter(is_target).map(|line| (line, contacts(line))).collect();
        let all: f64 = targets.iter().map(|(_, contacts)| contacts).sum();
        if all == 0.0 {
            return false;
        }
        let shares: Vec<(usize, f64)> = targets.iter().map(|(line, contacts)| (*line, contacts / all)).collect();
        let target = by_share(self.rng, &shares);
        self.report(at, Fact::Transferred);
        if let Some(transferred) = self.result.events.last_mut() {
            transferred.to_line = Some(self.context.lines[target].id.clone());
        }
        let arrives = at.plus_millis(between_ms(self.rng, 0.5, 3.0));
        self.result.further_visits.push(Visit { line: target, transferred: true, at: arrives, ..self.visit.clone() });
        true
    }
}
