//! How the parts of a figure stand on the page: which entries are listed, in which order, and in which words.

use std::collections::{BTreeMap, HashMap};

use ensilinja_catalogue::{Aggregation, FigureUnit, NamedFigure};
use ensilinja_ledger::{Cause, SourcedEntry};
use ensilinja_model::{EventTime, LegKey};
use ensilinja_report::explanation::{
    Amount, Contribution, ExplainedEntry, ExplainedSeries, FormattedInstant, StatedFact,
};

use super::contributions::Adding;
use super::records::{self, Found};
use super::words;
use crate::cli::ExplainArguments;
use crate::past::Place;
use ensilinja_config::Config;

/// So many entries are listed, half of them the first and half the last, unless all are asked for.
const LISTED: usize = 40;

/// A number, and what makes it.
pub(super) struct Made {
    pub number: Option<i64>,
    /// Why it is not shown.
    pub not_shown: Option<String>,
    pub adding: Vec<Adding>,
}

/// Writes the parts of an explanation.
pub(super) struct Page<'a> {
    pub config: &'a Config,
    pub arguments: &'a ExplainArguments,
    /// What the second reading found.
    pub found: HashMap<LegKey, Found>,
}

impl Page<'_> {
    pub fn part(&self, figure: &NamedFigure, made: Made) -> ExplainedSeries {
        let Made { number, not_shown, mut adding } = made;
        let amount = |number| self.amount(figure, number);
        let mut by_entry: BTreeMap<&'static str, (usize, Option<i64>)> = BTreeMap::new();
        for Adding { entry, adds, .. } in &adding {
            let (times, sum) = by_entry.entry(entry.name()).or_default();
            *times += 1;
            *sum = adds.map(|adds| sum.unwrap_or(0) + adds);
        }
        let makeup = figure.aggregation();
        if makeup != Aggregation::Quantile {
            adding.sort_by_key(|adding| (adding.entry.at, self.place(adding), adding.entry.name()));
        }
        let left_out = self.cut(&mut adding);
        ExplainedSeries {
            series: figure.series(),
            help: figure.help(),
            number: number.map(amount),
            not_shown,
            made: match makeup {
                Aggregation::Sum => "the sum of these",
                Aggregation::Quantile => "within 1 % what is measured by the one at its place among these",
                Aggregation::Single => "that of this contact",
            },
            by_step: by_entry.into_iter().map(|(entry, (times, sum))| (entry, times, sum.map(amount))).collect(),
            entries: adding.iter().map(|adding| self.contribution(figure, adding)).collect(),
            left_out,
        }
    }

    /// Leaves out what is too much: the middle, or what is far from the one that is looked for. Says how many that are,
    /// and after how many of the rest.
    fn cut(&self, adding: &mut Vec<Adding>) -> Option<(usize, usize)> {
        let left_out = adding.len().checked_sub(LISTED).filter(|left_out| *left_out > 0 && !self.arguments.all)?;
        if let Some(place) = adding.iter().position(|adding| adding.is_it) {
            let from = place.saturating_sub(LISTED / 2).min(left_out);
            *adding = adding.split_off(from);
            adding.truncate(LISTED);
            return Some((left_out, LISTED));
        }
        adding.drain(LISTED / 2..LISTED / 2 + left_out);
        Some((left_out, LISTED / 2))
    }

    fn contribution(&self, figure: &NamedFigure, adding: &Adding) -> Contribution {
        Contribution {
            whose: self.found.get(&adding.leg).map_or_else(records::nobody, |found| found.whose.clone()),
            entry: entry(&adding.entry, self.place(adding), self.config, self.arguments),
            adds: adding.adds.map(|adds| self.amount(figure, adds)),
            is_it: adding.is_it,
        }
    }

    fn place(&self, adding: &Adding) -> Option<Place> {
        self.found.get(&adding.leg).and_then(|found| found.place(&adding.entry))
    }

    fn amount(&self, figure: &NamedFigure, number: i64) -> Amount {
        match figure.unit() {
            FigureUnit::Count => Amount::Count(number),
            FigureUnit::Duration => Amount::Duration(number),
            FigureUnit::Instant => Amount::Instant(self.written(EventTime::from_millis(number))),
        }
    }

    pub fn written(&self, at: EventTime) -> FormattedInstant {
        words::written(at, &self.config.zone)
    }
}

/// An entry as it is printed, with the place where that was said from which it follows.
pub(super) fn entry(
    entry: &SourcedEntry,
    place: Option<Place>,
    config: &Config,
    arguments: &ExplainArguments,
) -> ExplainedEntry {
    let (said_at, fact) = entry.source;
    ExplainedEntry {
        at: words::written(entry.at, &config.zone),
        step: entry.name(),
        sample_ms: entry.sample_ms,
        lapsed: match entry.cause {
            Cause::Fact(_) => None,
            Cause::Timeout(timeout) => Some(words::timeout(timeout)),
        },
        said: StatedFact {
            fact: words::fact(fact),
            at: words::written(said_at, &config.zone),
            source: place.map(|place| records::source(place, config, &arguments.source.events)),
        },
    }
}
