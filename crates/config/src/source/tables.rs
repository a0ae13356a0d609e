//! The tables of a source: queues, dialled numbers, exits and codes.

use std::ops::Range;

use ensilinja_model::{AttemptResult, CloseResult, LineIndex, Outcome};
use ensilinja_wire::{CodeMeaning, ExitMeaning, ExitTable, Mapping, QueueTarget, normalize_number};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::ConfigError;
use crate::line::Line;
use crate::nearest::suggestion;
use crate::section::Section;

/// The keys of the tables.
pub(super) const KEYS: [&str; 5] = [QUEUES, IGNORE, ENTRIES, EXITS, CODES];

const QUEUES: &str = "queues";
const IGNORE: &str = "ignore";
const ENTRIES: &str = "entries";
const EXITS: &str = "exits";
const CODES: &str = "codes";

const QUEUES_EXPECTED: &str = "a table from queues, by id or name, to lines, such as [source.queues]";

/// Reads the tables into `mapping`.
pub(super) fn read(section: &Section<'_>, lines: &[Line], mapping: &mut Mapping) -> Result<(), ConfigError> {
    let queues = entries(section, QUEUES, QUEUES_EXPECTED)?;
    // First, so that of the patterns those of ignored queues win.
    ignore(section, &queues, mapping)?;
    for entry in &queues {
        mapping.queues.insert(entry.key, QueueTarget::Line(entry.line(lines)?));
    }
    for entry in entries(section, ENTRIES, "a table from dialled numbers to lines, such as [source.entries]")? {
        mapping.entries.insert(&normalize_number(entry.key), entry.line(lines)?);
    }
    if queues.is_empty() && mapping.entries.is_empty() {
        return Err(section.refusal(QUEUES, QUEUES_EXPECTED));
    }
    mapping.exits = exits(section, lines)?;
    for entry in entries(section, CODES, "a table from codes to what they mean, such as [source.codes]")? {
        mapping.codes.insert(entry.key, entry.code()?);
    }
    Ok(())
}

/// The lines that a mapping leads to.
pub(super) fn lines_of(mapping: &Mapping) -> Vec<LineIndex> {
    let of_queues = mapping.queues.iter().filter_map(|(_, target)| match target {
        QueueTarget::Line(line) => Some(*line),
        QueueTarget::Ignored => None,
    });
    of_queues.chain(mapping.entries.iter().map(|(_, line)| *line)).collect()
}

fn ignore(section: &Section<'_>, queues: &[Entry<'_, '_>], mapping: &mut Mapping) -> Result<(), ConfigError> {
    const EXPECTED: &str = "a list of queues that do not count, such as [\"agent-*\", \"test\"]";
    let listed = section.optional(IGNORE, |value| match value {
        DeValue::Array(items) => Ok(items),
        _ => Err(EXPECTED.into()),
    })?;
    for item in listed.into_iter().flatten() {
        let queue = item.get_ref().as_str().filter(|queue| !queue.is_empty());
        let queue = queue.ok_or_else(|| section.refusal_of_item(IGNORE, item, "a queue, by id, name or pattern"))?;
        if queues.iter().any(|entry| entry.key == queue) {
            return Err(section.refusal_of_item(IGNORE, item, "a queue that `queues` does not map"));
        }
        mapping.queues.insert(queue, QueueTarget::Ignored);
    }
    Ok(())
}

/// Reads exits: a word for all lines, or a table for the line that is its key.
fn exits(section: &Section<'_>, lines: &[Line]) -> Result<ExitTable, ConfigError> {
    const EXPECTED: &str = "a table from exits to what they mean, such as [source.exits]";
    let mut table = ExitTable::default();
    for entry in entries(section, EXITS, EXPECTED)? {
        match entry.value.get_ref() {
            DeValue::Table(of_line) => {
                let line = line_of(entry.key, lines).map_err(|advice| entry.refusal_of_key(advice))?;
                for (key, value) in of_line {
                    let path = format!("{}.{}", entry.path, key.get_ref());
                    let inner = Entry { section, path, key: key.get_ref().as_ref(), place: Spanned::span(key), value };
                    table.of_line.insert((line, inner.key.to_owned()), inner.exit()?);
                }
            }
            _ => {
                table.general.insert(entry.key.to_owned(), entry.exit()?);
            }
        }
    }
    Ok(table)
}

/// The entries of a table whose keys are free, in the order of the file: of patterns the first that matches counts.
fn entries<'s, 'a>(
    section: &'s Section<'a>,
    table: &str,
    expected: &'static str,
) -> Result<Vec<Entry<'s, 'a>>, ConfigError> {
    let found: Option<&'a DeTable<'a>> = section.optional(table, |value| match value {
        DeValue::Table(entries) => Ok(entries),
        _ => Err(expected.into()),
    })?;
    let entry = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
        let key: &'a Spanned<std::borrow::Cow<'a, str>> = key;
        let path = format!("{table}.{:?}", key.get_ref());
        Entry { section, path, key: key.get_ref().as_ref(), place: key.span(), value }
    };
    let mut entries: Vec<Entry<'s, 'a>> = found.into_iter().flatten().map(entry).collect();
    entries.sort_by_key(|entry| entry.place.start);
    match entries.iter().find(|entry| entry.key.trim().is_empty()) {
        Some(empty) => Err(empty.refusal_of_key("a key that is not empty".to_owned())),
        None => Ok(entries),
    }
}

/// One entry of a table whose keys are free.
struct Entry<'s, 'a> {
    section: &'s Section<'a>,
    path: String,
    key: &'a str,
    place: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
}

impl Entry<'_, '_> {
    fn line(&self, lines: &[Line]) -> Result<LineIndex, ConfigError> {
        let id = self.value.get_ref().as_str().ok_or_else(|| self.refusal("the id of a line".to_owned()))?;
        line_of(id, lines).map_err(|advice| self.refusal(advice))
    }

    fn exit(&self) -> Result<ExitMeaning, ConfigError> {
        self.word(ExitMeaning::ALL.iter().map(|meaning| (meaning.as_str().to_owned(), *meaning)).collect())
    }

    fn code(&self) -> Result<CodeMeaning, ConfigError> {
        let outcomes = Outcome::ALL.iter().map(|it| (it.as_str().to_owned(), CodeMeaning::Outcome(*it)));
        let callbacks =
            AttemptResult::ALL.iter().map(|it| (format!("callback_{}", it.as_str()), CodeMeaning::Callback(*it)));
        let closed = CloseResult::ALL.iter().map(|it| (format!("closed_{}", it.as_str()), CodeMeaning::Closed(*it)));
        self.word(outcomes.chain(callbacks).chain(closed).collect())
    }

    fn word<T>(&self, words: Vec<(String, T)>) -> Result<T, ConfigError> {
        let known: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let text = self.value.get_ref().as_str();
        let found = words.into_iter().find(|(word, _)| Some(word.as_str()) == text);
        found.map(|(_, value)| value).ok_or_else(|| self.refusal(format!("one of {}", known.join(", "))))
    }

    fn refusal(&self, expected: String) -> ConfigError {
        self.section.refusal_of_entry(&self.path, self.value, &expected)
    }

    fn refusal_of_key(&self, expected: String) -> ConfigError {
        self.section.refusal_at(&self.place, &self.path, "a key", format!("it should be {expected}"))
    }
}

fn line_of(id: &str, lines: &[Line]) -> Result<LineIndex, String> {
    let place = lines.iter().position(|line| line.id.as_str() == id);
    let index = place.and_then(|place| u16::try_from(place).ok()).map(LineIndex::new);
    index.ok_or_else(|| format!("the id of a line: {}", suggestion(id, lines.iter().map(|line| line.id.as_str()))))
}
