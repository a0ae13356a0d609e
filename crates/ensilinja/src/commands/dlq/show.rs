//! `dlq show`: all that is known of one record that could not be used.

use ensilinja_config::Config;
use ensilinja_lookback::dead_letters::dead_letter_card;

use crate::cli::ShowLetterArguments;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::ListingFormat;
use crate::console::standard_output::print;
use crate::lookback_context::lookback_context;

/// Shows a letter.
///
/// # Errors
/// If there is no such letter, or why letters cannot be read or nothing be printed.
pub fn show(arguments: &ShowLetterArguments, config: &Config) -> anyhow::Result<()> {
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, &[], &stop, &progress)?;
    let card = dead_letter_card(&arguments.position, arguments.payload, &context)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => card.text(),
        ListingFormat::Json => card.document().to_json(),
    })
}
