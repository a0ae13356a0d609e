//! Where a replay is written: standard output, a pipe or a device as it comes, or a file that is whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;

use super::stepping::Stopped;
use crate::draft::Draft;
use crate::events_file::is_standard_stream;
use crate::stopping::unless_stopped;

/// How much is handed to the system at once, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// Whoever read the output has had enough, which is no failure: `head` does so.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub struct ReaderGone;

/// Where it is written.
pub struct Destination {
    sink: BufWriter<Box<dyn Write>>,
    draft: Option<Draft>,
    name: String,
}

impl Destination {
    /// Opens it: the file of this name, or standard output. A file that is there is replaced, at the end and at once; a
    /// pipe or a device is written to.
    ///
    /// # Errors
    /// If it cannot be written to; [`Stopped`] if `stop` is set while nobody reads a pipe.
    pub fn open(output: Option<&Path>, stop: &AtomicBool) -> anyhow::Result<Self> {
        let Some(path) = output else {
            return Ok(Self::new(Box::new(io::stdout()), None, "standard output".to_owned()));
        };
        let name = path.display().to_string();
        let problem = || format!("cannot write {name}");
        if !is_whole_or_none(path) {
            let path = path.to_owned();
            let opened = unless_stopped(stop, move || File::options().write(true).open(path))?;
            let stream = opened.ok_or(Stopped)?.with_context(problem)?;
            return Ok(Self::new(Box::new(stream), None, name));
        }
        let draft = Draft::create(path).with_context(problem)?;
        let file = draft.file().try_clone().with_context(problem)?;
        Ok(Self::new(Box::new(file), Some(draft), name))
    }

    fn new(sink: Box<dyn Write>, draft: Option<Draft>, name: String) -> Self {
        Self { sink: BufWriter::with_capacity(BUFFER_BYTES, sink), draft, name }
    }

    /// Writes.
    ///
    /// # Errors
    /// [`ReaderGone`], or why it cannot be written.
    pub fn write(&mut self, text: &[u8]) -> anyhow::Result<()> {
        let written = self.sink.write_all(text);
        self.judge(written)
    }

    /// Hands over what is buffered.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn flush(&mut self) -> anyhow::Result<()> {
        let flushed = self.sink.flush();
        self.judge(flushed)
    }

    /// All of it has been written: a file takes its name.
    ///
    /// # Errors
    /// As [`write`](Self::write). Nothing is left of the file then.
    pub fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        let Self { draft, name, .. } = self;
        draft.map_or(Ok(()), Draft::take_its_name).with_context(|| format!("cannot write {name}"))
    }

    /// Whether what has been written can be read before all of it is.
    pub const fn is_stream(&self) -> bool {
        self.draft.is_none()
    }

    fn judge(&self, written: io::Result<()>) -> anyhow::Result<()> {
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(ReaderGone.into()),
            written => written.with_context(|| format!("cannot write {}", self.name)),
        }
    }
}

/// Whether what is written under this name is found there when all of it is, as it is in a file.
pub fn is_whole_or_none(output: &Path) -> bool {
    fs::metadata(output).map_or(true, |found| found.is_file())
}

/// Whether writing to `output` would take the place of a file that is read; `-` is standard input.
pub fn is_read(output: &Path, events: &Path) -> bool {
    let events = if is_standard_stream(events) { Path::new("/dev/stdin") } else { events };
    let [output, events] = [output, events].map(fs::canonicalize);
    events.is_ok_and(|events| events.is_file() && output.is_ok_and(|output| output == events))
}

/// The folder for what has to be kept aside until the end: that of the file, or the one for temporary files.
pub fn folder(output: Option<&Path>) -> PathBuf {
    let beside = output.filter(|path| is_whole_or_none(path));
    let folder = beside.map(|path| path.parent().unwrap_or(Path::new("")));
    match folder {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => std::env::temp_dir(),
    }
}
