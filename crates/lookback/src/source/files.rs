//! Reading files of events, merged by the times of their events.
//!
//! A block of a file counts as known at its earliest event, or when the block before it in its file was, whichever is
//! later. The block with the earliest such time comes first. A file is opened fully only when its first block may be
//! next, so a year of files, one a day, needs no more memory than a day.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Stays};

use super::event::{RawContact, SourcedEvent};
use super::event_source::EventSource;
use super::joining::join;
use super::position::SourcePosition;
use super::summary::{SourceError, SourceSummary};
use crate::error::LookbackError;
use crate::event_file::{
    BLOCK, EventBatch, EventFile, EventFileError, ReadAhead, ReadAheadItem, is_standard_stream, stream_name,
};
use crate::progress::ProgressUpdate;

/// How often a thread that waits for a pipe to open looks at the stop flag.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

pub(super) fn read(
    source: &EventSource<'_>,
    decoder: &Decoder,
    stop: &AtomicBool,
    summary: &mut SourceSummary,
    handle: &mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>,
) -> Result<(), LookbackError> {
    check(source)?;
    let mut files = MergedFiles::open(source, decoder, stop)?;
    source.progress.begin(&format!("reading {}", source.name()), "events");
    let mut stays = Stays::default();
    while let Some((file, known_at)) = files.next(decoder, stop, summary)? {
        let mut events = Vec::with_capacity(BLOCK);
        for line in file.batch.events(file.block) {
            join(line.stated, &mut stays, &mut |event, call| events.push((event, call, line.number, line.line)));
        }
        for (event, ..) in &events {
            summary.add(event, Some(known_at));
        }
        for &(event, call, number, line) in &events {
            let position = SourcePosition::Line { file: file.index, number };
            let contact = RawContact::of_line(decoder, line, event.leg, call);
            handle(&SourcedEvent { event, known_at, position: &position, evidence: &summary.evidence, contact })?;
        }
        file.block += 1;
        let (done, total) = files.bytes();
        source.progress.show(&ProgressUpdate { done, total, count: summary.events, at: Some(known_at) });
    }
    if !files.are_read() {
        return Err(summary.stopped(source).into());
    }
    summary.without_entry = stays.calls_without_entry();
    if summary.events == 0 {
        let (name, part, hint) = (source.name(), String::new(), summary.hint(source));
        return Err(SourceError::NoEvents { name, part, hint }.into());
    }
    Ok(())
}

/// Checks that the request can be answered from files.
fn check(source: &EventSource<'_>) -> Result<(), SourceError> {
    let streams = source.files.iter().filter(|path| is_standard_stream(path)).count();
    match source {
        EventSource { known_before: Some(_), .. } => Err(SourceError::FilesHaveNoKnownAt),
        EventSource { offsets, .. } if !offsets.is_empty() => Err(SourceError::FilesHaveNoOffsets),
        _ if streams > 1 => Err(SourceError::StandardInputTwice),
        _ => Ok(()),
    }
}

/// A file that is not opened yet.
struct PendingFile<'a> {
    known_at: EventTime,
    index: usize,
    path: &'a Path,
}

/// A file that is being read.
struct OpenFile {
    index: usize,
    ahead: ReadAhead,
    batch: EventBatch,
    /// The next block of the batch.
    block: usize,
    /// When the block before it was known.
    known_at: EventTime,
}

impl OpenFile {
    fn new(index: usize, ahead: ReadAhead) -> Self {
        Self { index, ahead, batch: EventBatch::default(), block: 0, known_at: EventTime::MIN }
    }

    /// When its next block is known.
    fn next_known_at(&self) -> EventTime {
        self.batch.earliest(self.block).unwrap_or(self.known_at).max(self.known_at)
    }
}

/// Opens a file and returns when its first block was known. Of a pipe, which cannot be read twice, and of a single
/// file, where it does not matter, `None`.
fn look_into(
    path: &Path,
    decoder: &Decoder,
    is_only_file: bool,
) -> Result<(EventFile, Option<EventTime>), EventFileError> {
    let mut file = EventFile::open(path)?;
    if is_only_file || file.bytes().is_none() {
        return Ok((file, None));
    }
    let known_at = file.next_block_begins(decoder)?.unwrap_or(EventTime::MIN);
    Ok((file, Some(known_at)))
}

/// Looks into a file in a thread of its own, because opening a pipe may block for ever. Returns `None` if `stop` is set
/// first; the thread is abandoned then.
fn look_into_unless_stopped(
    path: &Path,
    decoder: &Decoder,
    is_only_file: bool,
    stop: &AtomicBool,
) -> Result<Option<(EventFile, Option<EventTime>)>, EventFileError> {
    let (send, opened) = sync_channel(1);
    let (owned_path, owned_decoder) = (path.to_owned(), decoder.clone());
    // After a stop the receiver is gone, and the file is not needed.
    let run = move || drop(send.send(look_into(&owned_path, &owned_decoder, is_only_file)));
    if let Err(why) = thread::Builder::new().name("opening".to_owned()).spawn(run) {
        return Err(EventFileError::NoThread { name: stream_name(path), why });
    }
    loop {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match opened.recv_timeout(POLL_INTERVAL) {
            Ok(opened) => return opened.map(Some),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(EventFileError::Panicked { name: stream_name(path) });
            }
        }
    }
}

/// All files, read side by side.
struct MergedFiles<'a> {
    /// How many files there are.
    count: usize,
    /// In the order of their first blocks.
    pending: VecDeque<PendingFile<'a>>,
    open: Vec<OpenFile>,
    /// The size of all files together; `None` if the size of one is unknown.
    bytes: Option<u64>,
    /// The size of those that have been read to their ends.
    bytes_finished: u64,
    /// Reading was stopped while files were opened.
    is_stopped: bool,
}

impl<'a> MergedFiles<'a> {
    /// Opens all files and looks at their first blocks.
    fn open(source: &EventSource<'a>, decoder: &Decoder, stop: &AtomicBool) -> Result<Self, EventFileError> {
        let (pending, open) = (VecDeque::new(), Vec::new());
        let count = source.files.len();
        let mut files = Self { count, pending, open, bytes: Some(0), bytes_finished: 0, is_stopped: false };
        let mut pending = Vec::new();
        let is_only_file = count == 1;
        for (index, path) in source.files.iter().enumerate() {
            let Some((file, known_at)) = look_into_unless_stopped(path, decoder, is_only_file, stop)? else {
                files.is_stopped = true;
                break;
            };
            files.bytes = files.bytes.zip(file.bytes()).map(|(all, more)| all + more);
            match known_at {
                Some(known_at) => pending.push(PendingFile { known_at, index, path }),
                None => files.open.push(OpenFile::new(index, ReadAhead::of(file, decoder, count)?)),
            }
        }
        pending.sort_unstable_by_key(|file| (file.known_at, file.index));
        files.pending = pending.into();
        Ok(files)
    }

    /// The file whose next block comes first, and when that block is known; `None` after the last block, or if `stop`
    /// is set.
    fn next(
        &mut self,
        decoder: &Decoder,
        stop: &AtomicBool,
        summary: &mut SourceSummary,
    ) -> Result<Option<(&mut OpenFile, EventTime)>, EventFileError> {
        loop {
            if stop.load(Ordering::Relaxed) || !self.fill(stop, summary)? {
                return Ok(None);
            }
            let by_time = |&at: &usize| (self.open[at].next_known_at(), self.open[at].index);
            let first = (0..self.open.len()).min_by_key(by_time);
            let known_at = first.map_or(EventTime::MAX, |at| self.open[at].next_known_at());
            if let Some(PendingFile { index, path, .. }) = self.pending.pop_front_if(|file| file.known_at <= known_at) {
                self.open.push(OpenFile::new(index, ReadAhead::open(path, decoder, self.count)?));
                continue;
            }
            return Ok(first.map(|at| {
                let file = &mut self.open[at];
                file.known_at = known_at;
                (file, known_at)
            }));
        }
    }

    /// Gets the next block of every open file; false if `stop` is set.
    fn fill(&mut self, stop: &AtomicBool, summary: &mut SourceSummary) -> Result<bool, EventFileError> {
        let mut at = 0;
        while let Some(file) = self.open.get_mut(at) {
            if file.batch.earliest(file.block).is_some() {
                at += 1;
                continue;
            }
            match file.ahead.next(stop)? {
                ReadAheadItem::Events(batch) => {
                    file.ahead.take_back(std::mem::replace(&mut file.batch, batch));
                    file.block = 0;
                    at += 1;
                }
                ReadAheadItem::End(held) => {
                    self.bytes_finished += file.batch.bytes_read();
                    let ended = self.open.swap_remove(at);
                    summary.add_file(ended.ahead.name().to_owned(), held);
                }
                ReadAheadItem::Stop => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Whether all files have been read to their ends.
    fn are_read(&self) -> bool {
        !self.is_stopped && self.pending.is_empty() && self.open.is_empty()
    }

    /// How many bytes have been read, and how many there are, if that is known.
    fn bytes(&self) -> (u64, Option<u64>) {
        let open: u64 = self.open.iter().map(|file| file.batch.bytes_read()).sum();
        (self.bytes_finished + open, self.bytes)
    }
}
