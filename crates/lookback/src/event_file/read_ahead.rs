//! A file that a thread of its own reads a few batches ahead of the consumer.
//!
//! Decoding then runs beside the use of the events, and a silent pipe does not keep the program from stopping: the
//! thread that waits for the pipe is abandoned.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use ensilinja_wire::Decoder;

use super::batch::EventBatch;
use super::error::EventFileError;
use super::reader::{EventFile, EventFileSummary};

/// How many batches of all files together are read ahead of those in use: some ten thousand events. A ledger pauses now
/// and then to post what it has learnt from thousands of events, and reading goes on meanwhile.
const BATCHES_AHEAD: usize = 24;

/// How many batches of one file are read ahead at least.
const LEAST_AHEAD: usize = 2;

/// How often a waiting consumer looks at the stop flag.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A file that is read ahead.
pub(crate) struct ReadAhead {
    name: String,
    batches: Receiver<Result<ReadPart, EventFileError>>,
    /// Used batches return to the reading thread, which fills them again.
    used: Sender<EventBatch>,
}

/// What the reading thread sends.
enum ReadPart {
    Events(EventBatch),
    End(EventFileSummary),
}

/// What a file delivers next.
pub(crate) enum ReadAheadItem {
    /// Some events.
    Events(EventBatch),
    /// The end of the file, and what the file held.
    End(EventFileSummary),
    /// The stop flag was set.
    Stop,
}

impl ReadAhead {
    /// Starts to read an open file, one of `files`.
    pub(crate) fn of(file: EventFile, decoder: &Decoder, files: usize) -> Result<Self, EventFileError> {
        let (full, batches) = sync_channel((BATCHES_AHEAD / files.max(1)).max(LEAST_AHEAD));
        let (used, empty) = channel();
        let (name, decoder) = (file.name().to_owned(), decoder.clone());
        let run = move || run(file, &decoder, &full, &empty);
        let spawned = thread::Builder::new().name("file".to_owned()).spawn(run);
        match spawned {
            Ok(_) => Ok(Self { name, batches, used }),
            Err(why) => Err(EventFileError::NoThread { name, why }),
        }
    }

    /// Opens a file, one of `files`, and starts to read it.
    pub(crate) fn open(path: &Path, decoder: &Decoder, files: usize) -> Result<Self, EventFileError> {
        Self::of(EventFile::open(path)?, decoder, files)
    }

    /// Its name in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the next events.
    pub(crate) fn next(&self, stop: &AtomicBool) -> Result<ReadAheadItem, EventFileError> {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(ReadAheadItem::Stop);
            }
            match self.batches.recv_timeout(POLL_INTERVAL) {
                Ok(batch) => {
                    return Ok(match batch? {
                        ReadPart::Events(batch) => ReadAheadItem::Events(batch),
                        ReadPart::End(summary) => ReadAheadItem::End(summary),
                    });
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(EventFileError::Panicked { name: self.name.clone() });
                }
            }
        }
    }

    /// Takes back a batch that has been used.
    pub(crate) fn take_back(&self, batch: EventBatch) {
        // At the end of the file the thread is gone and needs no batch.
        let _ = self.used.send(batch);
    }
}

/// Reads to the end of the file, or until the consumer is gone.
fn run(
    mut file: EventFile,
    decoder: &Decoder,
    full: &SyncSender<Result<ReadPart, EventFileError>>,
    empty: &Receiver<EventBatch>,
) {
    loop {
        let mut batch = empty.try_recv().unwrap_or_default();
        let read = file.next_batch(decoder, &mut batch);
        let is_last = read.is_err() || batch.is_empty();
        let part = if batch.is_empty() { ReadPart::End(file.summary().clone()) } else { ReadPart::Events(batch) };
        if full.send(read.map(|()| part)).is_err() || is_last {
            return;
        }
    }
}
