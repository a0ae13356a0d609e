//! The arguments of `check`.

use clap::Args;

use super::listing::ListingArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja check --config ensilinja.toml";

/// Arguments of `check`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArguments {
    /// The configuration to check
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: std::path::PathBuf,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
