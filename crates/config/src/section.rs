//! One table of a TOML document, read key by key; every refusal names file, line, key, value and what would be right.
//!
//! The document is read with the position of every key and value. Errors of serde know the type that was wanted, but
//! neither the value as it is written nor the meaning of the field. A section is opened with all the keys that it may
//! have, so a misspelt key is refused and never hidden by a default.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::ConfigError;
use crate::nearest::nearest;

/// What would be right instead of a value.
pub(crate) type Expected = Cow<'static, str>;

/// The longest part of a value that is quoted in a message, in characters.
const QUOTED_CHARACTERS: usize = 60;

/// The text of a configuration and the name of its file.
#[derive(Clone, Copy)]
pub(crate) struct TomlText<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl<'a> TomlText<'a> {
    /// The tables of the document.
    pub(crate) fn tables(self) -> Result<Spanned<DeTable<'a>>, ConfigError> {
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
            DeValue::Table(table) if table.is_empty() => return "an empty table".to_owned(),
            DeValue::Table(_) => return "a table".to_owned(),
            DeValue::Array(list) if list.is_empty() => return "an empty list".to_owned(),
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
#[derive(Clone)]
pub(crate) struct Section<'a> {
    document: TomlText<'a>,
    path: String,
    place: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    /// The table at `path` (empty for the whole document), which may have these keys and no others.
    pub(crate) fn open(
        document: TomlText<'a>,
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

    /// A table of which only some keys are of interest: the others are not looked at.
    pub(crate) fn open_in_part(
        document: TomlText<'a>,
        path: &str,
        place: Range<usize>,
        table: &'a DeTable<'a>,
    ) -> Self {
        Self { document, path: path.to_owned(), place, table }
    }

    /// The table under `key`, if there is one.
    pub(crate) fn section(&self, key: &str, keys: &[&str]) -> Result<Option<Self>, ConfigError> {
        let Some((place, value)) = self.entry(key) else { return Ok(None) };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.refusal(key, format!("a table with {}", keys.join(", "))));
        };
        Self::open(self.document, self.path_of(key), place, table, keys).map(Some)
    }

    /// The table under `key`.
    pub(crate) fn required_section(&self, key: &str, keys: &[&str]) -> Result<Self, ConfigError> {
        self.section(key, keys)?.ok_or_else(|| self.refusal(key, format!("a table with {}", keys.join(", "))))
    }

    /// The value under `key`, if there is one. `read` converts it, or returns what would be right.
    pub(crate) fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Result<T, Expected>,
    ) -> Result<Option<T>, ConfigError> {
        match self.entry(key) {
            None => Ok(None),
            Some((_, value)) => read(value.get_ref()).map(Some).map_err(|expected| self.refusal(key, expected)),
        }
    }

    /// The value under `key`; `expected` is what should be there if it is missing.
    pub(crate) fn required<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl FnOnce(&'a DeValue<'a>) -> Result<T, Expected>,
    ) -> Result<T, ConfigError> {
        self.optional(key, read)?.ok_or_else(|| self.refusal(key, expected))
    }

    /// The refusal of the value under `key`, or of its absence; `expected` is what should be there.
    pub(crate) fn refusal(&self, key: &str, expected: impl Into<Expected>) -> ConfigError {
        let advice = format!("it should be {}", expected.into());
        match self.entry(key) {
            None => self.refusal_at(&self.place, key, "missing", advice),
            Some((place, value)) => self.refusal_at(&place, key, &self.document.quote(value), advice),
        }
    }

    /// The refusal of one item of the list under `key`; `expected` is what should be in its place.
    pub(crate) fn refusal_of_item(
        &self,
        key: &str,
        item: &Spanned<DeValue<'_>>,
        expected: impl Into<Expected>,
    ) -> ConfigError {
        let advice = format!("it should be {}", expected.into());
        self.refusal_at(&item.span(), key, &self.document.quote(item), advice)
    }

    /// The refusal of a value under a path of free keys; `expected` is what should be there.
    pub(crate) fn refusal_of_entry(&self, path: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> ConfigError {
        self.refusal_at(&value.span(), path, &self.document.quote(value), format!("it should be {expected}"))
    }

    /// The refusal of `key` at a position of the document, with `found` and `advice` as given.
    pub(crate) fn refusal_at(&self, place: &Range<usize>, key: &str, found: &str, advice: String) -> ConfigError {
        ConfigError::Refused {
            file: self.document.file.to_owned(),
            line: self.document.line_at(place.start),
            key: self.path_of(key),
            found: found.to_owned(),
            advice,
        }
    }

    /// The refusal of the first of these keys that the section has, or of the last if it has none; each with what
    /// should be there.
    pub(crate) fn refusal_of_one(&self, keys: &[(&str, String)]) -> ConfigError {
        let present = keys.iter().find(|(key, _)| self.has(key));
        let (key, expected) = present.or(keys.last()).expect("there is a key to blame");
        self.refusal(key, expected.clone())
    }

    /// Whether there is a value under `key`.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// The line of the file with `key`, or with the section if it has no such key, from 1.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.document.line_at(self.entry(key).map_or(self.place.start, |(place, _)| place.start))
    }

    /// The value under `key`, and the position of the key. A dot leads into a table.
    pub(crate) fn entry(&self, key: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'a>>)> {
        let (table, key) = match key.split_once('.') {
            None => (self.table, key),
            Some((outer, inner)) => match self.table.get(outer)?.get_ref() {
                DeValue::Table(table) => (table, inner),
                _ => return None,
            },
        };
        table.get_key_value(key).map(|(key, value)| (key.span(), value))
    }

    /// One table of a list, under the path `name` of this section.
    pub(crate) fn item(
        &self,
        name: &str,
        value: &'a Spanned<DeValue<'a>>,
        keys: &[&str],
    ) -> Option<Result<Self, ConfigError>> {
        let DeValue::Table(table) = value.get_ref() else { return None };
        Some(Self::open(self.document, self.path_of(name), value.span(), table, keys))
    }

    /// The document that the section is part of.
    pub(crate) fn document(&self) -> TomlText<'a> {
        self.document
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// Advice for an unknown key: the key that was probably meant, and all keys.
fn known_keys(unknown: &str, keys: &[&str]) -> String {
    match nearest(unknown, keys.iter().copied()) {
        Some(near) => format!("did you mean {near}? Known here: {}", keys.join(", ")),
        None => format!("known here: {}", keys.join(", ")),
    }
}
