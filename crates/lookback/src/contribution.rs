//! What a leg contributes to a figure, for `explain` and `compare`.
//!
//! A contribution is what the figure would be without anything else: it is read by the same catalogue as the figure
//! itself, from the ledger's entries of one leg, or one entry, alone. So there are no formulas here.
//!
//! ```text
//! figure of a window:      entries of the window  --each alone--> number of the entry; their sum is the leg's
//! figure of an instant:    legs open then         --each alone--> number of the leg, and of each of its entries
//! ```
//!
//! The numbers of a figure that is a sum add up to the figure. Those of a quantile are its samples; those of an oldest
//! wait or a next deadline are those of each leg.

use ensilinja_catalogue::{LineInfo, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, LineFigures, Rules, SourcedEntry, Window};
use ensilinja_model::{EventTime, LegKey, LineIndex};

/// A figure of a line at an instant.
#[derive(Clone, Copy)]
pub struct FigureQuery<'a> {
    /// The figure.
    pub figure: &'a NamedFigure,
    /// The line.
    pub line: LineIndex,
    /// Its description, by which indicators are read.
    pub info: &'a LineInfo,
    /// The window; `None` of a figure of the instant itself.
    pub window: Option<Window>,
    /// The instant.
    pub at: EventTime,
}

/// What a leg contributes.
#[derive(Clone, Debug)]
pub struct LegContribution {
    /// The leg.
    pub leg: LegKey,
    /// What the figure would be without any other leg. Not 0 of a figure of an instant.
    pub number: i64,
    /// Its entries: in a window those that contribute, at an instant all up to then.
    pub entries: Vec<EntryContribution>,
}

/// What an entry contributes.
#[derive(Clone, Copy, Debug)]
pub struct EntryContribution {
    /// The entry.
    pub entry: SourcedEntry,
    /// What the figure would be without any other entry; 0 of an entry that does not contribute.
    pub number: i64,
}

impl FigureQuery<'_> {
    /// The figure as a ledger has it; `None` where there is none.
    #[must_use]
    pub fn read(&self, line: &LineFigures) -> Option<i64> {
        match self.window {
            Some(window) => line.window(window).and_then(|window| self.figure.of_window(self.info, window)),
            None => self.figure.of_line(line),
        }
    }

    /// The legs that contribute, in no particular order.
    #[must_use]
    pub fn contributions(&self, historical: &HistoricalLedger, rules: &Rules) -> Vec<LegContribution> {
        match self.window {
            Some(window) => self.in_window(window, historical, rules),
            None => self.at_instant(historical),
        }
    }

    fn in_window(&self, window: Window, historical: &HistoricalLedger, rules: &Rules) -> Vec<LegContribution> {
        let Some(range) = rules.window_range(self.line, window, self.at) else { return Vec::new() };
        let alone = |entry: &SourcedEntry| self.figure.of_window(self.info, &historical.window_with_only(entry));
        let of_leg = |(leg, entries): (LegKey, Vec<SourcedEntry>)| {
            let entries = contributions_of(entries, alone).filter(|entry| entry.number != 0).collect::<Vec<_>>();
            let number = entries.iter().map(|entry| entry.number).sum();
            (!entries.is_empty()).then_some(LegContribution { leg, number, entries })
        };
        historical.entries(self.line, range, self.at).filter_map(of_leg).collect()
    }

    fn at_instant(&self, historical: &HistoricalLedger) -> Vec<LegContribution> {
        let alone = |entry: &SourcedEntry| self.figure.of_line(&historical.line_with_only(self.at, self.line, entry));
        let legs = historical.open_legs(self.line, self.at).filter_map(|leg| {
            let number = self.figure.of_line(&leg.figures).filter(|number| *number != 0)?;
            let entries = contributions_of(leg.entries, alone).collect();
            Some(LegContribution { leg: leg.leg, number, entries })
        });
        legs.collect()
    }
}

fn contributions_of(
    entries: Vec<SourcedEntry>,
    alone: impl Fn(&SourcedEntry) -> Option<i64>,
) -> impl Iterator<Item = EntryContribution> {
    entries.into_iter().map(move |entry| EntryContribution { entry, number: alone(&entry).unwrap_or(0) })
}
