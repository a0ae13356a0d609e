//! `ensilinja lines`: what the configuration means for each line, with what follows from it.
//!
//! The listing shows what the ledger uses: limits, their dates and promises as they are resolved, not as they are
//! written.

mod document;
mod feed;
mod meaning;
mod text;

use ensilinja_config::Config;
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::{EventTime, LineId};
use jiff::civil::Date;

use crate::cli::ListingArguments;
use crate::console::standard_output::{ListingFormat, print};
use crate::outcome::Outcome;
use meaning::LineListing;

/// Prints what the configuration means for the lines with these ids, or for all, with the opening hours of the week
/// from `first` on, or from today on.
///
/// # Errors
/// [`UnknownLine`](ensilinja_config::UnknownLine), or why it cannot be written.
pub fn lines(
    ids: &[LineId],
    first: Option<Date>,
    listing: &ListingArguments,
    config: &Config,
    now: EventTime,
) -> anyhow::Result<Outcome> {
    let places = config.line_indices(ids)?;
    let first = first.unwrap_or_else(|| zoned(now, &config.zone).date());
    let lines = LineListing::new(config, &places, first)?;
    print(&match listing.format {
        ListingFormat::Table => lines.text(listing.width())?,
        ListingFormat::Json => lines.document().to_json(),
    })?;
    Ok(Outcome::Done)
}
