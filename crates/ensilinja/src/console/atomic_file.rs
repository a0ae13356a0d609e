//! Atomic output files: written under a temporary name, and renamed once they are complete.
//!
//! ```text
//! .events.jsonl.4711-9f86d081884c7d65.partial  --all is on the disk-->  events.jsonl
//!                             `--an error, a stop, a full disk-->  removed
//! ```
//!
//! Invariants: the requested name never holds a partial file, and an existing file stays until its replacement is
//! complete. The temporary name is random and new, so nothing is written through a file or link that another user has
//! put there.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The temporary files of this process, to be removed if it ends at once.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file that is being written. It is removed when dropped, unless it has been renamed.
pub struct AtomicFile {
    file: File,
    path: PathBuf,
    name: PathBuf,
    is_renamed: bool,
}

impl AtomicFile {
    /// Begins a file that will have the name `name`. If that is a link, its target will be replaced.
    ///
    /// # Errors
    /// If the folder does not exist or a file cannot be created in it.
    pub fn create(name: &Path) -> io::Result<Self> {
        let name = fs::canonicalize(name).unwrap_or_else(|_| name.to_owned());
        let file_name = name.file_name().ok_or(ErrorKind::InvalidFilename)?;
        let mut temporary = temporary();
        let (file, path) = create_partial(&name, &file_name.to_string_lossy())?;
        temporary.push(path.clone());
        Ok(Self { file, path, name, is_renamed: false })
    }

    /// The file to write to.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Syncs the complete file to the disk and renames it. The caller has flushed its buffers.
    ///
    /// # Errors
    /// If the disk does not take it. The file is removed then.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, &self.name)?;
        self.is_renamed = true;
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.is_renamed {
            // If it cannot be removed, it does not matter: it has a name of its own.
            let _ = fs::remove_file(&self.path);
        }
        temporary().retain(|path| *path != self.path);
    }
}

/// Removes all temporary files of this process, which is about to end.
pub fn remove_all() {
    for path in temporary().iter() {
        // As above. A file that has just been renamed is not found.
        let _ = fs::remove_file(path);
    }
}

/// A file without a name in this folder, to be written and read again.
///
/// # Errors
/// If a file cannot be created in the folder.
pub fn unnamed(folder: &Path) -> io::Result<File> {
    let (file, path) = create_partial(&folder.join("ensilinja"), "ensilinja")?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// Creates a file beside `name` under a new name that no other user can predict. It differs between containers too, in
/// which processes may have the same number.
fn create_partial(name: &Path, stem: &str) -> io::Result<(File, PathBuf)> {
    loop {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let (process, random) = (std::process::id(), u64::from_ne_bytes(random));
        let path = name.with_file_name(format!(".{stem}.{process}-{random:016x}.partial"));
        // An existing link counts as a file.
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (file, path)),
        }
    }
}

fn temporary() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// One test, because it removes the temporary files of the whole process.
    #[test]
    fn two_writers_of_one_name_have_two_files_and_none_is_left_at_the_end_of_the_process() {
        let folder = std::env::temp_dir().join(format!("ensilinja-atomic-file-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let name = folder.join("events.jsonl");
        let [first, second] = [(); 2].map(|()| AtomicFile::create(&name).unwrap());
        first.file().write_all(b"first").unwrap();
        second.file().write_all(b"second").unwrap();
        assert_eq!(names().len(), 2, "{:?}", names());
        first.commit().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"first");
        unnamed(&folder).unwrap().write_all(b"kept aside").unwrap();
        remove_all();
        assert_eq!(names(), ["events.jsonl"]);
        drop(second);
        fs::remove_dir_all(&folder).unwrap();
    }
}
