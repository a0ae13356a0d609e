//! The intraday figures of whole days of the past, for comparison with today.
//!
//! A day needs less memory than a window: contacts are counted in the seconds in which they arrived and were decided,
//! and a leg is decided at most `orphan_after` after its arrival. So the intervals of a day are exact if the ledger has
//! read and kept everything since that much before its midnight: [`Ledger::knows_days_since`].

use std::ops::Range;

use ensilinja_model::{EventTime, LineIndex};

use crate::entries::Entries;
use crate::intraday::{INTERVAL_SECONDS, Interval};
use crate::ledger::Ledger;
use crate::past_reading::LegCopies;
use crate::rules::Rules;

/// The days of a line, while legs are added to them.
#[derive(Clone, Debug)]
pub struct PastDays {
    rules: Rules,
    line: LineIndex,
    as_of_second: i64,
    days: Vec<PastDay>,
}

/// A day: its first second, the first second after it, and its intervals.
#[derive(Clone, Debug)]
struct PastDay {
    seconds: Range<i64>,
    intervals: Vec<Interval>,
}

impl Ledger {
    /// The instant since which whole days are known, if the log lacks nothing. It never goes back.
    #[must_use]
    pub fn knows_days_since(&self) -> EventTime {
        self.rules().days_known_from(self.range_start())
    }
}

impl PastDays {
    /// The days of a line that begin at these instants, without legs, as of an instant. The last of them is the day of
    /// the instant, and ends with it.
    ///
    /// # Panics
    /// If there is no such line.
    #[must_use]
    pub fn new(rules: Rules, line: LineIndex, as_of: EventTime, starts: &[EventTime]) -> Self {
        assert!(line.as_usize() < rules.lines().len(), "a line of the rules");
        let as_of_second = as_of.floor_second();
        let day = |start: &EventTime| {
            let first = start.floor_second();
            let end = rules.days().start_of_day(start.plus_millis(36 * 3_600_000)).floor_second().min(as_of_second + 1);
            let intervals = usize::try_from((end - first).max(0))
                .map_or(0, |seconds| seconds.div_ceil(usize::try_from(INTERVAL_SECONDS).expect("fifteen minutes")));
            PastDay { seconds: first..end, intervals: vec![Interval::default(); intervals] }
        };
        Self { days: starts.iter().map(day).collect(), rules, line, as_of_second }
    }

    /// Adds the legs of the line, and ignores others. Each may be added once.
    pub fn add(&mut self, copies: &LegCopies) {
        let rules = &self.rules.lines()[self.line.as_usize()];
        for (_, facts) in copies.legs.iter().filter(|(_, facts)| facts.line == self.line) {
            let entries = Entries::of(facts, rules, self.rules.days(), self.as_of_second);
            for entry in entries.all(facts) {
                let Some(day) = self.days.iter_mut().find(|day| day.seconds.contains(&entry.second)) else { continue };
                let place = usize::try_from((entry.second - day.seconds.start) / INTERVAL_SECONDS);
                day.intervals[place.expect("it is in the day")].count(entry.kind, 1);
            }
        }
    }

    /// The intervals of each day, after all legs were added.
    #[must_use]
    pub fn intervals(self) -> Vec<Vec<Interval>> {
        self.days.into_iter().map(|day| day.intervals).collect()
    }
}
