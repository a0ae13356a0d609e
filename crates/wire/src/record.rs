//! The values that pass through the decoder: a record, the event parsed from it, and the decoded event.

use ensilinja_model::{Event, EventTime, Fact, Headers};

use crate::Oddity;

/// The parts of a Kafka record that are read. It has no `Debug`, because every part may contain personal data.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// The key; `None` is Kafka's null. The contact is taken from the event's `subject`, never from the key.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is Kafka's null, a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers in order. Names may repeat; unknown names are ignored. They are read only when that is needed.
    pub headers: Headers<'a>,
    /// When the record was created according to Kafka, or [`UNKNOWN_TIME`](Self::UNKNOWN_TIME). On a topic with
    /// another kind of timestamp, events from the future cannot be detected.
    pub timestamp: EventTime,
}

impl<'a> Record<'a> {
    /// The timestamp of a record with no known creation time. No event is ahead of it.
    pub const UNKNOWN_TIME: EventTime = EventTime::MAX;

    /// A value without a record around it, such as a line of a file.
    #[must_use]
    pub const fn of_value(value: &'a [u8]) -> Self {
        Self { key: None, value: Some(value), headers: Headers::NONE, timestamp: Self::UNKNOWN_TIME }
    }
}

/// An event as its source format states it: the line is not looked up yet, and the contact is not hashed. It has no
/// `Debug`, because it contains a contact's id.
pub(crate) struct ParsedEvent<'a> {
    pub contact: &'a str,
    pub line: &'a str,
    pub visit: Option<&'a str>,
    pub at: EventTime,
    pub fact: Fact,
}

/// An event, and what is odd about its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The event.
    pub event: Event,
    /// An oddity of the record that changes no figure, if it has one.
    pub oddity: Option<Oddity>,
}
