//! Logging: lines of text or JSON on standard error, so that standard output stays what a command prints.
//!
//! No line holds a contact id, a telephone number, a payload or free text: fields are ids of lines, names of topics,
//! offsets, counts and reasons from closed lists.

use std::io;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::colour;
use crate::config::{Log, LogFormat};
use crate::progress;

/// The environment variable that decides instead of the configured level, in the syntax of `EnvFilter`:
/// `debug`, or `info,ensilinja_kafka=debug`. Empty is as unset.
pub const VARIABLE: &str = "ENSILINJA_LOG";

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The environment variable cannot be read.
    #[error(
        "{VARIABLE} is {found:?}; it should be a level, such as info, or levels by module, such as info,ensilinja_kafka=debug: {problem}"
    )]
    Filter {
        /// What it is set to.
        found: String,
        /// What the parser says.
        problem: ParseError,
    },
    /// Logging has been started before.
    #[error("logging has been started already")]
    Started,
}

/// Starts logging for the whole process. Colours appear only on a terminal, and not where `NO_COLOR` is set.
///
/// # Errors
/// [`LogError`] where `ENSILINJA_LOG` cannot be read, or logging has been started already.
pub fn start(log: Log) -> Result<(), LogError> {
    let variable = std::env::var(VARIABLE).unwrap_or_default();
    let builder = tracing_subscriber::fmt().with_env_filter(filter(&variable, log)?).with_writer(progress::beside);
    let started = match log.format {
        LogFormat::Text => builder.with_ansi(colour::wanted_on(&io::stderr())).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|_| LogError::Started)
}

fn filter(variable: &str, log: Log) -> Result<EnvFilter, LogError> {
    let directives = if variable.is_empty() { log.level.as_str() } else { variable };
    EnvFilter::try_new(directives).map_err(|problem| LogError::Filter { found: variable.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::LogLevel;

    const LOG: Log = Log { format: LogFormat::Text, level: LogLevel::Warn };

    #[test]
    fn the_variable_decides_instead_of_the_configured_level() {
        assert_eq!(filter("", LOG).unwrap().to_string(), "warn");
        assert_eq!(filter("info,ensilinja_kafka=debug", LOG).unwrap().to_string(), "ensilinja_kafka=debug,info");
    }
}
