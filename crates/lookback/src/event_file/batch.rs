//! A batch of a file's events, with the lines that they were read from: what the reading thread hands to the one that
//! uses the events.

use std::ops::Range;

use ensilinja_model::EventTime;
use ensilinja_wire::Stated;

/// Events in a block. The earliest event of a block dates the block, so one event that is dated ahead does not count.
pub const BLOCK: usize = 64;

/// The most events in a batch: a whole number of blocks.
pub(super) const MOST_EVENTS: usize = 8 * BLOCK;

/// A batch takes no more lines once it has this many bytes of text.
const MOST_BYTES: usize = 256 * 1024;

/// What a line states, and where the line lies in the text of the batch.
#[derive(Clone, Debug)]
struct BatchEntry {
    stated: Stated,
    number: u64,
    line: Range<usize>,
}

/// Events of consecutive lines.
#[derive(Default)]
pub struct EventBatch {
    entries: Vec<BatchEntry>,
    text: Vec<u8>,
    pub(super) bytes_read: u64,
}

/// What a line of a file states, and the line.
pub struct EventLine<'a> {
    /// One of the things that it states.
    pub stated: Stated,
    /// The number of the line, from 1.
    pub number: u64,
    /// The bytes of the line.
    pub line: &'a [u8],
}

impl EventBatch {
    /// How many bytes of the file had been read when the batch was full, as the file is stored (compressed or not).
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// When the earliest event of a block happened; `None` if there is no such block. Blocks are counted from 0.
    #[must_use]
    pub fn earliest(&self, block: usize) -> Option<EventTime> {
        self.block(block).iter().map(|entry| entry.stated.at()).min()
    }

    /// The events of a block; none if there is no such block.
    pub fn events(&self, block: usize) -> impl Iterator<Item = EventLine<'_>> {
        self.block(block).iter().map(|entry| EventLine {
            stated: entry.stated,
            number: entry.number,
            line: &self.text[entry.line.clone()],
        })
    }

    /// Whether it has no event.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn block(&self, block: usize) -> &[BatchEntry] {
        let start = (block * BLOCK).min(self.entries.len());
        &self.entries[start..(start + BLOCK).min(self.entries.len())]
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.text.clear();
    }

    /// Whether it has this many events, or as much text as it may have.
    pub(super) fn is_full(&self, events: usize) -> bool {
        self.entries.len() >= events || self.text.len() >= MOST_BYTES
    }

    /// Adds what a line states.
    pub(super) fn push(&mut self, stated: &[Stated], number: u64, line: &[u8]) {
        // A batch without entries would look like the end of the file, however much was read.
        if stated.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.extend_from_slice(line);
        let line = start..self.text.len();
        self.entries.extend(stated.iter().map(|stated| BatchEntry { stated: *stated, number, line: line.clone() }));
    }
}
