//! Converts the bytes of a Kafka record to an event or a rejection, and events back to records.
//!
//! ```text
//! Record --cloudevents--> ParsedEvent --decoder--> Event      or a Rejection: one row of the table in rejection.rs
//! ```
//!
//! Each source format has one folder. Today there is one: `CloudEvents` 1.0, in structured mode (the value is the
//! whole event as JSON) or in binary mode (`ce_` headers; the value is `data` as JSON). A new format goes beside it,
//! returns the same `ParsedEvent` and rejects with rows of the same table. `docs/wire` describes the format
//! to producers as a JSON Schema and an `AsyncAPI` document; the contract tests keep all three in agreement.
//!
//! Decoding is a large part of the work on a record, so it has fast paths. The value is read before the headers, which
//! a whole valid event does not need. Ordinary JSON is read in one pass (`json/scan.rs`), and everything else by serde.
//! `cargo bench -p ensilinja-wire` measures one event.
//!
//! Invariants:
//! - The same record always decodes to the same result, on any machine and after any restart. The crate has no clock;
//!   a record is judged against its own Kafka timestamp only.
//! - [`Decoder::decode`] keeps nothing of a contact's id but a keyed hash, and no rejection repeats text of the record.
//!
//! # Example
//!
//! The bytes of one record become an event. The same record without a value is rejected, with a code:
//!
//! ```
//! use ensilinja_model::{EventTime, Fact, Headers, LineId, Stage};
//! use ensilinja_wire::{Decoder, Detail, Reason, Record};
//!
//! let lines = [LineId::parse("mipa_chat")?];
//! let decoder = Decoder::new(&lines, *b"random per start");
//! let value = br#"{
//!     "specversion": "1.0", "id": "e-1", "source": "/telephony",
//!     "type": "fi.ensilinja.contact.abandoned", "subject": "c-1", "time": "2025-09-16T10:15:00+03:00",
//!     "data": {"line": "mipa_chat", "stage": "queue"}
//! }"#;
//! let mut record = Record {
//!     key: Some(b"c-1"),
//!     value: Some(value),
//!     headers: Headers::NONE,
//!     timestamp: EventTime::from_millis(1_758_006_900_500),
//! };
//! let event = decoder.decode(&record)?;
//! assert_eq!(event.at, EventTime::from_millis(1_758_006_900_000));
//! assert_eq!(event.fact, Fact::Abandoned(Stage::Queue));
//!
//! record.value = Some(b"");
//! let rejection = decoder.decode(&record).unwrap_err();
//! assert_eq!((rejection.reason, rejection.detail), (Reason::Malformed, Detail::EmptyValue));
//! assert_eq!(rejection.to_string(), "malformed: empty_value");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amazon_connect;
mod asterisk;
mod attempts;
pub mod call_records;
mod cloudevents;
mod decoder;
mod format;
mod freeswitch_callcenter;
mod generic_json;
mod genesys_cloud;
mod json;
mod leg_hasher;
mod line_lookup;
mod line_share;
mod mapping;
mod native;
mod record;
mod rejection;
mod resemblance;
mod rules;
mod stays;
mod timestamp;
mod twilio_taskrouter;

pub use amazon_connect::{AmazonConnectRules, AttributeMeaning, AttributeRule, AttributeTime};
pub use asterisk::{AsteriskRules, is_of_menu, site_fact};
pub use attempts::AttemptsFrom;
pub use cloudevents::encoder::{
    Encoded, IMPORT_SOURCE, SIMULATOR_SOURCE, Statement, encode_binary, encode_structured, encode_structured_from,
};
pub use cloudevents::malformed;
pub use decoder::{ContentFact, Decoder, NamedContact, RecordContents, Stated};
pub use format::{Format, MAX_NATIVE_VALUE_BYTES, MAX_VALUE_BYTES};
pub use freeswitch_callcenter::{AnsweredFrom, FreeswitchRules};
pub use generic_json::{
    JsonCondition, JsonFact, JsonPointer, JsonQueue, JsonRules, JsonSettings, JsonStatement, JsonTest, JsonTime,
    JsonTypes, TimeForm,
};
pub use genesys_cloud::GenesysCloudRules;
pub use json::without_byte_order_marks;
pub use line_share::LineShare;
pub use mapping::{CodeMeaning, ExitMeaning, ExitTable, KeyTable, Mapping, QueueTarget, WaitFrom, normalize_number};
pub use native::epoch::EpochUnit;
pub use native::{MappingEntry, MappingTable};
pub use record::{Decoded, Record};
pub use rejection::{Detail, Oddity, Reason, Rejection};
pub use rules::FormatRules;
pub use stays::{StayPart, Stays};
pub use twilio_taskrouter::{TwilioRules, TwilioSettings};

/// The start of every event type that is read. The name of a [`FactKind`](ensilinja_model::FactKind) follows.
pub const EVENT_TYPE_PREFIX: &str = "fi.ensilinja.contact.";

/// The longest contact id (`subject`), in bytes.
pub const MAX_CONTACT_BYTES: usize = 128;

/// The longest `visit`, in characters.
pub const MAX_VISIT_CHARS: usize = 64;

/// How far the time of an event may lie ahead of its record's Kafka timestamp, in ms. It allows for clocks that
/// differ.
pub const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;
