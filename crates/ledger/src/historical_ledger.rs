//! The historical ledger: figures of the past, for any periods.
//!
//! A [`Ledger`](crate::Ledger) is read at `now` again and again, and forgets what has left its windows. A historical
//! ledger takes the events of a time range, in any order, and is then read: it keeps every leg, and derives the entries
//! of each leg at the read. Where both can answer they agree exactly, because the entries are the same function of the
//! same facts. A historical ledger also knows whether the customer of a request was reached *later*.

use std::ops::Range;

use ensilinja_model::{Event, EventTime};

use crate::collision::{self, CollisionNote, Effect};
use crate::entries::{Entries, Entry};
use crate::facts::{Applied, Facts};
use crate::legs::Legs;
use crate::past_reading::LegCopies;
use crate::rules::Rules;
use crate::sums::Sums;

/// The facts of all legs in a time range of the past.
#[derive(Clone, Debug)]
pub struct HistoricalLedger {
    pub(crate) rules: Rules,
    pub(crate) legs: Legs,
}

impl HistoricalLedger {
    /// An empty ledger. For figures from `start` on, apply every event since
    /// [`rules.reads_from(start)`](Rules::reads_from), in any order.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, legs: Legs::default() }
    }

    /// Applies an event. Order and duplicates do not matter, and no event is an error.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        self.apply_noting(event, &mut |_| {}).applied
    }

    /// As [`apply`](Self::apply), and passes each collision that the event causes or clears to `note`. The same
    /// collision may be passed more than once.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply_noting(&mut self, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Effect {
        assert!(event.line.as_usize() < self.rules.lines().len(), "the event is about a line of the rules");
        let (index, _) = self.legs.find_or_insert(event.leg, || Facts::new(event.line, event.at));
        let facts = self.legs.get_mut(index).expect("it was just found or inserted");
        collision::learn(facts, &facts.clone(), event, self.rules.life_ms(), note)
    }

    /// Adds the legs of a live ledger. A leg that is there already stays as it is.
    pub fn add(&mut self, copies: &LegCopies) {
        for (key, facts) in &copies.legs {
            self.legs.find_or_insert(*key, || facts.clone());
        }
    }

    /// The number of legs.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// The sums of each period as of an instant, by line in the order of the rules, then by period. A promise whose
    /// deadline is after the instant is not broken yet.
    ///
    /// A period contains the whole seconds that begin in `[start, end)`. Periods must ascend and not overlap. Entries
    /// outside all periods are ignored.
    #[must_use]
    pub fn figures(&self, periods: &[Range<EventTime>], as_of: EventTime) -> Vec<Vec<Sums>> {
        let mut sums = vec![vec![Sums::none(self.rules.bounds()); periods.len()]; self.rules.lines().len()];
        let last_second = as_of.floor_second();
        for facts in self.legs.all() {
            let rules = &self.rules.lines()[facts.line.as_usize()];
            let entries = Entries::of(facts, rules, self.rules.days(), last_second);
            let line = &mut sums[facts.line.as_usize()];
            // If the customer is reached after `as_of`, that is not known yet.
            let reached = entries.request_reached.filter(|(_, second)| *second <= last_second);
            let all = entries.all(facts).chain(reached.map(|(request, _)| request));
            for entry in all.filter(|entry| entry.second <= last_second) {
                if let Some(period) = period_of(periods, &entry) {
                    line[period].add(entry.kind, entry.sample_ms, 1, self.rules.bounds());
                }
            }
        }
        sums
    }
}

fn period_of(periods: &[Range<EventTime>], entry: &Entry) -> Option<usize> {
    let at = EventTime::from_seconds(entry.second);
    let begun = periods.partition_point(|period| period.start <= at);
    begun.checked_sub(1).filter(|period| at < periods[*period].end)
}
