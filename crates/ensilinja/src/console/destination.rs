//! The destination of long output: standard output, a pipe or a device, written directly, or an atomic file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use ensilinja_lookback::OutputSink;
use ensilinja_lookback::event_file::is_standard_stream;

use super::atomic_file::{AtomicFile, unnamed};
use super::shutdown::unless_stopped;

/// The size of the write buffer, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// The destination of long output.
pub struct Destination {
    sink: BufWriter<Box<dyn Write>>,
    atomic: Option<AtomicFile>,
    name: String,
}

impl Destination {
    /// Opens the file of this name, or standard output. An existing file is replaced at once, at the end; a pipe or a
    /// device is written to. `None` if `stop` is set before a pipe has a reader.
    ///
    /// # Errors
    /// If it cannot be written to.
    pub fn open(output: Option<&Path>, stop: &AtomicBool) -> io::Result<Option<Self>> {
        let Some(path) = output else {
            return Ok(Some(Self::new(Box::new(io::stdout()), None, "standard output".to_owned())));
        };
        let name = path.display().to_string();
        if !is_atomic(path) {
            let path = path.to_owned();
            let opened = unless_stopped(stop, move || File::options().write(true).open(path))?;
            return opened.transpose().map(|stream| stream.map(|stream| Self::new(Box::new(stream), None, name)));
        }
        let atomic = AtomicFile::create(path)?;
        let file = atomic.file().try_clone()?;
        Ok(Some(Self::new(Box::new(file), Some(atomic), name)))
    }

    fn new(sink: Box<dyn Write>, atomic: Option<AtomicFile>, name: String) -> Self {
        Self { sink: BufWriter::with_capacity(BUFFER_BYTES, sink), atomic, name }
    }
}

impl OutputSink for Destination {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_stream(&self) -> bool {
        self.atomic.is_none()
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        self.sink.write_all(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.sink.flush()?;
        self.atomic.map_or(Ok(()), AtomicFile::commit)
    }
}

/// Refuses to replace a file with content, unless that is wanted.
///
/// # Errors
/// The file exists, and what to do.
pub fn refuse_existing(output: &Path, is_replaced: bool) -> anyhow::Result<()> {
    let has_content = fs::metadata(output).is_ok_and(|found| found.is_file() && found.len() > 0);
    anyhow::ensure!(
        is_replaced || !has_content,
        "{} exists already: name another file, or replace it with --force once the new one is complete",
        output.display()
    );
    Ok(())
}

/// Whether output of this name appears when it is complete, as a file does.
#[must_use]
pub fn is_atomic(output: &Path) -> bool {
    fs::metadata(output).map_or(true, |found| found.is_file())
}

/// Whether writing to `output` would replace a file that is read; `-` is standard input.
#[must_use]
pub fn is_read(output: &Path, events: &Path) -> bool {
    let events = if is_standard_stream(events) { Path::new("/dev/stdin") } else { events };
    let [output, events] = [output, events].map(fs::canonicalize);
    events.is_ok_and(|events| events.is_file() && output.is_ok_and(|output| output == events))
}

/// The folder for temporary files: that of the output file, or the system's.
#[must_use]
pub fn folder(output: Option<&Path>) -> PathBuf {
    let beside = output.filter(|path| is_atomic(path));
    let folder = beside.map(|path| path.parent().unwrap_or(Path::new("")));
    match folder {
        Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
        Some(folder) => folder.to_owned(),
        None => std::env::temp_dir(),
    }
}

/// A file without a name in a folder.
///
/// # Errors
/// If a file cannot be created in the folder, which the error names.
pub fn temporary_file(folder: &Path) -> io::Result<File> {
    unnamed(folder).map_err(|error| io::Error::new(error.kind(), format!("in {}: {error}", folder.display())))
}
