//! Some of a file's events, with the lines that they were read from: what is handed from the thread that reads to the
//! one that wants to know.

use std::ops::Range;

use ensilinja_model::{Event, EventTime};

/// So many events are a block: one that is dated ahead does not say how late it is.
pub(super) const BLOCK: usize = 64;

/// A batch has so many events at most. It is a whole number of blocks.
pub(super) const MOST_EVENTS: usize = 8 * BLOCK;

/// And lines of so many bytes, unless one line has more.
const MOST_BYTES: usize = 256 * 1024;

/// One event and its line.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) event: Event,
    pub(super) number: u64,
    pub(super) line: Range<usize>,
}

/// Events of lines that follow each other.
#[derive(Default)]
pub struct Batch {
    pub(super) found: Vec<Found>,
    pub(super) text: Vec<u8>,
    pub(super) bytes_read: u64,
}

/// An event of a file, the number of its line from 1, and the bytes of that line.
pub struct EventLine<'a> {
    /// What it says.
    pub event: Event,
    /// The number of the line, from 1.
    pub number: u64,
    /// The line.
    pub line: &'a [u8],
}

impl Batch {
    /// How many bytes of the file had been read when it was full, as the file lies there.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// When the earliest event of a block happened; `None` where there is no such block. They are counted from 0.
    #[must_use]
    pub fn earliest(&self, block: usize) -> Option<EventTime> {
        self.block(block).iter().map(|found| found.event.at).min()
    }

    /// The events of a block; none where there is no such block.
    pub fn events(&self, block: usize) -> impl Iterator<Item = EventLine<'_>> {
        self.block(block).iter().map(|found| EventLine {
            event: found.event,
            number: found.number,
            line: &self.text[found.line.clone()],
        })
    }

    fn block(&self, block: usize) -> &[Found] {
        let start = (block * BLOCK).min(self.found.len());
        &self.found[start..(start + BLOCK).min(self.found.len())]
    }

    /// Whether it has no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.text.clear();
    }

    /// Whether it has so many events, or as much text as it may.
    pub(super) fn is_full(&self, events: usize) -> bool {
        self.found.len() >= events || self.text.len() >= MOST_BYTES
    }

    pub(super) fn push(&mut self, event: Event, number: u64, line: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(line);
        self.found.push(Found { event, number, line: start..self.text.len() });
    }
}
