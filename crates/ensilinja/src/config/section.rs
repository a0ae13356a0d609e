//! One table of a TOML document, read key by key; every refusal names file, line, key, value and what would be right.
//!
//! The document is read with the place of every key and value instead of through serde, whose errors know the type
//! that was wanted but neither the value as it is written nor what the field means. A section is opened with all the
//! keys it may have, so a misspelt key is refused before the default it would have silently left in place is used.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;
use crate::nearest::nearest;

/// What would be right instead of a value.
pub(super) type Expected = Cow<'static, str>;

/// The longest piece of a value that is repeated in a message, in characters.
const QUOTED_CHARACTERS: usize = 60;

/// The text of a configuration and the name of its file.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl<'a> Document<'a> {
    /// The tables of the document.
    pub(super) fn tables(self) -> Result<Spanned<DeTable<'a>>, ConfigError> {
        DeTable::parse(self.text).map_err(|error| {
            let start = error.span().map_or(self.text.len(), |span| span.start);
            let before = self.text.get(..start).unwrap_or(self.text);
            let last_line = before.rsplit('\n').next().unwrap_or(before);
            ConfigError::Syntax {
                file: self.file.to_owned(),
                line: self.line_at(start),
                column: last_line.chars().count() + 1,
                problem: error.message().to_owned(),
            }
        })
    }

    /// The line of the file that holds this byte, from 1.
    fn line_at(self, offset: usize) -> usize {
        self.text.get(..offset).unwrap_or(self.text).matches('\n').count() + 1
    }

    /// A value as it is written, cut to what fits a message.
    fn quote(self, value: &Spanned<DeValue<'_>>) -> String {
        match value.get_ref() {
            DeValue::Table(_) => return "a table".to_owned(),
            DeValue::Array(_) => return "a list".to_owned(),
            _ => {}
        }
        let written = self.text.get(value.span()).unwrap_or_default();
        let line = written.lines().next().unwrap_or_default();
        let mut quoted: String = line.chars().take(QUOTED_CHARACTERS).collect();
        if quoted.len() < written.len() {
            quoted.push_str("...");
        }
        quoted
    }
}

/// A table of the document under its path.
pub(super) struct Section<'a> {
    document: Document<'a>,
    path: String,
    place: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The table at `path` (empty for the whole document), which may have these keys and no others.
    pub(super) fn open(
        document: Document<'a>,
        path: impl Into<String>,
        place: Range<usize>,
        table: &'a DeTable<'a>,
        keys: &[&str],
    ) -> Result<Self, ConfigError> {
        let section = Self { document, path: path.into(), place, table };
        let unknown =
            table.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())).min_by_key(|key| key.span().start);
        match unknown {
            None => Ok(section),
            Some(key) => {
                let name = key.get_ref().as_ref();
                Err(section.refusal_at(&key.span(), name, "unknown", known_keys(name, keys)))
            }
        }
    }

    /// The table under `key`, if there is one.
    pub(super) fn section(&self, key: &str, keys: &[&str]) -> Result<Option<Self>, ConfigError> {
        let Some((place, value)) = self.entry(key) else { return Ok(None) };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.refusal(key, format!("a table with {}", keys.join(", "))));
        };
        Self::open(self.document, self.path_of(key), place, table, keys).map(Some)
    }

    /// The table under `key`.
    pub(super) fn required_section(&self, key: &str, keys: &[&str]) -> Result<Self, ConfigError> {
        self.section(key, keys)?.ok_or_else(|| self.refusal(key, format!("a table with {}", keys.join(", "))))
    }

    /// The value under `key`, if there is one. `read` takes any value, or says what would be right.
    pub(super) fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Result<T, Expected>,
    ) -> Result<Option<T>, ConfigError> {
        match self.entry(key) {
            None => Ok(None),
            Some((_, value)) => read(value.get_ref()).map(Some).map_err(|expected| self.refusal(key, expected)),
        }
    }

    /// The value under `key`; `expected` is what would be right if it is missing.
    pub(super) fn required<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl FnOnce(&'a DeValue<'a>) -> Result<T, Expected>,
    ) -> Result<T, ConfigError> {
        self.optional(key, read)?.ok_or_else(|| self.refusal(key, expected))
    }

    /// The refusal of what stands under `key`, or of nothing standing there; `expected` is what should.
    pub(super) fn refusal(&self, key: &str, expected: impl Into<Expected>) -> ConfigError {
        let advice = format!("it should be {}", expected.into());
        match self.entry(key) {
            None => self.refusal_at(&self.place, key, "missing", advice),
            Some((place, value)) => self.refusal_at(&place, key, &self.document.quote(value), advice),
        }
    }

    /// The refusal of one item of the list under `key`; `expected` is what should stand in its place.
    pub(super) fn refusal_of_item(
        &self,
        key: &str,
        item: &Spanned<DeValue<'_>>,
        expected: impl Into<Expected>,
    ) -> ConfigError {
        let advice = format!("it should be {}", expected.into());
        self.refusal_at(&item.span(), key, &self.document.quote(item), advice)
    }

    /// The refusal of `key` at a place of the document, in words of the caller's own.
    pub(super) fn refusal_at(&self, place: &Range<usize>, key: &str, found: &str, advice: String) -> ConfigError {
        ConfigError::Refused {
            file: self.document.file.to_owned(),
            line: self.document.line_at(place.start),
            key: self.path_of(key),
            found: found.to_owned(),
            advice,
        }
    }

    /// The refusal of the first of these keys that stands here, each with what should; of the last one if none does.
    pub(super) fn refusal_of_one(&self, keys: &[(&str, String)]) -> ConfigError {
        let standing = keys.iter().find(|(key, _)| self.has(key));
        let (key, expected) = standing.or(keys.last()).expect("there is a key to blame");
        self.refusal(key, expected.clone())
    }

    /// Whether something stands under `key`.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The line of the file on which `key` stands, or the section where it does not, from 1.
    pub(super) fn line_of(&self, key: &str) -> usize {
        self.document.line_at(self.entry(key).map_or(self.place.start, |(place, _)| place.start))
    }

    /// What stands under `key`, and where the key is. A dot leads into a table.
    pub(super) fn entry(&self, key: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let (table, key) = match key.split_once('.') {
            None => (self.table, key),
            Some((outer, inner)) => match self.table.get(outer)?.get_ref() {
                DeValue::Table(table) => (table, inner),
                _ => return None,
            },
        };
        table.get_key_value(key).map(|(key, value)| (key.span(), value))
    }

    /// The table of a list under this path, itself under this section's.
    pub(super) fn item(
        &self,
        name: &str,
        value: &'a Spanned<DeValue<'a>>,
        keys: &[&str],
    ) -> Option<Result<Self, ConfigError>> {
        let DeValue::Table(table) = value.get_ref() else { return None };
        Some(Self::open(self.document, self.path_of(name), value.span(), table, keys))
    }

    /// The document the section is part of.
    pub(super) fn document(&self) -> Document<'a> {
        self.document
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// What to write instead of an unknown key: the known key that it most likely means, or any.
fn known_keys(unknown: &str, keys: &[&str]) -> String {
    match nearest(unknown, keys.iter().copied()) {
        Some(near) => format!("did you mean {near}? Known here: {}", keys.join(", ")),
        None => format!("known here: {}", keys.join(", ")),
    }
}
