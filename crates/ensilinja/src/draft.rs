//! A file that is written beside the one asked for, and takes its name when it is whole.
//!
//! ```text
//! .events.jsonl.4711-9f86d081884c7d65.partial  --all is on the disk-->  events.jsonl
//!                             `--an error, a stop, a full disk-->  nothing
//! ```
//!
//! What must hold: nothing half-written is ever found under the name that was asked for, and what was there before
//! stays until what replaces it is whole. No draft is written through a file or a link that somebody else has put
//! there: its name is its own.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The drafts that are on the disk, for the end of a process that waits for nothing.
static ON_THE_DISK: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

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
        let mut on_the_disk = on_the_disk();
        let (file, path) = create_partial(&name, &file_name.to_string_lossy())?;
        on_the_disk.push(path.clone());
        Ok(Self { file, path, name, has_its_name: false })
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
        on_the_disk().retain(|path| *path != self.path);
    }
}

/// Removes all drafts of this process: it is about to end, whatever is still being written.
pub fn remove_all() {
    for path in on_the_disk().iter() {
        // As above. One that has just taken its name is not found.
        let _ = fs::remove_file(path);
    }
}

/// A file that is found under no name, in this folder, to be written and read again.
///
/// # Errors
/// If the folder takes no file.
pub fn nameless(folder: &Path) -> io::Result<File> {
    let (file, path) = create_partial(&folder.join("ensilinja"), "ensilinja")?;
    fs::remove_file(&path)?;
    Ok(file)
}

/// Creates a file beside `name` under a name that nobody else has or can foresee, in another container neither, where
/// processes may have the same number.
fn create_partial(name: &Path, stem: &str) -> io::Result<(File, PathBuf)> {
    loop {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let (process, random) = (std::process::id(), u64::from_ne_bytes(random));
        let path = name.with_file_name(format!(".{stem}.{process}-{random:016x}.partial"));
        // A link that is there counts as a file, wherever it leads.
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return created.map(|file| (file, path)),
        }
    }
}

fn on_the_disk() -> MutexGuard<'static, Vec<PathBuf>> {
    ON_THE_DISK.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// One test, for drafts of the whole process are removed in it.
    #[test]
    fn two_drafts_of_one_name_are_two_files_and_at_the_end_of_the_process_none_is_left() {
        let folder = std::env::temp_dir().join(format!("ensilinja-draft-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let names = || fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
        let name = folder.join("events.jsonl");
        let [first, second] = [(); 2].map(|()| Draft::create(&name).unwrap());
        first.file().write_all(b"first").unwrap();
        second.file().write_all(b"second").unwrap();
        assert_eq!(names().len(), 2, "{:?}", names());
        first.take_its_name().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"first");
        nameless(&folder).unwrap().write_all(b"kept aside").unwrap();
        remove_all();
        assert_eq!(names(), ["events.jsonl"]);
        drop(second);
        fs::remove_dir_all(&folder).unwrap();
    }
}
