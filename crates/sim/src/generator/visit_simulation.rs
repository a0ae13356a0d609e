//! The life of a contact at one line, from its arrival to the last word that is said of it.
//!
//! Shares and means of the line come from its behaviour, and its course keeps to them; the shares here hold for every
//! line and are assumptions.

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
use super::simulation_context::SimulationContext;
use super::visit::Visit;
use crate::local_day::local;
use crate::{CountyLine, SimEvent};

/// Callers who are sent to another line before anybody has answered.
const MOVED_WHILE_WAITING: f64 = 0.004;
/// Answered callers who are passed on to another line.
const TRANSFERRED: f64 = 0.04;
/// Contacts whose `offered` the platform loses, or tells late.
const OFFERED_LOST: f64 = 0.002;
const OFFERED_LATE: f64 = 0.002;
/// Contacts whose `ended` the platform loses.
const ENDED_LOST: f64 = 0.02;

/// How those who give up divide.
const GIVING_UP: [(AbandonPoint, f64); 4] = [
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

/// The fates of a line's shares, in their order.
const FATES: [QueueExit; 3] = [QueueExit::Answered, QueueExit::AsksForCallback, QueueExit::GivesUp];
const GIVES_UP: usize = 2;

#[derive(Clone, Copy)]
enum QueueExit {
    Answered,
    AsksForCallback,
    GivesUp,
}

/// What comes of a visit.
pub(super) struct VisitResult {
    /// What will be said of it, in any order.
    pub events: Vec<SimEvent>,
    /// Where the contact goes from here: on to another line, or here again some other day.
    pub further_visits: Vec<Visit>,
}

/// A life as it is told.
struct VisitSimulation<'a> {
    visit: &'a Visit,
    world: SimulationContext<'a>,
    line: &'a CountyLine,
    course: &'a mut LineQuotas,
    feedback: &'a mut FeedbackDecks,
    rng: &'a mut Pcg64Mcg,
    life: VisitResult,
}

impl VisitResult {
    pub(super) fn of(
        visit: &Visit,
        world: SimulationContext<'_>,
        course: &mut LineQuotas,
        feedback: &mut FeedbackDecks,
        rng: &mut Pcg64Mcg,
    ) -> Self {
        let line = &world.lines[visit.line];
        let unlived = Self { events: Vec::new(), further_visits: Vec::new() };
        let mut telling = VisitSimulation { visit, world, line, course, feedback, rng, life: unlived };
        telling.arrive();
        if line.hours.is_open(local(visit.at, world.zone)) {
            telling.be_served();
        } else if line.channel == Channel::Sms {
            telling.wait_for_the_morning();
        } else {
            telling.be_turned_away();
        }
        telling.perhaps_come_again();
        telling.perhaps_retract();
        telling.life
    }
}

impl VisitSimulation<'_> {
    fn say(&mut self, at: EventTime, fact: Fact) {
        self.life.events.push(SimEvent {
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
        self.say(self.visit.at.plus_millis(late_ms), Fact::Offered);
    }

    /// The line is open: through the menu into the queue, and out of it one way or another.
    fn be_served(&mut self) {
        if self.line.channel == Channel::Phone
            && !self.visit.transferred
            && chance(self.rng, MOVED_WHILE_WAITING)
            && self.transfer(self.visit.at.plus_millis(9_000))
        {
            return;
        }
        match FATES[self.course.fate.draw(&self.line.behaviour.fates, self.rng)] {
            QueueExit::Answered => {
                let queued = self.pass_menu();
                let answered = self.answered_at(queued);
                self.be_answered(answered);
            }
            QueueExit::AsksForCallback => {
                let queued = self.pass_menu();
                let requested = queued.plus_millis(between_ms(self.rng, 8.0, 90.0));
                self.ask_for_callback(requested);
            }
            // Nobody hangs up on a text message; it just stays without an answer.
            QueueExit::GivesUp if self.line.channel == Channel::Sms => {
                self.pass_menu();
            }
            QueueExit::GivesUp => self.give_up(),
        }
    }

    /// When the contact is queued.
    fn pass_menu(&mut self) -> EventTime {
        let (from_s, to_s) = match self.line.channel {
            Channel::Phone => (4.0, 20.0),
            Channel::Chat => (1.0, 4.0),
            Channel::Sms => (0.2, 1.0),
        };
        let queued = self.visit.at.plus_millis(between_ms(self.rng, from_s, to_s));
        self.say(queued, Fact::Queued);
        queued
    }

    /// When it is answered, such that waits from arrival on have the line's mean.
    fn answered_at(&mut self, queued: EventTime) -> EventTime {
        let mean_s = self.line.behaviour.answer_wait_mean_s;
        let drawn = self.visit.at.plus_millis(self.course.answer_wait.wait_ms(mean_s, self.rng));
        let answered = self.while_staff_are_there(queued, drawn.max(queued.plus_millis(500)));
        self.course.answer_wait.settle(mean_s, seconds(answered.millis_since(self.visit.at)));
        answered
    }

    /// Some of a duration in ms, even over it.
    fn some_of_ms(&mut self, ms: i64) -> i64 {
        self.rng.random_range(0..ms.max(1))
    }

    fn be_answered(&mut self, answered: EventTime) {
        self.say(answered, Fact::Answered);
        let over = answered.plus_millis(duration_ms(self.rng, self.line.behaviour.handling_mean_s));
        let passed_on = self.line.channel == Channel::Phone && !self.visit.transferred && chance(self.rng, TRANSFERRED);
        if !(passed_on && self.transfer(over)) {
            self.end(over);
        }
        self.follow_up(over);
    }

    fn end(&mut self, over: EventTime) {
        if !chance(self.rng, ENDED_LOST) {
            self.say(over, Fact::Ended);
        }
    }

    fn give_up(&mut self) {
        match by_share(self.rng, &GIVING_UP) {
            AbandonPoint::AtOnce => {
                let at = self.visit.at.plus_millis(between_ms(self.rng, 0.4, 4.9));
                self.say(at, Fact::Abandoned(Stage::Menu));
            }
            AbandonPoint::InMenu => {
                let at = self.visit.at.plus_millis(between_ms(self.rng, 5.0, 25.0));
                self.say(at, Fact::Abandoned(Stage::Menu));
            }
            AbandonPoint::WhileRinging => {
                let queued = self.pass_menu();
                let at = queued.plus_millis(between_ms(self.rng, 5.0, 40.0));
                self.say(at, Fact::Abandoned(Stage::Ringing));
            }
            AbandonPoint::InQueue => {
                let queued = self.pass_menu();
                let at = queued.plus_millis(any_wait_ms(self.rng, self.line.behaviour.answer_wait_mean_s));
                self.say(at, Fact::Abandoned(Stage::Queue));
            }
        }
    }

    /// The line is closed: the announcement says so.
    fn be_turned_away(&mut self) {
        self.course.fate.take(&self.line.behaviour.fates, GIVES_UP);
        let at = self.visit.at.plus_millis(between_ms(self.rng, 3.0, 18.0));
        self.say(at, Fact::Abandoned(Stage::Menu));
    }

    /// A text message keeps.
    fn wait_for_the_morning(&mut self) {
        self.pass_menu();
        let opening = self.next_opening(self.visit.at);
        let answered = opening.plus_millis(any_wait_ms(self.rng, self.line.behaviour.answer_wait_mean_s));
        self.be_answered(answered);
    }

    /// Sends the contact to another phone line that is open, mostly to a busy one; false if there is none.
    fn transfer(&mut self, at: EventTime) -> bool {
        let now = local(at, self.world.zone);
        let contacts = |line: usize| self.world.lines[line].behaviour.contacts.in_month_of(now.date());
        let is_target = |index: &usize| {
            let line = &self.world.lines[*index];
            *index != self.visit.line && line.channel == Channel::Phone && line.hours.is_open(now)
        };
        let targets: Vec<(usize, f64)> =
            (0..self.world.lines.len()).filter(is_target).map(|line| (line, contacts(line))).collect();
        let all: f64 = targets.iter().map(|(_, contacts)| contacts).sum();
        if all == 0.0 {
            return false;
        }
        let shares: Vec<(usize, f64)> = targets.iter().map(|(line, contacts)| (*line, contacts / all)).collect();
        let target = by_share(self.rng, &shares);
        self.say(at, Fact::Transferred);
        if let Some(said) = self.life.events.last_mut() {
            said.to_line = Some(self.world.lines[target].id.clone());
        }
        let arrives = at.plus_millis(between_ms(self.rng, 0.5, 3.0));
        self.life.further_visits.push(Visit { line: target, transferred: true, at: arrives, ..self.visit.clone() });
        true
    }
}
