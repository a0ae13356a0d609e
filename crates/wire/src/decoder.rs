//! The decoder: takes a record, returns an event or a rejection.

use ensilinja_model::{Event, LineId};

use crate::leg_hasher::LegHasher;
use crate::line_lookup::LineLookup;
use crate::record::{Decoded, ParsedEvent, Record};
use crate::{Detail, MAX_AHEAD_MS, Oddity, Rejection, cloudevents};

/// Decodes records for one table of lines. Clones derive the same leg keys.
#[derive(Clone)]
pub struct Decoder {
    lines: LineLookup,
    legs: LegHasher,
}

impl Decoder {
    /// A decoder for these lines, indexed by their positions, that hashes legs with `key`.
    ///
    /// The ids must be distinct, and at most 65 536. The key must be random and must not leave this process: with the
    /// key, contact ids can be found by trial.
    #[must_use]
    pub fn new(lines: &[LineId], key: [u8; 16]) -> Self {
        Self { lines: LineLookup::new(lines), legs: LegHasher::new(&key) }
    }

    /// Decodes the event of a record.
    ///
    /// # Errors
    /// A [`Rejection`] names the first fault in this order: the value as a whole (in binary mode, where the type is
    /// not in the value, after the type), `specversion`, `type`, `id` and `source`, `subject`, `time`, `data` with its
    /// line, visit and fact, then an unknown line, then a time ahead of the record's. If a known mistake of a sender
    /// explains the fault, the rejection names the mistake instead.
    pub fn decode(&self, record: &Record<'_>) -> Result<Event, Rejection> {
        self.examine(record).map(|decoded| decoded.event)
    }

    /// Decodes the event of a record, and reports an oddity of the record.
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

    /// The id of the contact of a record, from its `subject`. It is also the recommended record key.
    ///
    /// # Errors
    /// The rejections of [`decode`](Self::decode) that concern the value as a whole and `subject`.
    pub fn contact(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(cloudevents::read(record)?.contact()?.to_owned())
    }

    /// The event type of a record as the source spells it, to find the intended type of a [`Detail::MisspeltType`].
    /// Do not show it: it is text of the source.
    ///
    /// # Errors
    /// The rejections of [`decode`](Self::decode) that concern the value as a whole, `specversion` and `type`.
    pub fn event_type(record: &Record<'_>) -> Result<String, Rejection> {
        Ok(cloudevents::read_attributes(record)?.event_type()?.to_owned())
    }

    /// The visit of a record; `None` if it names none.
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
        if record.is_some_and(|record| event.at > record.timestamp.plus_millis(MAX_AHEAD_MS)) {
            return Err(Detail::AheadOfRecord);
        }
        let key = record.and_then(|record| record.key);
        let oddity = key.filter(|key| *key != event.contact.as_bytes()).map(|_| Oddity::KeyDiffers);
        let leg = self.legs.leg(event.contact, event.line, event.visit);
        Ok(Decoded { event: Event { leg, line, at: event.at, fact: event.fact }, oddity })
    }
}
