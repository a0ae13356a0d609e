//! The file of an archive that is not finished, and its state, so that an interrupted run is continued.
//!
//! ```text
//! .2026-11.jsonl.zst.partial         whole frames of lines, and perhaps a piece that does not count
//! .2026-11.jsonl.zst.partial.state   how much of it counts, its checksum, and what is left to read
//!                        --all is there, with the manifest, and on the disk-->  2026-11.jsonl.zst
//! ```
//!
//! The state is replaced at once, after the frames that it speaks of are on the disk. So whenever the process ends, the
//! state tells a beginning that is on the disk. It is checked before it is continued. A lock keeps a second process
//! away.

use std::fs::{self, File, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ensilinja_archive::{ContentDigest, UnfinishedArchive};

use crate::console::atomic_file::AtomicFile;

/// An archive that is not finished.
pub(super) struct PartialFile {
    file: File,
    path: PathBuf,
    state: PathBuf,
    output: PathBuf,
}

/// The file of an archive takes no more.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {file}")]
pub(super) struct UnwrittenArchive {
    file: String,
    #[source]
    why: std::io::Error,
}

impl PartialFile {
    /// Opens or creates the partial file of an archive.
    ///
    /// # Errors
    /// If it cannot be created, or another process writes it.
    pub(super) fn open(output: &Path) -> anyhow::Result<Self> {
        let name = output.file_name().context("--output names no file")?.to_string_lossy();
        let path = output.with_file_name(format!(".{name}.partial"));
        let state = output.with_file_name(format!(".{name}.partial.state"));
        let shown = path.display().to_string();
        anyhow::ensure!(!path.is_symlink(), "{shown} is a link, and an archive is not written through one: remove it");
        let mut options = File::options();
        // Only the owner may read an archive: it holds personal data.
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let opened = options.open(&path);
        let file = opened.with_context(|| format!("cannot write {shown}"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => anyhow::bail!("another process is writing {shown}: wait until it ends"),
            Err(TryLockError::Error(error)) => return Err(error).context(format!("cannot lock {shown}")),
        }
        Ok(Self { file, path, state, output: output.to_owned() })
    }

    /// The file that is written to.
    pub(super) fn file(&self) -> anyhow::Result<File> {
        self.file.try_clone().context("the system provides no further file")
    }

    /// That the file cannot be written, and why.
    pub(super) fn unwritten(&self, why: std::io::Error) -> UnwrittenArchive {
        UnwrittenArchive { file: self.path.display().to_string(), why }
    }

    /// The state of a run before this one; `None` if there was none.
    pub(super) fn state(&self) -> anyhow::Result<Option<UnfinishedArchive>> {
        let text = match fs::read(&self.state) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", self.state.display()))?,
        };
        let state = UnfinishedArchive::parse(&text);
        state
            .map(Some)
            .with_context(|| format!("{} is damaged, or of another version; {}", self.state.display(), self.remedy()))
    }

    /// What to do about a beginning that cannot be continued.
    pub(super) fn remedy(&self) -> String {
        format!("to begin anew, remove {} and {}", self.path.display(), self.state.display())
    }

    /// Checks what a state says, and goes on after it.
    pub(super) fn continue_after(&mut self, state: &UnfinishedArchive) -> anyhow::Result<ContentDigest> {
        self.file.seek(SeekFrom::Start(0))?;
        let checked = state.check(&self.file);
        let digest = checked.with_context(|| format!("{} is damaged: {}", self.path.display(), self.remedy()))?;
        self.file.set_len(state.file_bytes)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(digest)
    }

    /// Begins anew.
    pub(super) fn clear(&mut self) -> anyhow::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        Ok(())
    }

    /// Stores a state, after all that was written is on the disk.
    pub(super) fn store(&mut self, state: &mut UnfinishedArchive) -> anyhow::Result<()> {
        self.file.sync_all()?;
        state.file_bytes = self.file.metadata()?.len();
        let stored = AtomicFile::create(&self.state)?;
        let mut file = stored.file();
        file.write_all(&state.to_json())?;
        stored.commit()?;
        Ok(())
    }

    /// Gives the complete archive its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        self.file.sync_all()?;
        let name = self.output.display();
        anyhow::ensure!(!self.output.exists(), "a file {name} came in the meantime: remove it, and run this again");
        fs::rename(&self.path, &self.output).with_context(|| format!("the archive cannot be named {name}"))?;
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        fs::remove_file(&self.state).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(error),
        })?;
        Ok(())
    }

    /// Removes what there is, after an error that the same command cannot get over.
    pub(super) fn abandon(self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(&self.state);
    }
}
