//! `ensilinja report`: the figures of a stretch of the past, as tables on standard output.
//!
//! The past is read once and kept in a chronicle, which is then asked once. So a report is a function of the events,
//! the configuration and the instant it is as of; and since a leg's entries are the same function of its facts in the
//! chronicle and in the live ledger, a report over a day agrees with what was shown live at its end.

mod periods;

use ensilinja_ledger::{Chronicle, Indicator, Rules};
use ensilinja_model::EventTime;
use ensilinja_report::{Cells, Format, Names, Question, Report, ReportLine};

use crate::cli::{ReportArguments, ReportFormat};
use crate::clock;
use crate::config::{Config, Line, UnknownLine};
use crate::local_time::{in_words, instant, moment};
use crate::past::{self, Read, Reading};
use crate::progress::Progress;
use crate::standard_output::{self, print};
use crate::stopping;
use periods::Periods;

/// The most rows over time: by hour more than a year. Beyond it memory would go first, and patience.
const MOST_PERIODS: usize = 10_000;

/// What cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// No line has this id.
    #[error(transparent)]
    UnknownLine(#[from] UnknownLine),
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
    let lines = config.places_of(&arguments.lines)?;
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
            let width = arguments.width.unwrap_or_else(standard_output::width);
            Format::Table { width: width.into() }
        }
        ReportFormat::Csv => Format::Csv,
        ReportFormat::Json => Format::Json,
        ReportFormat::Markdown => Format::Markdown,
    }
}
