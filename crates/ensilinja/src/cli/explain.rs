//! The arguments of `explain`.

use clap::Args;

use super::listing::ListingArguments;
use super::source::SourceArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja explain --config ensilinja.toml";

/// Arguments of `explain`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArguments {
    /// Where the events come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
