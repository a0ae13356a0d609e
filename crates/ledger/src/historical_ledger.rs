//! The historical ledger: figures of the past, for any stretches of time.
//!
//! A [`Ledger`](crate::Ledger) is asked about now, again and again, and forgets what has left its windows. A historical ledger
//! is told of a stretch of the past, in any order, and then asked about it once: it keeps every leg and files each
//! leg's entries when asked. Where both can answer they agree to the last digit, for the entries are the same function
//! of the same facts. A historical ledger knows one thing more: whether the customer of a request was reached *later*.

use std::ops::Range;

use ensilinja_model::{Event, EventTime};

use crate::collision::{self, CollisionNote, Effect};
use crate::entries::{Entries, Entry};
use crate::facts::{Applied, Facts};
use crate::legs::Legs;
use crate::rules::Rules;
use crate::sums::Sums;

/// All that was said about a stretch of the past.
#[derive(Clone, Debug)]
pub struct HistoricalLedger {
    pub(crate) rules: Rules,
    pub(crate) legs: Legs,
}

impl HistoricalLedger {
    /// Nothing is known yet. For figures from `start` on it wants every event since
    /// [`start - life - skew`](Rules::reads_from), in any order.
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        Self { rules, legs: Legs::default() }
    }

    /// Learns what an event says. Whatever it says, in whatever order, is joined; nothing is an error.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        self.apply_noting(event, &mut |_| {}).applied
    }

    /// The same, and notes what collides by it; the same collision may be noted more than once.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply_noting(&mut self, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Effect {
        assert!(event.line.as_usize() < self.rules.lines().len(), "the event is about a line of the rules");
        let (_, _, facts) = self.legs.find_or_insert(event.leg, || Facts::new(event.line, event.at));
        collision::learn(facts, event, self.rules.life_ms(), note)
    }

    /// How many legs it knows.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// What happened in each of `periods`, as of an instant: a promise whose deadline lies after it is not broken yet.
    /// By line, in the order of the rules, and then by period.
    ///
    /// Periods hold whole seconds: those that begin in `[start, end)`. They ascend and do not overlap; what lies in
    /// none of them is left out.
    #[must_use]
    pub fn figures(&self, periods: &[Range<EventTime>], as_of: EventTime) -> Vec<Vec<Sums>> {
        let mut sums = vec![vec![Sums::none(self.rules.bounds()); periods.len()]; self.rules.lines().len()];
        let last_second = as_of.floor_second();
        for facts in self.legs.all() {
            let rules = &self.rules.lines()[facts.line.as_usize()];
            let entries = Entries::of(facts, rules, self.rules.days(), last_second);
            let line = &mut sums[facts.line.as_usize()];
            // A request whose customer is reached after `as_of` is not known to have been answered.
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
