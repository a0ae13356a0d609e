//! The arguments of `explain`.

use clap::{ArgGroup, Args};
use ensilinja_ledger::Window;
use ensilinja_model::LineId;

use super::source::SourceArguments;
use super::time_argument::TimeArgument;
use super::values::ListingArguments;
use super::values::line_id;
use super::values::one_of;

const EXAMPLES: &str = "\
Examples:
  ensilinja explain --config ensilinja.toml --line mipa --figure abandoned --window 15m --at 2026-03-02T10:15
  ensilinja explain --config ensilinja.toml --line mipa --figure promise_kept --window today --at 2026-03-02T10:15 \
--known-at 2026-03-02T10:15
  ensilinja explain --events events.jsonl --line mipa --figure callbacks_outstanding{due=\"overdue\"} \
--at 2025-10-26T03:30+02:00
  ensilinja explain --events events.jsonl --contact 5f0c-17 --format json

A figure has the name of its metric, or an unambiguous part of it: abandoned_queue means
ensilinja_window_contacts_decided{result=\"abandoned_queue\"}. An indicator, such as promise_kept or service, is explained
in both parts, numerator and denominator. The source is read twice, so it cannot be standard input.

By default all events count, no matter when they became known: the figure as it should have been shown. With --known-at
only records that were written to the topic before then count: the figure as it could have been known. Files have no
times of writing.

Ids of contacts are printed to standard output, for people who may read the topic anyway, and nowhere else.";

/// Arguments of `explain`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["figure", "contact"]).required(true))]
pub struct ExplainArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// The line of the figure
    #[arg(long, value_name = "ID", value_parser = line_id, conflicts_with = "contact")]
    pub line: Option<LineId>,
    /// The figure to explain: a metric, a label's value, an indicator
    #[arg(long, value_name = "NAME", requires_all = ["line", "at"])]
    pub figure: Option<String>,
    /// The window of the figure, if it has one
    #[arg(long, value_name = "WINDOW", value_parser = one_of(Window::ALL, Window::as_str), conflicts_with = "contact")]
    pub window: Option<Window>,
    /// The id of the contact to explain, as in the source
    #[arg(long, value_name = "ID")]
    pub contact: Option<String>,
    /// The instant, as a local time of the lines; for a contact, now by default
    #[arg(long, value_name = "TIME")]
    pub at: Option<TimeArgument>,
    /// Only records that were written to the topic before then
    #[arg(long, value_name = "TIME", conflicts_with = "events")]
    pub known_at: Option<TimeArgument>,
    /// List every entry; by default the first and the last 20 of more than 40
    #[arg(long, conflicts_with = "contact")]
    pub all: bool,
    /// Show the platform's records as they came; they contain personal data
    #[arg(long, requires = "contact")]
    pub payload: bool,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
