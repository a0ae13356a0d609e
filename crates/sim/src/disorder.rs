//! Disorder: what lies between a platform that says something and the topic that has it.
//!
//! Records come in the order in which they are published, [`Publication::at`], each at the earliest when its event is
//! told, or up to four minutes before it happened where the source's clock is fast. That is less than the five minutes
//! a record may be ahead. The same events, disorder and seed give the same records.

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
/// How far a fast clock of a source runs ahead at most.
const FASTEST_CLOCK_MS: i64 = 4 * 60_000;

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 3_600_000;

/// What goes wrong on the way to the topic, as shares of the events, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disorder {
    /// Published again: most within seconds, some within the hour, some up to three days later.
    pub duplicates: f64,
    /// Published a minute to six hours late.
    pub delays: f64,
    /// Out of turn: most up to three seconds late, one in five from a source whose clock is up to four minutes fast.
    pub reordering: f64,
    /// Poisonous records beside the sound ones, of every case in the wire's table that a broker takes with its default
    /// settings.
    pub poison: f64,
}

impl Disorder {
    /// Every event is published once, when it is told, and nothing else is.
    pub const NONE: Self = Self { duplicates: 0.0, delays: 0.0, reordering: 0.0, poison: 0.0 };
    /// More than any platform does, but with most records as they should be.
    pub const ROUGH: Self = Self { duplicates: 0.05, delays: 0.02, reordering: 0.2, poison: 0.01 };

    /// The records of `events`, which come in the order of [`SimEvent::told_at`].
    pub fn publish<I: Iterator<Item = SimEvent>>(self, events: I, seed: u64) -> PublicationStream<I> {
        PublicationStream {
            disorder: self,
            rng: Pcg64Mcg::seed_from_u64(seed),
            poison: PoisonGenerator::new(),
            events,
            settled_until: EventTime::MIN,
            under_way: BinaryHeap::new(),
            next_turn: 0,
        }
    }
}

/// Records in the order in which they are published. Ends after its events do.
#[derive(Clone)]
pub struct PublicationStream<I> {
    disorder: Disorder,
    rng: Pcg64Mcg,
    poison: PoisonGenerator,
    events: I,
    /// No event that is still to come is published before this.
    settled_until: EventTime,
    under_way: BinaryHeap<Reverse<UnderWay>>,
    next_turn: u64,
}

/// A record on its way to the topic.
#[derive(Clone)]
struct UnderWay {
    turn: u64,
    publication: Publication,
}

impl<I: Iterator<Item = SimEvent>> PublicationStream<I> {
    /// Sends what the next event makes on its way; false if there is none.
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
        self.under_way.push(Reverse(UnderWay { turn: self.next_turn, publication }));
        self.next_turn += 1;
    }

    fn happens(&mut self, share: f64) -> bool {
        share > 0.0 && self.rng.random::<f64>() < share
    }

    /// How much later than it is told an event is published; negative where the source's clock is fast.
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
            let first = self.under_way.peek().map(|Reverse(under_way)| under_way.publication.at);
            let may_still_be_overtaken = first.is_none_or(|at| at > self.settled_until);
            if !(may_still_be_overtaken && self.send_next()) {
                return self.under_way.pop().map(|Reverse(under_way)| under_way.publication);
            }
        }
    }
}

impl PartialEq for UnderWay {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for UnderWay {}

impl PartialOrd for UnderWay {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for UnderWay {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.publication.at, self.turn).cmp(&(other.publication.at, other.turn))
    }
}
