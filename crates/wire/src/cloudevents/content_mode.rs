//! The two content modes of a `CloudEvent` in a Kafka record. Structured: the value is the whole event. Binary: the
//! attributes are headers and the value is the data.
//!
//! Headers indicate the mode, but reading them is expensive. So the value is looked at first:
//!
//! ```text
//! value                                       headers        mode
//! a whole valid event                         not read       structured
//! the same, and `line` beside its `data`      are read       as they indicate
//! anything else                               are read       as they indicate
//! ```
//!
//! A value with `line` at its top level can be the data of an event in binary mode. Without it that event is rejected,
//! because data needs a `line`.

use std::borrow::Cow;

use super::event::CloudEvent;
use crate::json::field::Field;
use crate::json::members::Shape;
use crate::record::{ParsedEvent, Record};
use crate::{Detail, MAX_VALUE_BYTES, json};

/// The header with the format of the value.
pub(crate) const CONTENT_TYPE: &str = "content-type";
/// The start of the content type of a whole event. Its format follows.
pub(crate) const STRUCTURED_CONTENT_TYPE: &str = "application/cloudevents";
/// The prefix of an attribute's header in binary mode.
pub(crate) const ATTRIBUTE_PREFIX: &str = "ce_";
/// The header that marks binary mode. Every event in binary mode has it; other headers that start with `ce_` may
/// belong to a shipper or a tracer.
const SPECVERSION: &str = "ce_specversion";

/// Parses the event of a record, and gives it to `judge`.
pub(crate) fn parse<T>(
    record: &Record<'_>,
    judge: impl Fn(&ParsedEvent<'_>) -> Result<T, Detail>,
) -> Result<T, Detail> {
    // It is filled in place: an event is large, and moving it would take a part of the time of reading it.
    let mut event = CloudEvent::default();
    let read = fill_structured(record, &mut event);
    if read.is_ok()
        && !event.may_be_data
        && let Ok(parsed) = event.parsed()
    {
        return judge(&parsed);
    }
    if is_binary(record.headers.all()) {
        return judge(&read_binary(record)?.parsed()?);
    }
    read?;
    judge(&event.parsed()?)
}

/// Reads the event of a record, in the mode in which [`parse`] reads it.
pub(crate) fn read<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    in_its_mode(record, read_binary)
}

/// Reads the attributes of the event of a record, and in structured mode all of it.
pub(crate) fn read_attributes<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    in_its_mode(record, read_headers)
}

fn in_its_mode<'a>(
    record: &Record<'a>,
    read_binary: fn(&Record<'a>) -> Result<CloudEvent<'a>, Detail>,
) -> Result<CloudEvent<'a>, Detail> {
    let structured = read_structured(record);
    let is_structured = structured.as_ref().is_ok_and(|event| !event.may_be_data && event.parsed().is_ok());
    if !is_structured && is_binary(record.headers.all()) { read_binary(record) } else { structured }
}

fn read_structured<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = CloudEvent::default();
    fill_structured(record, &mut event)?;
    Ok(event)
}

fn fill_structured<'a>(record: &Record<'a>, event: &mut CloudEvent<'a>) -> Result<(), Detail> {
    if json::read(json::text(value(record)?)?, event)? != Shape::Object {
        return Err(Detail::NotAnObject);
    }
    if event.is_packed() && event.kind().is_ok() {
        event.unpack_data();
    }
    Ok(())
}

fn read_binary<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = read_headers(record)?;
    // An event of another type may have data in any format.
    event.kind()?;
    event.data_shape = Some(json::read(json::text(value(record)?)?, &mut event.data)?);
    Ok(event)
}

fn value<'a>(record: &Record<'a>) -> Result<&'a [u8], Detail> {
    let value = record.value.ok_or(Detail::Tombstone)?;
    if value.len() > MAX_VALUE_BYTES { Err(Detail::ValueTooLarge) } else { Ok(value) }
}

/// Whether a record is in binary mode: `specversion` is a header, and the content type is not that of a whole event.
/// A record without either header is read as structured, because many producers send no content type.
pub(crate) fn is_binary(headers: &[(&str, Option<&[u8]>)]) -> bool {
    headers.iter().any(|(name, _)| *name == SPECVERSION) && event_format(headers).is_none()
}

/// The rest of the content type after `application/cloudevents`, such as `+json; charset=utf-8`; `None` if there is
/// no content type or another one.
pub(crate) fn event_format<'a>(headers: &[(&str, Option<&'a [u8]>)]) -> Option<&'a [u8]> {
    headers.iter().find_map(|(name, value)| {
        let (start, format) = value.as_ref()?.split_at_checked(STRUCTURED_CONTENT_TYPE.len())?;
        let is_whole = start.eq_ignore_ascii_case(STRUCTURED_CONTENT_TYPE.as_bytes());
        (is_whole && name.eq_ignore_ascii_case(CONTENT_TYPE)).then_some(format)
    })
}

fn read_headers<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = CloudEvent::default();
    for (name, value) in record.headers.all() {
        let Some(field) = name.strip_prefix(ATTRIBUTE_PREFIX).and_then(|name| event.attribute(name)) else { continue };
        if !matches!(field, Field::Absent) {
            return Err(Detail::DuplicateKey);
        }
        *field = match value {
            Some(bytes) => Field::Text(Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Detail::BadUtf8)?)),
            None => Field::Null,
        };
    }
    Ok(event)
}
