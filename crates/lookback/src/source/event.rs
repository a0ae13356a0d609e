//! An event with its origin.

use ensilinja_model::{Event, EventTime};
use ensilinja_wire::{Decoder, Record};

use super::position::SourcePosition;
use crate::coverage::HistoryEvidence;

/// An event, when it became known, and where it was found.
#[derive(Clone, Copy)]
pub struct SourcedEvent<'a> {
    /// The event.
    pub event: Event,
    /// When it became known.
    pub known_at: EventTime,
    /// Where it was found.
    pub position: SourcePosition,
    /// What has been read so far about where history begins.
    pub evidence: &'a HistoryEvidence,
    /// The contact, with its id, for explanations on standard output and nothing else.
    pub contact: RawContact<'a>,
}

/// Where the raw id and the visit of a contact can be read. It has no `Debug`, so that no id gets into a log.
#[derive(Clone, Copy)]
pub enum RawContact<'a> {
    /// In the record: its subject is the id, whatever its key.
    Record(Record<'a>),
    /// In the line of a file.
    Line(&'a [u8]),
}

impl RawContact<'_> {
    /// The id, as the source has it.
    #[must_use]
    pub fn id(&self) -> String {
        Decoder::contact(&self.record()).unwrap_or_default()
    }

    /// The visit, if the source names one.
    #[must_use]
    pub fn visit(&self) -> Option<String> {
        Decoder::visit(&self.record()).ok().flatten()
    }

    fn record(&self) -> Record<'_> {
        match self {
            Self::Record(record) => *record,
            Self::Line(line) => Record::of_value(line),
        }
    }
}
