//! The argument that says how a listing is printed.

use clap::Args;
use ensilinja_model::vocabulary;

use super::one_of::one_of;

vocabulary! {
    /// How a listing is printed.
    ListingFormat {
        /// A table for people.
        Table = "table",
        /// One document for programs.
        Json = "json",
    }
}

/// How a listing is printed.
#[derive(Clone, Copy, Debug, PartialEq, Args)]
pub struct ListingArguments {
    /// For people, or for programs
    #[arg(long, value_name = "FORMAT", default_value = "table",
          value_parser = one_of(ListingFormat::ALL, ListingFormat::as_str))]
    pub format: ListingFormat,
}
