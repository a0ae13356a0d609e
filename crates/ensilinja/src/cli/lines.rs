//! The arguments of `lines`.

use clap::Args;

use super::listing::ListingArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja lines --config ensilinja.toml";

/// Arguments of `lines`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct LinesArguments {
    /// The configuration with the lines; without it, those of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<std::path::PathBuf>,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
