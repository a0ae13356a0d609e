//! Ids that are used again: how many events of what is looked at are lost or astray because two contacts have one id,
//! and where some of them stand. It warns in the terms of the alert `EnsilinjaEventsShadowed`, which sees the same
//! live. Attempts to call back that are not counted, for there are too many of one contact, are told beside them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;

use ensilinja_ledger::{Collision, CollisionNote, Effect, Rules, SurplusAttempt};
use ensilinja_model::{Event, EventTime, LegKey};

use super::Place;
use crate::local_time::in_words;
use ensilinja_config::Config;

/// From this share of the events on ids are used again as a habit: the limit of `EnsilinjaEventsShadowed`.
pub const HABIT: f64 = 0.02;

/// Of one day so many contacts must be affected: on a day with few contacts one mishap is no habit.
const DAY_CONTACTS: usize = 3;

/// How many places are named.
const PLACES: usize = 3;

/// The cure, as the runbook of the alert has it.
pub const CURE: &str = "have the source send `visit` with each event: anything that tells two contacts of one id apart, such \
                        as the instant of arrival";

/// What to do about attempts that are not counted.
pub const SURPLUS_CURE: &str = "See what the source tells as attempts: no customer is called so often";

/// Events of which some collide.
#[derive(Clone, Debug)]
pub struct ReusedIds {
    /// What happened outside is not counted.
    within: Range<EventTime>,
    /// Tell the local days.
    rules: Rules,
    events: u64,
    /// How many of them happened on each local day, by its midnight.
    of_days: HashMap<EventTime, u64>,
    collisions: HashSet<Collision>,
    /// Where collisions were noticed first.
    places: Vec<Place>,
    surplus: HashSet<SurplusAttempt>,
}

/// The events of one local day, of which some collide.
#[derive(Clone, Debug)]
struct ReuseDay {
    midnight: EventTime,
    events: u64,
    collisions: usize,
    contacts: HashSet<LegKey>,
}

impl ReusedIds {
    /// Nothing has been heard. Only what happened within counts.
    #[must_use]
    pub fn within(within: Range<EventTime>, rules: Rules) -> Self {
        let (of_days, collisions, places, surplus) = Default::default();
        Self { within, rules, events: 0, of_days, collisions, places, surplus }
    }

    /// An event comes from this place, the same one as often as it is told, and is learnt.
    pub fn hear(
        &mut self,
        event: &Event,
        place: Place,
        learn: impl FnOnce(&mut dyn FnMut(CollisionNote)) -> Effect,
    ) -> Effect {
        if self.within.contains(&event.at) {
            self.events += 1;
            *self.of_days.entry(self.rules.days().start_of_day(event.at)).or_default() += 1;
        }
        learn(&mut |note| self.note(note, place))
    }

    /// A collision that was noticed at this place, or is none after all.
    fn note(&mut self, note: CollisionNote, place: Place) {
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
            CollisionNote::Surplus(attempt) => {
                if self.within.contains(&attempt.at) {
                    self.surplus.insert(attempt);
                }
            }
        }
    }

    /// Whether so many events collide that the figures are those of other contacts: of all, or of a local day. A day
    /// that is lost must not hide behind months that are sound.
    #[must_use]
    pub fn is_habit(&self) -> bool {
        self.is_habit_of_all() || self.worst_day().is_some()
    }

    fn is_habit_of_all(&self) -> bool {
        !self.collisions.is_empty() && share(self.collisions.len(), self.events) >= HABIT
    }

    /// The local day that loses the greatest part of its events, the earliest of several; `None` if none loses enough.
    fn worst_day(&self) -> Option<ReuseDay> {
        let mut days: HashMap<EventTime, ReuseDay> = HashMap::new();
        for collision in &self.collisions {
            let midnight = self.rules.days().start_of_day(collision.at);
            let day = days.entry(midnight).or_insert_with(|| ReuseDay {
                midnight,
                events: self.of_days.get(&midnight).copied().unwrap_or_default(),
                collisions: 0,
                contacts: HashSet::new(),
            });
            day.collisions += 1;
            day.contacts.insert(collision.leg);
        }
        let lost = days.into_values().filter(|day| day.contacts.len() >= DAY_CONTACTS && day.share() >= HABIT);
        lost.max_by(|one, other| one.share().total_cmp(&other.share()).then(other.midnight.cmp(&one.midnight)))
    }

    /// What happened, without what to do; `None` if nothing did.
    #[must_use]
    pub fn in_words(&self, files: &[PathBuf], config: &Config) -> Option<String> {
        let events = self.collisions.len();
        let contacts = self.collisions.iter().map(|collision| collision.leg).collect::<HashSet<_>>().len();
        let day = self.worst_day().filter(|_| !self.is_habit_of_all()).map(|day| day.in_words(config));
        let places: Vec<String> = self.places.iter().map(|place| place.in_words(files, config)).collect();
        (events > 0).then(|| {
            format!(
                "{events} of {} events ({:.1} %), of {contacts} contacts, are of another contact with the same id: they lose \
                 to an earlier fact of their kind by more than a minute, or come after the contact was over{}; such as at {}",
                self.events.max(events as u64),
                share(events, self.events) * 100.0,
                day.unwrap_or_default(),
                places.join(", ")
            )
        })
    }

    /// Which attempts to call back are not counted; `None` if all are.
    #[must_use]
    pub fn surplus_in_words(&self) -> Option<String> {
        let contacts = self.surplus.iter().map(|attempt| attempt.leg).collect::<HashSet<_>>().len();
        (contacts > 0).then(|| {
            format!(
                "{} callback attempts of {contacts} contacts are not counted: of each contact the earliest 1000 of each \
                 result are",
                self.surplus.len()
            )
        })
    }

    /// Warns of what happened, once of each kind.
    pub fn warn(&self, files: &[PathBuf], config: &Config) {
        if let Some(what) = self.surplus_in_words() {
            tracing::warn!("{what}. {SURPLUS_CURE}");
        }
        if let Some(what) = self.in_words(files, config) {
            tracing::warn!(
                "{what}. The figures are without the later contacts (alert EnsilinjaEventsShadowed): {CURE}"
            );
        }
    }
}

impl ReuseDay {
    fn share(&self) -> f64 {
        share(self.collisions, self.events)
    }

    fn in_words(&self, config: &Config) -> String {
        let midnight = in_words(self.midnight, &config.zone);
        let date = midnight.split(' ').next().unwrap_or_default();
        format!(", on {date} {} of {} ({:.1} %)", self.collisions, self.events, self.share() * 100.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "events are fewer than 2^53")]
fn share(part: usize, events: u64) -> f64 {
    part as f64 / events.max(1) as f64
}
