//! Which entries make a figure, and what each adds: read off the catalogue, for each entry as if it were all there is.

use ensilinja_catalogue::{Aggregation, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, LineFigures, OpenLeg, Rules, SourcedEntry};
use ensilinja_model::LegKey;

use super::question::Question;

/// An entry, and what it adds to a figure.
#[derive(Clone, Copy)]
pub(super) struct Adding {
    pub leg: LegKey,
    pub entry: SourcedEntry,
    /// `None` where the figure is no sum.
    pub adds: Option<i64>,
    /// It is the one that the figure is taken from.
    pub is_it: bool,
}

/// The figure of a line; `None` where there is none.
pub(super) fn read(figure: &NamedFigure, question: &Question, line: &LineFigures) -> Option<i64> {
    match question.window {
        Some(window) => line.window(window).and_then(|window| figure.of_window(&question.card, window)),
        None => figure.of_line(line),
    }
}

/// The entries that make a figure whose number a ledger has, in no meaningful order; for a quantile in the order of what
/// they measure.
///
/// # Errors
/// If they do not make it, which is a fault of this program.
pub(super) fn of(
    figure: &NamedFigure,
    number: i64,
    question: &Question,
    historical: &HistoricalLedger,
    rules: &Rules,
) -> anyhow::Result<Vec<Adding>> {
    let adding = match figure.aggregation() {
        Aggregation::Sum => {
            let adding = match question.window {
                Some(_) => in_window(figure, question, historical, rules),
                None => at_instant(figure, question, historical),
            };
            let sum: i64 = adding.iter().filter_map(|adding| adding.adds).sum();
            anyhow::ensure!(
                sum == number,
                "this is a fault of the program: what was found makes {sum}, and the figure is {number}"
            );
            adding
        }
        Aggregation::Quantile => quantile(figure, in_window(figure, question, historical, rules)),
        Aggregation::Single => ones(figure, number, question, historical),
    };
    Ok(adding)
}

fn in_window(figure: &NamedFigure, question: &Question, historical: &HistoricalLedger, rules: &Rules) -> Vec<Adding> {
    let stretch = question.window.and_then(|window| rules.window_range(question.line, window, question.at));
    let Some(stretch) = stretch else { return Vec::new() };
    let legs = historical.entries(question.line, stretch, question.at);
    let adds = |entry: &SourcedEntry| figure.of_window(&question.card, &historical.window_with_only(entry));
    legs.flat_map(|(leg, entries)| adding(leg, &entries, adds)).collect()
}

fn at_instant(figure: &NamedFigure, question: &Question, historical: &HistoricalLedger) -> Vec<Adding> {
    let adds = |entry: &SourcedEntry| figure.of_line(&historical.line_with_only(question.at, question.line, entry));
    let is_in_it = |open_leg: &OpenLeg| figure.of_line(&open_leg.figures).is_some_and(|figure| figure != 0);
    let legs = historical.open_legs(question.line, question.at).filter(is_in_it);
    legs.flat_map(|open_leg| adding(open_leg.leg, &open_leg.entries, adds)).collect()
}

fn adding(leg: LegKey, entries: &[SourcedEntry], adds: impl Fn(&SourcedEntry) -> Option<i64>) -> Vec<Adding> {
    let of_entry = |entry: &SourcedEntry| {
        let adds = adds(entry).filter(|adds| *adds != 0)?;
        Some(Adding { leg, entry: *entry, adds: Some(adds), is_it: false })
    };
    entries.iter().filter_map(of_entry).collect()
}

/// The entries that a quantile is taken of, the one at its place marked.
fn quantile(figure: &NamedFigure, mut samples: Vec<Adding>) -> Vec<Adding> {
    samples.sort_by_key(|adding| (adding.entry.sample_ms, adding.entry.at));
    let place = figure.quantile().map_or(0, |quantile| quantile.index_among(samples.len()));
    for (number, sample) in samples.iter_mut().enumerate() {
        (sample.adds, sample.is_it) = (None, number == place);
    }
    samples
}

/// All entries of the contacts of which the figure is.
fn ones(figure: &NamedFigure, number: i64, question: &Question, historical: &HistoricalLedger) -> Vec<Adding> {
    let is_it = |open_leg: &OpenLeg| number != 0 && figure.of_line(&open_leg.figures) == Some(number);
    let legs = historical.open_legs(question.line, question.at).filter(is_it);
    let of_leg = |OpenLeg { leg, entries, .. }: OpenLeg| {
        entries.into_iter().map(move |entry| Adding { leg, entry, adds: None, is_it: false })
    };
    legs.flat_map(of_leg).collect()
}
