//! Files of events, merged by what their events say of the time.
//!
//! A block of a file counts as known at its earliest event, or when the block before it in its file did if that is
//! later. The block that was known first comes first. A file is opened when its first block may be next, so that a year
//! of files, a day each, needs no more memory than a day.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ensilinja_model::EventTime;
use ensilinja_wire::Decoder;

use super::feed::{Came, Feed};
use super::{Contact, Place, Read, Reading, Told};
use crate::events_file::{Batch, EventsFile, is_standard_stream};
use crate::progress::Position;
use crate::stopping::unless_stopped;

pub(super) fn read(
    reading: &Reading<'_>,
    decoder: &Decoder,
    stop: &AtomicBool,
    read: &mut Read,
    handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    anyhow::ensure!(reading.known_before.is_none(), "lines of a file do not say when they became known");
    anyhow::ensure!(reading.offsets.is_empty(), "lines of a file have no offsets");
    let streams = reading.files.iter().filter(|path| is_standard_stream(path)).count();
    anyhow::ensure!(streams < 2, "standard input is named twice: it can be read only once");
    let mut files = Files::of(reading, decoder, stop)?;
    reading.progress.begin(&format!("reading {}", reading.name()), "events");
    while let Some((file, known)) = files.next(decoder, stop)? {
        for line in file.batch.events(file.block) {
            read.hear(&line.event, Some(known));
        }
        for line in file.batch.events(file.block) {
            let place = Place::Line { file: file.file, number: line.number };
            let contact = Contact::Line(line.line);
            handle(&Told { event: line.event, known, place, evidence: &read.evidence, contact })?;
        }
        file.block += 1;
        let (done, total) = files.bytes();
        reading.progress.show(&Position { done, total, count: read.events, at: Some(known) });
    }
    if !files.are_read() {
        return Err(read.stopped(reading).into());
    }
    anyhow::ensure!(read.events > 0, "{} has no event of these lines", reading.name());
    Ok(())
}

/// A file that is not open yet.
struct Waiting<'a> {
    known: EventTime,
    file: usize,
    path: &'a Path,
}

/// A file that is being read.
struct Open {
    file: usize,
    feed: Feed,
    batch: Batch,
    /// The next block of the batch.
    block: usize,
    /// When the block before it was known.
    known: EventTime,
}

/// Opens a file and says when its first block was known. A pipe cannot be looked into beforehand, and a single file
/// need not: of those, `None`.
fn look_into(path: &Path, decoder: &Decoder, is_one: bool) -> anyhow::Result<(EventsFile, Option<EventTime>)> {
    let mut file = EventsFile::open(path)?;
    let is_next = is_one || file.bytes().is_none();
    let known = (!is_next).then(|| file.next_block_begins(decoder)).transpose()?;
    Ok((file, known.map(|known| known.unwrap_or(EventTime::MIN))))
}

/// All files on the way to their ends.
struct Files<'a> {
    /// In the order in which they begin.
    waiting: VecDeque<Waiting<'a>>,
    open: Vec<Open>,
    /// How many bytes all of them have, and those that have been read to the end.
    bytes: Option<u64>,
    bytes_behind: u64,
    /// It was told to stop while they were opened.
    is_stopped: bool,
}

impl<'a> Files<'a> {
    /// Opens them and looks at how they begin.
    fn of(reading: &Reading<'a>, decoder: &Decoder, stop: &AtomicBool) -> anyhow::Result<Self> {
        let (waiting, open) = (VecDeque::new(), Vec::new());
        let mut files = Self { waiting, open, bytes: Some(0), bytes_behind: 0, is_stopped: false };
        let mut waiting = Vec::new();
        for (file, path) in reading.files.iter().enumerate() {
            let (name, key, is_one) = (path.clone(), decoder.clone(), reading.files.len() == 1);
            let looked = unless_stopped(stop, move || look_into(&name, &key, is_one))?;
            let Some(looked) = looked else {
                files.is_stopped = true;
                break;
            };
            let (opened, known) = looked?;
            files.bytes = files.bytes.zip(opened.bytes()).map(|(all, more)| all + more);
            if let Some(known) = known {
                waiting.push(Waiting { known, file, path });
            } else {
                let feed = Feed::of(opened, decoder)?;
                files.open.push(Open { file, feed, batch: Batch::default(), block: 0, known: EventTime::MIN });
            }
        }
        waiting.sort_unstable_by_key(|waiting| (waiting.known, waiting.file));
        files.waiting = waiting.into();
        Ok(files)
    }

    /// The file whose next block comes first, and when that is known; `None` after the last, or if it was told to stop.
    fn next(&mut self, decoder: &Decoder, stop: &AtomicBool) -> anyhow::Result<Option<(&mut Open, EventTime)>> {
        loop {
            if stop.load(Ordering::Relaxed) || !self.fill(stop)? {
                return Ok(None);
            }
            let known = |open: &Open| open.batch.earliest(open.block).unwrap_or(open.known).max(open.known);
            let first = (0..self.open.len()).min_by_key(|&at| (known(&self.open[at]), self.open[at].file));
            let until = first.map_or(EventTime::MAX, |at| known(&self.open[at]));
            if let Some(Waiting { file, path, .. }) = self.waiting.pop_front_if(|waiting| waiting.known <= until) {
                let feed = Feed::open(path, decoder)?;
                self.open.push(Open { file, feed, batch: Batch::default(), block: 0, known: EventTime::MIN });
                continue;
            }
            return Ok(first.map(|at| {
                let open = &mut self.open[at];
                open.known = until;
                (open, until)
            }));
        }
    }

    /// Sees that each open file has its next block at hand; false if it was told to stop.
    fn fill(&mut self, stop: &AtomicBool) -> anyhow::Result<bool> {
        let mut at = 0;
        while let Some(open) = self.open.get_mut(at) {
            if open.batch.earliest(open.block).is_some() {
                at += 1;
                continue;
            }
            match open.feed.next(stop)? {
                Came::Events(batch) => {
                    open.feed.take_back(std::mem::replace(&mut open.batch, batch));
                    open.block = 0;
                    at += 1;
                }
                Came::End => {
                    self.bytes_behind += open.batch.bytes_read();
                    self.open.swap_remove(at);
                }
                Came::Stop => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Whether all of them have been read to their ends.
    fn are_read(&self) -> bool {
        !self.is_stopped && self.waiting.is_empty() && self.open.is_empty()
    }

    /// How many bytes have been read, and how many there are, if that is known.
    fn bytes(&self) -> (u64, Option<u64>) {
        let open: u64 = self.open.iter().map(|open| open.batch.bytes_read()).sum();
        (self.bytes_behind + open, self.bytes)
    }
}
