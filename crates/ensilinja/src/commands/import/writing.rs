//! Reading files of call records and writing their events.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_config::ColumnsFile;
use ensilinja_lookback::call_records::{CallRecordFile, CallRecordSummary};
use ensilinja_lookback::event_file::is_standard_stream;
use ensilinja_lookback::{OutputSink as _, Progress, ProgressUpdate};
use ensilinja_model::EventTime;
use ensilinja_wire::call_records::{CallRecord, RowContent};
use ensilinja_wire::{IMPORT_SOURCE, encode_structured_from};

use super::request::ImportRequest;
use crate::console::destination::Destination;

/// How an import ended, if not by an error.
pub(super) enum ImportEnding {
    /// All rows were read, and the events are written.
    Written(CallRecordSummary),
    /// There were rows, and none could be read. Nothing is written.
    NothingTaken(CallRecordSummary),
    /// It was stopped. There is no file.
    Stopped,
    /// The reader closed the pipe.
    ReaderGone,
}

/// How the reading of one file ended.
#[derive(PartialEq, Eq)]
enum FileEnding {
    Whole,
    Stopped,
    ReaderGone,
}

/// Reads the files and writes their events, in the order of the rows.
pub(super) fn write(
    request: &ImportRequest,
    columns: &ColumnsFile,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> anyhow::Result<ImportEnding> {
    let path = (!is_standard_stream(&request.output)).then_some(request.output.as_path());
    let problem = || match path {
        Some(path) => format!("cannot write {}", path.display()),
        None => "cannot write to standard output".to_owned(),
    };
    let Some(destination) = Destination::open(path, stop).with_context(problem)? else {
        return Ok(ImportEnding::Stopped);
    };
    let mut importing = Importing { destination, progress, stop, summary: CallRecordSummary::default(), at: None };
    for (place, path) in request.files.iter().enumerate() {
        let mut file = CallRecordFile::open(path, columns)?;
        progress.begin(&format!("reading {}", file.name()), "rows");
        let ending = importing.read(place, &mut file);
        progress.end();
        match ending? {
            FileEnding::Whole => {}
            FileEnding::Stopped => return Ok(ImportEnding::Stopped),
            FileEnding::ReaderGone => return Ok(ImportEnding::ReaderGone),
        }
    }
    let Importing { destination, summary, .. } = importing;
    if summary.taken == 0 && summary.refused_rows() + summary.unmapped.rows > 0 {
        return Ok(ImportEnding::NothingTaken(summary));
    }
    let is_gone = is_gone(Box::new(destination).finish()).with_context(problem)?;
    Ok(if is_gone { ImportEnding::ReaderGone } else { ImportEnding::Written(summary) })
}

/// An import under way.
struct Importing<'a> {
    destination: Destination,
    progress: &'a dyn Progress,
    stop: &'a AtomicBool,
    summary: CallRecordSummary,
    /// The arrival of the latest contact.
    at: Option<EventTime>,
}

impl Importing<'_> {
    fn read(&mut self, place: usize, file: &mut CallRecordFile) -> anyhow::Result<FileEnding> {
        while let Some(row) = file.next_row()? {
            if self.stop.load(Ordering::Relaxed) {
                return Ok(FileEnding::Stopped);
            }
            match row.content {
                Ok(RowContent::Contact(contact)) => {
                    self.summary.take(place, row.line, &contact);
                    self.at = contact.facts.first().map(|(at, _)| *at);
                    let written = self.write(&contact);
                    if is_gone(written).with_context(|| format!("cannot write {}", self.destination.name()))? {
                        return Ok(FileEnding::ReaderGone);
                    }
                }
                Ok(RowContent::Ignored) => self.summary.ignore(),
                Err(fault) => self.summary.refuse(place, row.line, fault),
            }
            let (done, total) = (file.bytes_read(), file.bytes());
            self.progress.show(&ProgressUpdate { done, total, count: self.summary.rows, at: self.at });
        }
        Ok(FileEnding::Whole)
    }

    fn write(&mut self, contact: &CallRecord) -> io::Result<()> {
        for statement in contact.statements() {
            let mut line = encode_structured_from(IMPORT_SOURCE, &statement).value;
            line.push(b'\n');
            self.destination.write(&line)?;
        }
        Ok(())
    }
}

/// Whether the reader has closed the pipe, which is not an error: `head` does so.
fn is_gone(result: io::Result<()>) -> io::Result<bool> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(true),
        result => result.map(|()| false),
    }
}
