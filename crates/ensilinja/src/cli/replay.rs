//! The arguments of `replay`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use ensilinja_catalogue::{CATALOGUE, Metric};
use ensilinja_kafka::OffsetRange;
use ensilinja_ledger::Window;
use ensilinja_lookback::replay::ReplayStep;
use ensilinja_model::{LineId, vocabulary};
use ensilinja_report::{Breakdown, Language};

use super::source::SourceArguments;
use super::time_argument::TimeArgument;
use super::values::one_of;
use super::values::{by, language, line_id};

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja replay --config ensilinja.toml --from 2025-09-01 --to 2025-10-01
  ensilinja replay --config ensilinja.toml --at 2025-09-15T10:15 --known-at then --format csv --line mipa
  ensilinja replay --config ensilinja.toml --from 2025-09-15 --to 2025-09-16 --step 15m --format jsonl --output a.jsonl
  ensilinja replay --config ensilinja.toml --from 2025-09-01 --to 2025-10-01 --format openmetrics --output figures.om
  ensilinja replay --events events.jsonl.zst --from 2025-09-15T08:00 --to 2025-09-15T16:00 --format csv --window 15m
  ensilinja replay --events events.jsonl --from 2025-09-15T08:00 --to 2025-09-15T16:00 --format jsonl --speed 60

A table sums up the period from --from until just before --to, as report does. The other formats have the figures of
instants, as the live process shows them: of --from, of each step after it, and of --to if a step ends there. A step of
one day is a local day, of 23, 24 or 25 hours.

Unknown figures are left out: a window that begins before the topic or the file does is absent, not low. Nothing is
committed and no group is joined, so live processes are not disturbed.";

/// Arguments of `replay`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// The first instant; for a table, the beginning of the period
    #[arg(long, value_name = "TIME", required_unless_present = "at", requires = "to")]
    pub from: Option<TimeArgument>,
    /// The last instant; for a table, the end of the period, itself excluded
    #[arg(long, value_name = "TIME", required_unless_present = "at", requires = "from")]
    pub to: Option<TimeArgument>,
    /// One instant instead of a period
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to", "step"])]
    pub at: Option<TimeArgument>,
    /// The time from one instant to the next: 30s, 15m, 1h or 1d; without it, 1h
    #[arg(long, value_name = "DURATION")]
    pub step: Option<ReplayStep>,
    /// Use only records that were in the topic before this time; `then` means before each instant itself: the figures
    /// as they were shown
    #[arg(long, value_name = "TIME|then")]
    pub known_at: Option<KnownAt>,
    /// Use only these offsets of the topic, such as 0:100..200,1:50..
    #[arg(long, value_name = "PARTITION:FROM..TO,...", value_delimiter = ',')]
    pub offsets: Vec<OffsetRange>,
    /// The format: tables, or the figures of instants for programs
    #[arg(long, value_name = "FORMAT", default_value = "table",
          value_parser = one_of(ReplayFormat::ALL, ReplayFormat::as_str))]
    pub format: ReplayFormat,
    /// Write to this file, which appears once it is complete; without it, to standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Only this line; may be given several times
    #[arg(long = "line", value_name = "ID", value_parser = line_id)]
    pub lines: Vec<LineId>,
    /// Only this window; may be given several times
    #[arg(long = "window", value_name = "WINDOW", value_parser = one_of(Window::ALL, Window::as_str))]
    pub windows: Vec<Window>,
    /// Only this figure, by the name of its metric, such as `ensilinja_window_promises` or promises; may be given
    /// several times
    #[arg(long = "figure", value_name = "METRIC", value_parser = figure)]
    pub figures: Vec<&'static Metric>,
    /// Add this label to every series for Prometheus, such as job=ensilinja; may be given several times
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Leave out the series that Prometheus would have recorded (`ensilinja:good` and so on): for a Prometheus that has
    /// recorded them for the same period
    #[arg(long)]
    pub no_recorded: bool,
    /// The rows of a table; without it, lines
    #[arg(long, value_name = "WHAT", value_parser = by())]
    pub by: Option<Breakdown>,
    /// The language of a table; without it, fi
    #[arg(long, value_name = "LANGUAGE", value_parser = language())]
    pub language: Option<Language>,
    /// The width of a table, in characters, 60 to 1000; without it, the width of the terminal, or 120
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
    /// Write each instant when its time comes, this many times faster than real time, as csv or jsonl to standard
    /// output or a pipe; without it, as fast as possible
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub speed: Option<u32>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

vocabulary! {
    /// The format of a replay.
    ReplayFormat {
        /// Tables for a terminal.
        Table = "table",
        /// Tables for a page.
        Markdown = "markdown",
        /// One row for each figure and instant.
        Csv = "csv",
        /// One line for each instant, each like an answer of `/api/figures`.
        JsonLines = "jsonl",
        /// Series with timestamps, for Prometheus.
        OpenMetrics = "openmetrics",
    }
}

/// The records that count for an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// Those that were in the topic before this time.
    Time(TimeArgument),
    /// Those that were in the topic before the instant itself.
    Then,
}

impl ReplayFormat {
    /// Whether it sums up a period, and has no instants.
    #[must_use]
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::Markdown)
    }
}

impl FromStr for KnownAt {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "then" {
            return Ok(Self::Then);
        }
        text.parse().map(Self::Time).map_err(|problem: &str| format!("{problem}; or then"))
    }
}

impl ReplayArguments {
    /// What is wrong with the arguments together.
    pub(super) fn problem(&self) -> Option<String> {
        let format = self.format.as_str();
        let is_given = |all: &[(bool, &'static str)]| all.iter().find(|(given, _)| *given).map(|(_, name)| *name);
        if !self.source.events.is_empty()
            && let Some(name) =
                is_given(&[(self.known_at.is_some(), "--known-at"), (!self.offsets.is_empty(), "--offsets")])
        {
            return Some(format!(
                "{name} is for topics: the lines of a file have no time of writing; leave out --events to read the topic, \
                 or leave out {name}"
            ));
        }
        if self.source.complete_since.is_some() && !self.offsets.is_empty() {
            return Some(
                "--complete-since cannot be used with --offsets: a selection of records is never complete".to_owned(),
            );
        }
        if let (Some(TimeArgument::Local(from)), Some(TimeArgument::Local(to))) = (self.from, self.to)
            && from > to
        {
            return Some(format!("--from {from} is after --to {to}"));
        }
        if self.format.is_table() {
            let of_instants = is_given(&[
                (self.at.is_some(), "--at"),
                (self.step.is_some(), "--step"),
                (self.known_at == Some(KnownAt::Then), "--known-at then"),
                (!self.windows.is_empty(), "--window"),
                (!self.figures.is_empty(), "--figure"),
                (!self.labels.is_empty(), "--label"),
                (self.no_recorded, "--no-recorded"),
                (self.speed.is_some(), "--speed"),
            ]);
            return of_instants.map(|name| {
                format!(
                    "{name} is for figures of instants, and a table sums up a period: use --format csv, jsonl or \
                     openmetrics"
                )
            });
        }
        let of_tables = is_given(&[
            (self.by.is_some(), "--by"),
            (self.language.is_some(), "--language"),
            (self.width.is_some(), "--width"),
        ]);
        if let Some(name) = of_tables {
            return Some(format!("{name} is for tables: leave it out, or use --format table instead of {format}"));
        }
        if self.speed.is_some() && self.format == ReplayFormat::OpenMetrics {
            return Some(
                "--speed is for formats that are written instant by instant, and openmetrics is written at the end: leave \
                 it out, or use --format csv or jsonl"
                    .to_owned(),
            );
        }
        if let Some(twice) = self.label_given_twice() {
            return Some(format!("--label {twice} is given twice: a series has one label of each name"));
        }
        if self.no_recorded && self.format != ReplayFormat::OpenMetrics {
            return Some(format!("--no-recorded is for OpenMetrics: {format} has no recorded series, so leave it out"));
        }
        (!self.labels.is_empty() && self.format != ReplayFormat::OpenMetrics)
            .then(|| format!("--label is for OpenMetrics: {format} has no such labels, so leave it out"))
    }

    fn label_given_twice(&self) -> Option<&str> {
        let mut names = self.labels.iter().map(|(name, _)| name.as_str()).enumerate();
        names.find(|(n, name)| self.labels[..*n].iter().any(|(other, _)| other == name)).map(|(_, name)| name)
    }
}

fn figure(text: &str) -> Result<&'static Metric, String> {
    Metric::figure(text).ok_or_else(|| {
        let names = CATALOGUE.iter().flat_map(|part| part.metrics).filter(|metric| metric.is_figure());
        let names: Vec<&str> = names.map(|metric| metric.name).collect();
        let distance = |name: &&&str| {
            let short = name.trim_start_matches("ensilinja_").trim_start_matches("window_");
            strsim::damerau_levenshtein(text, name).min(strsim::damerau_levenshtein(text, short))
        };
        match names.iter().min_by_key(distance).filter(|name| distance(name) <= 6) {
            Some(near) => format!("no figure has this name; did you mean {near}? docs/METRICS.md has all"),
            None => "no figure of a line has this name; docs/METRICS.md has all".to_owned(),
        }
    })
}

fn label(text: &str) -> Result<(String, String), &'static str> {
    let is_name = |name: &str| {
        let mut letters = name.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| is_name(name))
        .ok_or("it should be the name of a label, of letters, digits and _, and its value, such as job=ensilinja")?;
    if name.starts_with("__") {
        return Err("names that begin with __ are reserved for Prometheus");
    }
    if value.is_empty() {
        return Err("a label without a value counts as missing: give it one, or leave it out");
    }
    let is_taken = CATALOGUE.iter().flat_map(|part| part.metrics).flat_map(|metric| metric.labels);
    if ["line", "channel", "window", "le"].contains(&name) || is_taken.into_iter().any(|label| label.name == name) {
        return Err("the series have a label of this name already");
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_the_name_of_its_metric_or_of_its_json_member() {
        for name in ["ensilinja_window_promises", "promises"] {
            assert_eq!(figure(name).unwrap().name, "ensilinja_window_promises");
        }
        assert!(figure("promisses").unwrap_err().contains("did you mean ensilinja_window_promises?"));
        assert!(figure("ensilinja_kafka_lag_messages").is_err(), "it is not a figure of a line");
    }

    #[test]
    fn a_label_needs_a_name_that_no_series_has() {
        assert_eq!(label("job=a=b"), Ok(("job".to_owned(), "a=b".to_owned())));
        for wrong in ["job", "=a", "1a=b", "line=a", "window=b", "indicator=c", "jöb=a", "__name__=a", "job="] {
            assert!(label(wrong).is_err(), "{wrong}");
        }
    }
}
