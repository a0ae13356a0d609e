//! `ensilinja explain`: which entries of which contacts make up a figure, and what became of a contact.
//!
//! ```text
//! figure:   read --> the legs of the line --> steps that add to it --> read again --> where each was said, and of whom
//! contact:  read --> what was said of it --> its legs, their steps, their promise
//! ```
//!
//! What is printed is derived from the entries of the live ledger and by the catalogue that the metrics are read by,
//! and it is held against a ledger's own figure before it is printed: an explanation that does not add up is a fault,
//! and is said to be one. The ledger keeps no ids, so the source is read a second time for those that are to be named.

mod contact;
mod contributions;
mod figure;
mod page;
mod promise;
mod question;
mod records;
mod words;

use crate::cli::{ExplainArguments, ListingFormat};
use crate::clock;
use crate::logging;
use crate::outcome::Outcome;
use crate::standard_output::print;

pub use question::CannotExplain;

/// Explains, and prints it.
///
/// # Errors
/// [`CannotExplain`] and others for what cannot be asked; otherwise why the events cannot be read or nothing be
/// printed.
pub fn explain(arguments: &ExplainArguments) -> anyhow::Result<Outcome> {
    let config = arguments.source.configuration()?;
    logging::start(config.log)?;
    let now = clock::wall()();
    let is_json = arguments.listing.format == ListingFormat::Json;
    let text = if let Some(id) = &arguments.contact {
        let explained = contact::explained(id, arguments, &config, now)?;
        if is_json { explained.json() } else { explained.table() }
    } else {
        let explained = figure::explained(&question::question(arguments, &config, now)?, arguments, &config)?;
        if is_json { explained.json() } else { explained.table() }
    };
    print(&text)?;
    Ok(Outcome::Done)
}
