//! `ensilinja report`: the figures of a stretch of the past, as tables on standard output.
//!
//! The past is read once and kept in a historical ledger, which is then asked once. So a report is a function of the events,
//! the configuration and the instant it is as of; and since a leg's entries are the same function of its facts in the
//! historical ledger and in the live ledger, a report over a day agrees with what was shown live at its end.

mod periods;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::OffsetRange;
use ensilinja_ledger::{HistoricalLedger, Indicator, Rules};
use ensilinja_model::{EventTime, LineId};
use ensilinja_report::{LocalizedName, Report, ReportData, ReportFormat, ReportLine, ReportRequest};
use jiff::tz::TimeZone;

use crate::cli::{ReportArguments, ReportFormatOption, When};
use crate::clock;
use crate::history::Coverage;
use crate::local_time::{in_words, moment};
use crate::outcome::Outcome;
use crate::past::reuse::ReusedIds;
use crate::past::{self, Read, Reading};
use crate::progress::Progress;
use crate::standard_output::{self, print};
use crate::stopping;
use ensilinja_config::{Config, Line, UnknownLine};
use periods::Periods;

/// The most rows over time: by hour more than a year. Beyond it memory would go first, and patience.
const MOST_PERIODS: usize = 10_000;

/// So long after their latest event it goes without saying that files hold a time, in ms: a night without contacts.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum QuestionError {
    /// No line has this id.
    #[error(transparent)]
    UnknownLine(#[from] UnknownLine),
    /// There is no time from one to the other.
    #[error("--from is not before --to")]
    NoTime,
    /// So fine a report over so long a time.
    #[error("--by {by} makes more than {MOST_PERIODS} rows of this time; ask for less time or for longer periods")]
    TooManyPeriods {
        /// What the rows would be.
        by: &'static str,
    },
    /// The stretch ends before it begins.
    #[error("--from is after --to")]
    Backwards,
    /// A local time that there is not, or not once.
    #[error("{0}")]
    NoSuchTime(String),
    /// More instants than anybody can look at.
    #[error("there are more than {0} instants from --from to --to; ask for a longer --step or for less time")]
    TooManyInstants(usize),
    /// What is written would take the place of what is read.
    #[error("--output {0} is the file of --events: it would take its place; give the output another name")]
    OutputIsRead(String),
    /// A file is there when all of it is, so nothing of it comes at its time.
    #[error(
        "--speed is for what can be read instant by instant, and the file {0} is there when all of it is: leave out \
         --speed, or leave out --output and read standard output or a pipe"
    )]
    SpeedToFile(String),
}

/// What is known of the past.
struct Past {
    historical: HistoricalLedger,
    read: Read,
    coverage: Coverage,
    /// Whether nothing is missing from the figures of what is known.
    is_whole: bool,
    reused: ReusedIds,
}

/// What is asked of the past.
pub struct Asked<'a> {
    /// The lines to report on; all, if none are named.
    pub lines: &'a [LineId],
    /// Of what happened from when until when.
    pub stretch: Range<EventTime>,
    /// What the rows are, in which language, and for whom.
    pub question: ReportRequest,
    /// How it is laid out.
    pub format: ReportFormat,
    /// The files to read instead of the topic.
    pub files: &'a [PathBuf],
    /// Of the topic, only these offsets; all, if none are named.
    pub offsets: &'a [OffsetRange],
    /// Only what was known before.
    pub known_before: Option<EventTime>,
    /// The caller says that nothing is missing since then.
    pub complete_since: Option<EventTime>,
    /// Ends it when set.
    pub stop: &'a AtomicBool,
}

/// Reads, counts and prints. [`Outcome::Found`] if ids of contacts are used again as a habit.
///
/// # Errors
/// [`QuestionError`] for what cannot be asked; otherwise why the events cannot be read or the report not written.
pub fn report(arguments: &ReportArguments, config: &Config) -> anyhow::Result<Outcome> {
    let asked = Asked {
        lines: &arguments.lines,
        stretch: stretch(arguments.from, arguments.to, &config.zone)?,
        question: ReportRequest { by: arguments.by, language: arguments.language, public: arguments.public },
        format: format(arguments),
        files: &arguments.source.events,
        offsets: &[],
        known_before: None,
        complete_since: complete_since(arguments, config)?,
        stop: &*stopping::on_signal()?,
    };
    let (text, outcome) = tables(&asked, config, &Progress::new(arguments.quiet, &config.zone))?;
    print(&text)?;
    Ok(outcome)
}

/// Since when the caller says that nothing is missing.
fn complete_since(arguments: &ReportArguments, config: &Config) -> Result<Option<EventTime>, QuestionError> {
    let told = arguments.source.complete_since.map(|when| when.instant(&config.zone)).transpose();
    told.map_err(|why| QuestionError::NoSuchTime(format!("--complete-since {why:#}")))
}

/// The time from `--from` until `--to`, itself left out.
///
/// # Errors
/// [`QuestionError`], if one of them is a local time that there is not, or not once, or there is none between them.
pub fn stretch(from: When, to: When, zone: &TimeZone) -> Result<Range<EventTime>, QuestionError> {
    let instant = |option: &str, when: When| {
        when.instant(zone).map_err(|why| QuestionError::NoSuchTime(format!("{option} {why:#}")))
    };
    let stretch = instant("--from", from)?..instant("--to", to)?;
    if stretch.is_empty() { Err(QuestionError::NoTime) } else { Ok(stretch) }
}

/// Reads, counts, and lays out what is asked for. [`Outcome::Found`] if ids of contacts are used again as a habit.
///
/// # Errors
/// [`QuestionError`] for what cannot be asked; otherwise why the events cannot be read.
pub fn tables(asked: &Asked<'_>, config: &Config, progress: &Progress) -> anyhow::Result<(String, Outcome)> {
    let lines = config.places_of(asked.lines)?;
    let stretch = &asked.stretch;
    if stretch.is_empty() {
        return Err(QuestionError::NoTime.into());
    }
    let by = asked.question.by;
    let periods = Periods::of(by, stretch, &config.zone, MOST_PERIODS)
        .ok_or(QuestionError::TooManyPeriods { by: by.as_str() })?;
    let rules = config.rules_over(stretch);
    let past = read(asked, config, &rules, progress)?;
    let as_of = as_of(asked, &past, clock::wall()());
    anyhow::ensure!(
        stretch.start < as_of,
        "nothing is known of the time from {} on: it is yet to come",
        in_words(stretch.start, &config.zone)
    );
    let known = known(asked, &periods, &past.coverage, config)?;
    let cells = cells(&lines, periods, known, &past, as_of, config, &rules);
    let text = Report::of(&cells, asked.question)?.render(asked.format);
    past.reused.warn(asked.files, config);
    Ok((text, if past.reused.is_habit() { Outcome::Found } else { Outcome::Done }))
}

/// Which periods are known: those that begin no earlier than history does. One that begins earlier is not shown by the
/// part of it that is known; that it begins on the same day counts as no earlier, and is said not to be whole.
///
/// # Errors
/// If none of them is.
fn known(asked: &Asked<'_>, periods: &Periods, coverage: &Coverage, config: &Config) -> anyhow::Result<Vec<bool>> {
    let (begins, zone) = (coverage.begins, &config.zone);
    let day = config.days.start_of_day(begins);
    let is_known = |period: &Range<EventTime>| begins <= period.start || (day <= period.start && begins < period.end);
    let known: Vec<bool> = periods.ranges.iter().map(&is_known).collect();
    let unknown = known.iter().filter(|known| !**known).count();
    if unknown == 0 {
        return Ok(known);
    }
    let why = coverage.in_words(&past::subject(asked.files, config), zone);
    let from = in_words(asked.stretch.start, zone);
    anyhow::ensure!(begins < asked.stretch.end, "nothing is known of the time from {from} on: {why}");
    // The earliest beginning that leaves no period unknown: that of the day, or of an hour of it.
    let since_day = Periods::of(asked.question.by, &(day..asked.stretch.end), zone, MOST_PERIODS);
    let first = since_day.and_then(|periods| periods.ranges.iter().find(|period| is_known(period)).cloned());
    let helps = in_words(first.map_or(day, |period| period.start), zone).replace(' ', "T");
    let count = known.len();
    anyhow::ensure!(
        unknown < count,
        "nothing is known of a whole period of the report, for history begins later: {why}. --from {helps} \
         shows the rest"
    );
    tracing::warn!(
        "{unknown} of {count} periods of the report are not known, for they begin earlier: {why}. --from {helps} \
         leaves them out"
    );
    Ok(known)
}

fn read(asked: &Asked<'_>, config: &Config, rules: &Rules, progress: &Progress) -> anyhow::Result<Past> {
    let from = rules.reads_from(asked.stretch.start);
    let Asked { files, offsets, known_before, .. } = *asked;
    let reading = Reading { config, files, from, offsets, known_before, progress };
    let mut historical = HistoricalLedger::new(rules.clone());
    let mut reused = ReusedIds::within(asked.stretch.clone(), rules.clone());
    let read = reading.read(&past::decoder(config)?, asked.stop, &mut |told| {
        if told.event.at >= from {
            reused.hear(&told.event, told.place, |note| historical.apply_noting(&told.event, note));
        }
        Ok(())
    })?;
    let ends = read.latest.filter(|latest| !files.is_empty() && latest.plus_millis(DAY_MS) < asked.stretch.end);
    if let Some(ends) = ends {
        let ends = in_words(ends, &config.zone);
        tracing::warn!("{} ends at {ends}: it is taken that nothing happened since", past::subject(files, config));
    }
    let coverage = read.evidence.coverage(rules, asked.complete_since);
    let short = coverage.shortfall(from.plus_millis(rules.life_ms()), &reading.subject(), &config.zone);
    if let Some(short) = &short {
        tracing::warn!("{short}");
    }
    Ok(Past { historical, read, coverage, is_whole: short.is_none() && offsets.is_empty(), reused })
}

/// The instant whose knowledge the report is. A topic is read up to now, or up to what was to be known. A file ends
/// with its latest event; if nothing is said until the end of the time asked for, nothing happened, unless that end is
/// yet to come.
fn as_of(asked: &Asked<'_>, past: &Past, now: EventTime) -> EventTime {
    if asked.files.is_empty() {
        return asked.known_before.map_or(now, |known| known.min(now));
    }
    // A clock that was ahead must not settle promises whose deadline is yet to come.
    let latest = past.read.latest.map(|latest| latest.min(now));
    latest.max(Some(asked.stretch.end.min(now))).unwrap_or(now)
}

fn cells(
    lines: &[usize],
    periods: Periods,
    known: Vec<bool>,
    past: &Past,
    as_of: EventTime,
    config: &Config,
    rules: &Rules,
) -> ReportData {
    let mut sums = past.historical.figures(&periods.ranges, as_of);
    let open_ms = |line: &usize| {
        let hours = &rules.lines()[*line].hours;
        periods.ranges.iter().map(|period| hours.open_ms_between(period.start, period.end)).collect()
    };
    ReportData {
        open_ms: lines.iter().map(open_ms).collect(),
        lines: lines.iter().map(|line| report_line(&config.lines[*line])).collect(),
        sums: lines.iter().map(|line| std::mem::take(&mut sums[*line])).collect(),
        periods: periods.names,
        known,
        as_of: moment(as_of, &config.zone),
        time_zone: config.zone_name().to_owned(),
        history_is_complete: past.is_whole,
    }
}

fn report_line(line: &Line) -> ReportLine {
    ReportLine {
        id: line.id.clone(),
        channel: line.channel,
        name: LocalizedName { fi: line.name.fi.clone(), sv: line.name.sv.clone(), en: line.name.en.clone() },
        group: line.group.clone(),
        service_area: line.service_area.clone(),
        service_level: line.goals.service_level,
        goals: Indicator::ALL.iter().filter_map(|of| Some((*of, line.goals.targets.of(*of).goal?))).collect(),
    }
}

fn format(arguments: &ReportArguments) -> ReportFormat {
    match arguments.format {
        ReportFormatOption::Table => {
            let width = arguments.width.unwrap_or_else(standard_output::width);
            ReportFormat::Table { width: width.into() }
        }
        ReportFormatOption::Csv => ReportFormat::Csv,
        ReportFormatOption::Json => ReportFormat::Json,
        ReportFormatOption::Markdown => ReportFormat::Markdown,
    }
}
