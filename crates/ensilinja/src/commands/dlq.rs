//! `ensilinja dlq`: the records that could not be used. What is wrong with them, what would become of them now, and
//! sending them to their topic again after a fix.
//!
//! ```text
//! dead-letter topic --> letters --selection--> list, show, redrive --(--execute)--> their topic
//! ```
//!
//! What must hold: nothing of a record is shown unless `--payload` asks for it, and nothing of it is ever in the log.
//! Nothing is sent unless `--execute` asks for it, and then only what would be used.

mod list;
mod redrive;
mod selection;
mod show;

use crate::cli::{DlqArguments, DlqCommand};
use crate::console::logging;
use crate::outcome::Outcome;

/// Looks at letters, or sends their records again.
///
/// # Errors
/// [`ConfigError`](ensilinja_config::ConfigError) and [`RequestError`](ensilinja_lookback::RequestError) for what cannot be asked; otherwise why letters
/// cannot be read or records not be sent.
pub fn dlq(arguments: &DlqArguments) -> anyhow::Result<Outcome> {
    let letters = match &arguments.command {
        DlqCommand::List(list) => &list.letters,
        DlqCommand::Show(show) => &show.letters,
        DlqCommand::Redrive(redrive) => &redrive.letters,
    };
    let config = letters.configuration()?;
    logging::start(config.log)?;
    match &arguments.command {
        DlqCommand::List(list) => list::list(list, &config)?,
        DlqCommand::Show(show) => show::show(show, &config)?,
        DlqCommand::Redrive(redrive) => redrive::redrive(redrive, &config)?,
    }
    Ok(Outcome::Done)
}
