//! The argument for the format of a listing.

use clap::Args;

use super::one_of::one_of;
use crate::console::standard_output::ListingFormat;

/// The format of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Args)]
pub struct ListingArguments {
    /// The format: a table for people, or JSON for programs
    #[arg(long, value_name = "FORMAT", default_value = "table",
          value_parser = one_of(ListingFormat::ALL, ListingFormat::as_str))]
    pub format: ListingFormat,
}
