//! What makes up a figure.

use ensilinja_ledger::{Chronicle, History, Ledger, LineFigures, Rules, Window as LedgerWindow};
use ensilinja_model::EventTime;
use ensilinja_report::explanation::{FigureExplained, Window};
use ensilinja_serve::{Makeup, NamedFigure};

use super::page::{Made, Page};
use super::question::Question;
use super::records::Wanted;
use super::{contributions, records, words};
use crate::cli::ExplainArguments;
use crate::config::Config;
use crate::local_time::in_words;
use crate::past::{self, Read, Reading};
use crate::processor::known_since;
use crate::progress::Progress;
use crate::stopping;

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
    chronicle: Chronicle,
    history: History,
}

/// Reads twice, and says what makes up the figure.
///
/// # Errors
/// If the events cannot be read.
pub(super) fn explained(
    question: &Question,
    arguments: &ExplainArguments,
    config: &Config,
) -> anyhow::Result<FigureExplained> {
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
    let mut chronicle = Chronicle::new(rules.clone());
    let mut ledger = Ledger::new(rules.clone(), question.at);
    let read = reading.read(&decoder, &stop, &mut |told| {
        if told.event.line == question.line && told.event.at >= reading.from {
            chronicle.apply(&told.event);
            ledger.apply(&told.event);
        }
        Ok(())
    })?;
    let history = history(&read, question.at);
    check_is_known(&read, question.at, arguments, config)?;
    let mut figures = |history| ledger.figures(question.at, history).lines.swap_remove(question.line.as_usize());
    let known = Known { shown: figures(history), figures: figures(ALL), rules, chronicle, history };

    let mut made = Vec::new();
    for figure in &question.figures {
        let number = contributions::read(figure, question, &known.figures);
        let adding = match number {
            Some(number) => contributions::of(figure, number, question, &known.chronicle, &known.rules)?,
            None => Vec::new(),
        };
        let is_shown = contributions::read(figure, question, &known.shown).is_some();
        made.push(Made { number, not_shown: (!is_shown).then(|| absent(figure, question, &known, config)), adding });
    }
    let mut wanted = Wanted::new();
    for adding in made.iter().flat_map(|made| &made.adding) {
        wanted.entry(adding.leg).or_default().push(adding.step);
    }
    let found = records::find(&reading, &decoder, &stop, &wanted)?;
    let page = Page { config, arguments, found };
    let share = match &*made {
        [good, valid] if question.figures.iter().all(NamedFigure::is_of_indicator) => good.number.zip(valid.number),
        _ => None,
    };
    let parts = question.figures.iter().zip(made).map(|(figure, made)| page.part(figure, made));
    let window = question.window.map(|window| Window {
        name: window.as_str(),
        stretch: known
            .rules
            .stretch(question.line, window, question.at)
            .map(|stretch| (page.written(stretch.start), page.written(stretch.end.plus_millis(-1_000)))),
    });
    Ok(FigureExplained {
        line: question.card.id.to_string(),
        asked: question.asked.clone(),
        at: page.written(question.at),
        known_before: question.known_before.map(|before| page.written(before)),
        window,
        parts: parts.collect(),
        share,
    })
}

/// Refuses an instant of which the source says nothing, for its figures would be those of silence.
fn check_is_known(read: &Read, at: EventTime, arguments: &ExplainArguments, config: &Config) -> anyhow::Result<()> {
    let local = |at| in_words(at, &config.zone);
    if let Some(start) = read.history.start.filter(|start| *start > at && !read.history.from_first_record) {
        anyhow::bail!("nothing is known of {}: what there is to read begins at {}", local(at), local(start));
    }
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

/// Since when everything is known, as a replay of this instant takes it.
fn history(read: &Read, at: EventTime) -> History {
    match read.history.start {
        // Of a partition that has lost all nothing tells since when.
        None if !read.history.from_first_record => History { start: EventTime::MAX, from_first_record: false },
        _ => known_since(read.history, at),
    }
}

/// Why no figure is shown.
fn absent(figure: &NamedFigure, question: &Question, known: &Known, config: &Config) -> String {
    let local = |at| words::written(at, &config.zone).local;
    let Some(window) = question.window else { return "there is no such contact at this instant".to_owned() };
    let Some(stretch) = known.rules.stretch(question.line, window, question.at) else {
        let so_long = if window == LedgerWindow::Open2Hours { "for two hours" } else { "on five days" };
        return format!("the line has not been open {so_long} yet, as far as its opening hours are known");
    };
    if known.shown.window(window).is_none() {
        let life_ms = if known.history.from_first_record { 0 } else { known.rules.life_ms() };
        return format!(
            "history begins at {}, and for this window all since {} would have to be known",
            local(known.history.start),
            local(stretch.start.plus_millis(-life_ms))
        );
    }
    match figure.makeup() {
        Makeup::Quantile => "nothing in the window measures what it is taken of".to_owned(),
        Makeup::Sum | Makeup::One => format!("a {} line has no such figure", question.card.channel.as_str()),
    }
}
