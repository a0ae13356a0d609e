//! The request for an import.

use std::path::PathBuf;

use ensilinja_model::LineId;

/// A request for an import.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The files of call records.
    pub files: Vec<PathBuf>,
    /// The columns file.
    pub columns: PathBuf,
    /// Where the events go.
    pub output: PathBuf,
    /// Whether an existing file is replaced.
    pub force: bool,
    /// The lines that may be named; `None` for any.
    pub lines: Option<Vec<LineId>>,
    /// Whether progress is hidden.
    pub quiet: bool,
}
