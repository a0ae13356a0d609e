//! An archive file that is opened, or why it cannot be.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use ensilinja_archive::ArchiveReader;

/// An archive to read.
///
/// # Errors
/// If it cannot be opened, or is not a whole archive.
pub(super) fn open(path: &Path) -> anyhow::Result<ArchiveReader<File>> {
    let name = || path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {}", name()))?;
    ArchiveReader::open(file).with_context(|| format!("{} is no sound archive", name()))
}
