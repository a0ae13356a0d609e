//! The explanation of a figure.

use ensilinja_catalogue::{Aggregation, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, History, Ledger, LineFigures, Window};
use ensilinja_model::EventTime;
use ensilinja_report::explanation::{ExplainedWindow, FigureExplanation};

use super::figure_question::{CheckedQuestion, FigureQuestion};
use super::layout::{FigureEntry, FigureLayout, MadeUpFigure};
use super::provenance::{self, WantedEntries};
use super::words;
use crate::context::LookbackContext;
use crate::contribution::LegContribution;
use crate::coverage::Coverage;
use crate::error::LookbackError;
use crate::local_time::to_the_minute;
use crate::lookback::{Lookback, SourceEnd};
use crate::reused_ids::ReusedIds;
use crate::source::SourceSummary;

/// A history that lacks nothing.
const COMPLETE: History = History { start: EventTime::MIN, from_first_record: true };

/// What is known of the line.
struct KnownLine {
    lookback: Lookback,
    historical: HistoricalLedger,
    coverage: Coverage,
    /// The figures as they are shown.
    shown: LineFigures,
    /// The figures as they would be if nothing were missing from what was read.
    figures: LineFigures,
}

/// Reads the source twice, and says what makes up a figure.
///
/// # Errors
/// [`RequestError`](crate::RequestError) for a question that cannot be asked; that the instant is not known; why the
/// events cannot be read.
pub fn explain_figure(
    question: &FigureQuestion<'_>,
    context: &LookbackContext<'_>,
) -> Result<FigureExplanation, LookbackError> {
    let checked = question.check(context)?;
    let rules = context.config.rules_over(&(checked.at..checked.at));
    let lookback = Lookback::to_instant(rules, checked.at, question.complete_since);
    let source = context.source(lookback.reads_from(), &[], question.known_before);
    source.check_twice()?;
    let decoders = context.decoders();
    let (known, summary) = {
        let mut historical = HistoricalLedger::new(lookback.rules().clone());
        let mut ledger = Ledger::new(lookback.rules().clone(), checked.at);
        let until = checked.at.plus_millis(1_000);
        let mut reused = ReusedIds::within(lookback.reads_from()..until, lookback.rules().clone());
        let summary = source.read(&decoders, context.stop, &mut |sourced| {
            if sourced.event.line == checked.line && lookback.counts(&sourced.event) {
                reused.count(&sourced.event, sourced.position, |note| historical.apply_noting(&sourced.event, note));
                ledger.apply(&sourced.event);
            }
            Ok(())
        })?;
        reused.warn(context.files, context.config);
        let coverage = lookback.coverage(&summary.evidence);
        check_is_known(&summary, &coverage, checked.at, context)?;
        lookback.warn_if_short(&coverage, &source.subject(), &context.config.zone);
        let mut figures = |history| ledger.figures(checked.at, history).lines.swap_remove(checked.line.as_usize());
        let (shown, figures) = (figures(coverage.history()), figures(COMPLETE));
        (KnownLine { lookback, historical, coverage, shown, figures }, summary)
    };

    let made_up = checked.figures.iter().map(|figure| known.make_up(figure, &checked, context));
    let made_up = made_up.collect::<Result<Vec<_>, _>>()?;
    let mut wanted = WantedEntries::new();
    for entry in made_up.iter().flat_map(|figure| &figure.entries) {
        wanted.entry(entry.leg).or_default().push(entry.entry);
    }
    let found = provenance::find(&source, &summary, &decoders, context.stop, &wanted)?;
    let layout = FigureLayout { context, list_all: question.list_all, found };
    let share = match &*made_up {
        [good, valid] if checked.figures.iter().all(NamedFigure::is_of_indicator) => good.number.zip(valid.number),
        _ => None,
    };
    let parts = checked.figures.iter().zip(made_up).map(|(figure, made_up)| layout.series(figure, made_up));
    Ok(FigureExplanation {
        line: checked.info.id.to_string(),
        figure: question.figure.to_owned(),
        at: layout.formatted(checked.at),
        known_before: question.known_before.map(|before| layout.formatted(before)),
        window: checked.window.map(|window| explained_window(window, &checked, &known, &layout)),
        series: parts.collect(),
        share,
    })
}

impl KnownLine {
    /// A figure and the entries that make it up.
    fn make_up(
        &self,
        figure: &NamedFigure,
        checked: &CheckedQuestion,
        context: &LookbackContext<'_>,
    ) -> Result<MadeUpFigure, LookbackError> {
        let query = checked.query(figure);
        let number = query.read(&self.figures);
        let entries = match number {
            Some(number) => made_of(figure, number, query.contributions(&self.historical, self.lookback.rules()))?,
            None => Vec::new(),
        };
        let is_shown = query.read(&self.shown).is_some();
        let not_shown = (!is_shown).then(|| self.why_not_shown(figure, checked, context));
        Ok(MadeUpFigure { number, not_shown, entries })
    }

    /// Why a figure is not shown.
    fn why_not_shown(&self, figure: &NamedFigure, checked: &CheckedQuestion, context: &LookbackContext<'_>) -> String {
        let local = |at| words::formatted(at, &context.config.zone).local;
        let Some(window) = checked.window else { return "there is no such contact at this instant".to_owned() };
        let Some(range) = self.lookback.rules().window_range(checked.line, window, checked.at) else {
            let so_long = if window == Window::Open2Hours { "for two hours" } else { "on five days" };
            return format!("the line has not been open {so_long} yet, as far as its opening hours are known");
        };
        if self.shown.window(window).is_none() {
            let Coverage { begins, whole_since, .. } = self.coverage;
            return format!(
                "history begins at {}, and this window needs complete history since {}",
                local(begins),
                local(range.start.plus_millis(-whole_since.millis_since(begins)))
            );
        }
        match figure.aggregation() {
            Aggregation::Quantile => "the window has no samples for it".to_owned(),
            Aggregation::Sum | Aggregation::Single => {
                format!("a {} line has no such figure", checked.info.channel.as_str())
            }
        }
    }
}

/// The entries that make up a figure whose number a ledger has; those of a quantile in the order of their samples,
/// others in no particular order.
///
/// # Errors
/// [`LookbackError::Bug`] if they do not add up to the number.
pub(crate) fn made_of(
    figure: &NamedFigure,
    number: i64,
    contributions: Vec<LegContribution>,
) -> Result<Vec<FigureEntry>, LookbackError> {
    match figure.aggregation() {
        Aggregation::Sum => {
            let entries = entries_of(contributions, |number| Some(number).filter(|number| *number != 0));
            let sum: i64 = entries.iter().filter_map(|entry| entry.adds).sum();
            if sum != number {
                let what = format!("what was found makes {sum}, and the figure is {number}");
                return Err(LookbackError::Bug(what));
            }
            Ok(entries)
        }
        Aggregation::Quantile => {
            let mut samples = entries_of(contributions, Some);
            samples.sort_by_key(|sample| (sample.entry.sample_ms, sample.entry.at));
            let chosen = figure.quantile().map_or(0, |quantile| quantile.index_among(samples.len()));
            for (place, sample) in samples.iter_mut().enumerate() {
                (sample.adds, sample.is_chosen) = (None, place == chosen);
            }
            Ok(samples)
        }
        Aggregation::Single => {
            let of_figure = contributions.into_iter().filter(|leg| leg.number == number).collect();
            let mut entries = entries_of(of_figure, Some);
            for entry in &mut entries {
                entry.adds = None;
            }
            Ok(entries)
        }
    }
}

/// The entries of legs, each with what it adds; those of which `adds` is `None` are left out.
fn entries_of(contributions: Vec<LegContribution>, adds: impl Fn(i64) -> Option<i64>) -> Vec<FigureEntry> {
    let of_leg = |leg: LegContribution| {
        let entries = leg.entries.into_iter().filter_map(|entry| Some((entry.entry, adds(entry.number)?)));
        let entries =
            entries.map(|(entry, adds)| FigureEntry { leg: leg.leg, entry, adds: Some(adds), is_chosen: false });
        entries.collect::<Vec<_>>()
    };
    contributions.into_iter().flat_map(of_leg).collect()
}

/// The window that is asked for, and the time it covers.
fn explained_window(
    window: Window,
    checked: &CheckedQuestion,
    known: &KnownLine,
    layout: &FigureLayout<'_>,
) -> ExplainedWindow {
    let range = known.lookback.rules().window_range(checked.line, window, checked.at);
    let last_second = |end: EventTime| layout.formatted(end.plus_millis(-1_000));
    ExplainedWindow {
        name: window.as_str(),
        stretch: range.map(|range| (layout.formatted(range.start), last_second(range.end))),
    }
}

/// Refuses an instant that the source does not know, because its figures would be those of a quiet line.
fn check_is_known(
    summary: &SourceSummary,
    coverage: &Coverage,
    at: EventTime,
    context: &LookbackContext<'_>,
) -> Result<(), LookbackError> {
    let zone = &context.config.zone;
    let local = |at| to_the_minute(at, zone);
    if !coverage.knows(at) {
        let why = coverage.in_words("what there is to read", zone);
        return Err(LookbackError::NotKnown(format!("nothing is known of {}: {why}", local(at))));
    }
    let end = SourceEnd::of(context.reads_topics(), summary.latest);
    if let Some(latest) = end.quiet_before(at) {
        if !end.knows(at) {
            let what = format!("nothing is known of {}: the files end at {}", local(at), local(latest));
            return Err(LookbackError::NotKnown(what));
        }
        end.warn_of_quiet("the files", zone);
    }
    Ok(())
}
