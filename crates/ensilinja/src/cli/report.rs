//! The arguments of `report`.

use clap::Args;
use clap::builder::TypedValueParser;
use ensilinja_model::{LineId, vocabulary};
use ensilinja_report::{Breakdown, Language};

use super::one_of::one_of;
use super::source::SourceArguments;
use super::when::When;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja report --config ensilinja.toml --from 2025-01-01 --to 2025-10-01
  ensilinja report --config ensilinja.toml --from 2025-01-01 --to 2026-01-01 --by quarter --language sv
  ensilinja report --events events.jsonl --from 2025-01-01 --to 2025-10-01 --by month --line 116117 --line neuvola
  ensilinja report --events a.jsonl.gz --events b.jsonl.zst --from 2025-01-01 --to 2025-10-01 --by group --public
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
    /// Report on what happened from this time on
    #[arg(long, value_name = "TIME")]
    pub from: When,
    /// Until this time, itself left out
    #[arg(long, value_name = "TIME")]
    pub to: When,
    /// What the rows are
    #[arg(long, value_name = "WHAT", default_value = "line", value_parser = by())]
    pub by: Breakdown,
    /// Report on this line only; may be given several times
    #[arg(long = "line", value_name = "ID", value_parser = line_id)]
    pub lines: Vec<LineId>,
    /// How the report is written: for a terminal, for programs or for a page
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format())]
    pub format: ReportFormatOption,
    /// The language of names and headings; CSV and JSON have the same ids in all of them
    #[arg(long, value_name = "LANGUAGE", default_value = "fi", value_parser = language())]
    pub language: Language,
    /// Make it fit to be published: hide counts of fewer than 5 people, and all by which they can be computed back
    #[arg(long)]
    pub public: bool,
    /// How wide tables may be, in characters, 60 to 1000; without it, as wide as the terminal, or 120
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

vocabulary! {
    /// How a report is written.
    ReportFormatOption {
        /// Tables for a terminal.
        Table = "table",
        /// One figure a line.
        Csv = "csv",
        /// One document.
        Json = "json",
        /// Tables for a page.
        Markdown = "markdown",
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
                "--public cannot go with --by {}: {}",
                by.as_str(),
                ensilinja_report::ReportError::TooFineForThePublic
            )
        })
    }
}

pub(super) fn by() -> impl TypedValueParser<Value = Breakdown> {
    one_of(
        &[Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter, Breakdown::Day, Breakdown::Hour],
        Breakdown::as_str,
    )
}

pub(super) fn language() -> impl TypedValueParser<Value = Language> {
    one_of(Language::ALL, Language::as_str)
}

fn format() -> impl TypedValueParser<Value = ReportFormatOption> {
    one_of(ReportFormatOption::ALL, ReportFormatOption::as_str)
}

pub(super) fn line_id(text: &str) -> Result<LineId, &'static str> {
    LineId::parse(text).map_err(|_| "it should be the id of a line: 1 to 40 of a-z, 0-9 and _, such as mipa_chat")
}
