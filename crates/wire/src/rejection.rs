//! The table of rejections for all source formats: a reason for the counters, and a detail with advice for operators.
//!
//! The detail determines the reason. Both are codes from this closed table, so that they can be metric labels and
//! headers, and never contain text of the record.

use ensilinja_model::vocabulary;

vocabulary! {
    /// The reason for a rejection: a label of counters.
    Reason {
        /// The record violates the wire contract.
        Malformed = "malformed",
        /// The value is longer than [`MAX_VALUE_BYTES`](crate::MAX_VALUE_BYTES).
        TooLarge = "too_large",
        /// The event has a type that is not read.
        UnknownType = "unknown_type",
        /// The line is not configured.
        UnknownLine = "unknown_line",
        /// No table of the source maps the queue. Queues that do not count belong into its list `ignore`.
        UnknownQueue = "unknown_queue",
        /// The time of the event is too far ahead of the record timestamp.
        Future = "future",
    }
}

impl Reason {
    /// Whether records rejected for this reason become dead letters. All do except those of an unknown type or queue:
    /// records that are not for this program are not faults.
    #[must_use]
    pub const fn goes_to_dead_letters(self) -> bool {
        !matches!(self, Self::UnknownType | Self::UnknownQueue)
    }
}

/// Declares [`Detail`] from one table: member, code, reason, and advice, which is also its documentation.
macro_rules! details {
    ($($member:ident = $name:literal, $reason:ident, $advice:literal;)+) => {
        vocabulary! {
            /// The exact fault of a record. [`Detail::advice`] explains it.
            Detail { $(#[doc = $advice] $member = $name,)+ }
        }

        impl Detail {
            /// The reason under which this detail is counted.
            #[must_use]
            pub const fn reason(self) -> Reason {
                match self { $(Self::$member => Reason::$reason,)+ }
            }

            /// The fault and its remedy, in a sentence or two for the operator who reads a dead letter.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$member => $advice,)+ }
            }
        }
    };
}

details! {
    Tombstone = "tombstone", Malformed, "The record has no value. To remove a contact, send `retracted`.";
    EmptyValue = "empty_value", Malformed,
        "The value is empty, or only white space. Send the event as JSON, and configure the shipper to skip empty \
         lines.";
    Compressed = "compressed_value", Malformed,
        "The value itself is compressed (gzip, zstd, lz4 or snappy). Send it uncompressed, and set Kafka's \
         `compression.type` instead.";
    Utf16 = "utf16", Malformed, "The text is UTF-16. Write UTF-8: `iconv -f UTF-16 -t UTF-8`.";
    Utf32 = "utf32", Malformed, "The text is UTF-32. Write UTF-8: `iconv -f UTF-32 -t UTF-8`.";
    SchemaRegistryHeader = "schema_registry_header", Malformed,
        "The value starts with the header of a schema registry (a zero byte and a schema id). Use a serializer that \
         writes plain JSON, such as StringSerializer or StringConverter.";
    BadUtf8 = "bad_utf8", Malformed, "The value or a `ce_` header is not valid UTF-8. Write UTF-8.";
    EventFormatNotRead = "event_format_not_read", Malformed,
        "`content-type` names an event format other than JSON, such as Avro or Protobuf. Send \
         `application/cloudevents+json`, or binary mode with JSON data.";
    BinaryCalledStructured = "binary_called_structured", Malformed,
        "According to `content-type` the value is a whole event, but the attributes are in `ce_` headers and the value \
         is only the data. Set `content-type` to `application/json`.";
    WholeEventInBinaryMode = "whole_event_in_binary_mode", Malformed,
        "The attributes are in `ce_` headers, but the value is a whole event, and it has a fault of its own. Set \
         `content-type` to `application/cloudevents+json`, and the fault is named; or send only the data as the value.";
    HeaderNames = "header_names", Malformed,
        "The names of the attribute headers do not have Kafka's prefix (`ce-` is the prefix of HTTP). Name them \
         `ce_specversion`, `ce_id` and so on, in lower case.";
    TextBeforeJson = "text_before_json", Malformed,
        "Text stands before the JSON, such as the time, host or tag of a shipper, or `@cee:`. Configure the shipper to \
         send the message alone: in rsyslog, a template of `%msg%` or `%$!...%` without a header.";
    PrettyPrinted = "pretty_printed", Malformed,
        "The value is one line of JSON that is pretty-printed over several lines. Write each event on one line: \
         `jq -c .`.";
    SingleQuotes = "single_quotes", Malformed,
        "The value looks like JSON with single quotes, as Python prints a dict. Write JSON: `json.dumps`.";
    Batch = "batch", Malformed,
        "The value is an array of events. Send one event a record, or write one a line: `jq -c '.[]'`. Kafka has no \
         batched mode.";
    JsonInText = "json_in_text", Malformed,
        "The event or its data is a JSON string that contains JSON: it was serialized twice. Pass the object to the \
         serializer, or use StringSerializer or StringConverter for text that is already JSON.";
    ConnectEnvelope = "connect_envelope", Malformed,
        "The event or its data is in `payload` beside a `schema`, as Kafka Connect's JsonConverter writes it. Set \
         `value.converter.schemas.enable=false`, or use StringConverter for text that is already JSON.";
    WrappedEvent = "wrapped_event", Malformed,
        "The event or its data is inside another object, in a member such as `message` or `log`, as shippers wrap \
         their input. Configure the shipper to send that member alone, unchanged.";
    NotJson = "not_json", Malformed, "The value is not valid JSON, or contains a number that is too large.";
    Truncated = "truncated", Malformed,
        "The JSON is incomplete at its end. Look for a length limit between source and topic.";
    TrailingData = "trailing_data", Malformed, "The JSON is followed by other data. Send one event a record.";
    TooDeep = "too_deep", Malformed, "Objects and arrays are nested more than 64 levels deep.";
    NotAnObject = "not_an_object", Malformed, "The value is JSON, but not an object.";
    DuplicateKey = "duplicate_key", Malformed, "A known member or `ce_` header occurs twice.";
    MissingSpecversion = "missing_specversion", Malformed,
        "`specversion` is missing: the value is not a CloudEvent, or a binary one without the header `ce_specversion`.";
    BadSpecversion = "bad_specversion", Malformed, "`specversion` is not the string `1.0`.";
    MissingType = "missing_type", Malformed, "`type` is missing.";
    BadType = "bad_type", Malformed, "`type` is not a string, or is empty.";
    MissingId = "missing_id", Malformed, "`id` is missing.";
    BadId = "bad_id", Malformed, "`id` is not a string, or is empty.";
    MissingSource = "missing_source", Malformed, "`source` is missing.";
    BadSource = "bad_source", Malformed, "`source` is not a string, or is empty.";
    MissingSubject = "missing_subject", Malformed, "`subject`, the id of the contact, is missing.";
    BadSubject = "bad_subject", Malformed, "`subject` is not a string of 1 to 128 bytes.";
    MisspeltType = "misspelt_type", Malformed,
        "`type` starts like the known types but is not one of them: it is misspelt, or belongs to a later version of \
         this program. If a known type is similar, `check`, `dlq show` and the commands that read files of events name \
         it.";
    MissingKey = "missing_key", Malformed,
        "The record has no key. Versions before 0.2 rejected it; this version accepts it. Send it again.";
    KeyMismatch = "key_mismatch", Malformed,
        "The key of the record differs from `subject`. Versions before 0.2 rejected it; this version accepts it. Send \
         it again.";
    MissingTime = "missing_time", Malformed, "`time`, the instant of the fact, is missing.";
    BadTime = "bad_time", Malformed,
        "`time` is not an RFC 3339 date and time with an offset, or the day or second does not exist.";
    MissingData = "missing_data", Malformed,
        "`data` is missing. In binary mode it is the value of the record, and that value is null or empty.";
    BadData = "bad_data", Malformed, "`data` is not a JSON object.";
    BadDataBase64 = "bad_data_base64", Malformed,
        "`data_base64` is not base64 (RFC 4648, padded), or does not contain a JSON object.";
    DataAndBase64 = "data_and_data_base64", Malformed, "The event has both `data` and `data_base64`. Send one of them.";
    MissingLine = "missing_line", Malformed, "`line` is missing in `data`.";
    BadLine = "bad_line", Malformed, "`line` is not a string, or is empty.";
    BadVisit = "bad_visit", Malformed, "`visit` is not a string of 1 to 64 characters. Omit it if there is no visit.";
    MissingToLine = "missing_to_line", Malformed,
        "A `transferred` has no `to_line`. Versions before 0.2 rejected it; this version accepts it. Send it again.";
    BadToLine = "bad_to_line", Malformed,
        "`to_line` is not a line id. Versions before 0.2 rejected it; this version accepts it. Send it again.";
    MissingStage = "missing_stage", Malformed, "An `abandoned` has no `stage`.";
    BadStage = "bad_stage", Malformed, "`stage` is not one of menu, queue, ringing.";
    MissingResult = "missing_result", Malformed, "A `callback_attempted` or `callback_closed` has no `result`.";
    BadResult = "bad_result", Malformed,
        "`result` is not one of reached, failed (attempted), or cancelled, expired, purged, duplicate, unreached \
         (closed).";
    MissingOutcome = "missing_outcome", Malformed, "An `outcome_recorded` has no `outcome`.";
    BadOutcome = "bad_outcome", Malformed, "`outcome` is not one of handled, continues_county, continues_hyte, other.";
    MissingQuestion = "missing_question", Malformed, "A `feedback_received` has no `question`.";
    BadQuestion = "bad_question", Malformed, "`question` is not one of nps, continues, solved.";
    MissingAnswer = "missing_answer", Malformed, "A `feedback_received` has no `answer`.";
    BadAnswer = "bad_answer", Malformed,
        "`answer` is not a whole number from 0 to 10 (nps), or not yes or no (continues, solved).";
    ValueTooLarge = "value_too_large", TooLarge, "The value is longer than 64 KiB.";
    TypeNotRead = "type_not_read", UnknownType,
        "`type` is not a known type. The event is skipped, which is correct for events of other systems.";
    LineNotConfigured = "line_not_configured", UnknownLine,
        "No line with this id is configured. Add the line, or correct the id at the source, and send the record again.";
    MissingContactId = "missing_contact_id", Malformed,
        "The platform's record has no id of a contact. Ship it whole, with its ids.";
    BadContactId = "bad_contact_id", Malformed,
        "The id of the contact is not a string of 1 to 128 bytes. Ship the platform's record unchanged.";
    MissingQueue = "missing_queue", Malformed,
        "The platform's record names no queue where one is needed. Ship it whole.";
    MissingInstant = "missing_instant", Malformed,
        "The platform's record does not say when it happened. Ship it whole, with its times.";
    BadInstant = "bad_instant", Malformed,
        "A time of the platform's record cannot be read in the form that its format has. Ship it unchanged.";
    InstantWithoutZone = "instant_without_zone", Malformed,
        "A time names no zone. Set `time_zone` of the source.";
    MissingMember = "missing_member", Malformed,
        "The platform's record lacks a member that decides what it states. Ship it whole.";
    BadMember = "bad_member", Malformed,
        "A member of the platform's record does not have the type that its format has. Ship it unchanged.";
    NotQueueLog = "not_queue_log", Malformed,
        "The value holds no line of `queue_log`. Ship the line itself, as Asterisk wrote it, or JSON with the line in \
         `message`, `log`, `msg` or `line`.";
    CutLine = "cut_line", Malformed,
        "The line of `queue_log` ends too early, or has no number where one belongs. Look for a length limit between \
         source and topic.";
    QueueNotMapped = "queue_not_mapped", UnknownQueue,
        "No entry of `queues` maps the queue of the record. Map it to a line, or list it in `ignore`.";
    AheadOfRecord = "ahead_of_record", Future,
        "`time` is more than 5 minutes ahead of the record's Kafka timestamp. Correct the clock of the source.";
}

impl Detail {
    /// Whether this version no longer rejects records for it. Dead letters of earlier versions may still have it.
    #[must_use]
    pub const fn is_retired(self) -> bool {
        matches!(self, Self::MissingKey | Self::KeyMismatch | Self::MissingToLine | Self::BadToLine)
    }

    /// Whether only records of platforms can have this fault, and no `CloudEvent`.
    #[must_use]
    pub const fn is_of_platforms(self) -> bool {
        matches!(
            self,
            Self::MissingContactId
                | Self::BadContactId
                | Self::MissingQueue
                | Self::MissingInstant
                | Self::BadInstant
                | Self::InstantWithoutZone
                | Self::MissingMember
                | Self::BadMember
                | Self::NotQueueLog
                | Self::CutLine
                | Self::QueueNotMapped
        )
    }
}

vocabulary! {
    /// An oddity of an accepted record. It changes no figure.
    Oddity {
        /// The key differs from the subject. The contact is taken from the subject, and order does not matter.
        KeyDiffers = "key_differs",
    }
}

/// The rejection of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}: {}", .reason.as_str(), .detail.as_str())]
#[non_exhaustive]
pub struct Rejection {
    /// The reason under which it is counted: always the reason of the detail.
    pub reason: Reason,
    /// The exact fault.
    pub detail: Detail,
}

impl From<Detail> for Rejection {
    fn from(detail: Detail) -> Self {
        Self { reason: detail.reason(), detail }
    }
}
