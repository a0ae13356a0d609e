//! The headers of a dead letter, for the writing and the reading side.
//!
//! They follow the record's own headers and begin with [`SOURCE_TOPIC`]. `docs/wire/asyncapi.json` documents them.

/// The topic of the record.
pub(crate) const SOURCE_TOPIC: &str = "ensilinja_source_topic";
/// The id of that topic: a topic of the same name that was recreated has another one. Absent if the brokers have no
/// ids.
pub(crate) const SOURCE_TOPIC_ID: &str = "ensilinja_source_topic_id";
/// The partition of the record.
pub(crate) const SOURCE_PARTITION: &str = "ensilinja_source_partition";
/// The offset of the record.
pub(crate) const SOURCE_OFFSET: &str = "ensilinja_source_offset";
/// Why the record could not be used.
pub(crate) const REASON: &str = "ensilinja_reason";
/// The exact fault, as a code.
pub(crate) const DETAIL: &str = "ensilinja_detail";
/// When the process that wrote the dead letter first saw the record.
pub(crate) const FIRST_SEEN: &str = "ensilinja_first_seen";
/// The timestamp of the record. Absent if it is unknown.
pub(crate) const RECORD_TIMESTAMP: &str = "ensilinja_record_timestamp";
/// The key of the record. Absent if it had none.
pub(crate) const RECORD_KEY: &str = "ensilinja_record_key";
/// The size of the key, if the dead letter lacks it.
pub(crate) const RECORD_KEY_BYTES: &str = "ensilinja_record_key_bytes";
/// The size of the value, if the dead letter lacks all or a part of it.
pub(crate) const VALUE_BYTES: &str = "ensilinja_value_bytes";
/// The size of the record's headers, if the dead letter lacks them.
pub(crate) const HEADERS_BYTES: &str = "ensilinja_headers_bytes";
