//! What all formats of platforms have in common: the facts that a record states, and who receives them.
//!
//! A reader of a platform's records gives everything it finds to a [`NativeSink`]: facts, parts of stays, queues that
//! the configuration does not map, and faults. One record may state several facts, of several lines; if one part of a
//! record is bad, the other parts still count.
//!
//! Rules for every reader:
//! - Every fact carries its own instant, taken from the record, so a record that comes again changes nothing.
//! - Key, order and timestamp of a record are never used. State is kept by [`Stays`](crate::Stays) only.
//! - Persons are never read: numbers, names, free text.

pub(crate) mod epoch;
pub(crate) mod exits;
pub(crate) mod instant;
#[cfg(test)]
pub(crate) mod laws;
#[cfg(test)]
mod legs;
#[cfg(test)]
mod mutants;
pub(crate) mod percent;
#[cfg(test)]
pub(crate) mod samples;

use ensilinja_model::{EventTime, Fact, LineIndex};

use crate::stays::StayPart;
use crate::{Detail, Mapping, Record};

/// A fact as a platform's record states it. It has no `Debug`, because it contains a contact's id.
pub(crate) struct NativeFact<'a> {
    /// The platform's id of the contact.
    pub contact: &'a str,
    /// Which of the contact's visits to the line it is, if the platform can tell.
    pub visit: Option<&'a str>,
    pub line: LineIndex,
    pub at: EventTime,
    pub fact: Fact,
    /// The entry of the configuration that led to the fact.
    pub entry: MappingEntry<'a>,
}

/// The entry of a source's configuration that led to a fact, such as `queues."5000"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MappingEntry<'a> {
    /// The table.
    pub table: MappingTable,
    /// The key of the entry, as the configuration spells it. Empty if the table has no keys.
    pub key: &'a str,
}

impl std::fmt::Display for MappingEntry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let table = self.table.as_str();
        if self.key.is_empty() { f.write_str(table) } else { write!(f, "{table}.{:?}", self.key) }
    }
}

ensilinja_model::vocabulary! {
    /// The tables of a source's configuration.
    MappingTable {
        /// Queue to line.
        Queues = "queues",
        /// Dialled number to line.
        Entries = "entries",
        /// Exits from a queue that name no outcome.
        Exits = "exits",
        /// Wrap-up codes, dispositions and other words for what came of a contact.
        Codes = "codes",
        /// Why a callback was removed.
        RemovedCallback = "removed_callback",
        /// Attributes of a contact that say what came of it.
        Attributes = "attributes",
    }
}

/// Receives what a reader finds in a record.
pub(crate) trait NativeSink {
    /// A fact.
    fn fact(&mut self, fact: &NativeFact<'_>);

    /// A part of a stay: a fact whose leg depends on other records. See [`Stays`](crate::Stays).
    fn stay(&mut self, contact: &str, part: StayPart, entry: MappingEntry<'_>);

    /// The record, or a part of it, is of this type, whatever it states.
    fn record_type(&mut self, _name: &str) {}

    /// A key that a table of the configuration lacks. `name` is what people call it, if the record says.
    fn unmapped(&mut self, table: MappingTable, key: &str, name: Option<&str>);

    /// The type of the record is not read.
    fn unknown_type(&mut self);

    /// A part of the record is bad.
    fn fault(&mut self, detail: Detail);
}

/// Reads the records of one format.
pub(crate) type ReadNative = fn(&Record<'_>, &Mapping, &mut dyn NativeSink);

/// A type of records as a label: words of a vocabulary as they are, anything else as `other`. Platforms name new types
/// at any time, and a member that should be a type may be anything.
pub(crate) fn type_label(name: &str) -> &str {
    let is_of_word = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b'.' | b':' | b'{' | b'}' | b'/')
    };
    let is_word =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 60 && name.bytes().all(is_of_word);
    if is_word { name } else { "other" }
}

/// A word of the platform as it may be shown: free text and numbers may be about persons, and are `other`.
pub(crate) fn shown(word: &str) -> &str {
    const MAX_CHARS: usize = 60;
    const MAX_DIGITS: usize = 4;
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if word.chars().count() <= MAX_CHARS && digits <= MAX_DIGITS { word } else { "other" }
}

/// The value of a record as text. Reports what is wrong with it.
pub(crate) fn text_of<'a>(record: &Record<'a>, mapping: &Mapping, sink: &mut dyn NativeSink) -> Option<&'a str> {
    match bytes_of(record, mapping).and_then(crate::json::text) {
        Ok(text) => Some(text),
        Err(detail) => {
            sink.fault(detail);
            None
        }
    }
}

/// The value of a record, which is neither missing nor empty nor too long.
pub(crate) fn bytes_of<'a>(record: &Record<'a>, mapping: &Mapping) -> Result<&'a [u8], Detail> {
    let value = record.value.ok_or(Detail::Tombstone)?;
    match value {
        value if value.len() > mapping.format.max_value_bytes() => Err(Detail::ValueTooLarge),
        value if value.trim_ascii().is_empty() => Err(Detail::EmptyValue),
        value => Ok(value),
    }
}
