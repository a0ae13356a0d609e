//! Contact ids that are used again: how many events are lost or misplaced because two contacts have the same id, and
//! where some of them are. The limits are those of the alert `EnsilinjaEventsShadowed`, which sees the same live.
//!
//! Callback attempts beyond the number that is counted are reported beside them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::PathBuf;

use ensilinja_config::Config;
use ensilinja_ledger::{Collision, CollisionNote, Effect, Rules, SurplusAttempt};
use ensilinja_model::{Event, EventTime, LegKey};

use crate::local_time::to_the_minute;
use crate::source::SourcePosition;

/// From this share of the events on, ids are reused as a habit: the limit of `EnsilinjaEventsShadowed`.
pub const HABIT: f64 = 0.02;

/// How many contacts of one day must be affected: on a quiet day one mishap is not a habit.
const DAY_CONTACTS: usize = 3;

/// How many positions are named.
const MOST_POSITIONS: usize = 3;

/// What to do about reused ids, as the runbook of the alert says.
pub const REUSE_REMEDY: &str = "have the source send `visit` with each event: anything that tells two contacts of one \
                                id apart, such as the instant of arrival";

/// What to do about attempts that are not counted.
pub const SURPLUS_REMEDY: &str = "check what the source sends as callback attempts: no customer is called that often";

/// Counts events, and those that collide with another contact of the same id.
#[derive(Clone, Debug)]
pub struct ReusedIds {
    /// Only events that happened within count.
    within: Range<EventTime>,
    /// Know the local days.
    rules: Rules,
    events: u64,
    /// The number of events of each local day, by its midnight.
    events_of_days: HashMap<EventTime, u64>,
    collisions: HashSet<Collision>,
    /// The first positions at which collisions were noticed.
    positions: Vec<SourcePosition>,
    surplus: HashSet<SurplusAttempt>,
}

/// A local day with collisions.
#[derive(Clone, Debug)]
struct ReuseDay {
    midnight: EventTime,
    events: u64,
    collisions: usize,
    contacts: HashSet<LegKey>,
}

impl ReusedIds {
    /// Nothing has been counted. Only events that happened within count.
    #[must_use]
    pub fn within(within: Range<EventTime>, rules: Rules) -> Self {
        let (events_of_days, collisions, positions, surplus) = Default::default();
        Self { within, rules, events: 0, events_of_days, collisions, positions, surplus }
    }

    /// Counts an event while a ledger applies it. `apply` reports each collision to the function that it is given.
    pub fn count(
        &mut self,
        event: &Event,
        position: &SourcePosition,
        apply: impl FnOnce(&mut dyn FnMut(CollisionNote)) -> Effect,
    ) -> Effect {
        if self.within.contains(&event.at) {
            self.events += 1;
            *self.events_of_days.entry(self.rules.days().start_of_day(event.at)).or_default() += 1;
        }
        apply(&mut |note| self.note(note, position))
    }

    /// A collision that was noticed at this position, or turned out not to be one.
    fn note(&mut self, note: CollisionNote, position: &SourcePosition) {
        match note {
            CollisionNote::Found(collision) if self.within.contains(&collision.at) => {
                let is_new = self.collisions.insert(collision);
                if is_new && self.positions.len() < MOST_POSITIONS && !self.positions.contains(position) {
                    self.positions.push(position.clone());
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

    /// Whether so many events collide that the figures are unreliable, of all events or of one local day. A lost day
    /// must not hide behind months of good data.
    #[must_use]
    pub fn is_habit(&self) -> bool {
        self.is_habit_of_all() || self.worst_day().is_some()
    }

    fn is_habit_of_all(&self) -> bool {
        !self.collisions.is_empty() && share(self.collisions.len(), self.events) >= HABIT
    }

    /// The local day that loses the largest share of its events, the earliest of several; `None` if none loses enough.
    fn worst_day(&self) -> Option<ReuseDay> {
        let mut days: HashMap<EventTime, ReuseDay> = HashMap::new();
        for collision in &self.collisions {
            let midnight = self.rules.days().start_of_day(collision.at);
            let day = days.entry(midnight).or_insert_with(|| ReuseDay {
                midnight,
                events: self.events_of_days.get(&midnight).copied().unwrap_or_default(),
                collisions: 0,
                contacts: HashSet::new(),
            });
            day.collisions += 1;
            day.contacts.insert(collision.leg);
        }
        let lost = days.into_values().filter(|day| day.contacts.len() >= DAY_CONTACTS && day.share() >= HABIT);
        lost.max_by(|one, other| one.share().total_cmp(&other.share()).then(other.midnight.cmp(&one.midnight)))
    }

    /// The collisions in words; `None` if there are none.
    #[must_use]
    pub fn in_words(&self, files: &[PathBuf], config: &Config) -> Option<String> {
        let events = self.collisions.len();
        let contacts = self.collisions.iter().map(|collision| collision.leg).collect::<HashSet<_>>().len();
        let day = self.worst_day().filter(|_| !self.is_habit_of_all()).map(|day| day.in_words(config));
        let positions: Vec<String> = self.positions.iter().map(|position| position.in_words(files)).collect();
        (events > 0).then(|| {
            format!(
                "{events} of {} events ({:.1} %), of {contacts} contacts, belong to another contact with the same id: each \
                 came more than a minute after an earlier fact of its kind, or after the contact was over{}; for \
                 example at {}",
                self.events.max(events as u64),
                share(events, self.events) * 100.0,
                day.unwrap_or_default(),
                positions.join(", ")
            )
        })
    }

    /// The callback attempts that are not counted, in words; `None` if all are.
    #[must_use]
    pub fn surplus_in_words(&self) -> Option<String> {
        let contacts = self.surplus.iter().map(|attempt| attempt.leg).collect::<HashSet<_>>().len();
        (contacts > 0).then(|| {
            format!(
                "{} callback attempts of {contacts} contacts are not counted: only the earliest 1000 of each result and \
                 contact are",
                self.surplus.len()
            )
        })
    }

    /// Logs a warning about each kind.
    pub fn warn(&self, files: &[PathBuf], config: &Config) {
        if let Some(reason) = self.surplus_in_words() {
            tracing::warn!(%reason, remedy = SURPLUS_REMEDY, "callback attempts not counted");
        }
        if let Some(reason) = self.in_words(files, config) {
            tracing::warn!(
                %reason,
                effect = "the later contacts are missing from the figures",
                alert = "EnsilinjaEventsShadowed",
                remedy = REUSE_REMEDY,
                "contact ids reused"
            );
        }
    }
}

impl ReuseDay {
    fn share(&self) -> f64 {
        share(self.collisions, self.events)
    }

    fn in_words(&self, config: &Config) -> String {
        let midnight = to_the_minute(self.midnight, &config.zone);
        let date = midnight.split(' ').next().unwrap_or_default();
        format!(", on {date} {} of {} ({:.1} %)", self.collisions, self.events, self.share() * 100.0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "events are fewer than 2^53")]
fn share(part: usize, events: u64) -> f64 {
    part as f64 / events.max(1) as f64
}
