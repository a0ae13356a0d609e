//! The generator: an endless stream of what the county's platform says, from a start instant on.
//!
//! What the county has published comes out whatever the seed: monthly arrivals, shares, means and feedback are dealt
//! out (`arrivals`, `quota`, `steered_mean`, `feedback_decks`), and chance only decides who, when and in which order.
//!
//! Every line has one next arrival, and every contact under way its next words, in one heap; so an event costs the
//! logarithm of what is under way, however long the stream runs. The same county, seed, start and volume give the same
//! stream on every machine: the random numbers are PCG's, what is drawn from them uses no hash order and no clock.

mod arrivals;
mod draws;
mod feedback_decks;
mod line_quotas;
mod quota;
mod simulation_context;
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
use self::simulation_context::SimulationContext;
use self::visit::Visit;
use self::visit_simulation::VisitResult;
use crate::{County, CountyLine, SimEvent};

/// What the platform says, in the order in which it says it ([`SimEvent::told_at`]). Endless.
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
    courses: Vec<LineQuotas>,
    feedback: FeedbackDecks,
    upcoming: BinaryHeap<Reverse<Upcoming>>,
    next_turn: u64,
}

/// Something that will happen. Of two at one instant the one that was foreseen first comes first.
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
    /// A known contact comes (again) to a line.
    Visit(Box<Visit>),
    /// The platform says something.
    Said(Box<SimEvent>),
}

impl Generator {
    /// The county from `start` on, with `volume` times its contacts: 1 is the county, 100 a load.
    ///
    /// Nobody is under way at the start; figures that look back need the stream to start that much earlier.
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
            courses: county.lines.iter().map(|line| LineQuotas::new(&line.behaviour, volume)).collect(),
            feedback: FeedbackDecks::new(&county.lines, volume),
            lines: county.lines.clone(),
            zone,
            upcoming: BinaryHeap::new(),
            next_turn: 0,
        };
        for line in 0..generator.lines.len() {
            generator.await_arrival(line);
        }
        generator
    }

    fn await_arrival(&mut self, line: usize) {
        let at = self.arrivals[line].next(&self.lines[line], &self.zone, &mut self.rng);
        self.foresee(at, UpcomingKind::Arrival(line));
    }

    fn foresee(&mut self, at: EventTime, what: UpcomingKind) {
        self.upcoming.push(Reverse(Upcoming { at, turn: self.next_turn, what }));
        self.next_turn += 1;
    }

    fn live(&mut self, visit: &Visit) {
        let world = SimulationContext { lines: &self.lines, arrivals: &self.arrivals, zone: &self.zone };
        let life = VisitResult::of(visit, world, &mut self.courses[visit.line], &mut self.feedback, &mut self.rng);
        for event in life.events {
            self.foresee(event.reported_at, UpcomingKind::Said(Box::new(event)));
        }
        for visit in life.further_visits {
            self.foresee(visit.at, UpcomingKind::Visit(Box::new(visit)));
        }
    }
}

impl Iterator for Generator {
    type Item = SimEvent;

    fn next(&mut self) -> Option<SimEvent> {
        loop {
            let Reverse(next) = self.upcoming.pop().expect("every line has a next arrival");
            match next.what {
                UpcomingKind::Said(event) => return Some(*event),
                UpcomingKind::Visit(visit) => {
                    self.arrivals[visit.line].make_room();
                    self.live(&visit);
                }
                UpcomingKind::Arrival(line) => {
                    let visit = Visit::first(line, next.at, &mut self.rng);
                    self.live(&visit);
                    self.await_arrival(line);
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
