//! Why a record is no event: a reason for the counters, and a detail that tells an operator what to mend.
//!
//! The detail decides the reason; both are words from one closed table, so that they can be metric labels and headers
//! and can never carry anything of the record itself.

use ensilinja_model::vocabulary;

vocabulary! {
    /// Why a record was rejected, as counters are labelled.
    Reason {
        /// It does not keep the wire contract.
        Malformed = "malformed",
        /// Its value is longer than [`MAX_VALUE_BYTES`](crate::MAX_VALUE_BYTES).
        TooLarge = "too_large",
        /// It is an event of a type that is not read here.
        UnknownType = "unknown_type",
        /// It is about a line that is not configured.
        UnknownLine = "unknown_line",
        /// It says that it happened well after it was written.
        Future = "future",
    }
}

impl Reason {
    /// Whether records rejected for this reason are kept as dead letters: all but those of an unknown type, which
    /// are events of other systems and no fault.
    #[must_use]
    pub const fn goes_to_dead_letters(self) -> bool {
        !matches!(self, Self::UnknownType)
    }
}

/// Declares [`Detail`] from one table: member, name, reason, and the advice, which is its documentation too.
macro_rules! details {
    ($($member:ident = $name:literal, $reason:ident, $advice:literal;)+) => {
        vocabulary! {
            /// What exactly is wrong with a record. Each says what to mend; see [`Detail::advice`].
            Detail { $(#[doc = $advice] $member = $name,)+ }
        }

        impl Detail {
            /// The reason under which this detail is counted.
            #[must_use]
            pub const fn reason(self) -> Reason {
                match self { $(Self::$member => Reason::$reason,)+ }
            }

            /// What is wrong and what to mend, in a sentence or two for the operator who reads a dead letter.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$member => $advice,)+ }
            }
        }
    };
}

details! {
    Tombstone = "tombstone", Malformed, "The record has no value. Send `retracted` to take a contact back.";
    EmptyValue = "empty_value", Malformed,
        "The value is empty, or only spaces. Send the event as JSON; a shipper must not send empty lines.";
    Compressed = "compressed_value", Malformed,
        "The value itself is compressed (gzip, zstd, lz4 or snappy). Send it plain, and set Kafka's `compression.type` \
         instead.";
    Utf16 = "utf16", Malformed, "The text is UTF-16. Write UTF-8: `iconv -f UTF-16 -t UTF-8`.";
    Utf32 = "utf32", Malformed, "The text is UTF-32. Write UTF-8: `iconv -f UTF-32 -t UTF-8`.";
    SchemaRegistryHeader = "schema_registry_header", Malformed,
        "The value begins with the header of a schema registry (a zero byte and the number of a schema). Use a \
         serializer that writes plain JSON, such as StringSerializer or StringConverter.";
    BadUtf8 = "bad_utf8", Malformed, "The value, or a `ce_` header, is not UTF-8.";
    EventFormatNotRead = "event_format_not_read", Malformed,
        "`content-type` names another format of events than JSON, such as Avro or Protobuf. Send \
         `application/cloudevents+json`, or binary mode with JSON data.";
    BinaryCalledStructured = "binary_called_structured", Malformed,
        "`content-type` says that the value is a whole event, but the attributes are in `ce_` headers and the value is \
         only the data. Set `content-type` to `application/json`.";
    WholeEventInBinaryMode = "whole_event_in_binary_mode", Malformed,
        "The attributes are in `ce_` headers, and yet the value is a whole event. Set `content-type` to \
         `application/cloudevents+json`, or send only the data.";
    HeaderNames = "header_names", Malformed,
        "The attributes are in headers whose names begin otherwise than Kafka's do (`ce-` is HTTP's). Name them \
         `ce_specversion`, `ce_id` and so on, in small letters.";
    TextBeforeJson = "text_before_json", Malformed,
        "Text stands before the JSON, as a shipper writes it (time, host, tag, `@cee:`). Have it send the message alone: in \
         rsyslog a template of `%msg%` or of `%$!...%`, without a header.";
    PrettyPrinted = "pretty_printed", Malformed,
        "It is one line of JSON that is written over several lines. Write each event on one line, without indentation: \
         `jq -c .`.";
    SingleQuotes = "single_quotes", Malformed,
        "It looks like JSON with single quotes, as Python prints a dict. Write JSON: `json.dumps`.";
    Batch = "batch", Malformed,
        "It is an array of events. Send one event a record, and write one a line: `jq -c '.[]'`. Kafka has no batched mode.";
    JsonInText = "json_in_text", Malformed,
        "The event or its data is a JSON text that holds JSON: it was serialized twice. Give the serializer the object, or \
         use StringSerializer or StringConverter for what is JSON already.";
    ConnectEnvelope = "connect_envelope", Malformed,
        "The event or its data lies in `payload` beside a `schema`, as Kafka Connect's JsonConverter writes it. Set \
         `value.converter.schemas.enable=false`, or use StringConverter for what is JSON already.";
    WrappedEvent = "wrapped_event", Malformed,
        "The event or its data lies inside another object, in a member such as `message` or `log`, as shippers wrap what \
         they read. Have the shipper send that member alone, as it is.";
    NotJson = "not_json", Malformed, "The value breaks the grammar of JSON, or a number in it has no end.";
    Truncated = "truncated", Malformed, "The JSON ends before it is complete. Look for a length limit on its way.";
    TrailingData = "trailing_data", Malformed, "Something follows the JSON. Send one event a record.";
    TooDeep = "too_deep", Malformed, "Objects and arrays are nested more than 64 deep.";
    NotAnObject = "not_an_object", Malformed, "The value is JSON, but no object.";
    DuplicateKey = "duplicate_key", Malformed, "A member or a `ce_` header that is read occurs twice.";
    MissingSpecversion = "missing_specversion", Malformed,
        "There is no `specversion`: the value is no CloudEvent, or a binary one without its header `ce_specversion`.";
    BadSpecversion = "bad_specversion", Malformed, "`specversion` is not the text `1.0`.";
    MissingType = "missing_type", Malformed, "There is no `type`.";
    BadType = "bad_type", Malformed, "`type` is not a text, or empty.";
    MissingId = "missing_id", Malformed, "There is no `id`.";
    BadId = "bad_id", Malformed, "`id` is not a text, or empty.";
    MissingSource = "missing_source", Malformed, "There is no `source`.";
    BadSource = "bad_source", Malformed, "`source` is not a text, or empty.";
    MissingSubject = "missing_subject", Malformed, "There is no `subject`; it is the id of the contact.";
    BadSubject = "bad_subject", Malformed, "`subject` is not a text of 1 to 128 bytes.";
    MisspeltType = "misspelt_type", Malformed,
        "`type` begins as the types read here do, but is none of them: it is misspelt, or of a later version of this \
         program. `check`, `dlq show` and the commands that read files of events name the type that was probably \
         meant, where one is near.";
    MissingKey = "missing_key", Malformed,
        "The record has no key. A version before 0.2 refused it for that; this one takes it: send it again.";
    KeyMismatch = "key_mismatch", Malformed,
        "The record's key is other than its `subject`. A version before 0.2 refused it for that; this one takes it: send it \
         again.";
    MissingTime = "missing_time", Malformed, "There is no `time`; it says when the fact happened.";
    BadTime = "bad_time", Malformed,
        "`time` is no RFC 3339 date and time with an offset, or there is no such day or second.";
    MissingData = "missing_data", Malformed,
        "There is no `data`. In binary mode it is the value of the record, which is null or empty here.";
    BadData = "bad_data", Malformed, "`data` is not a JSON object.";
    BadDataBase64 = "bad_data_base64", Malformed,
        "`data_base64` is not base64 (RFC 4648, padded), or there is no JSON object in it.";
    DataAndBase64 = "data_and_data_base64", Malformed, "There is both `data` and `data_base64`. Send one of them.";
    MissingLine = "missing_line", Malformed, "`data` has no `line`.";
    BadLine = "bad_line", Malformed, "`line` is not a text, or empty.";
    BadVisit = "bad_visit", Malformed, "`visit` is not a text of 1 to 64 characters. Leave it out if there is none.";
    MissingToLine = "missing_to_line", Malformed,
        "A `transferred` does not say to which line. A version before 0.2 refused it for that; this one takes it: send it \
         again.";
    BadToLine = "bad_to_line", Malformed,
        "`to_line` is no id of a line. A version before 0.2 refused it for that; this one takes it: send it again.";
    MissingStage = "missing_stage", Malformed, "An `abandoned` has no `stage`.";
    BadStage = "bad_stage", Malformed, "`stage` is none of menu, queue, ringing.";
    MissingResult = "missing_result", Malformed, "A `callback_attempted` or `callback_closed` has no `result`.";
    BadResult = "bad_result", Malformed,
        "`result` is none of reached, failed (attempted), or cancelled, expired, purged, duplicate, unreached (closed).";
    MissingOutcome = "missing_outcome", Malformed, "An `outcome_recorded` has no `outcome`.";
    BadOutcome = "bad_outcome", Malformed, "`outcome` is none of handled, continues_county, continues_hyte, other.";
    MissingQuestion = "missing_question", Malformed, "A `feedback_received` has no `question`.";
    BadQuestion = "bad_question", Malformed, "`question` is none of nps, continues, solved.";
    MissingAnswer = "missing_answer", Malformed, "A `feedback_received` has no `answer`.";
    BadAnswer = "bad_answer", Malformed,
        "`answer` is not a whole number from 0 to 10 (nps), or neither yes nor no (continues, solved).";
    ValueTooLarge = "value_too_large", TooLarge, "The value is longer than 64 KiB.";
    TypeNotRead = "type_not_read", UnknownType, "`type` is none of those read here. It is skipped, which may be right.";
    LineNotConfigured = "line_not_configured", UnknownLine,
        "No line of this id is configured. Add the line, or mend its spelling at the source, and send the record again.";
    AheadOfRecord = "ahead_of_record", Future,
        "`time` is more than 5 minutes ahead of the record's Kafka timestamp. Set the clock of the source.";
}

impl Detail {
    /// Whether this version no longer refuses anything for it. Letters that earlier versions wrote still name it.
    #[must_use]
    pub const fn is_retired(self) -> bool {
        matches!(self, Self::MissingKey | Self::KeyMismatch | Self::MissingToLine | Self::BadToLine)
    }
}

vocabulary! {
    /// What is odd about a record that is taken all the same, and changes no figure.
    Oddity {
        /// Its key is other than its subject. The subject decides whom it is about, and order does not matter.
        KeyDiffers = "key_differs",
    }
}

/// A record that is no event, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}: {}", .reason.as_str(), .detail.as_str())]
#[non_exhaustive]
pub struct Rejection {
    /// Under what it is counted; always that of the detail.
    pub reason: Reason,
    /// What exactly is wrong.
    pub detail: Detail,
}

impl From<Detail> for Rejection {
    fn from(detail: Detail) -> Self {
        Self { reason: detail.reason(), detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_events_of_an_unknown_type_are_no_dead_letters() {
        for reason in Reason::ALL {
            assert_eq!(reason.goes_to_dead_letters(), *reason != Reason::UnknownType, "{reason:?}");
        }
    }

    #[test]
    fn every_reason_has_a_detail() {
        for reason in Reason::ALL {
            assert!(Detail::ALL.iter().any(|detail| detail.reason() == *reason), "{reason:?}");
        }
    }
}
