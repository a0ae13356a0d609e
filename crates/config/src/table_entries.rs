//! A table whose keys are free, such as the names of queues: its entries, in the order of the file.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::ConfigError;
use crate::section::Section;

/// The entries of the table under a key of a section, in the order of the file: of patterns the first that matches
/// counts.
pub(crate) fn table_entries<'s, 'a>(
    section: &'s Section<'a>,
    table: &str,
    expected: &'static str,
) -> Result<Vec<TableEntry<'s, 'a>>, ConfigError> {
    let found: Option<&'a DeTable<'a>> = section.optional(table, |value| match value {
        DeValue::Table(entries) => Ok(entries),
        _ => Err(expected.into()),
    })?;
    let mut entries: Vec<_> = found.into_iter().flat_map(|found| entries_of(section, table, found)).collect();
    entries.sort_by_key(|entry| entry.place.start);
    match entries.iter().find(|entry| entry.key.trim().is_empty()) {
        Some(empty) => Err(empty.refusal_of_key("a key that is not empty")),
        None => Ok(entries),
    }
}

fn entries_of<'s, 'a>(
    section: &'s Section<'a>,
    path: &str,
    table: &'a DeTable<'a>,
) -> impl Iterator<Item = TableEntry<'s, 'a>> {
    let entry = move |(key, value): (&'a Spanned<Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
        let path = format!("{path}.{:?}", key.get_ref());
        TableEntry { section, path, key: key.get_ref().as_ref(), place: key.span(), value }
    };
    table.iter().map(entry)
}

/// One entry of a table whose keys are free.
pub(crate) struct TableEntry<'s, 'a> {
    section: &'s Section<'a>,
    path: String,
    /// Its key.
    pub(crate) key: &'a str,
    place: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'s, 'a> TableEntry<'s, 'a> {
    /// The entries of the table that is its value, if it is one. They may be empty.
    pub(crate) fn table(&self) -> Option<Vec<TableEntry<'s, 'a>>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(entries_of(self.section, &self.path, table).collect()),
            _ => None,
        }
    }

    /// Its value.
    pub(crate) fn value(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// Its value as text; `expected` is what should be there instead of anything else.
    pub(crate) fn text(&self, expected: &str) -> Result<&'a str, ConfigError> {
        self.value.get_ref().as_str().ok_or_else(|| self.refusal(expected))
    }

    /// What the word that is its value stands for.
    pub(crate) fn word<T>(&self, words: Vec<(String, T)>) -> Result<T, ConfigError> {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let text = self.value.get_ref().as_str();
        let found = words.into_iter().find(|(word, _)| Some(word.as_str()) == text);
        found.map(|(_, value)| value).ok_or_else(|| self.refusal(&format!("one of {}", known.join(", "))))
    }

    /// The refusal of its value; `expected` is what should be there.
    pub(crate) fn refusal(&self, expected: &str) -> ConfigError {
        self.section.refusal_of_entry(&self.path, self.value, expected)
    }

    /// The refusal of its key; `expected` is what should be there.
    pub(crate) fn refusal_of_key(&self, expected: &str) -> ConfigError {
        self.section.refusal_at(&self.place, &self.path, "a key", format!("it should be {expected}"))
    }
}
