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

/// Reads the event of a record, in the mode its headers say.
pub(crate) fn read<'a>(record: &Record<'a>) -> Result<CloudEvent<'a>, Detail> {
    let mut event = CloudEvent::default();
    if is_binary(record.headers) {
        read_headers(record.headers, &mut event)?;
        // An event of a type that is not read may have data in any format, so its value is not looked at.
        event.kind()?;
        event.data_shape = Some(json::read(utf8(value(record)?)?, &mut event.data)?);
    } else if json::read(utf8(value(record)?)?, &mut event)? != Shape::Object {
        return Err(Detail::NotAnObject);
    }
    Ok(event)
}

fn value<'a>(record: &Record<'a>) -> Result<&'a [u8], Detail> {
    let value = record.value.ok_or(Detail::Tombstone)?;
    if value.len() > MAX_VALUE_BYTES { Err(Detail::ValueTooLarge) } else { Ok(value) }
}

fn utf8(bytes: &[u8]) -> Result<&str, Detail> {
    std::str::from_utf8(bytes).map_err(|_| Detail::BadUtf8)
}

/// Binary is what has attributes in headers and does not call its value a whole event. Without any header that tells,
/// the value is taken for a whole event, because many producers send no content type.
fn is_binary(headers: &[(&str, Option<&[u8]>)]) -> bool {
    let is_structured = headers.iter().any(|(name, value)| {
        *name == CONTENT_TYPE
            && value
                .and_then(|value| value.get(..STRUCTURED_CONTENT_TYPE.len()))
                .is_some_and(|start| start.eq_ignore_ascii_case(STRUCTURED_CONTENT_TYPE.as_bytes()))
    });
    !is_structured && headers.iter().any(|(name, _)| name.starts_with(ATTRIBUTE_PREFIX))
}

fn read_headers<'a>(headers: &[(&str, Option<&'a [u8]>)], event: &mut CloudEvent<'a>) -> Result<(), Detail> {
    for (name, value) in headers {
        let Some(field) = name.strip_prefix(ATTRIBUTE_PREFIX).and_then(|name| event.attribute(name)) else { continue };
        if !matches!(field, Field::Absent) {
            return Err(Detail::DuplicateKey);
        }
        *field = match value {
            Some(bytes) => Field::Text(Cow::Borrowed(utf8(bytes)?)),
            None => Field::Null,
        };
    }
    Ok(())
}
