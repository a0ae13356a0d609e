//! `ensilinja report`: the figures of a stretch of the past, as tables on standard output.
//!
//! The past is read once and kept in a chronicle, which is then asked once. So a report is a function of the events,
//! the configuration and the instant it is as of; and since a leg's entries are the same function of its facts in the
//! chronicle and in the live ledger, a report over a day agrees with what was shown live at its end.

mod periods;

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anyhow::Context as _;
use ensilinja_ledger::{Chronicle, Indicator, Rules};
use ensilinja_model::{EventTime, LineId};
use ensilinja_report::{Cells, Format, Names, Question, Report, ReportLine};

use crate::cli::{ReportArguments, ReportFormat};
use crate::clock;
use crate::config::{Config, Line};
use crate::local_time::{in_words, instant, moment};
use crate::past::{self, Read, Reading};
use crate::progress::Progress;
use crate::stopping;
use periods::Periods;

/// The most rows over time: by hour more than a year. Beyond it memory would go first, and patience.
const MOST_PERIODS: usize = 10_000;

/// How wide a table is where nobody says and no terminal is there.
const USUAL_WIDTH: u16 = 120;

/// What cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// No line has this id.
    #[error("--line {id} is none of the lines; {advice}")]
    UnknownLine {
        /// The id.
        id: LineId,
        /// Which line may have been meant.
        advice: String,
    },
    /// The clocks go forward over all of the time asked for.
    #[error("from --from to --to the clocks go forward: there is no such time")]
    NoTime,
    /// So fine a report over so long a time.
    #[error("--by {by} makes more than {MOST_PERIODS} rows of this time; ask for less time or for longer periods")]
    TooManyPeriods {
        /// What the rows would be.
        by: &'static str,
    },
}

/// What is known of the past.
struct Past {
    chronicle: Chronicle,
    read: Read,
}

/// Reads, counts and prints.
///
/// # Errors
/// [`QuestionError`] for what cannot be asked; otherwise why the events cannot be read or the report not written.
pub fn report(arguments: &ReportArguments, config: &Config) -> anyhow::Result<()> {
    let lines = chosen_lines(&arguments.lines, config)?;
    let stretch = instant(arguments.from, &config.zone)?..instant(arguments.to, &config.zone)?;
    if stretch.is_empty() {
        return Err(QuestionError::NoTime.into());
    }
    let periods = Periods::of(arguments.by, &stretch, &config.zone, MOST_PERIODS)
        .ok_or(QuestionError::TooManyPeriods { by: arguments.by.as_str() })?;
    let rules = config.rules_over(&stretch);
    let past = read(arguments, config, &rules, stretch.start)?;
    let as_of = as_of(arguments, &past, stretch.end, clock::wall()());
    anyhow::ensure!(
        stretch.start < as_of,
        "nothing is known of the time from {} on: it is yet to come",
        in_words(stretch.start, &config.zone)
    );
    let cells = cells(&lines, periods, &past, as_of, config, &rules);
    let question = Question { by: arguments.by, language: arguments.language, public: arguments.public };
    print(&Report::of(&cells, question)?.render(format(arguments)))
}

/// The places of the lines to report on in the configuration; all, if none are named.
fn chosen_lines(ids: &[LineId], config: &Config) -> Result<Vec<usize>, QuestionError> {
    for id in ids {
        if !config.lines.iter().any(|line| line.id == *id) {
            return Err(QuestionError::UnknownLine { id: id.clone(), advice: nearest(id, config) });
        }
    }
    let is_chosen = |line: &Line| ids.is_empty() || ids.contains(&line.id);
    Ok(config.lines.iter().enumerate().filter(|(_, line)| is_chosen(line)).map(|(place, _)| place).collect())
}

fn nearest(id: &LineId, config: &Config) -> String {
    let known = config.lines.iter().map(|line| line.id.as_str());
    let distance = |known: &&str| strsim::damerau_levenshtein(id.as_str(), known);
    match known.clone().min_by_key(distance).filter(|known| distance(known) <= known.len().div_ceil(3)) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

fn read(arguments: &ReportArguments, config: &Config, rules: &Rules, start: EventTime) -> anyhow::Result<Past> {
    let from = rules.reads_from(start);
    let files = arguments.events.as_slice();
    let progress = Progress::new(false, &config.zone);
    let reading = Reading { config, files, from, offsets: &[], known_before: None, progress: &progress };
    let mut chronicle = Chronicle::new(rules.clone());
    let stop = stopping::on_signal()?;
    let read = reading.read(&past::decoder(config)?, &stop, &mut |told| {
        if told.event.at >= from {
            chronicle.apply(&told.event);
        }
        Ok(())
    })?;
    Ok(Past { chronicle, read })
}

/// The instant whose knowledge the report is. A topic is read up to now. A file ends with its latest event; if nothing
/// is said until the end of the time asked for, nothing happened, unless that end is yet to come.
fn as_of(arguments: &ReportArguments, past: &Past, end: EventTime, now: EventTime) -> EventTime {
    match &arguments.events {
        Some(_) => past.read.latest.max(Some(end.min(now))).unwrap_or(now),
        None => now,
    }
}

fn cells(lines: &[usize], periods: Periods, past: &Past, as_of: EventTime, config: &Config, rules: &Rules) -> Cells {
    let mut sums = past.chronicle.figures(&periods.ranges, as_of);
    let open_ms = |line: &usize| {
        let hours = &rules.lines()[*line].hours;
        periods.ranges.iter().map(|period| hours.open_ms_between(period.start, period.end)).collect()
    };
    Cells {
        open_ms: lines.iter().map(open_ms).collect(),
        lines: lines.iter().map(|line| report_line(&config.lines[*line])).collect(),
        sums: lines.iter().map(|line| std::mem::take(&mut sums[*line])).collect(),
        periods: periods.names,
        as_of: moment(as_of, &config.zone),
        time_zone: config.zone_name().to_owned(),
        history_is_complete: past.read.is_complete,
    }
}

fn report_line(line: &Line) -> ReportLine {
    ReportLine {
        id: line.id.clone(),
        channel: line.channel,
        name: Names { fi: line.name.fi.clone(), sv: line.name.sv.clone(), en: line.name.en.clone() },
        group: line.group.clone(),
        service_area: line.service_area.clone(),
        service_level: line.goals.service_level,
        goals: Indicator::ALL.iter().filter_map(|of| Some((*of, line.goals.targets.of(*of).goal?))).collect(),
    }
}

fn format(arguments: &ReportArguments) -> Format {
    match arguments.format {
        ReportFormat::Table => {
            let width = arguments.width.or_else(terminal_width).unwrap_or(USUAL_WIDTH);
            Format::Table { width: width.into() }
        }
        ReportFormat::Csv => Format::Csv,
        ReportFormat::Json => Format::Json,
        ReportFormat::Markdown => Format::Markdown,
    }
}

/// How many columns the terminal has, if standard output is one that says.
fn terminal_width() -> Option<u16> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout).ok())??;
    Some(size.ws_col).filter(|columns| *columns > 0)
}

/// Prints; that whoever reads has had enough is no error.
fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the report cannot be written to standard output"),
    }
}
