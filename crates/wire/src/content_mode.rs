//! The two ways a `CloudEvent` lies in a Kafka record: whole in the value, or in headers with its data in the value.

use std::borrow::Cow;

use crate::cloud_event::CloudEvent;
use crate::field::Field;
use crate::members::Shape;
use crate::{Detail, MAX_VALUE_BYTES, Record, json};

/// The header that says what the value is.
pub(crate) const CONTENT_TYPE: &str = "content-type";
/// How the content type of a whole event begins; what follows is its format.
pub(crate) const STRUCTURED_CONTENT_TYPE: &str = "application/cloudevents";
/// What stands before an attribute's name in binary mode.
pub(crate) const ATTRIBUTE_PREFIX: &str = "ce_";
/// The header that tells binary mode. Every event in binary mode has it; other headers that begin with `ce_` may be of
/// a shipper or a tracer.
const SPECVERSION: &str = "ce_specversion";

/// Reads the event of a record, in the mode its headers say.
pub(crate) fn read<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = read_attributes(record)?;
    if is_binary(record.headers) {
        // An event of a type that is not read may have data in any format, so its value is not looked at.
        event.kind()?;
        event.data_shape = Some(json::read(json::text(value(record)?)?, &mut event.data)?);
    } else if event.is_packed() && event.kind().is_ok() {
        event.unpack_data();
    }
    Ok(event)
}

/// Reads the attributes of the event of a record; in structured mode, where they lie together, its data too.
pub(crate) fn read_attributes<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = CloudEvent::default();
    if is_binary(record.headers) {
        read_headers(record.headers, &mut event)?;
    } else if json::read(json::text(value(record)?)?, &mut event)? != Shape::Object {
        return Err(Detail::NotAnObject);
    }
    Ok(event)
}

fn value<'a>(record: &Record<'a>) -> Result<&'a [u8], Detail> {
    let value = record.value.ok_or(Detail::Tombstone)?;
    if value.len() > MAX_VALUE_BYTES { Err(Detail::ValueTooLarge) } else { Ok(value) }
}

/// Binary is what has its `specversion` in a header and does not call its value a whole event. Without any header that
/// tells, the value is taken for a whole event, because many producers send no content type.
pub(crate) fn is_binary(headers: &[(&str, Option<&[u8]>)]) -> bool {
    headers.iter().any(|(name, _)| *name == SPECVERSION) && event_format(headers).is_none()
}

/// What follows `application/cloudevents` in the content type, such as `+json; charset=utf-8`; `None` if that is
/// another or there is none.
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
