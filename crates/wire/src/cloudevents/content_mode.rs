//! The two content modes of a `CloudEvent` in a Kafka record. Structured: the value is the whole event. Binary: the
//! attributes are headers and the value is the data.

use std::borrow::Cow;

use super::event::CloudEvent;
use crate::json::field::Field;
use crate::json::members::Shape;
use crate::record::Record;
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

/// Reads the event of a record in the mode that its headers indicate.
pub(crate) fn read<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = read_attributes(record)?;
    if is_binary(record.headers.all()) {
        // An event of another type may have data in any format, so its value is not parsed.
        event.kind()?;
        event.data_shape = Some(json::read(json::text(value(record)?)?, &mut event.data)?);
    } else if event.is_packed() && event.kind().is_ok() {
        event.unpack_data();
    }
    Ok(event)
}

/// Reads the attributes of the event of a record; in structured mode also its data, which is in the same object.
pub(crate) fn read_attributes<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = CloudEvent::default();
    if is_binary(record.headers.all()) {
        read_headers(record.headers.all(), &mut event)?;
    } else if json::read(json::text(value(record)?)?, &mut event)? != Shape::Object {
        return Err(Detail::NotAnObject);
    }
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

fn read_headers<'a>(headers: &[(&str, Option<&'a [u8]>)], event: &mut CloudEvent<'a>) -> Result<(), Detail> {
    for (name, value) in headers {
        let Some(field) = name.strip_prefix(ATTRIBUTE_PREFIX).and_then(|name| event.attribute(name)) else { continue };
        if !matches!(field, Field::Absent) {
            return Err(Detail::DuplicateKey);
        }
        *field = match value {
            Some(bytes) => Field::Text(Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| Detail::BadUtf8)?)),
            None => Field::Null,
        };
    }
    Ok(())
}
