//! What makes up a figure.

use std::collections::{BTreeMap, HashMap};

use ensilinja_ledger::{Cause, Chronicle, History, Ledger, LineFigures, Rules, Step, Window as LedgerWindow};
use ensilinja_model::{EventTime, LegKey};
use ensilinja_report::explanation::{Amount, Contribution, Entry, FigureExplained, Part, Said, Window, Written};
use ensilinja_serve::{Makeup, NamedFigure, Unit};

use super::contributions::{self, Adding};
use super::question::Question;
use super::records::{self, Found, Wanted};
use super::words;
use crate::cli::ExplainArguments;
use crate::config::Config;
use crate::past::{self, Place, Read, Reading};
use crate::progress::Progress;
use crate::stopping;

/// So many entries are listed, half of them the first and half the last, unless all are asked for.
const LISTED: usize = 40;

/// What is known of the line.
struct Known {
    rules: Rules,
    chronicle: Chronicle,
    figures: LineFigures,
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
    let progress = Progress::new(false, &config.zone);
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
    let history = history(&read, reading.from, reading.files.is_empty());
    let figures = ledger.figures(question.at, history).lines.swap_remove(question.line.as_usize());
    let known = Known { rules, chronicle, figures, history };

    let mut made = Vec::new();
    for figure in &question.figures {
        made.push(match contributions::shown(figure, question, &known.figures) {
            Some(shown) => {
                let of = contributions::of(figure, shown, question, &known.chronicle, &known.rules)?;
                Ok((shown, of))
            }
            None => Err(absent(figure, question, &known, config)),
        });
    }
    let mut wanted = Wanted::new();
    for adding in made.iter().flatten().flat_map(|(_, adding)| adding) {
        wanted.entry(adding.leg).or_default().push(adding.step);
    }
    let found = records::find(&reading, &decoder, &stop, wanted)?;
    let page = Page { config, arguments, found };
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
    })
}

/// Since when everything is known. A file holds all there is, for it cannot say what it left out.
fn history(read: &Read, from: EventTime, is_topic: bool) -> History {
    let first = read.first.unwrap_or(from);
    if read.is_complete {
        History { start: from, from_first_record: false }
    } else {
        History { start: first.max(from), from_first_record: !is_topic }
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
    if known.figures.window(window).is_none() {
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

/// Writes parts.
struct Page<'a> {
    config: &'a Config,
    arguments: &'a ExplainArguments,
    found: HashMap<LegKey, Found>,
}

impl Page<'_> {
    fn part(&self, figure: &NamedFigure, made: Result<(i64, Vec<Adding>), String>) -> Part {
        let amount = |number| self.amount(figure, number);
        let (shown, mut adding) = match made {
            Ok((shown, adding)) => (Ok(amount(shown)), adding),
            Err(why) => (Err(why), Vec::new()),
        };
        let mut by_step: BTreeMap<&'static str, (usize, Option<i64>)> = BTreeMap::new();
        for Adding { step, adds, .. } in &adding {
            let (times, sum) = by_step.entry(step.name()).or_default();
            *times += 1;
            *sum = adds.map(|adds| sum.unwrap_or(0) + adds);
        }
        let makeup = figure.makeup();
        if makeup != Makeup::Quantile {
            adding.sort_by_key(|adding| (adding.step.at, self.place(adding), adding.step.name()));
        }
        let left_out = self.cut(&mut adding);
        Part {
            series: figure.series(),
            help: figure.help(),
            shown,
            made: match makeup {
                Makeup::Sum => "The sum of these",
                Makeup::Quantile => "Within 1 % what is measured by the one at its place among these",
                Makeup::One => "That of this contact",
            },
            by_step: by_step.into_iter().map(|(step, (times, sum))| (step, times, sum.map(amount))).collect(),
            entries: adding.iter().map(|adding| self.contribution(figure, adding)).collect(),
            left_out,
        }
    }

    /// Leaves out what is too much: the middle, or what is far from the one that is looked for. Says how many that are,
    /// and after how many of the rest.
    fn cut(&self, adding: &mut Vec<Adding>) -> Option<(usize, usize)> {
        let left_out = adding.len().checked_sub(LISTED).filter(|left_out| *left_out > 0 && !self.arguments.all)?;
        match adding.iter().position(|adding| adding.is_it) {
            Some(place) => {
                let from = place.saturating_sub(LISTED / 2).min(left_out);
                *adding = adding.split_off(from);
                adding.truncate(LISTED);
                Some((left_out, LISTED))
            }
            None => {
                adding.drain(LISTED / 2..LISTED / 2 + left_out);
                Some((left_out, LISTED / 2))
            }
        }
    }

    fn contribution(&self, figure: &NamedFigure, adding: &Adding) -> Contribution {
        Contribution {
            whose: self.found.get(&adding.leg).map_or_else(records::nobody, |found| found.whose.clone()),
            entry: entry(&adding.step, self.place(adding), self.config, self.arguments),
            adds: adding.adds.map(|adds| self.amount(figure, adds)),
            is_it: adding.is_it,
        }
    }

    fn place(&self, adding: &Adding) -> Option<Place> {
        self.found.get(&adding.leg).and_then(|found| found.place(&adding.step))
    }

    fn amount(&self, figure: &NamedFigure, number: i64) -> Amount {
        match figure.unit() {
            Unit::Count => Amount::Count(number),
            Unit::Duration => Amount::Duration(number),
            Unit::Instant => Amount::Instant(self.written(EventTime::from_millis(number))),
        }
    }

    fn written(&self, at: EventTime) -> Written {
        words::written(at, &self.config.zone)
    }
}

/// A step as it is printed, with the place where that was said from which it follows.
pub(super) fn entry(step: &Step, place: Option<Place>, config: &Config, arguments: &ExplainArguments) -> Entry {
    let (said_at, fact) = step.said;
    Entry {
        at: words::written(step.at, &config.zone),
        step: step.name(),
        sample_ms: step.sample_ms,
        lapsed: match step.cause {
            Cause::Said(_) => None,
            Cause::Lapsed(lapse) => Some(words::lapsed(lapse)),
        },
        said: Said {
            fact: words::fact(fact),
            at: words::written(said_at, &config.zone),
            source: place.map(|place| records::source(place, config, &arguments.source.events)),
        },
    }
}
