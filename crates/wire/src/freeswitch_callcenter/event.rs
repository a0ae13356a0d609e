//! The headers of an event that are read.
//!
//! An event has 30 to 300 headers, many with numbers and names of persons. All others are skipped unread. Sites that
//! forward events with a program of their own may spell the names in lower case or with underscores.

use std::borrow::Cow;

use crate::json::field::{Field, trimmed};
use crate::json::members::{MemberTarget, Members};
use crate::json::names::NameTable;
use crate::native::percent::decoded;

/// A header that is read.
#[derive(Clone, Copy)]
pub(super) enum EventHeader {
    Subclass,
    Timestamp,
    Action,
    Queue,
    Session,
    Member,
    Cause,
    CancelReason,
    ExitKey,
    AnswerState,
    Bridged,
    AnsweredTime,
    CallbackOf,
}

/// The number of headers with fixed names.
const FIXED: usize = EventHeader::CallbackOf as usize;

/// The names of the headers with fixed names, in the order of [`EventHeader`].
static NAMES: NameTable<FIXED> = NameTable::new([
    "Event-Subclass",
    "Event-Date-Timestamp",
    "CC-Action",
    "CC-Queue",
    "CC-Member-Session-UUID",
    "CC-Member-UUID",
    "CC-Cause",
    "CC-Cancel-Reason",
    "variable_cc_exit_key",
    "Answer-State",
    "CC-Agent-Bridged",
    "CC-Agent-Answered-Time",
]);

/// The headers of an event.
pub(super) struct QueueEvent<'a> {
    fields: [Field<'a>; FIXED + 1],
    /// The name of the last header.
    callback_of: Option<&'a str>,
}

impl<'a> QueueEvent<'a> {
    /// An event without headers. `callback_of` is the name of the header that names the first stay.
    pub(super) fn new(callback_of: Option<&'a str>) -> Self {
        Self { fields: std::array::from_fn(|_| Field::Absent), callback_of }
    }

    /// The field of the header with this name.
    pub(super) fn header(&mut self, name: &str) -> Option<&mut Field<'a>> {
        let place = NAMES.find(name, is_same);
        let place = place.or_else(|| self.callback_of.filter(|known| is_same(known, name)).map(|_| FIXED));
        self.fields.get_mut(place?)
    }

    pub(super) fn field(&self, header: EventHeader) -> &Field<'a> {
        &self.fields[header as usize]
    }

    /// The text of a header as it is written; `None` if it is empty.
    pub(super) fn verbatim(&self, header: EventHeader) -> Option<&str> {
        match self.field(header) {
            Field::Text(text) => Some(trimmed(text)).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The value of a header as text, with percent signs decoded, as the plain format of events encodes it; `None` if
    /// it is empty.
    pub(super) fn text(&self, header: EventHeader) -> Option<Cow<'_, str>> {
        match self.field(header) {
            Field::Text(_) => self.verbatim(header).map(decoded),
            other => other.as_text(),
        }
    }

    /// Whether the header is there and not empty.
    pub(super) fn has(&self, header: EventHeader) -> bool {
        self.text(header).is_some()
    }

    /// Whether the header has this value, in any case.
    pub(super) fn says(&self, header: EventHeader, value: &str) -> bool {
        self.text(header).is_some_and(|text| text.eq_ignore_ascii_case(value))
    }
}

impl<'a> Members<'a> for QueueEvent<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        // A header may occur several times, and several values of one header are an array.
        self.header(name).map(MemberTarget::First)
    }
}

/// Whether two names are the same, apart from case and from `-` or `_`.
fn is_same(known: &str, name: &str) -> bool {
    let letter = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    known.len() == name.len() && (known == name || known.bytes().map(letter).eq(name.bytes().map(letter)))
}
