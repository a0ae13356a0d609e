//! The generator: an endless stream of events of the county's platform, from a start instant on.
//!
//! Every seed reproduces the published figures: monthly arrivals, shares, means and feedback are drawn without
//! replacement or by quota (`arrivals`, `quota`, `steered_mean`, `feedback_decks`). Chance decides only which contacts,
//! when, and in which order.
//!
//! One heap holds the next arrival of every line and all events that are already determined. So an event costs the
//! logarithm of the heap size, however long the stream runs. The same county, seed, start and volume give the same
//! stream on every machine: the random numbers come from PCG, and no draw depends on hash order or a clock.

mod arrivals;
mod draws;
mod feedback_decks;
mod line_quotas;
mod quota;
mod steered_mean;
mod visit;
mod visit_simulation;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use self::arrivals::Arrivals;
use self::feedback_decks::FeedbackDecks;
use self::line_quotas::LineQuotas;
use self::visit::{Visit, VisitContext};
use self::visit_simulation::VisitResult;
use crate::{County, CountyLine, SimEvent};

/// The events of the platform, in the order of [`SimEvent::reported_at`]. The stream is endless.
///
/// ```
/// use ensilinja_model::EventTime;
/// use ensilinja_sim::{County, Generator};
///
/// let start = EventTime::from_seconds(1_758_006_900); // Tuesday 16 September 2025, 10:15 in Helsinki
/// let mut events = Generator::new(&County::oma_hame(), 7, start, 1.0);
/// assert!(events.next().is_some_and(|event| event.at >= start));
/// ```
#[derive(Clone)]
pub struct Generator {
    rng: Pcg64Mcg,
    zone: TimeZone,
    lines: Vec<CountyLine>,
    arrivals: Vec<Arrivals>,
    quotas: Vec<LineQuotas>,
    feedback: FeedbackDecks,
    upcoming: BinaryHeap<Reverse<Upcoming>>,
    next_turn: u64,
}

/// A future event. At equal instants the order of scheduling decides.
#[derive(Clone)]
struct Upcoming {
    at: EventTime,
    turn: u64,
    what: UpcomingKind,
}

#[derive(Clone)]
enum UpcomingKind {
    /// A new contact arrives at the line of this index.
    Arrival(usize),
    /// A contact arrives by transfer, or again.
    Visit(Box<Visit>),
    /// The platform reports an event.
    Event(Box<SimEvent>),
}

impl Generator {
    /// The county from `start` on, with `volume` times its contacts: 1 for the county itself, 100 for a load test.
    ///
    /// At the start there are no contacts in progress. For figures over a window, start the stream earlier by its
    /// length.
    ///
    /// # Panics
    /// If `volume` is not a positive number.
    #[must_use]
    pub fn new(county: &County, seed: u64, start: EventTime, volume: f64) -> Self {
        assert!(volume.is_finite() && volume > 0.0, "the volume is a positive number");
        let zone = County::zone();
        let mut generator = Self {
            rng: Pcg64Mcg::seed_from_u64(seed),
            arrivals: county.lines.iter().map(|line| Arrivals::new(line, volume, start, &zone)).collect(),
            quotas: county.lines.iter().map(|line| LineQuotas::new(&line.behaviour, volume)).collect(),
            feedback: FeedbackDecks::new(&county.lines, volume),
            lines: county.lines.clone(),
            zone,
            upcoming: BinaryHeap::new(),
            next_turn: 0,
        };
        for line in 0..generator.lines.len() {
            generator.schedule_arrival(line);
        }
        generator
    }

    fn schedule_arrival(&mut self, line: usize) {
        let at = self.arrivals[line].next(&self.lines[line], &self.zone, &mut self.rng);
        self.schedule(at, UpcomingKind::Arrival(line));
    }

    fn schedule(&mut self, at: EventTime, what: UpcomingKind) {
        self.upcoming.push(Reverse(Upcoming { at, turn: self.next_turn, what }));
        self.next_turn += 1;
    }

    fn simulate(&mut self, visit: &Visit) {
        let context = VisitContext { lines: &self.lines, arrivals: &self.arrivals, zone: &self.zone };
        let result = VisitResult::of(visit, context, &mut self.quotas[visit.line], &mut self.feedback, &mut self.rng);
        for event in result.events {
            self.schedule(event.reported_at, UpcomingKind::Event(Box::new(event)));
        }
        for visit in result.further_visits {
            self.schedule(visit.at, UpcomingKind::Visit(Box::new(visit)));
        }
    }
}

impl Iterator for Generator {
    type Item = SimEvent;

    fn next(&mut self) -> Option<SimEvent> {
        loop {
            let Reverse(next) = self.upcoming.pop().expect("every line has a next arrival");
            match next.what {
                UpcomingKind::Event(event) => return Some(*event),
                UpcomingKind::Visit(visit) => {
                    self.arrivals[visit.line].make_room();
                    self.simulate(&visit);
                }
                UpcomingKind::Arrival(line) => {
                    let visit = Visit::first(line, next.at, &mut self.rng);
                    self.simulate(&visit);
                    self.schedule_arrival(line);
                }
            }
        }
    }
}

impl PartialEq for Upcoming {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.turn) == (other.at, other.turn)
    }
}

impl Eq for Upcoming {}

impl PartialOrd for Upcoming {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Upcoming {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.turn).cmp(&(other.at, other.turn))
    }
}
