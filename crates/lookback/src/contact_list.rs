//! The contacts that a figure is made of, without names, for the board.
//!
//! They are derived as `explain` derives its entries, by the same functions, and add up to the figure of the ledger. A
//! list that does not is a bug, and is reported as one. There is no id in it: the ledger has none.

use ensilinja_catalogue::{ContactSeries, ListedContact, ListedEntry, ListedPromise};
use ensilinja_ledger::{Cause, HistoricalLedger, LineFigures, Rules};
use ensilinja_model::{EventTime, LegKey};

use crate::contribution::FigureQuery;
use crate::error::LookbackError;
use crate::explain::{FigureEntry, made_of};

impl FigureQuery<'_> {
    /// The figure, and the contacts that make it up: at most `most`. `shown` are the figures of the line at the
    /// instant; `historical` has its legs.
    ///
    /// # Errors
    /// [`LookbackError::Bug`] if they do not add up to the figure.
    pub fn contacts(
        &self,
        shown: &LineFigures,
        historical: &HistoricalLedger,
        rules: &Rules,
        most: usize,
    ) -> Result<ContactSeries, LookbackError> {
        let number = self.read(shown);
        let entries = match number {
            Some(number) => made_of(self.figure, number, self.contributions(historical, rules))?,
            None => Vec::new(),
        };
        let mut legs = by_leg(entries);
        // Newest first, but the contact that a quantile is taken from before all.
        legs.sort_by_key(|leg| std::cmp::Reverse((leg.is_chosen(), leg.newest(), leg.key)));
        let left_out = legs.split_off(most.min(legs.len()));
        let adds = left_out.iter().map(FigureLeg::adds).sum::<Option<i64>>();
        let contacts = legs.iter().map(|leg| self.contact(leg, historical));
        Ok(ContactSeries {
            series: self.figure.series(),
            aggregation: self.figure.aggregation(),
            unit: self.figure.unit(),
            number,
            contacts: contacts.collect(),
            left_out: left_out.len(),
            left_out_adds: adds,
        })
    }

    fn contact(&self, leg: &FigureLeg, historical: &HistoricalLedger) -> ListedContact {
        let timeline = historical.timeline(leg.key, self.at).expect("its entries are of this ledger");
        let mut known = timeline.entries.iter().filter(|entry| entry.at <= self.at);
        let end = known.find_map(|entry| Some((entry, entry.end_of_wait()?)));
        let promise = timeline.promise.map(|promise| ListedPromise {
            promise: promise.promise,
            verdict: (promise.settled <= self.at).then_some(promise.verdict),
            deadline: promise.deadline,
        });
        let entry = |entry: &FigureEntry| ListedEntry {
            at: entry.entry.at,
            step: entry.entry.name(),
            adds: entry.adds,
            sample_ms: entry.entry.sample_ms,
            cause: entry.entry.cause.as_str(),
            is_timeout: matches!(entry.entry.cause, Cause::Timeout(_)),
        };
        ListedContact {
            arrived: timeline.arrived,
            decided: end.map(|(entry, by)| (entry.at, by)),
            wait_ms: end.and_then(|(entry, _)| entry.sample_ms),
            promise,
            adds: leg.adds(),
            is_chosen: leg.is_chosen(),
            entries: leg.entries.iter().map(entry).collect(),
        }
    }
}

/// The entries of one leg.
struct FigureLeg {
    key: LegKey,
    entries: Vec<FigureEntry>,
}

impl FigureLeg {
    fn adds(&self) -> Option<i64> {
        self.entries.iter().map(|entry| entry.adds).sum()
    }

    fn is_chosen(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_chosen)
    }

    fn newest(&self) -> Option<EventTime> {
        self.entries.iter().map(|entry| entry.entry.at).max()
    }
}

fn by_leg(mut entries: Vec<FigureEntry>) -> Vec<FigureLeg> {
    entries.sort_by_key(|entry| (entry.leg, entry.entry.at));
    let legs = entries.chunk_by(|one, other| one.leg == other.leg);
    legs.map(|entries| FigureLeg { key: entries[0].leg, entries: entries.to_vec() }).collect()
}
