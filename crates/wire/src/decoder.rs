//! The decoder: takes a record, returns what it states or a rejection.

mod contents;
mod facts;

use std::sync::Arc;

use ensilinja_model::{Event, EventTime, LegKey, LineId, LineIndex};

pub use contents::{ContentFact, RecordContents};

use crate::leg_hasher::LegHasher;
use crate::line_lookup::{self, LineLookup};
use crate::native::{MappingTable, ReadNative};
use crate::record::{Decoded, ParsedEvent, Record};
use crate::stays::StayPart;
use crate::{Detail, Format, MAX_AHEAD_MS, MAX_CONTACT_BYTES, Mapping, Oddity, Rejection, cloudevents};

/// Decodes the records of one source. Clones derive the same leg keys.
#[derive(Clone)]
pub struct Decoder {
    lines: LineLookup,
    legs: LegHasher,
    native: Option<Native>,
}

/// How the records of a platform are read.
#[derive(Clone)]
struct Native {
    mapping: Arc<Mapping>,
    ids: Arc<[LineId]>,
    read: ReadNative,
    /// The hash of the scope of its calls.
    scope: u64,
}

/// What a record states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stated {
    /// An event.
    Event(Event),
    /// A part of a stay, which [`Stays`](crate::Stays) joins with others to events.
    Stay(StayPart),
}

impl Stated {
    /// When it happened.
    #[must_use]
    pub const fn at(&self) -> EventTime {
        match self {
            Self::Event(event) => event.at,
            Self::Stay(part) => part.at,
        }
    }
}

/// The contact of a leg as its source names it. It has no `Debug`, because it is the id of a contact.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedContact {
    /// The id.
    pub id: String,
    /// The visit, if the source names one.
    pub visit: Option<String>,
}

impl Decoder {
    /// A decoder of `CloudEvents` for these lines, indexed by their positions, that hashes legs with `key`.
    ///
    /// The ids must be distinct, and at most 65 536. The key must be random and must not leave this process: with the
    /// key, contact ids can be found by trial.
    #[must_use]
    pub fn new(lines: &[LineId], key: [u8; 16]) -> Self {
        Self { lines: LineLookup::new(lines), legs: LegHasher::new(&key), native: None }
    }

    /// A decoder of the records that `mapping` describes. Lines and key are as in [`new`](Self::new).
    #[must_use]
    pub fn of_source(lines: &[LineId], key: [u8; 16], mapping: Mapping) -> Self {
        let scope = mapping.call_scope.as_deref().map_or(0, line_lookup::hash);
        let native =
            reader_of(mapping.format).map(|read| Native { mapping: Arc::new(mapping), ids: lines.into(), read, scope });
        Self { native, ..Self::new(lines, key) }
    }

    /// The format that is decoded.
    #[must_use]
    pub fn format(&self) -> Format {
        self.native.as_ref().map_or(Format::CloudEvents, |native| native.mapping.format)
    }

    /// Appends what a record states to `stated`. A record of a platform may state several facts or none.
    ///
    /// # Errors
    /// As [`decode`](Self::decode) for `CloudEvents`. For other formats the first fault; what the sound parts of the
    /// record state has been appended nevertheless.
    #[inline]
    pub fn read(&self, record: &Record<'_>, stated: &mut Vec<Stated>) -> Result<Option<Oddity>, Rejection> {
        self.read_noting(record, stated, &mut |_, _, _| {})
    }

    /// As [`read`](Self::read), and gives every key that a table of the source lacks to `unmapped`: table, key, and
    /// what people call it, if the record says.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    #[inline]
    pub fn read_noting(
        &self,
        record: &Record<'_>,
        stated: &mut Vec<Stated>,
        unmapped: &mut dyn FnMut(MappingTable, &str, Option<&str>),
    ) -> Result<Option<Oddity>, Rejection> {
        match &self.native {
            None => {
                let Decoded { event, oddity } = self.examine(record)?;
                stated.push(Stated::Event(event));
                Ok(oddity)
            }
            Some(native) => self.read_native(native, record, stated, unmapped).map(|()| None),
        }
    }

    /// Everything that a record says, for questions about single records.
    #[must_use]
    pub fn contents(&self, record: &Record<'_>) -> RecordContents {
        match &self.native {
            None => RecordContents::of_cloud_event(self.examine(record)),
            Some(native) => {
                let mut contents = RecordContents::default();
                (native.read)(record, &native.mapping, &mut contents);
                contents
            }
        }
    }

    /// How the source of a record names the contact of a leg. `call` is the call of the leg if it is a stay, as
    /// [`Stays::take`](crate::Stays::take) gives it: then only the contact is known. `None` if the record does not name
    /// the contact: a conversation may end under the id of another call.
    #[must_use]
    pub fn named_contact(&self, record: &Record<'_>, leg: LegKey, call: Option<LegKey>) -> Option<NamedContact> {
        match &self.native {
            None => {
                let id = Self::contact(record).ok()?;
                Some(NamedContact { id, visit: Self::visit(record).ok().flatten() })
            }
            Some(native) => self.named_native_contact(native, record, leg, call),
        }
    }

    /// Whether a call, as [`Stays::take`](crate::Stays::take) gives it, is that of this contact.
    #[must_use]
    pub fn is_call_of(&self, call: LegKey, contact: &str) -> bool {
        contact.len() <= MAX_CONTACT_BYTES && self.call_of(contact) == call
    }

    /// Decodes the event of a `CloudEvent`.
    ///
    /// # Errors
    /// A [`Rejection`] names the first fault in this order: the value as a whole (in binary mode, where the type is
    /// not in the value, after the type), `specversion`, `type`, `id` and `source`, `subject`, `time`, `data` with its
    /// line, visit and fact, then an unknown line, then a time ahead of the record's. If a known mistake of a sender
    /// explains the fault, the rejection names the mistake instead.
    pub fn decode(&self, record: &Record<'_>) -> Result<Event, Rejection> {
        self.examine(record).map(|decoded| decoded.event)
    }

    /// Decodes the event of a `CloudEvent`, and reports an oddity of the record.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn examine(&self, record: &Record<'_>) -> Result<Decoded, Rejection> {
        let judged = cloudevents::parse(record, |event| self.judge(event, Some(record)));
        judged.map_err(|detail| cloudevents::cause(record, detail).into())
    }

    /// Decodes the event of a value without a record around it, such as a line of a file. The value is a whole event,
    /// as in structured mode. It is never rejected as `future`, because there is no record timestamp to compare with.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), apart from `future`.
    pub fn decode_value(&self, value: &[u8]) -> Result<Event, Rejection> {
        let alone = Record::of_value(value);
        let judged = cloudevents::parse(&alone, |event| self.judge(event, None));
        judged.map(|decoded| decoded.event).map_err(|detail| cloudevents::cause(&alone, detail).into())
    }

    /// The line of an event, found without parsing it: if the record states an event, it is of this line. `None` if
    /// that is not certain, or no such line is configured, or the records are not `CloudEvents`: a record of a platform
    /// may state facts of several lines. Whether the record is sound is not looked at.
    #[must_use]
    #[inline]
    pub fn certain_line(&self, record: &Record<'_>) -> Option<LineIndex> {
        if self.native.is_some() {
            return None;
        }
        self.lines.find(cloudevents::certain_line(record.value?)?)
    }

    /// The id of the contact of a `CloudEvent`, from its `subject`. It is also the recommended record key.
    ///
    /// # Errors
    /// The rejections of [`decode`](Self::decode) that concern the value as a whole and `subject`.
    pub fn contact(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(cloudevents::read(record)?.contact()?.to_owned())
    }

    /// The event type of a `CloudEvent` as the source spells it, to find the intended type of a
    /// [`Detail::MisspeltType`]. Do not show it: it is text of the source.
    ///
    /// # Errors
    /// The rejections of [`decode`](Self::decode) that concern the value as a whole, `specversion` and `type`.
    pub fn event_type(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(cloudevents::read_attributes(record)?.event_type()?.to_owned())
    }

    /// The visit of a `CloudEvent`; `None` if it names none.
    ///
    /// # Errors
    /// The rejections of [`decode`](Self::decode) that concern the value as a whole, `data` and its visit.
    pub fn visit(record: &Record<'_>) -> Result<Option<String>, Rejection> {
        let event = cloudevents::read(record)?;
        Ok(event.data()?.visit()?.map(str::to_owned))
    }

    /// Looks up the line of a parsed event, checks its time against its record, if it has one, and hashes its leg.
    fn judge(&self, event: &ParsedEvent<'_>, record: Option<&Record<'_>>) -> Result<Decoded, Detail> {
        let line = self.lines.find(event.line).ok_or(Detail::LineNotConfigured)?;
        if record.is_some_and(|record| is_ahead(event.at, record)) {
            return Err(Detail::AheadOfRecord);
        }
        let key = record.and_then(|record| record.key);
        let oddity = key.filter(|key| *key != event.contact.as_bytes()).map(|_| Oddity::KeyDiffers);
        let leg = self.legs.leg(event.contact, event.line, event.visit);
        Ok(Decoded { event: Event { leg, line, at: event.at, fact: event.fact }, oddity })
    }
}

/// Whether an event lies too far ahead of the timestamp of its record.
fn is_ahead(at: EventTime, record: &Record<'_>) -> bool {
    at > record.timestamp.plus_millis(MAX_AHEAD_MS)
}

/// The reader of a platform's format; `None` of `CloudEvents`.
pub(crate) fn reader_of(format: Format) -> Option<ReadNative> {
    match format {
        Format::CloudEvents => None,
        Format::AsteriskQueueLog => Some(crate::asterisk::queue_log::read),
        Format::AsteriskAmi => Some(crate::asterisk::ami::read),
        Format::AmazonConnect => Some(crate::amazon_connect::read),
        Format::GenesysCloud => Some(crate::genesys_cloud::read),
        Format::FreeswitchCallcenter => Some(crate::freeswitch_callcenter::read),
        Format::TwilioTaskrouter => Some(crate::twilio_taskrouter::read),
        Format::Json => Some(crate::generic_json::read),
    }
}
