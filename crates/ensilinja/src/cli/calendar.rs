//! The arguments of `calendar`.

use clap::Args;

use super::listing::ListingArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja calendar --config ensilinja.toml";

/// Arguments of `calendar`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CalendarArguments {
    /// The configuration with the lines; without it, those of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<std::path::PathBuf>,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
