//! Ids that are used again: how many events of what is looked at are lost or astray because two contacts have one id,
//! and where some of them stand. It warns in the terms of the alert `EnsilinjaEventsShadowed`, which sees the same
//! live.

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

use ensilinja_ledger::{Collision, CollisionNote};
use ensilinja_model::{Event, EventTime};

use super::Place;
use crate::config::Config;

/// From this share of the events on ids are used again as a habit: the limit of `EnsilinjaEventsShadowed`.
pub const HABIT: f64 = 0.02;

/// How many places are named.
const PLACES: usize = 3;

/// The cure, as the runbook of the alert has it.
pub const CURE: &str = "have the source send `visit` with each event: anything that tells two contacts of one id apart, such \
                        as the instant of arrival";

/// Events of which some collide.
#[derive(Clone, Debug)]
pub struct ReusedIds {
    /// What happened outside is not counted.
    within: Range<EventTime>,
    events: u64,
    collisions: HashSet<Collision>,
    /// Where collisions were noticed first.
    places: Vec<Place>,
}

impl ReusedIds {
    /// Nothing has been heard. Only what happened within counts.
    #[must_use]
    pub fn within(within: Range<EventTime>) -> Self {
        Self { within, events: 0, collisions: HashSet::new(), places: Vec::new() }
    }

    /// An event comes, the same one as often as it is told.
    pub fn hear(&mut self, event: &Event) {
        self.events += u64::from(self.within.contains(&event.at));
    }

    /// A collision that was noticed at this place, or is none after all.
    pub fn note(&mut self, note: CollisionNote, place: Place) {
        match note {
            CollisionNote::Found(collision) if self.within.contains(&collision.at) => {
                if self.collisions.insert(collision) && self.places.len() < PLACES && !self.places.contains(&place) {
                    self.places.push(place);
                }
            }
            CollisionNote::Found(_) => {}
            CollisionNote::Cleared(collision) => {
                self.collisions.remove(&collision);
            }
        }
    }

    /// Whether so many events collide that the figures are those of other contacts.
    #[must_use]
    pub fn is_habit(&self) -> bool {
        !self.collisions.is_empty() && self.share() >= HABIT
    }

    /// What happened, without what to do; `None` if nothing did.
    #[must_use]
    pub fn in_words(&self, files: &[PathBuf], config: &Config) -> Option<String> {
        let events = self.collisions.len();
        let contacts = self.collisions.iter().map(|collision| collision.leg).collect::<HashSet<_>>().len();
        let places: Vec<String> = self.places.iter().map(|place| place.in_words(files, config)).collect();
        (events > 0).then(|| {
            format!(
                "{events} of {} events ({:.1} %), of {contacts} contacts, are of another contact with the same id: they lose \
                 to an earlier fact of their kind by more than a minute, or come after the contact was over; such as at {}",
                self.events.max(events as u64),
                self.share() * 100.0,
                places.join(", ")
            )
        })
    }

    /// Warns of it, if it happened.
    pub fn warn(&self, files: &[PathBuf], config: &Config) {
        if let Some(what) = self.in_words(files, config) {
            tracing::warn!(
                "{what}. The figures are without the later contacts (alert EnsilinjaEventsShadowed): {CURE}"
            );
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "events are fewer than 2^53")]
    fn share(&self) -> f64 {
        self.collisions.len() as f64 / self.events.max(1) as f64
    }
}
