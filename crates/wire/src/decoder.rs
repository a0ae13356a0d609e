//! The door: a record comes in, an event or a rejection goes out.

use ensilinja_model::{Event, EventTime, LineId, LineIndex};

use crate::cloud_event::CloudEvent;
use crate::leg::LegHasher;
use crate::{Detail, MAX_AHEAD_MS, Oddity, Rejection, content_mode, diagnosis};

/// A Kafka record, as far as it matters here. It has no `Debug`, for all of it may tell of a person.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The key; `None` is Kafka's null. The subject decides whom a record is about, not the key.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is Kafka's null, a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in their order. Names may repeat; names that are not read are ignored.
    pub headers: &'a [(&'a str, Option<&'a [u8]>)],
    /// When Kafka says the record was made, or [`UNKNOWN_TIME`](Self::UNKNOWN_TIME). On a topic whose timestamps are
    /// not of the time of making, future events cannot be told.
    pub timestamp: EventTime,
}

impl<'a> Record<'a> {
    /// The timestamp of a record of which it is not known when it was made: no event is ahead of it.
    pub const UNKNOWN_TIME: EventTime = EventTime::MAX;

    /// A value with no record around it, such as a line of a file.
    #[must_use]
    pub const fn of_value(value: &'a [u8]) -> Self {
        Self { key: None, value: Some(value), headers: &[], timestamp: Self::UNKNOWN_TIME }
    }
}

/// An event, and what is odd about the record that it was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What happened.
    pub event: Event,
    /// What is odd and changes nothing.
    pub oddity: Option<Oddity>,
}

/// Decodes records for one table of lines. A copy makes the same legs.
#[derive(Clone)]
pub struct Decoder {
    /// Sorted by id.
    lines: Vec<(LineId, LineIndex)>,
    legs: LegHasher,
}

impl Decoder {
    /// A decoder that knows these lines, by their positions, and hashes legs with `key`.
    ///
    /// The ids must be distinct, and no more than 65 536. The key must be random and stay in this process: who knows it
    /// can find contacts' ids by trial.
    #[must_use]
    pub fn new(lines: &[LineId], key: [u8; 16]) -> Self {
        let index = |position| LineIndex::new(u16::try_from(position).expect("at most 65 536 lines are configured"));
        let mut lines: Vec<_> = lines.iter().cloned().enumerate().map(|(at, id)| (id, index(at))).collect();
        lines.sort_unstable();
        Self { lines, legs: LegHasher::new(&key) }
    }

    /// The event in a record.
    ///
    /// # Errors
    /// [`Rejection`] says why there is none. Where several things are wrong it is the first of: the value as a whole
    /// (in binary mode, whose type is not in it, after the type), `specversion`, `type`, `id` and `source`, `subject`,
    /// `time`, `data` with its line, visit and fact, then the line's place in the table and the time against the
    /// record's. Where a known mistake of a sender explains it, the detail names that mistake.
    pub fn decode(&self, record: &Record<'_>) -> Result<Event, Rejection> {
        self.examine(record).map(|decoded| decoded.event)
    }

    /// The event in a record, and what is odd about the record.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn examine(&self, record: &Record<'_>) -> Result<Decoded, Rejection> {
        let judged = content_mode::read(record).and_then(|event| self.judge(&event, Some(record)));
        judged.map_err(|detail| diagnosis::cause(record, detail).into())
    }

    /// The event in a value with no record around it, such as a line of a file. It is a whole event, as in structured
    /// mode. It is never `future`, for there is no time of writing that it could be ahead of.
    ///
    /// # Errors
    /// As [`decode`](Self::decode) does, but for that.
    pub fn decode_value(&self, value: &[u8]) -> Result<Event, Rejection> {
        let alone = Record::of_value(value);
        let judged = content_mode::read(&alone).and_then(|event| self.judge(&event, None));
        judged.map(|decoded| decoded.event).map_err(|detail| diagnosis::cause(&alone, detail).into())
    }

    /// The id of the contact that a record is about, as its `subject` says; a record of it best has that for its key.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), of those that concern the value as a whole and `subject`.
    pub fn contact(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(content_mode::read(record)?.contact()?.to_owned())
    }

    /// The type of the event in a record, as the source writes it; for [`Detail::MisspeltType`], so that the type that
    /// was meant can be found. It is text of the source: do not show it.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), of those that concern the value as a whole, `specversion` and `type`.
    pub fn event_type(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(content_mode::read_attributes(record)?.event_type()?.to_owned())
    }

    /// Which visit of the contact a record is about, if it says so.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), of those that concern the value as a whole, `data` and its visit.
    pub fn visit(record: &Record<'_>) -> Result<Option<String>, Rejection> {
        let event = content_mode::read(record)?;
        Ok(event.data()?.visit()?.map(str::to_owned))
    }

    /// Holds a `CloudEvent` against the contract, and against the record that lies around it, if any does.
    fn judge(&self, event: &CloudEvent<'_>, around: Option<&Record<'_>>) -> Result<Decoded, Detail> {
        let kind = event.kind()?;
        event.check_id_and_source()?;
        let contact = event.contact()?;
        let at = event.at()?;
        let data = event.data()?;
        let line_id = data.line()?;
        let visit = data.visit()?;
        let fact = data.fact(kind)?;

        let line = self.line(line_id).ok_or(Detail::LineNotConfigured)?;
        if around.is_some_and(|around| at > around.timestamp.plus_millis(MAX_AHEAD_MS)) {
            return Err(Detail::AheadOfRecord);
        }
        let event = Event { leg: self.legs.leg(contact, line_id, visit), line, at, fact };
        let key = around.and_then(|around| around.key);
        let oddity = key.filter(|key| *key != contact.as_bytes()).map(|_| Oddity::KeyDiffers);
        Ok(Decoded { event, oddity })
    }

    fn line(&self, id: &str) -> Option<LineIndex> {
        let position = self.lines.binary_search_by(|(line, _)| line.as_str().cmp(id)).ok()?;
        Some(self.lines[position].1)
    }
}
