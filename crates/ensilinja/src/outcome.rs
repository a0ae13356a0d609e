//! How a command ended.

use ensilinja_config::{ConfigError, ShardChoiceError, UnknownLine};
use ensilinja_lookback::{LookbackError, RequestError};

use crate::console::logging::LogError;
use crate::http_file::HttpFileError;
use crate::usage_error::UsageError;
use crate::web_file::WebFileError;

/// How a command ended that did what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing to add.
    Done,
    /// The command found differences or problems.
    Found,
}

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum CommandError {
    /// The command line, the configuration or the environment is wrong; nothing was started.
    BadUsage(anyhow::Error),
    /// The command failed.
    Failed(anyhow::Error),
}

impl CommandError {
    /// The error and its causes.
    #[must_use]
    pub const fn reason(&self) -> &anyhow::Error {
        match self {
            Self::BadUsage(reason) | Self::Failed(reason) => reason,
        }
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(error: anyhow::Error) -> Self {
        let is_bad_usage = error.is::<ConfigError>()
            || error.is::<LogError>()
            || error.is::<UsageError>()
            || error.is::<RequestError>()
            || error.is::<UnknownLine>()
            || error.is::<WebFileError>()
            || error.is::<HttpFileError>()
            || error.is::<ShardChoiceError>()
            || error.downcast_ref::<LookbackError>().is_some_and(LookbackError::is_bad_usage);
        if is_bad_usage { Self::BadUsage(error) } else { Self::Failed(error) }
    }
}
