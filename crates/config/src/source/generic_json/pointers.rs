//! Pointers, times, queues and words, as the source and each of its facts have them.

use ensilinja_wire::{EpochUnit, JsonPointer, JsonQueue, JsonTime, JsonTypes, TimeForm};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section};

pub(super) const TYPE: &str = "type";
pub(super) const QUEUE_ID: &str = "queue_id";
pub(super) const QUEUE_NAME: &str = "queue_name";
pub(super) const TIME: &str = "time";
pub(super) const TIME_UNIT: &str = "time_unit";

const POINTER: &str = "a pointer, such as \"/call/id\"";
const TEXTS: &str = "a text, or a list of texts";

/// How pointers and times of this source are read.
#[derive(Clone, Copy)]
pub(super) struct Pointers {
    /// A record is in an array, so that a pointer may lead out of it.
    pub(super) has_records: bool,
    /// The source has a time zone.
    pub(super) has_zone: bool,
}

impl Pointers {
    pub(super) fn pointer(self, value: &DeValue<'_>) -> Result<JsonPointer, Expected> {
        let pointer = value.as_str().and_then(JsonPointer::parse).ok_or(POINTER)?;
        if pointer.is_outside() && !self.has_records {
            return Err(format!("{POINTER}: without `records` there is nothing outside of a record").into());
        }
        Ok(pointer)
    }

    pub(super) fn queue(self, section: &Section<'_>) -> Result<Option<JsonQueue>, ConfigError> {
        let id = section.optional(QUEUE_ID, |value| self.pointer(value))?;
        let name = section.optional(QUEUE_NAME, |value| self.pointer(value))?;
        Ok((id.is_some() || name.is_some()).then_some(JsonQueue { id, name }))
    }

    /// The time of a section. Without a form of its own it has that of `common`.
    pub(super) fn time(
        self,
        section: &Section<'_>,
        common: Option<&JsonTime>,
    ) -> Result<Option<JsonTime>, ConfigError> {
        let form = section.optional(TIME_UNIT, |value| self.form(value))?;
        let pointer = section.optional(TIME, |value| self.pointer(value))?;
        let form = form.or(common.map(|common| common.form)).unwrap_or(TimeForm::Text);
        Ok(pointer.map(|pointer| JsonTime { pointer, form }))
    }

    fn form(self, value: &DeValue<'_>) -> Result<TimeForm, Expected> {
        match value.as_str() {
            Some("rfc3339") => Ok(TimeForm::Text),
            Some("local") if self.has_zone => Ok(TimeForm::Text),
            Some("local") => Err("\"rfc3339\", unless the source has a time_zone".into()),
            unit => unit
                .and_then(EpochUnit::from_name)
                .map(TimeForm::Epoch)
                .ok_or_else(|| "one of \"rfc3339\", \"local\", \"seconds\", \"milliseconds\", \"microseconds\"".into()),
        }
    }
}

/// One text, or a list of them. Numbers and booleans stand for the text that they are written as.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, Expected> {
    match value {
        DeValue::Array(items) if !items.is_empty() => items.iter().map(|item| text(item.get_ref())).collect(),
        value => Ok(vec![text(value)?]),
    }
}

fn text(value: &DeValue<'_>) -> Result<String, Expected> {
    match value {
        DeValue::String(text) if !text.is_empty() => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Boolean(value) => Ok(value.to_string()),
        _ => Err(TEXTS.into()),
    }
}

pub(super) fn types(texts: &[String]) -> JsonTypes {
    JsonTypes::new(texts.iter().map(String::as_str))
}
