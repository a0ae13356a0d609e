//! The name of an event file, on the command line and in messages.

use std::path::Path;

/// The name that stands for standard input or standard output.
pub const STANDARD_STREAM: &str = "-";

/// Whether a path stands for standard input or standard output.
#[must_use]
pub fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == STANDARD_STREAM
}

/// The name of an input file in messages.
#[must_use]
pub fn stream_name(path: &Path) -> String {
    if is_standard_stream(path) { "standard input".to_owned() } else { path.display().to_string() }
}
