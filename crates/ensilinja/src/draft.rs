//! A file that is written beside the one asked for, and takes its name when it is whole.
//!
//! ```text
//! .events.jsonl.4711.partial  --all is on the disk-->  events.jsonl
//!            `--an error, a stop, a full disk-->  nothing
//! ```
//!
//! What must hold: nothing half-written is ever found under the name that was asked for, and what was there before
//! stays until what replaces it is whole.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file that is being written. It is removed when dropped, unless it has taken its name.
pub struct Draft {
    file: File,
    path: PathBuf,
    name: PathBuf,
    has_its_name: bool,
}

impl Draft {
    /// Begins to write what will be found at `name`. Where that is a link, what it leads to is replaced.
    ///
    /// # Errors
    /// If the folder is not there or takes no file.
    pub fn create(name: &Path) -> io::Result<Self> {
        // A link stays one: what it leads to is replaced.
        let name = fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        let file_name = name.file_name().ok_or(ErrorKind::InvalidFilename)?;
        let path = name.with_file_name(format!(".{}.{}.partial", file_name.to_string_lossy(), std::process::id()));
        Ok(Self { file: File::create(&path)?, path, name, has_its_name: false })
    }

    /// What to write to.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// It is whole: once it is on the disk it takes its name, at once. What was buffered has to be flushed before.
    ///
    /// # Errors
    /// If the disk does not take it. Nothing is left of it then.
    pub fn take_its_name(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, &self.name)?;
        self.has_its_name = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.has_its_name {
            // It is in nobody's way if it cannot be removed: it does not have the name.
            let _ = fs::remove_file(&self.path);
        }
    }
}
