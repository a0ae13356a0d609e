//! `[source.json]`: where the records of any platform have their parts, and which facts they state.

mod facts;
mod pointers;

use ensilinja_wire::{JsonRules, JsonSettings};

use crate::error::ConfigError;
use crate::section::Section;
use facts::FACTS;
use pointers::{Pointers, QUEUE_ID, QUEUE_NAME, TIME, TIME_UNIT, TYPE, texts, types};

/// The name of the table.
pub(super) const TABLE: &str = "json";

/// The key of the source, without which no time can be local.
const TIME_ZONE: &str = "time_zone";

const RECORDS: &str = "records";
const SILENT_TYPES: &str = "silent_types";
const CONTACT: &str = "contact";
const VISIT: &str = "visit";
const ABSENT_VALUES: &str = "absent_values";
const KEYS: [&str; 11] =
    [RECORDS, TYPE, SILENT_TYPES, CONTACT, VISIT, QUEUE_ID, QUEUE_NAME, TIME, TIME_UNIT, ABSENT_VALUES, FACTS];

const CONTACT_EXPECTED: &str = "a pointer to the id of the contact, such as \"/call/id\"";

/// Reads the table.
pub(super) fn read(source: &Section<'_>) -> Result<JsonRules, ConfigError> {
    let section = source.required_section(TABLE, &KEYS)?;
    let reader = Pointers { has_records: section.has(RECORDS), has_zone: source.has(TIME_ZONE) };
    let records = section.optional(RECORDS, |value| Pointers { has_records: false, ..reader }.pointer(value))?;
    let queue = reader.queue(&section)?;
    let queue = queue.ok_or_else(|| section.refusal(QUEUE_NAME, "a pointer to the name of the queue, or queue_id"))?;
    let time = reader.time(&section, None)?;
    let settings = JsonSettings {
        records,
        record_type: section.optional(TYPE, |value| reader.pointer(value))?,
        contact: section.required(CONTACT, CONTACT_EXPECTED, |value| reader.pointer(value))?,
        visit: section.optional(VISIT, |value| reader.pointer(value))?,
        queue,
        absent_values: section.optional(ABSENT_VALUES, texts)?.unwrap_or_default(),
        silent_types: types(&section.optional(SILENT_TYPES, texts)?.unwrap_or_default()),
        facts: facts::read(&section, reader, time.as_ref())?,
        time,
    };
    Ok(JsonRules::new(settings))
}

#[cfg(test)]
mod tests;
