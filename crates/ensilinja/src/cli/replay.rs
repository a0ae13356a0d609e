//! The arguments of `replay`.

use clap::Args;

use super::source::SourceArguments;
use super::when::When;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja replay --config ensilinja.toml --from 2025-09-15 --to 2025-09-16";

/// Arguments of `replay`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReplayArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// The first instant to give figures of; the first of what a table sums up
    #[arg(long, value_name = "TIME")]
    pub from: When,
    /// The last instant; of a table, the end, itself left out
    #[arg(long, value_name = "TIME")]
    pub to: When,
}
