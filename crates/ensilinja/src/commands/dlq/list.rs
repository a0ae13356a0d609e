//! `dlq list`: how many records could not be used, why, what to do, and which.

use ensilinja_config::Config;
use ensilinja_lookback::dead_letters::{DeadLetterSearch, DeadLetterSelection, RedriveJudge, list_dead_letters};

use super::selection::selection_request;
use crate::cli::ListLettersArguments;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::ListingFormat;
use crate::console::standard_output::print;
use crate::lookback_context::lookback_context;

/// Lists letters.
///
/// # Errors
/// What cannot be asked, or why the letters cannot be read or nothing be printed.
pub fn list(arguments: &ListLettersArguments, config: &Config) -> anyhow::Result<()> {
    let request = selection_request(&arguments.selection, &[], &config.zone)?;
    let selection = DeadLetterSelection::new(request, config)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, &[], &stop, &progress)?;
    let judge = RedriveJudge::new(&context);
    let search = DeadLetterSearch { context: &context, selection: &selection, judge: &judge };
    let limit = usize::try_from(arguments.limit).expect("an address has at least 32 bits");
    let list = list_dead_letters(&search, limit, arguments.payload)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => list.text(),
        ListingFormat::Json => list.document().to_json(),
    })
}
