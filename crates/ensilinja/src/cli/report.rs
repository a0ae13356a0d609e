//! The arguments of `report`.

use clap::Args;
use clap::builder::TypedValueParser;
use ensilinja_model::{LineId, vocabulary};
use ensilinja_report::{Breakdown, Language};

use super::source::SourceArguments;
use super::time_argument::TimeArgument;
use super::values::{by, language, line_id, one_of};

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja report --config ensilinja.toml --from 2025-01-01 --to 2025-10-01
  ensilinja report --config ensilinja.toml --from 2025-01-01 --to 2026-01-01 --by quarter --language sv
  ensilinja report --events events.jsonl --from 2025-01-01 --to 2025-10-01 --by month --line 116117 --line neuvola
  ensilinja report --events a.jsonl.gz --events b.jsonl.zst --from 2025-01-01 --to 2025-10-01 --by group --public
  ensilinja report --events events.jsonl --from 2025-01-01 --to 2025-10-01 --by quarter --format html > goals.html
  ensilinja report --events - --from 2025-09-16T08:00 --to 2025-09-16T16:00 --by hour --format json

Times are local to the lines, or have an offset, as in 2025-10-26T03:30+02:00; the period ends just before --to. Only
the report is written to standard output. Standard error says what was left out, and whether the topic or the file
begins too late for the period; the report says the latter too. A report on a topic is as of now. A report on a file is
as of its latest event, or as of --to if that is later and has passed: promises with a later deadline are not settled.";

/// Arguments of `report`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReportArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// The beginning of the period
    #[arg(long, value_name = "TIME")]
    pub from: TimeArgument,
    /// The end of the period, itself excluded
    #[arg(long, value_name = "TIME")]
    pub to: TimeArgument,
    /// The rows
    #[arg(long, value_name = "WHAT", default_value = "line", value_parser = by())]
    pub by: Breakdown,
    /// Report on this line only; may be given several times
    #[arg(long = "line", value_name = "ID", value_parser = line_id)]
    pub lines: Vec<LineId>,
    /// Also show these figures, which say how sound the data are; may be given several times
    #[arg(long, value_name = "FIGURE", value_parser = one_of(FigureOnRequest::ALL, FigureOnRequest::as_str))]
    pub also: Vec<FigureOnRequest>,
    /// The format: tables for a terminal or a page, a page of its own with charts (html), or CSV or JSON for programs
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format())]
    pub format: ReportFormatOption,
    /// The language of names and headings; ids in CSV and JSON are the same in all languages
    #[arg(long, value_name = "LANGUAGE", default_value = "fi", value_parser = language())]
    pub language: Language,
    /// Make the report fit for publication: hide counts of fewer than 5 people, and all figures that reveal them
    #[arg(long)]
    pub public: bool,
    /// The width of tables, in characters, 60 to 1000; without it, the width of the terminal, or 120
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

vocabulary! {
    /// A figure that a report has only on request.
    FigureOnRequest {
        /// Contacts without a known result.
        Orphaned = "orphaned",
        /// Contacts without an event of their arrival.
        Inferred = "inferred",
        /// Contacts that arrived while the line was closed.
        OutsideHours = "outside_hours",
    }
}

vocabulary! {
    /// The format of a report.
    ReportFormatOption {
        /// Tables for a terminal.
        Table = "table",
        /// One figure a line.
        Csv = "csv",
        /// One document.
        Json = "json",
        /// Tables for a page.
        Markdown = "markdown",
        /// A page with tables and charts.
        Html = "html",
    }
}

impl ReportArguments {
    /// What is wrong with the arguments together.
    pub(super) fn problem(&self) -> Option<String> {
        let Self { from, to, by, .. } = self;
        if from >= to {
            return Some("--from is not before --to".to_owned());
        }
        let is_too_fine = self.public && matches!(by, Breakdown::Day | Breakdown::Hour);
        is_too_fine.then(|| {
            format!(
                "--public cannot be used with --by {}: {}",
                by.as_str(),
                ensilinja_report::ReportError::TooFineForThePublic
            )
        })
    }
}

fn format() -> impl TypedValueParser<Value = ReportFormatOption> {
    one_of(ReportFormatOption::ALL, ReportFormatOption::as_str)
}
