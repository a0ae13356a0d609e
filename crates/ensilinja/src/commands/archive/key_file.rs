//! The file with the key that replaces ids.

use std::fs;
use std::path::Path;

use ensilinja_archive::PseudonymKey;

use crate::usage_error::UsageError;

/// Reads a key.
///
/// # Errors
/// If the file cannot be read, or its key is too short.
pub(super) fn read(path: &Path) -> Result<PseudonymKey, UsageError> {
    let refused = |why: String| UsageError::KeyFile { file: path.display().to_string(), why };
    let text = fs::read(path).map_err(|why| refused(why.to_string()))?;
    PseudonymKey::of(&text).map_err(|why| refused(why.to_string()))
}
