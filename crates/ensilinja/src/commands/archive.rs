//! `ensilinja archive`: records of the topics in files, and back.
//!
//! ```text
//! topics --create--> archive --verify--> is it whole?   --erase--> archive without a contact
//!                       |----restore (--execute)--> a topic
//!                       `----report, replay, explain, compare --archive
//! ```
//!
//! Invariants: an archive has its name only when it is complete. None is ever replaced. Nothing is written to a topic
//! without `--execute`, and no part of a record is ever logged.

mod create;
mod erase;
mod key_file;
mod opened;
mod partial_file;
mod restore;
mod verify;

use ensilinja_config::{LogFormat, LogLevel, LogSettings};

use crate::cli::{ArchiveArguments, ArchiveCommand};
use crate::configuration::chosen;
use crate::console::logging;
use crate::outcome::Outcome;

/// Logs of the commands that need no configuration.
const WARNINGS: LogSettings = LogSettings { format: LogFormat::Text, level: LogLevel::Warn };

/// Writes, checks or restores archives.
///
/// # Errors
/// [`UsageError`](crate::usage_error::UsageError) for bad usage; otherwise why something cannot be read or written.
pub fn archive(arguments: &ArchiveArguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ArchiveCommand::Create(arguments) => {
            let config = chosen(Some(&arguments.config), arguments.brokers.as_deref())?;
            logging::start(config.log)?;
            create::create(arguments, &config)
        }
        ArchiveCommand::Verify(arguments) => {
            logging::start(WARNINGS)?;
            verify::verify(arguments)
        }
        ArchiveCommand::Restore(arguments) => {
            let config = chosen(Some(&arguments.config), arguments.brokers.as_deref())?;
            logging::start(config.log)?;
            restore::restore(arguments, &config)
        }
        ArchiveCommand::Erase(arguments) => {
            logging::start(WARNINGS)?;
            erase::erase(arguments)
        }
    }
}
