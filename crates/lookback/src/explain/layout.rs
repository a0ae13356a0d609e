//! The layout of an explained figure: which entries are listed, in which order, and in which words.

use std::collections::{BTreeMap, HashMap};

use ensilinja_catalogue::{Aggregation, FigureUnit, NamedFigure};
use ensilinja_ledger::{Cause, SourcedEntry};
use ensilinja_model::{EventTime, LegKey};
use ensilinja_report::explanation::{
    Amount, Contribution, ExplainedEntry, ExplainedSeries, FormattedInstant, StatedFact,
};

use super::provenance::{FoundLeg, fact_source, lost_leg};
use super::words;
use crate::context::LookbackContext;
use crate::source::SourcePosition;

/// How many entries are listed, half of them the first and half the last, unless all are asked for.
const MOST_LISTED: usize = 40;

/// An entry that a figure is made of.
#[derive(Clone, Copy)]
pub(crate) struct FigureEntry {
    pub leg: LegKey,
    pub entry: SourcedEntry,
    /// What it adds; `None` where the figure is not a sum.
    pub adds: Option<i64>,
    /// The figure is taken from this entry.
    pub is_chosen: bool,
}

/// A figure and what makes it up.
pub(super) struct MadeUpFigure {
    pub number: Option<i64>,
    /// Why the figure is not shown, if it is not.
    pub not_shown: Option<String>,
    pub entries: Vec<FigureEntry>,
}

/// Lays out the series of an explanation.
pub(super) struct FigureLayout<'a> {
    pub context: &'a LookbackContext<'a>,
    /// List every entry.
    pub list_all: bool,
    /// What the second reading found.
    pub found: HashMap<LegKey, FoundLeg>,
}

impl FigureLayout<'_> {
    pub fn series(&self, figure: &NamedFigure, made_up: MadeUpFigure) -> ExplainedSeries {
        let MadeUpFigure { number, not_shown, mut entries } = made_up;
        let amount = |number| self.amount(figure, number);
        let mut by_step: BTreeMap<&'static str, (usize, Option<i64>)> = BTreeMap::new();
        for FigureEntry { entry, adds, .. } in &entries {
            let (times, sum) = by_step.entry(entry.name()).or_default();
            *times += 1;
            *sum = adds.map(|adds| sum.unwrap_or(0) + adds);
        }
        let aggregation = figure.aggregation();
        if aggregation != Aggregation::Quantile {
            entries.sort_by_key(|entry| (entry.entry.at, self.position(entry), entry.entry.name()));
        }
        let left_out = self.shorten(&mut entries);
        ExplainedSeries {
            series: figure.series(),
            help: figure.help(),
            number: number.map(amount),
            not_shown,
            derivation: match aggregation {
                Aggregation::Sum => "the sum of these",
                Aggregation::Quantile => "the sample at the rank of the quantile, within 1 %",
                Aggregation::Single => "the value of this contact",
            },
            by_step: by_step.into_iter().map(|(step, (times, sum))| (step, times, sum.map(amount))).collect(),
            entries: entries.iter().map(|entry| self.contribution(figure, entry)).collect(),
            left_out,
        }
    }

    /// Leaves out entries beyond the most that are listed: those in the middle, or those far from the chosen one.
    /// Returns how many are left out, and after how many of the rest.
    fn shorten(&self, entries: &mut Vec<FigureEntry>) -> Option<(usize, usize)> {
        let left_out = entries.len().checked_sub(MOST_LISTED).filter(|left_out| *left_out > 0 && !self.list_all)?;
        if let Some(place) = entries.iter().position(|entry| entry.is_chosen) {
            let from = place.saturating_sub(MOST_LISTED / 2).min(left_out);
            *entries = entries.split_off(from);
            entries.truncate(MOST_LISTED);
            return Some((left_out, MOST_LISTED));
        }
        entries.drain(MOST_LISTED / 2..MOST_LISTED / 2 + left_out);
        Some((left_out, MOST_LISTED / 2))
    }

    fn contribution(&self, figure: &NamedFigure, entry: &FigureEntry) -> Contribution {
        Contribution {
            leg: self.found.get(&entry.leg).map_or_else(lost_leg, |found| found.identity.clone()),
            entry: explained_entry(&entry.entry, self.position(entry), self.context),
            adds: entry.adds.map(|adds| self.amount(figure, adds)),
            is_chosen: entry.is_chosen,
        }
    }

    fn position(&self, entry: &FigureEntry) -> Option<&SourcePosition> {
        self.found.get(&entry.leg).and_then(|found| found.position(&entry.entry))
    }

    fn amount(&self, figure: &NamedFigure, number: i64) -> Amount {
        match figure.unit() {
            FigureUnit::Count => Amount::Count(number),
            FigureUnit::Duration => Amount::Duration(number),
            FigureUnit::Instant => Amount::Instant(self.formatted(EventTime::from_millis(number))),
        }
    }

    pub fn formatted(&self, at: EventTime) -> FormattedInstant {
        words::formatted(at, &self.context.config.zone)
    }
}

/// An entry as it is printed, with the position of the fact that it follows from.
pub(super) fn explained_entry(
    entry: &SourcedEntry,
    position: Option<&SourcePosition>,
    context: &LookbackContext<'_>,
) -> ExplainedEntry {
    let (stated_at, fact) = entry.source;
    let zone = &context.config.zone;
    ExplainedEntry {
        at: words::formatted(entry.at, zone),
        step: entry.name(),
        sample_ms: entry.sample_ms,
        lapsed: match entry.cause {
            Cause::Fact(_) => None,
            Cause::Timeout(timeout) => Some(words::timeout(timeout)),
        },
        fact: StatedFact {
            fact: words::fact(fact),
            at: words::formatted(stated_at, zone),
            source: position.map(|position| fact_source(position, context.files)),
        },
    }
}
