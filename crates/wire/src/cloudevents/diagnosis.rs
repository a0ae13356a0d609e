//! Diagnosis: maps a parse error to the known mistake of a sender, shipper or connector that causes it.
//!
//! ```text
//! error while decoding            record                                      cause
//! trailing_data                   2026-03-02T10:15:00 host app: {"spec...     text_before_json
//! missing_specversion             {"schema":{...},"payload":{"spec...         connect_envelope
//! missing_specversion             headers ce-id, ce-type ...                  header_names
//! ```
//!
//! It runs only after decoding has failed, so valid records cost nothing. Events of another system's type are not
//! diagnosed. The result is a [`Detail`], never text of the record.

use serde_json::Value;

use super::content_mode::{ATTRIBUTE_PREFIX, event_format, is_binary};
use crate::record::Record;
use crate::{Detail, json};

/// The required attributes, as header names without the prefix.
const ATTRIBUTES: [&str; 6] = ["specversion", "type", "id", "source", "subject", "time"];

/// The magic numbers of compressed text: gzip, zstd, lz4, and snappy as Java writes it.
const COMPRESSED: [&[u8]; 4] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\x82SNAPPY\x00"];

/// How many levels of enclosing objects are searched for an event.
const WRAPPERS: usize = 3;

/// How many positions of a text are tried as the start of JSON.
const BEGINNINGS: usize = 8;

/// The cause of `found`; `found` itself if no other cause is known.
pub(crate) fn cause(record: &Record<'_>, found: Detail) -> Detail {
    use Detail::{
        BadData, BadUtf8, MissingData, MissingId, MissingLine, MissingSource, MissingSpecversion, MissingSubject,
        MissingTime, MissingType, NotAnObject, NotJson, Tombstone, TrailingData, Truncated,
    };
    let (value, binary) = (record.value.unwrap_or_default(), is_binary(record.headers.all()));
    let cause = match found {
        Tombstone if binary => Some(MissingData),
        BadUtf8 | NotJson | Truncated | TrailingData | NotAnObject => {
            cause_in_headers(record, found).or_else(|| cause_in_bytes(value, binary))
        }
        MissingSpecversion => cause_in_headers(record, found).or_else(|| cause_in_json(value, binary)),
        Tombstone | MissingType | MissingId | MissingSource | MissingSubject | MissingTime => {
            cause_in_headers(record, found)
        }
        MissingLine | BadData => cause_in_json(value, binary),
        _ => None,
    };
    cause.unwrap_or(found)
}

/// The mistake in the headers, if they announce an event that was not found.
fn cause_in_headers(record: &Record<'_>, found: Detail) -> Option<Detail> {
    let value = record.value.unwrap_or_default();
    let is_blank = value.trim_ascii().is_empty();
    let is_not_json = matches!(
        found,
        Detail::BadUtf8 | Detail::NotJson | Detail::Truncated | Detail::TrailingData | Detail::NotAnObject
    );
    let names = || record.headers.all().iter().map(|(name, _)| *name);
    let is_there = |attribute: &str| names().any(|name| name.strip_prefix(ATTRIBUTE_PREFIX) == Some(attribute));
    let is_misnamed = |attribute: &&str| !is_there(attribute) && names().any(|name| is_misnamed(name, attribute));
    // In binary mode, data that is not JSON is not caused by header names.
    if !(is_not_json && is_binary(record.headers.all())) && ATTRIBUTES.iter().any(is_misnamed) {
        return Some(Detail::HeaderNames);
    }
    let format = event_format(record.headers.all())?.to_ascii_lowercase();
    if is_there("specversion") && (found == Detail::MissingSpecversion || is_blank) {
        return Some(Detail::BinaryCalledStructured);
    }
    let is_read = [&b";"[..], b"+json", b"-batch"].iter().any(|start| format.starts_with(start));
    (is_not_json && !is_blank && !format.is_empty() && !is_read).then_some(Detail::EventFormatNotRead)
}

/// Whether a header looks like the attribute but is not named as the Kafka binding requires: `ce-id`, `CE_id`,
/// `cloudEvents:id`.
fn is_misnamed(name: &str, attribute: &str) -> bool {
    let Some(start) = name.len().checked_sub(attribute.len()) else { return false };
    let (Some(prefix), Some(end)) = (name.get(..start), name.get(start..)) else { return false };
    let prefixes = ["ce_", "ce-", "ce:", "ce.", "cloudevents_", "cloudevents-", "cloudevents:", "cloudevents."];
    end.eq_ignore_ascii_case(attribute) && prefixes.iter().any(|known| known.eq_ignore_ascii_case(prefix))
}

/// The mistake in a value that is not a JSON object.
fn cause_in_bytes(value: &[u8], binary: bool) -> Option<Detail> {
    if COMPRESSED.iter().any(|start| value.starts_with(start)) {
        return Some(Detail::Compressed);
    }
    if is_utf32(value) {
        return Some(Detail::Utf32);
    }
    if is_utf16(value) {
        return Some(Detail::Utf16);
    }
    if has_schema_registry_header(value) {
        return Some(Detail::SchemaRegistryHeader);
    }
    let text = json::text(value).ok()?.trim();
    if text.is_empty() {
        return Some(if binary { Detail::MissingData } else { Detail::EmptyValue });
    }
    if serde_json::from_str(text).is_ok_and(|text| holds_json(&text)) {
        return Some(Detail::JsonInText);
    }
    if is_batch(text) {
        return Some(Detail::Batch);
    }
    if has_single_quotes(text) {
        return Some(Detail::SingleQuotes);
    }
    if is_a_line_of_many(text) {
        return Some(Detail::PrettyPrinted);
    }
    json_after_text(text).map(|_| Detail::TextBeforeJson)
}

/// Whether the text is a dict as Python prints it: `{'line': 'mipa'}`.
fn has_single_quotes(text: &str) -> bool {
    text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('\''))
}

/// Whether the value is UTF-16 text: it has a byte order mark, or a zero in most pairs of bytes. A UTF-16 file that
/// was split at newline bytes has lines in both byte orders.
fn is_utf16(value: &[u8]) -> bool {
    if value.starts_with(b"\xff\xfe") || value.starts_with(b"\xfe\xff") {
        return true;
    }
    let pairs = value.chunks_exact(2);
    let (all, half_zero) = (pairs.len(), pairs.filter(|pair| (pair[0] == 0) != (pair[1] == 0)).count());
    all >= 2 && half_zero * 10 >= all * 8
}

/// Whether the value is UTF-32 text: it has a byte order mark, or three zeros in most groups of four bytes. Test it
/// before UTF-16: the little-endian mark of UTF-32 starts with that of UTF-16.
fn is_utf32(value: &[u8]) -> bool {
    if value.starts_with(b"\xff\xfe\0\0") || value.starts_with(b"\0\0\xfe\xff") {
        return true;
    }
    let fours = value.chunks_exact(4);
    let is_letter = |four: &&[u8]| four.iter().map(|byte| u8::from(*byte == 0)).sum::<u8>() == 3;
    let (all, letters) = (fours.len(), fours.filter(is_letter).count());
    all >= 2 && letters * 10 >= all * 8
}

/// Whether the value starts with a schema registry header: a zero byte and a schema id from 1 on.
fn has_schema_registry_header(value: &[u8]) -> bool {
    matches!(value, [0, a, b, c, d, rest @ ..] if [*a, *b, *c, *d] != [0; 4] && !rest.is_empty())
}

/// Whether the text is an array of objects, or one element of such an array with its comma or bracket.
fn is_batch(text: &str) -> bool {
    let is_array_of_objects =
        matches!(serde_json::from_str(text), Ok(Value::Array(items)) if items.iter().any(Value::is_object));
    let element = text.strip_prefix('[').unwrap_or(text);
    let element = element.strip_suffix([',', ']']).unwrap_or(element).trim();
    is_array_of_objects || (element != text && object(element).is_some())
}

/// Whether the text is one line of pretty-printed JSON: a bracket alone, or one member.
fn is_a_line_of_many(text: &str) -> bool {
    let without_comma = text.strip_suffix(',').unwrap_or(text).trim_end();
    let is_bracket = matches!(without_comma, "{" | "}" | "[" | "]");
    let member = without_comma.strip_suffix(['{', '[', '}', ']']).map_or(without_comma, str::trim_end);
    let is_member = |rest: &str| object(&format!("{{{rest}}}")).is_some();
    is_bracket
        || (text.starts_with('"')
            && (is_member(without_comma) || is_member(member) || is_member(&format!("{member} null"))))
}

/// The JSON object that follows other text, if any.
fn json_after_text(text: &str) -> Option<Value> {
    if text.starts_with('{') {
        return None;
    }
    text.match_indices('{').take(BEGINNINGS).find_map(|(at, _)| object(&text[at..]))
}

/// The mistake in valid JSON that has no event, or no data, where it is expected.
fn cause_in_json(value: &[u8], binary: bool) -> Option<Detail> {
    let value: Value = serde_json::from_str(json::text(value).ok()?).ok()?;
    let holds_event = is_event(&value);
    let data = if binary { Some(&value) } else { value.get("data").filter(|_| holds_event) };
    if data.is_some_and(holds_json) {
        return Some(Detail::JsonInText);
    }
    if data.and_then(Value::as_str).is_some_and(|text| has_single_quotes(text.trim())) {
        return Some(Detail::SingleQuotes);
    }
    let outermost = data.unwrap_or(&value);
    if outermost.is_array() && members(outermost).any(|item| is_data(item) || is_event(item)) {
        return Some(Detail::Batch);
    }
    if outermost.get("schema").is_some() && outermost.get("payload").is_some() {
        return Some(Detail::ConnectEnvelope);
    }
    if binary && holds_event {
        return Some(Detail::WholeEventInBinaryMode);
    }
    let is_wrapped = match data {
        Some(data) => members(data).any(|member| is_data(member) || is_data_in_text(member)),
        None => is_inside(&value, WRAPPERS),
    };
    is_wrapped.then_some(Detail::WrappedEvent)
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    let named = value.as_object().into_iter().flat_map(|members| members.values());
    named.chain(value.as_array().into_iter().flatten())
}

fn is_event(value: &Value) -> bool {
    value.get("specversion").is_some()
}

fn is_data(value: &Value) -> bool {
    value.get("line").is_some_and(Value::is_string)
}

fn is_data_in_text(value: &Value) -> bool {
    value.as_str().and_then(object).is_some_and(|data| is_data(&data))
}

/// Whether an event is nested in this value, as JSON or as text that contains JSON.
fn is_inside(value: &Value, deep: usize) -> bool {
    deep > 0
        && members(value).any(|member| {
            let unpacked = member.as_str().and_then(|text| object(text.trim()).or_else(|| json_after_text(text)));
            let member = unpacked.as_ref().unwrap_or(member);
            is_event(member) || is_inside(member, deep - 1)
        })
}

/// Whether this is a string that contains a JSON object.
fn holds_json(value: &Value) -> bool {
    value.as_str().and_then(|text| object(text.trim())).is_some()
}

fn object(text: &str) -> Option<Value> {
    if !text.starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok().filter(Value::is_object)
}
