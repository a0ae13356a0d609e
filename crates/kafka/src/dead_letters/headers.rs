//! The headers by which a dead letter says what it is about, for who writes letters and who reads them.
//!
//! They follow the record's own headers, [`SOURCE_TOPIC`] first. `docs/wire/asyncapi.json` says the same to others.

/// The topic the record lay in.
pub(crate) const SOURCE_TOPIC: &str = "ensilinja_source_topic";
/// The id of that topic: a topic of the same name that was made anew has another one. Not there where the brokers
/// tell no ids.
pub(crate) const SOURCE_TOPIC_ID: &str = "ensilinja_source_topic_id";
/// Its partition.
pub(crate) const SOURCE_PARTITION: &str = "ensilinja_source_partition";
/// Its offset.
pub(crate) const SOURCE_OFFSET: &str = "ensilinja_source_offset";
/// Why it could not be used.
pub(crate) const REASON: &str = "ensilinja_reason";
/// What exactly was wrong.
pub(crate) const DETAIL: &str = "ensilinja_detail";
/// When the process that wrote the letter first saw the record.
pub(crate) const FIRST_SEEN: &str = "ensilinja_first_seen";
/// The record's own timestamp; not there where it is unknown.
pub(crate) const RECORD_TIMESTAMP: &str = "ensilinja_record_timestamp";
/// The record's key; not there if it had none.
pub(crate) const RECORD_KEY: &str = "ensilinja_record_key";
/// How long the key was, where it is not in the letter.
pub(crate) const RECORD_KEY_BYTES: &str = "ensilinja_record_key_bytes";
/// How long the value was, where not all of it is in the letter.
pub(crate) const VALUE_BYTES: &str = "ensilinja_value_bytes";
/// How long the record's headers were, where they are not in the letter.
pub(crate) const HEADERS_BYTES: &str = "ensilinja_headers_bytes";
