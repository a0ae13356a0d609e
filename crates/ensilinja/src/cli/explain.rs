//! The arguments of `explain`.

use clap::{ArgGroup, Args};
use ensilinja_ledger::Window;
use ensilinja_model::LineId;

use super::listing::ListingArguments;
use super::one_of::one_of;
use super::report::line_id;
use super::source::SourceArguments;
use super::when::When;

const EXAMPLES: &str = "\
Examples:
  ensilinja explain --config ensilinja.toml --line mipa --figure abandoned --window 15m --at 2026-03-02T10:15
  ensilinja explain --config ensilinja.toml --line mipa --figure promise_kept --window today --at 2026-03-02T10:15 \
--known-at 2026-03-02T10:15
  ensilinja explain --events events.jsonl --line mipa --figure callbacks_outstanding{due=\"overdue\"} \
--at 2025-10-26T03:30+02:00
  ensilinja explain --events events.jsonl --contact 5f0c-17 --format json

A figure is named as its metric is, or by as much of that as tells it apart: abandoned_queue is
ensilinja_window_contacts_decided{result=\"abandoned_queue\"}. An indicator, such as promise_kept or service, is explained
in both its parts: what is good, and of how many. The source is read twice, so standard input cannot be one.

By default all that is known counts, whenever it became known: the figure as it should have been shown. With --known-at
only records of the topic count that were written before then: the figure as it could be known then. Files do not say
when anything was written.

Ids of contacts are written to standard output, for whoever may read the topic anyway, and nowhere else.";

/// Arguments of `explain`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").args(["figure", "contact"]).required(true))]
pub struct ExplainArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// The line whose figure it is
    #[arg(long, value_name = "ID", value_parser = line_id, conflicts_with = "contact")]
    pub line: Option<LineId>,
    /// The figure to explain: a metric, a label's value, an indicator
    #[arg(long, value_name = "NAME", requires_all = ["line", "at"])]
    pub figure: Option<String>,
    /// The window of the figure, if it has any
    #[arg(long, value_name = "WINDOW", value_parser = one_of(Window::ALL, Window::as_str), conflicts_with = "contact")]
    pub window: Option<Window>,
    /// The contact whose story to tell, by its id as the source has it
    #[arg(long, value_name = "ID")]
    pub contact: Option<String>,
    /// The instant, as a local time of the lines; of a contact, now if it is not said
    #[arg(long, value_name = "TIME")]
    pub at: Option<When>,
    /// Only what was written to the topic before then
    #[arg(long, value_name = "TIME", conflicts_with = "events")]
    pub known_at: Option<When>,
    /// List every entry; otherwise of more than 40 the first and the last 20
    #[arg(long, conflicts_with = "contact")]
    pub all: bool,
    /// Do not show how far it is
    #[arg(long)]
    pub quiet: bool,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
