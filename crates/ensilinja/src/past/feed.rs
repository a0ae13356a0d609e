//! A file that a thread of its own reads ahead of whoever wants its events, a few batches at most.
//!
//! So decoding goes on beside what is made of the events, and a pipe from which nothing comes keeps nobody from being
//! stopped: a thread that waits for it is left behind.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_wire::Decoder;

use crate::events_file::{Batch, EventsFile};

/// How many batches are read ahead of the one that is looked at.
const AHEAD: usize = 2;

/// How often a stop is noticed while nothing comes.
const TURN: Duration = Duration::from_millis(100);

/// A file that is read ahead.
pub(super) struct Feed {
    batches: Receiver<anyhow::Result<Batch>>,
    /// What has been looked at goes back, for its space.
    used: Sender<Batch>,
}

/// What comes of a file next.
pub(super) enum Came {
    /// Some events.
    Events(Batch),
    /// There are no more.
    End,
    /// It was told to stop.
    Stop,
}

impl Feed {
    /// Begins to read a file.
    pub(super) fn of(file: EventsFile, decoder: &Decoder) -> anyhow::Result<Self> {
        let (full, batches) = sync_channel(AHEAD);
        let (used, empty) = channel();
        let decoder = decoder.clone();
        let run = move || run(file, &decoder, &full, &empty);
        thread::Builder::new().name("file".to_owned()).spawn(run).context("the system gives no thread")?;
        Ok(Self { batches, used })
    }

    /// Opens a file and begins to read it.
    pub(super) fn open(path: &Path, decoder: &Decoder) -> anyhow::Result<Self> {
        Self::of(EventsFile::open(path)?, decoder)
    }

    /// Waits for the next events.
    pub(super) fn next(&self, stop: &AtomicBool) -> anyhow::Result<Came> {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(Came::Stop);
            }
            match self.batches.recv_timeout(TURN) {
                Ok(batch) => {
                    let batch = batch?;
                    return Ok(if batch.is_empty() { Came::End } else { Came::Events(batch) });
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("the reading of a file died of a bug"),
            }
        }
    }

    /// Takes a batch back that has been looked at.
    pub(super) fn take_back(&self, batch: Batch) {
        // At the end of the file nobody needs it.
        let _ = self.used.send(batch);
    }
}

/// Reads to the end, or until nobody listens.
fn run(mut file: EventsFile, decoder: &Decoder, full: &SyncSender<anyhow::Result<Batch>>, empty: &Receiver<Batch>) {
    loop {
        let mut batch = empty.try_recv().unwrap_or_default();
        let read = file.next_batch(decoder, &mut batch);
        let is_last = read.is_err() || batch.is_empty();
        if is_last && read.is_ok() {
            file.say();
        }
        if full.send(read.map(|()| batch)).is_err() || is_last {
            return;
        }
    }
}
