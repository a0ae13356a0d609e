//! Logging: lines of text or JSON on standard error, so that standard output holds only the result of a command.
//!
//! No line holds a contact id, a telephone number, a payload or free text: fields are ids of lines, names of topics,
//! offsets, counts and reasons from closed lists.

use std::borrow::Cow;
use std::io::{self, Write};

use ensilinja_config::{LogFormat, LogSettings};
use ensilinja_model::{printable_json, printable_lines};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use super::{colour, progress};

/// The environment variable that overrides the configured level, in the syntax of `EnvFilter`: `debug`, or
/// `info,ensilinja_kafka=debug`. Empty means unset.
pub const VARIABLE: &str = "ENSILINJA_LOG";

/// The first character of a colour code.
const ESCAPE: char = '\u{1b}';

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The environment variable cannot be parsed.
    #[error(
        "{VARIABLE} is {found:?}; it should be a level, such as info, or levels by module, such as info,ensilinja_kafka=debug: {problem}"
    )]
    Filter {
        /// Its value.
        found: String,
        /// The error of the parser.
        problem: ParseError,
    },
    /// Logging has been started before.
    #[error("logging has been started already")]
    Started,
}

/// Starts logging for the whole process. Colours appear only on a terminal, unless `NO_COLOR` is set.
///
/// # Errors
/// [`LogError`] if `ENSILINJA_LOG` cannot be parsed, or logging has been started already.
pub fn start(log: LogSettings) -> Result<(), LogError> {
    let variable = std::env::var(VARIABLE).unwrap_or_default();
    let builder = tracing_subscriber::fmt().with_env_filter(filter(&variable, log)?);
    let has_colours = colour::wanted_on(&io::stderr());
    let started = match log.format {
        LogFormat::Text if has_colours => builder.with_ansi(true).with_writer(|| Guarded(coloured)).try_init(),
        LogFormat::Text => builder.with_ansi(false).with_writer(|| Guarded(printable_lines)).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_writer(|| Guarded(printable_json)).try_init(),
    };
    started.map_err(|_| LogError::Started)
}

/// Standard error, to which log lines go with control characters as codes.
struct Guarded(fn(&str) -> Cow<'_, str>);

impl Write for Guarded {
    /// Takes a whole line.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        progress::beside().write_all((self.0)(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        progress::beside().flush()
    }
}

/// A line that keeps its colours; all other control characters become codes.
fn coloured(line: &str) -> Cow<'_, str> {
    let mut parts = line.split(ESCAPE);
    let mut text = parts.next().map(printable_lines).unwrap_or_default().into_owned();
    for part in parts {
        if is_colour(part) {
            text.push(ESCAPE);
        } else {
            text.extend(ESCAPE.escape_default());
        }
        text.push_str(&printable_lines(part));
    }
    text.into()
}

/// Whether the text after an escape character is a colour code: `[1;31m`.
fn is_colour(part: &str) -> bool {
    let codes = part.strip_prefix('[').and_then(|rest| rest.split_once('m'));
    codes.is_some_and(|(codes, _)| codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
}

fn filter(variable: &str, log: LogSettings) -> Result<EnvFilter, LogError> {
    let directives = if variable.is_empty() { log.level.as_str() } else { variable };
    EnvFilter::try_new(directives).map_err(|problem| LogError::Filter { found: variable.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ensilinja_config::LogLevel;

    #[test]
    fn a_line_keeps_its_colours_and_no_other_control_characters() {
        let line =
            "\u{1b}[2m10:15\u{1b}[0m \u{1b}[1;33mWARN\u{1b}[0m topic=\"a\u{202e}b\" \u{1b}[2J\u{1b}]0;x\u{7}\u{9b}\n";
        let shown = "\u{1b}[2m10:15\u{1b}[0m \u{1b}[1;33mWARN\u{1b}[0m topic=\"a\\u{202e}b\" \\u{1b}[2J\\u{1b}]0;x\\u{7}\\u{9b}\n";
        assert_eq!(coloured(line), shown);
    }

    const LOG: LogSettings = LogSettings { format: LogFormat::Text, level: LogLevel::Warn };

    #[test]
    fn the_variable_overrides_the_configured_level() {
        assert_eq!(filter("", LOG).unwrap().to_string(), "warn");
        assert_eq!(filter("info,ensilinja_kafka=debug", LOG).unwrap().to_string(), "ensilinja_kafka=debug,info");
    }
}
