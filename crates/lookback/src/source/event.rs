//! An event with its origin.

use ensilinja_model::{Event, EventTime, LegKey};
use ensilinja_report::explanation::PlatformRecord;
use ensilinja_wire::{Decoder, Format, NamedContact, Record};

use super::position::SourcePosition;
use crate::coverage::HistoryEvidence;
use crate::printable_bytes::printable_bytes;

/// An event, when it became known, and where it was found.
#[derive(Clone, Copy)]
pub struct SourcedEvent<'a> {
    /// The event.
    pub event: Event,
    /// When it became known.
    pub known_at: EventTime,
    /// Where it was found.
    pub position: &'a SourcePosition,
    /// What has been read so far about where history begins.
    pub evidence: &'a HistoryEvidence,
    /// The contact, with its id, for explanations on standard output and nothing else.
    pub contact: RawContact<'a>,
}

/// Where the raw id and the visit of a contact can be read. It has no `Debug`, so that no id gets into a log.
#[derive(Clone, Copy)]
pub struct RawContact<'a> {
    pub(super) decoder: &'a Decoder,
    /// The record, or the line of a file as the value of a record.
    pub(super) record: Record<'a>,
    pub(super) leg: LegKey,
    /// The call of the leg, if it is a stay.
    pub(super) call: Option<LegKey>,
}

impl<'a> RawContact<'a> {
    /// The contact of an event that follows from a line of a file.
    #[must_use]
    pub const fn of_line(decoder: &'a Decoder, line: &'a [u8], leg: LegKey, call: Option<LegKey>) -> Self {
        Self { decoder, record: Record::of_value(line), leg, call }
    }

    /// The contact as the source names it. Its id is empty if this record does not name it: a conversation may end
    /// under the id of another call.
    #[must_use]
    pub fn named(&self) -> NamedContact {
        let unnamed = || NamedContact { id: String::new(), visit: None };
        self.decoder.named_contact(&self.record, self.leg, self.call).unwrap_or_else(unnamed)
    }

    /// The visit of the event, if it is of the contact with this id.
    #[must_use]
    pub fn visit_of(&self, contact: &str) -> Option<Option<String>> {
        match self.call {
            Some(call) => self.decoder.is_call_of(call, contact).then_some(None),
            None => Some(self.named()).filter(|named| named.id == contact).map(|named| named.visit),
        }
    }

    /// The record, if it is one of a platform: its type, and the entry of the configuration that led to this event.
    /// With its value only if `payload` is set.
    #[must_use]
    pub fn platform_record(&self, event: &Event, payload: bool) -> Option<PlatformRecord> {
        if self.decoder.format() == Format::CloudEvents {
            return None;
        }
        let contents = self.decoder.contents(&self.record);
        let value = self.record.value.filter(|_| payload);
        Some(PlatformRecord {
            record_type: contents.types.first().cloned(),
            entry: contents.entry_of(event).map(str::to_owned),
            payload: value.map(|value| printable_bytes(value, usize::MAX)),
        })
    }
}
