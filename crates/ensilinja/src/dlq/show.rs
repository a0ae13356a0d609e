//! `dlq show`: all that is known of one record that could not be used.

use ensilinja_config::Config;
use ensilinja_lookback::dead_letters::dead_letter_card;

use crate::cli::{ListingFormat, ShowLetterArguments};
use crate::lookback_context::lookback_context;
use crate::progress::ConsoleProgress;
use crate::standard_output::print;
use crate::stopping;

/// Shows a letter.
///
/// # Errors
/// If there is no such letter, or why letters cannot be read or nothing be printed.
pub fn show(arguments: &ShowLetterArguments, config: &Config) -> anyhow::Result<()> {
    let (stop, progress) = (stopping::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, &[], &stop, &progress)?;
    let card = dead_letter_card(&arguments.position, arguments.payload, &context)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => card.text(),
        ListingFormat::Json => card.document().to_json(),
    })
}
