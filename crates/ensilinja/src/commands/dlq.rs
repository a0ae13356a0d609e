//! `ensilinja dlq`: the records that could not be used. What is wrong with them, what would happen to them now, and
//! sending them to their topic again after a fix.
//!
//! ```text
//! dead-letter topic --> dead letters --selection--> list, show, redrive --(--execute)--> their topic
//! ```
//!
//! Invariants: no part of a record is shown without `--payload`, and none is ever logged. Nothing is sent without
//! `--execute`, and then only records that this configuration would use.

mod redrive;
mod selection;

use ensilinja_config::Config;
use ensilinja_lookback::dead_letters::{
    DeadLetterSearch, DeadLetterSelection, RedriveJudge, dead_letter_card, list_dead_letters,
};
use ensilinja_report::fitted;

use crate::cli::{DlqArguments, DlqCommand, ListLettersArguments, ShowLetterArguments};
use crate::configuration::chosen;
use crate::console::progress::ConsoleProgress;
use crate::console::standard_output::{ListingFormat, print};
use crate::console::{logging, shutdown};
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;
use selection::selection_request;

/// Inspects dead letters, or sends their records again.
///
/// # Errors
/// [`ConfigError`](ensilinja_config::ConfigError) and [`RequestError`](ensilinja_lookback::RequestError) for bad usage;
/// otherwise why dead letters cannot be read or records cannot be sent.
pub fn dlq(arguments: &DlqArguments) -> anyhow::Result<Outcome> {
    let letters = match &arguments.command {
        DlqCommand::List(list) => &list.letters,
        DlqCommand::Show(show) => &show.letters,
        DlqCommand::Redrive(redrive) => &redrive.letters,
    };
    let config = chosen(Some(&letters.config), letters.brokers.as_deref())?;
    logging::start(config.log)?;
    match &arguments.command {
        DlqCommand::List(list) => self::list(list, &config)?,
        DlqCommand::Show(show) => self::show(show, &config)?,
        DlqCommand::Redrive(redrive) => redrive::redrive(redrive, &config)?,
    }
    Ok(Outcome::Done)
}

/// `dlq list`: how many records could not be used, why, what to do, and the latest of them.
fn list(arguments: &ListLettersArguments, config: &Config) -> anyhow::Result<()> {
    let request = selection_request(&arguments.selection, &[], &config.zone)?;
    let selection = DeadLetterSelection::new(request, config)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, FileRecords::NONE, &stop, &progress)?;
    let judge = RedriveJudge::new(&context);
    let search = DeadLetterSearch { context: &context, selection: &selection, judge: &judge };
    let limit = usize::try_from(arguments.limit).expect("an address has at least 32 bits");
    let list = list_dead_letters(&search, limit, arguments.payload)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => list.text(arguments.listing.width()),
        ListingFormat::Json => list.document().to_json(),
    })
}

/// `dlq show`: everything that is known about one record that could not be used.
fn show(arguments: &ShowLetterArguments, config: &Config) -> anyhow::Result<()> {
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.letters.quiet, &config.zone));
    let context = lookback_context(config, FileRecords::NONE, &stop, &progress)?;
    let card = dead_letter_card(&arguments.position, arguments.payload, &context)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => fitted(&card.text(), arguments.listing.width()),
        ListingFormat::Json => card.document().to_json(),
    })
}
