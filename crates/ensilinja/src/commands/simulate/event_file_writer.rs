//! Writes a file of events, completely or not at all.
//!
//! The lines go to a temporary file, which is renamed once all of them are on the disk. Standard output, a pipe or a
//! device takes each line as it comes.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_lookback::event_file::is_standard_stream;
use ensilinja_sim::{POISON_HEADER, Publication};
use ensilinja_wire::{Detail, encode_structured};

use crate::console::atomic_file::AtomicFile;

/// The size of the write buffer, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrittenEvents {
    /// Lines written.
    pub lines: u64,
    /// Records that cannot be a line: without a value, not UTF-8, blank or with a newline in the middle; or with a
    /// fault in the headers or the timestamp only, which a line does not have.
    pub left_out: u64,
    /// How it ended.
    pub ending: WriteEnding,
}

/// How writing ended, if not by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteEnding {
    /// All records were written or left out.
    Whole,
    /// It was stopped. There is no file.
    Stopped,
    /// The reader closed the pipe.
    ReaderGone,
}

/// Writes the publications to a file, one event a line, in the order of publication. The path `-` is standard output.
///
/// A record in binary mode becomes the same event in structured mode. An existing file is replaced atomically at the
/// end; a pipe or a device is written to directly. `stop` ends the writing, and the file is removed then.
///
/// # Errors
/// If the file cannot be written. It is removed then.
pub fn write(
    path: &Path,
    publications: impl Iterator<Item = Publication>,
    stop: &AtomicBool,
) -> anyhow::Result<WrittenEvents> {
    if is_standard_stream(path) {
        return write_lines(io::stdout().lock(), publications, stop).context("cannot write to standard output");
    }
    let problem = || format!("cannot write {}", path.display());
    if let Ok(found) = fs::metadata(path)
        && !found.is_file()
    {
        let stream = File::options().write(true).open(path).with_context(problem)?;
        return write_lines(stream, publications, stop).with_context(problem);
    }
    let file = AtomicFile::create(path).with_context(problem)?;
    let written = write_lines(file.file(), publications, stop).with_context(problem)?;
    if written.ending == WriteEnding::Whole {
        file.commit().with_context(problem)?;
    }
    Ok(written)
}

fn write_lines(
    destination: impl Write,
    publications: impl Iterator<Item = Publication>,
    stop: &AtomicBool,
) -> io::Result<WrittenEvents> {
    let mut destination = BufWriter::with_capacity(BUFFER_BYTES, destination);
    let mut written = WrittenEvents { lines: 0, left_out: 0, ending: WriteEnding::Whole };
    for publication in publications {
        if stop.load(Ordering::Relaxed) {
            written.ending = WriteEnding::Stopped;
            break;
        }
        let Some(line) = line_of(&publication) else {
            written.left_out += 1;
            continue;
        };
        if is_gone(destination.write_all(&line).and_then(|()| destination.write_all(b"\n")))? {
            return Ok(WrittenEvents { ending: WriteEnding::ReaderGone, ..written });
        }
        written.lines += 1;
    }
    if is_gone(destination.flush())? {
        written.ending = WriteEnding::ReaderGone;
    }
    Ok(written)
}

/// Whether the reader has closed the pipe, which is not an error: `head` does so.
fn is_gone(result: io::Result<()>) -> io::Result<bool> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(true),
        result => result.map(|()| false),
    }
}

/// The line for a publication; `None` if it cannot be a line.
fn line_of(publication: &Publication) -> Option<Cow<'_, [u8]>> {
    let is_binary = publication.headers.iter().any(|(name, _)| name.starts_with("ce_"));
    if let (true, Some(event)) = (is_binary, &publication.event) {
        return Some(Cow::Owned(encode_structured(&event.statement()).value));
    }
    let has_headers = publication.headers.iter().any(|(name, _)| name != POISON_HEADER);
    let only_the_record_is_wrong =
        publication.poison.is_some_and(|poison| has_headers || poison.detail == Detail::AheadOfRecord);
    let value = publication.value.as_deref().filter(|_| !only_the_record_is_wrong)?;
    let is_line =
        publication.poison.is_none() || str::from_utf8(value).is_ok_and(|text| !text.contains('\n') && !is_blank(text));
    is_line.then_some(Cow::Borrowed(value))
}

fn is_blank(text: &str) -> bool {
    text.as_bytes().trim_ascii().is_empty()
}
