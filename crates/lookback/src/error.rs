//! Why a question about the past has no answer.

use ensilinja_catalogue::RunFileError;
use ensilinja_config::UnknownLine;
use ensilinja_kafka::ScanError;
use ensilinja_report::ReportError;

use crate::compare::EndpointError;
use crate::event_file::EventFileError;
use crate::replay::OutputError;
use crate::request_error::RequestError;
use crate::source::{ArchiveFileError, SourceError, StoppedReading};

/// Why a question about the past has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookbackError {
    /// The request is wrong as it was made. Nothing was read.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The request names a line that is not configured.
    #[error(transparent)]
    UnknownLine(#[from] UnknownLine),
    /// The source cannot be read as asked, or holds nothing.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file cannot be read.
    #[error(transparent)]
    EventFile(#[from] EventFileError),
    /// An archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveFileError),
    /// A topic cannot be read.
    #[error(transparent)]
    Topic(#[from] ScanError),
    /// A run cannot be read.
    #[error(transparent)]
    RunFile(#[from] RunFileError),
    /// Reading was stopped.
    #[error(transparent)]
    StoppedReading(#[from] StoppedReading),
    /// Work that had begun was stopped.
    #[error("it was stopped")]
    Stopped,
    /// Work ended early.
    #[error("{what}")]
    Interrupted {
        /// What had been done.
        what: String,
        /// Why it ended.
        #[source]
        why: Box<LookbackError>,
    },
    /// The time that is asked for is not known, or is in the future.
    #[error("{0}")]
    NotKnown(String),
    /// Two sides have nothing to compare, or cannot be read again.
    #[error("{0}")]
    NotComparable(String),
    /// The live process gave no answer.
    #[error(transparent)]
    Live(EndpointError),
    /// The report cannot be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The output takes no more.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The program contradicts itself.
    #[error("this is a bug of the program: {0}")]
    Bug(String),
}

impl LookbackError {
    /// Whether the request was wrong, rather than its answer impossible.
    #[must_use]
    pub const fn is_bad_usage(&self) -> bool {
        matches!(self, Self::Request(_) | Self::UnknownLine(_))
    }
}
