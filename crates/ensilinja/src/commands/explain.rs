//! `ensilinja explain`: which entries of which contacts make up a figure, and what became of a contact.

use ensilinja_lookback::explain::{ContactQuestion, FigureQuestion, explain_contact, explain_figure};

use crate::cli::{ExplainArguments, TimeArgument};
use crate::configuration::chosen;
use crate::console::logging;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{ListingFormat, print};
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;

/// Explains a figure or a contact, and prints the explanation.
///
/// # Errors
/// [`UsageError`](crate::usage_error::UsageError) and [`RequestError`](ensilinja_lookback::RequestError) for a bad
/// request; otherwise why the events cannot be read or the explanation cannot be printed.
pub fn explain(arguments: &ExplainArguments) -> anyhow::Result<Outcome> {
    let config = chosen(arguments.source.config.as_deref(), arguments.source.brokers.as_deref())?;
    logging::start(config.log)?;
    let zone = &config.zone;
    let instant = |option, when: Option<TimeArgument>| when.map(|when| when.instant_of(option, zone)).transpose();
    let at = instant("--at", arguments.at)?;
    let known_before = instant("--known-at", arguments.known_at)?;
    let complete_since = instant("--complete-since", arguments.source.complete_since)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, zone));
    let context = lookback_context(&config, FileRecords::of(&arguments.source), &stop, &progress)?;
    let is_json = arguments.listing.format == ListingFormat::Json;
    let text = if let Some(contact) = &arguments.contact {
        let payload = arguments.payload;
        let question = ContactQuestion { contact, at: at.unwrap_or(context.now), known_before, payload };
        let explanation = explain_contact(&question, &context)?;
        if is_json { explanation.json() } else { explanation.table(arguments.listing.width()) }
    } else {
        let (Some(figure), Some(line), Some(at)) = (&arguments.figure, &arguments.line, at) else {
            unreachable!("the table of arguments demands them together")
        };
        let (window, list_all) = (arguments.window, arguments.all);
        let question = FigureQuestion { line, figure, window, at, known_before, complete_since, list_all };
        let explanation = explain_figure(&question, &context)?;
        if is_json { explanation.json() } else { explanation.table(arguments.listing.width()) }
    };
    print(&text)?;
    Ok(Outcome::Done)
}
