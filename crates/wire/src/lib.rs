//! Bytes of a Kafka record become an event, or a reason why not; and the other way round.
//!
//! The wire is one `CloudEvents` 1.0 event a record, in structured mode (the value is the whole event as JSON) or in
//! binary mode (`ce_` headers, the value is `data` as JSON). `docs/wire` says the same to producers, as a JSON Schema
//! and an `AsyncAPI` document; tests hold the three together.
//!
//! What must hold: the same record is decoded the same way at any time, on any machine and after any restart. So there
//! is no clock here; the only time a record is judged against is its own Kafka timestamp. Nothing of a contact's id
//! outlives [`Decoder::decode`] but a keyed hash, and no error repeats what a record said.
//!
//! ```
//! use ensilinja_model::{EventTime, Fact, LineId, Stage};
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
//!     headers: &[],
//!     timestamp: EventTime::from_millis(1_758_006_900_500),
//! };
//! let event = decoder.decode(&record)?;
//! assert_eq!(event.at, EventTime::from_millis(1_758_006_900_000));
//! assert_eq!(event.fact, Fact::Abandoned(Stage::Queue));
//!
//! record.value = Some(b"");
//! let rejection = decoder.decode(&record).unwrap_err();
//! assert_eq!((rejection.reason, rejection.detail), (Reason::Malformed, Detail::EmptyValue));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cloud_event;
mod contact_data;
mod content_mode;
mod data_base64;
mod decoder;
mod diagnosis;
mod encoder;
mod field;
mod json;
mod leg;
pub mod malformed;
mod members;
mod rejection;
mod timestamp;

pub use decoder::{Decoded, Decoder, Record};
pub use encoder::{Encoded, SIMULATOR_SOURCE, Statement, encode_binary, encode_structured};
pub use json::without_byte_order_marks;
pub use rejection::{Detail, Oddity, Reason, Rejection};

/// What the type of every event that is read begins with; a [`FactKind`](ensilinja_model::FactKind) follows.
pub const EVENT_TYPE_PREFIX: &str = "fi.ensilinja.contact.";

/// The longest value that is read, in bytes; a real event has about 400.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// The longest contact id (`subject`), in bytes.
pub const MAX_CONTACT_BYTES: usize = 128;

/// The longest `visit`, in characters.
pub const MAX_VISIT_CHARS: usize = 64;

/// How far ahead of its record's Kafka timestamp an event may say that it happened, in milliseconds: clocks differ,
/// but not by more than this.
pub const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;
