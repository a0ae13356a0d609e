//! The arguments of `compare`.

use clap::Args;

use super::listing::ListingArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja compare before.jsonl after.jsonl";

/// Arguments of `compare`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareArguments {
    /// A run, as `replay --format jsonl` writes it, or the address of a live process
    pub one: String,
    /// Another
    pub other: String,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
