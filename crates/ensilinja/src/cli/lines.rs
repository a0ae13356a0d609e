//! The arguments of `lines`.

use std::path::PathBuf;

use clap::Args;
use ensilinja_model::LineId;
use jiff::civil::Date;

use super::values::ListingArguments;
use super::values::line_id;

const EXAMPLES: &str = "\
Examples:
  ensilinja lines --config ensilinja.toml
  ensilinja lines --config ensilinja.toml --line mipa --line mipa_chat --from 2025-12-22
  ensilinja lines --format json";

/// Arguments of `lines`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct LinesArguments {
    /// The configuration with the lines; without it, the lines of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print this line only; may be given several times
    #[arg(long = "line", value_name = "ID", value_parser = line_id)]
    pub lines: Vec<LineId>,
    /// The first of the seven days to show opening hours for; without it, today
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
