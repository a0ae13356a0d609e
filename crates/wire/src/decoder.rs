//! The door: a record comes in, an event or a rejection goes out.

use ensilinja_model::{Event, EventTime, LineId, LineIndex};

use crate::cloud_event::CloudEvent;
use crate::leg::LegHasher;
use crate::{Detail, MAX_AHEAD_MS, Rejection, content_mode};

/// A Kafka record, as far as it matters here. It has no `Debug`, for all of it may tell of a person.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The key; `None` is Kafka's null.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is Kafka's null, a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in their order. Names may repeat; names that are not read are ignored.
    pub headers: &'a [(&'a str, Option<&'a [u8]>)],
    /// When Kafka says the record was made, or [`UNKNOWN_TIME`](Self::UNKNOWN_TIME). On a topic whose timestamps are
    /// not of the time of making, future events cannot be told.
    pub timestamp: EventTime,
}

impl Record<'_> {
    /// The timestamp of a record of which it is not known when it was made: no event is ahead of it.
    pub const UNKNOWN_TIME: EventTime = EventTime::MAX;
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
    /// (in binary mode, whose type is not in it, after the type), `specversion`, `type`, `id` and `source`, `subject`
    /// and the key, `time`, `data` with its line, visit and fact, then the line's place in the table and the time
    /// against the record's.
    pub fn decode(&self, record: &Record<'_>) -> Result<Event, Rejection> {
        Ok(self.judge(&content_mode::read(record)?, Some(record))?)
    }

    /// The event in a value with no record around it, such as a line of a file. It is a whole event, as in structured
    /// mode. Its contact is what `subject` says, for there is no key to agree with; and it is never `future`, for there
    /// is no time of writing that it could be ahead of.
    ///
    /// # Errors
    /// As [`decode`](Self::decode) does, but for those two.
    pub fn decode_value(&self, value: &[u8]) -> Result<Event, Rejection> {
        let alone = Record { key: None, value: Some(value), headers: &[], timestamp: EventTime::MAX };
        Ok(self.judge(&content_mode::read(&alone)?, None)?)
    }

    /// The key that a record of this value has to have: the id of the contact, as `subject` says.
    ///
    /// # Errors
    /// As [`decode_value`](Self::decode_value), of those that concern the value as a whole and `subject`.
    pub fn record_key(value: &[u8]) -> Result<Vec<u8>, Rejection> {
        let alone = Record { key: None, value: Some(value), headers: &[], timestamp: EventTime::MAX };
        Ok(content_mode::read(&alone)?.contact()?.as_bytes().to_vec())
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
    fn judge(&self, event: &CloudEvent<'_>, around: Option<&Record<'_>>) -> Result<Event, Detail> {
        let kind = event.kind()?;
        event.check_id_and_source()?;
        let contact = event.contact()?;
        if let Some(around) = around
            && around.key.ok_or(Detail::MissingKey)? != contact.as_bytes()
        {
            return Err(Detail::KeyMismatch);
        }
        let at = event.at()?;
        let data = event.data()?;
        let line_id = data.line()?;
        let visit = data.visit()?;
        let fact = data.fact(kind)?;

        let line = self.line(line_id).ok_or(Detail::LineNotConfigured)?;
        if around.is_some_and(|around| at > around.timestamp.plus_millis(MAX_AHEAD_MS)) {
            return Err(Detail::AheadOfRecord);
        }
        Ok(Event { leg: self.legs.leg(contact, line_id, visit), line, at, fact })
    }

    fn line(&self, id: &str) -> Option<LineIndex> {
        let position = self.lines.binary_search_by(|(line, _)| line.as_str().cmp(id)).ok()?;
        Some(self.lines[position].1)
    }
}
