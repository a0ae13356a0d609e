//! The arguments of `dlq`.

use clap::Args;

use super::listing::ListingArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja dlq --config ensilinja.toml";

/// Arguments of `dlq`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct DlqArguments {
    /// The configuration with the topics
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: std::path::PathBuf,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
