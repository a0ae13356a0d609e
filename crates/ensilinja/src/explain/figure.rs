//! What makes up a figure.

use ensilinja_catalogue::{Aggregation, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, History, Ledger, LineFigures, Rules, Window as LedgerWindow};
use ensilinja_model::EventTime;
use ensilinja_report::explanation::{ExplainedWindow, FigureExplanation};

use super::page::{Made, Page};
use super::question::{self, Question};
use super::records::Wanted;
use super::{contributions, records, words};
use crate::cli::ExplainArguments;
use crate::history::Coverage;
use crate::local_time::in_words;
use crate::past::reuse::ReusedIds;
use crate::past::{self, Read, Reading};
use crate::progress::Progress;
use crate::stopping;
use ensilinja_config::Config;

/// What would be known if nothing were missing.
const ALL: History = History { start: EventTime::MIN, from_first_record: true };

/// So long after their latest event files are taken to know of an instant, in ms: a night without contacts.
const KNOWN_AFTER_END_MS: i64 = 24 * 60 * 60 * 1_000;

/// What is known of the line.
struct Known {
    /// The figures that are shown.
    shown: LineFigures,
    /// The figures that there would be if nothing were missing from what was read.
    figures: LineFigures,
    rules: Rules,
    historical: HistoricalLedger,
    coverage: Coverage,
}

/// Reads twice, and says what makes up the figure.
///
/// # Errors
/// If the events cannot be read.
pub(super) fn explained(
    question: &Question,
    arguments: &ExplainArguments,
    config: &Config,
) -> anyhow::Result<FigureExplanation> {
    let rules = config.rules_over(&(question.at..question.at));
    let progress = Progress::new(arguments.quiet, &config.zone);
    let reading = Reading {
        config,
        files: &arguments.source.events,
        from: rules.range_start(question.at),
        offsets: &[],
        known_before: question.known_before,
        progress: &progress,
    };
    let (decoder, stop) = (past::decoder(config)?, stopping::on_signal()?);
    let mut historical = HistoricalLedger::new(rules.clone());
    let mut ledger = Ledger::new(rules.clone(), question.at);
    let mut reused = ReusedIds::within(reading.from..question.at.plus_millis(1_000), rules.clone());
    let read = reading.read(&decoder, &stop, &mut |told| {
        if told.event.line == question.line && told.event.at >= reading.from {
            reused.hear(&told.event, told.place, |note| historical.apply_noting(&told.event, note));
            ledger.apply(&told.event);
        }
        Ok(())
    })?;
    let told = arguments.source.complete_since.map(|told| question::instant("--complete-since", told, config));
    let coverage = read.evidence.coverage(&rules, told.transpose()?);
    reused.warn(reading.files, config);
    check_is_known(&read, &coverage, question.at, arguments, config)?;
    if let Some(short) = coverage.shortfall(reading.from.plus_millis(rules.life_ms()), &reading.subject(), &config.zone)
    {
        tracing::warn!("{short}");
    }
    let mut figures = |history| ledger.figures(question.at, history).lines.swap_remove(question.line.as_usize());
    let known = Known { shown: figures(coverage.history()), figures: figures(ALL), rules, historical, coverage };

    let mut made = Vec::new();
    for figure in &question.figures {
        let number = contributions::read(figure, question, &known.figures);
        let adding = match number {
            Some(number) => contributions::of(figure, number, question, &known.historical, &known.rules)?,
            None => Vec::new(),
        };
        let is_shown = contributions::read(figure, question, &known.shown).is_some();
        made.push(Made { number, not_shown: (!is_shown).then(|| absent(figure, question, &known, config)), adding });
    }
    let mut wanted = Wanted::new();
    for adding in made.iter().flat_map(|made| &made.adding) {
        wanted.entry(adding.leg).or_default().push(adding.entry);
    }
    let found = records::find(&reading, &read, &decoder, &stop, &wanted)?;
    let page = Page { config, arguments, found };
    let share = match &*made {
        [good, valid] if question.figures.iter().all(NamedFigure::is_of_indicator) => good.number.zip(valid.number),
        _ => None,
    };
    let parts = question.figures.iter().zip(made).map(|(figure, made)| page.part(figure, made));
    Ok(FigureExplanation {
        line: question.card.id.to_string(),
        asked: question.asked.clone(),
        at: page.written(question.at),
        known_before: question.known_before.map(|before| page.written(before)),
        window: question.window.map(|window| window_of(window, question, &known.rules, &page)),
        parts: parts.collect(),
        share,
    })
}

/// The window that is asked for, and when it is.
fn window_of(window: LedgerWindow, question: &Question, rules: &Rules, page: &Page<'_>) -> ExplainedWindow {
    let stretch = rules.window_range(question.line, window, question.at);
    ExplainedWindow {
        name: window.as_str(),
        stretch: stretch.map(|stretch| (page.written(stretch.start), page.written(stretch.end.plus_millis(-1_000)))),
    }
}

/// Refuses an instant of which the source says nothing, for its figures would be those of silence.
fn check_is_known(
    read: &Read,
    coverage: &Coverage,
    at: EventTime,
    arguments: &ExplainArguments,
    config: &Config,
) -> anyhow::Result<()> {
    let local = |at| in_words(at, &config.zone);
    anyhow::ensure!(
        coverage.knows(at),
        "nothing is known of {}: {}",
        local(at),
        coverage.in_words("what there is to read", &config.zone)
    );
    // A topic has no end: what it says nothing of has not happened.
    let Some(latest) = read.latest.filter(|latest| *latest < at && !arguments.source.events.is_empty()) else {
        return Ok(());
    };
    anyhow::ensure!(
        at <= latest.plus_millis(KNOWN_AFTER_END_MS),
        "nothing is known of {}: the files end at {}",
        local(at),
        local(latest)
    );
    tracing::warn!("the files end at {}: it is taken that nothing happened since", local(latest));
    Ok(())
}

/// Why no figure is shown.
fn absent(figure: &NamedFigure, question: &Question, known: &Known, config: &Config) -> String {
    let local = |at| words::written(at, &config.zone).local;
    let Some(window) = question.window else { return "there is no such contact at this instant".to_owned() };
    let Some(stretch) = known.rules.window_range(question.line, window, question.at) else {
        let so_long = if window == LedgerWindow::Open2Hours { "for two hours" } else { "on five days" };
        return format!("the line has not been open {so_long} yet, as far as its opening hours are known");
    };
    if known.shown.window(window).is_none() {
        let Coverage { begins, whole_since, .. } = known.coverage;
        return format!(
            "history begins at {}, and for this window all since {} would have to be known",
            local(begins),
            local(stretch.start.plus_millis(-whole_since.millis_since(begins)))
        );
    }
    match figure.aggregation() {
        Aggregation::Quantile => "nothing in the window measures what it is taken of".to_owned(),
        Aggregation::Sum | Aggregation::Single => {
            format!("a {} line has no such figure", question.card.channel.as_str())
        }
    }
}
