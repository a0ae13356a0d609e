//! What is logged, and how: `[log]`.

use ensilinja_model::vocabulary;

use crate::error::ConfigError;
use crate::section::Section;
use crate::value;

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// The form of a log line.
    pub format: LogFormat,
    /// The least important lines to log.
    pub level: LogLevel,
}

vocabulary! {
    /// The form of a log line.
    LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object a line, for log collectors.
        Json = "json",
    }
}

vocabulary! {
    /// How important a log line is, the most important first.
    LogLevel {
        /// Something is wrong and needs attention.
        Error = "error",
        /// Something is wrong and the program copes.
        Warn = "warn",
        /// What an operator wants to know of an ordinary day.
        Info = "info",
        /// What explains a problem.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

/// Reads `[log]`. Without it, text from level `info` on is logged.
pub(crate) fn read(root: &Section<'_>) -> Result<LogSettings, ConfigError> {
    let mut log = LogSettings { format: LogFormat::Text, level: LogLevel::Info };
    if let Some(section) = root.section("log", &["format", "level"])? {
        let format = section.optional("format", |value| value::word(value, LogFormat::ALL, LogFormat::as_str))?;
        let level = section.optional("level", |value| value::word(value, LogLevel::ALL, LogLevel::as_str))?;
        log = LogSettings { format: format.unwrap_or(log.format), level: level.unwrap_or(log.level) };
    }
    Ok(log)
}
