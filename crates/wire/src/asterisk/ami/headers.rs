//! The headers of an AMI event that are read. The numbers and names of callers are not among them.

use std::borrow::Cow;

use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};
use crate::json::names::NameTable;

/// A header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum AmiHeader {
    Event,
    Queue,
    Uniqueid,
    Interface,
    MemberName,
    HoldTime,
    TalkTime,
    Timestamp,
    Host,
    Hostname,
    /// The time in a member of the configuration.
    OwnTime,
}

const HEADERS: usize = AmiHeader::OwnTime as usize + 1;

/// The names of the headers in the order of [`AmiHeader`], without `_`.
static NAMES: NameTable<{ AmiHeader::OwnTime as usize }> = NameTable::new([
    "Event",
    "Queue",
    "Uniqueid",
    "Interface",
    "MemberName",
    "HoldTime",
    "TalkTime",
    "Timestamp",
    "Host",
    "Hostname",
]);

/// The most bytes of a name of a header.
const MAX_NAME_BYTES: usize = 10;

/// The headers of one object.
#[derive(Default)]
struct Fields<'a> {
    time_member: Option<&'a str>,
    values: [Field<'a>; HEADERS],
}

/// An event: its headers, or an object with them in `data`. It has no `Debug`, because it contains ids and names.
#[derive(Default)]
pub(super) struct AmiEvent<'a> {
    own: Fields<'a>,
    data: Option<Shape>,
    wrapped: Fields<'a>,
}

impl<'a> AmiEvent<'a> {
    /// An event without headers, and the member that holds its time.
    pub(super) fn with(time_member: Option<&'a str>) -> Self {
        let fields = || Fields { time_member, ..Fields::default() };
        Self { own: fields(), data: None, wrapped: fields() }
    }

    /// The event in lines of headers. Its name may be missing: it is then the key of the record.
    pub(super) fn of_headers(text: &'a str, key: Option<&'a str>, time_member: Option<&'a str>) -> Self {
        let mut event = Self::with(time_member);
        for line in text.lines() {
            let Some((name, value)) = line.split_once(':') else { continue };
            if let Some(field) = event.own.field(name.trim())
                && matches!(field, Field::Absent)
            {
                *field = Field::Text(Cow::Borrowed(value.trim()));
            }
        }
        let name = &mut event.own.values[AmiHeader::Event as usize];
        if let (Field::Absent, Some(key)) = (&name, key) {
            *name = Field::Text(Cow::Borrowed(key));
        }
        event
    }

    fn value(&self, header: AmiHeader) -> &Field<'a> {
        let own = &self.own.values[header as usize];
        if matches!(own, Field::Absent | Field::Null) { &self.wrapped.values[header as usize] } else { own }
    }

    /// The text of a header, if it is there and not empty.
    pub(super) fn text(&self, header: AmiHeader) -> Option<&str> {
        match self.value(header) {
            Field::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The name of the queue. A client may have made a number of it.
    pub(super) fn queue(&self) -> Option<Cow<'_, str>> {
        match self.value(AmiHeader::Queue) {
            Field::Number(number) if number.fract() == 0.0 => Some(number.to_string().into()),
            _ => self.text(AmiHeader::Queue).map(Cow::Borrowed),
        }
    }

    /// A whole number of seconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the limits are checked")]
    pub(super) fn seconds(&self, header: AmiHeader) -> Option<u32> {
        match self.value(header) {
            Field::Text(text) => text.trim().parse().ok(),
            Field::Number(number) if (0.0..f64::from(u32::MAX)).contains(number) => Some(*number as u32),
            _ => None,
        }
    }

    /// The time: that of the configured member, otherwise `Timestamp`.
    pub(super) fn time(&self) -> Option<&Field<'a>> {
        let is_there = |field: &&Field<'_>| !matches!(field, Field::Absent | Field::Null);
        [AmiHeader::OwnTime, AmiHeader::Timestamp].into_iter().map(|header| self.value(header)).find(is_there)
    }

    /// The host that shipped the event.
    pub(super) fn host(&self) -> Option<&str> {
        self.text(AmiHeader::Host).or_else(|| self.text(AmiHeader::Hostname))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self, name: &str) -> Option<&mut Field<'a>> {
        if self.time_member == Some(name) {
            return Some(&mut self.values[AmiHeader::OwnTime as usize]);
        }
        let place = NAMES.find(name, str::eq_ignore_ascii_case).or_else(|| place_of_parts(name))?;
        Some(&mut self.values[place])
    }
}

/// The position of a name whose words are written with `_` or `-` between them.
fn place_of_parts(name: &str) -> Option<usize> {
    let is_mark = |byte: &u8| matches!(byte, b'_' | b'-');
    if !name.as_bytes().iter().any(is_mark) {
        return None;
    }
    let mut joined = [0; MAX_NAME_BYTES];
    let mut length = 0;
    for byte in name.bytes().filter(|byte| !is_mark(byte)) {
        *joined.get_mut(length)? = byte;
        length += 1;
    }
    NAMES.find(std::str::from_utf8(&joined[..length]).ok()?, str::eq_ignore_ascii_case)
}

impl<'a> Members<'a> for Fields<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        // A client may add a member of its own whose name differs only in case.
        self.field(name).map(MemberTarget::First)
    }
}

impl<'a> Members<'a> for AmiEvent<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "data" | "Data" if self.data.is_none() => Some(MemberTarget::Object(&mut self.data, &mut self.wrapped)),
            _ => self.own.target(name),
        }
    }
}
