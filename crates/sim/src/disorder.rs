//! Disorder: duplicates, delays, reordering and poison between the platform and the topic.
//!
//! Records come in the order of their publication time, [`Publication::at`]. It is not before
//! [`SimEvent::reported_at`], except for sources with a fast clock: up to four minutes before, which is within the five
//! minutes that a record may be ahead. The same events, disorder and seed give the same records.

mod poison;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::EventTime;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use self::poison::PoisonGenerator;
use crate::{Publication, SimEvent};

/// The share of records in binary mode; the rest are in structured mode.
const BINARY_SHARE: f64 = 0.1;
/// How far the clock of a source runs ahead at most.
const FASTEST_CLOCK_MS: i64 = 4 * 60_000;

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600_000;

/// The kinds of disorder, as shares of the events, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disorder {
    /// Events published again: most within seconds, some within an hour, some up to three days later.
    pub duplicates: f64,
    /// Events published one minute to six hours late.
    pub delays: f64,
    /// Events out of order: most up to three seconds late, one in five from a source whose clock is up to four minutes
    /// fast.
    pub reordering: f64,
    /// Additional poison records, of every case in the wire crate's table that a broker accepts with default settings.
    pub poison: f64,
}

impl Disorder {
    /// No disorder: every event is published once, when it is reported.
    pub const NONE: Self = Self { duplicates: 0.0, delays: 0.0, reordering: 0.0, poison: 0.0 };
    /// More disorder than any platform produces. Most records are still in order.
    pub const ROUGH: Self = Self { duplicates: 0.05, delays: 0.02, reordering: 0.2, poison: 0.01 };

    /// The records of `events`, which must be in the order of [`SimEvent::reported_at`].
    pub fn publish<I: Iterator<Item = SimEvent>>(self, events: I, seed: u64) -> PublicationStream<I> {
        PublicationStream {
            disorder: self,
            rng: Pcg64Mcg::seed_from_u64(seed),
            poison: PoisonGenerator::new(),
            events,
            settled_until: EventTime::MIN,
            in_flight: BinaryHeap::new(),
            next_turn: 0,
        }
    }
}

/// Records in the order of their publication. It ends after the last record of its last event.
#[derive(Clone)]
pub struct PublicationStream<I> {
    disorder: Disorder,
    rng: Pcg64Mcg,
    poison: PoisonGenerator,
    events: I,
    /// No later event is published before this.
    settled_until: EventTime,
    in_flight: BinaryHeap<Reverse<InFlight>>,
    next_turn: u64,
}

/// A record on its way to the topic.
#[derive(Clone)]
struct InFlight {
    turn: u64,
    publication: Publication,
}

impl<I: Iterator<Item = SimEvent>> PublicationStream<I> {
    /// Puts the records of the next event in flight; false if there is no next event.
    fn send_next(&mut self) -> bool {
        let Some(event) = self.events.next() else { return false };
        let reported_at = event.reported_at;
        let ahead_ms = if self.disorder.reordering > 0.0 { FASTEST_CLOCK_MS } else { 0 };
        self.settled_until = reported_at.plus_millis(-ahead_ms);
        let at = reported_at.plus_millis(self.shift_ms());
        let binary = self.happens(BINARY_SHARE);
        if self.happens(self.disorder.poison) {
            let poison = self.poison.next_record(&event, at, &mut self.rng);
            self.send(poison);
        }
        if self.happens(self.disorder.duplicates) {
            let again_at = at.plus_millis(self.until_duplicate_ms());
            self.send(Publication::of(event.clone(), again_at, binary));
        }
        self.send(Publication::of(event, at, binary));
        true
    }

    fn send(&mut self, publication: Publication) {
        self.in_flight.push(Reverse(InFlight { turn: self.next_turn, publication }));
        self.next_turn += 1;
    }

    fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.rng.random::<f64>() < share
    }

    /// The time from report to publication; negative if the clock of the source is fast.
    fn shift_ms(&mut self) -> i64 {
        if self.happens(self.disorder.delays) {
            return self.rng.random_range(60 * SECOND_MS..6 * HOUR_MS);
        }
        if self.happens(self.disorder.reordering) {
            if self.happens(0.2) {
                return -self.rng.random_range(0..FASTEST_CLOCK_MS);
            }
            return self.rng.random_range(0..3 * SECOND_MS);
        }
        0
    }

    fn until_duplicate_ms(&mut self) -> i64 {
        match self.rng.random_range(0..10_u32) {
            0..=5 => self.rng.random_range(0..5 * SECOND_MS),
            6..=8 => self.rng.random_range(0..HOUR_MS),
            _ => self.rng.random_range(0..72 * HOUR_MS),
        }
    }
}

impl<I: Iterator<Item = SimEvent>> Iterator for PublicationStream<I> {
    type Item = Publication;

    fn next(&mut self) -> Option<Publication> {
        loop {
            let first = self.in_flight.peek().map(|Reverse(in_flight)| in_flight.publication.at);
            let may_still_be_overtaken = first.is_none_or(|at| at > self.settled_until);
            if !(may_still_be_overtaken && self.send_next()) {
                return self.in_flight.pop().map(|Reverse(in_flight)| in_flight.publication);
            }
        }
    }
}

impl PartialEq for InFlight {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for InFlight {}

impl PartialOrd for InFlight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for InFlight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.publication.at, self.turn).cmp(&(other.publication.at, other.turn))
    }
}
