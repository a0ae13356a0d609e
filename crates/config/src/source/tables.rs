//! The tables of a source: queues, dialled numbers, exits and codes.

use ensilinja_model::{AttemptResult, CloseResult, LineIndex, Outcome};
use ensilinja_wire::{CodeMeaning, ExitMeaning, ExitTable, Mapping, QueueTarget, normalize_number};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::line::Line;
use crate::nearest::suggestion;
use crate::section::Section;
use crate::table_entries::{TableEntry, table_entries};

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
    let queues = table_entries(section, QUEUES, QUEUES_EXPECTED)?;
    // First, so that of the patterns those of ignored queues win.
    ignore(section, &queues, mapping)?;
    for entry in &queues {
        mapping.queues.insert(entry.key, QueueTarget::Line(line(entry, lines)?));
    }
    for entry in table_entries(section, ENTRIES, "a table from dialled numbers to lines, such as [source.entries]")? {
        mapping.entries.insert(&normalize_number(entry.key), line(&entry, lines)?);
    }
    if queues.is_empty() && mapping.entries.is_empty() {
        return Err(section.refusal(QUEUES, QUEUES_EXPECTED));
    }
    mapping.exits = exits(section, lines)?;
    for entry in table_entries(section, CODES, "a table from codes to what they mean, such as [source.codes]")? {
        mapping.codes.insert(entry.key, code(&entry)?);
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

fn ignore(section: &Section<'_>, queues: &[TableEntry<'_, '_>], mapping: &mut Mapping) -> Result<(), ConfigError> {
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
    for entry in table_entries(section, EXITS, EXPECTED)? {
        match entry.table() {
            Some(of_line) => {
                let line = line_of(entry.key, lines).map_err(|advice| entry.refusal_of_key(&advice))?;
                for inner in of_line {
                    table.of_line.insert((line, inner.key.to_owned()), exit(&inner)?);
                }
            }
            None => {
                table.general.insert(entry.key.to_owned(), exit(&entry)?);
            }
        }
    }
    Ok(table)
}

fn line(entry: &TableEntry<'_, '_>, lines: &[Line]) -> Result<LineIndex, ConfigError> {
    line_of(entry.text("the id of a line")?, lines).map_err(|advice| entry.refusal(&advice))
}

fn exit(entry: &TableEntry<'_, '_>) -> Result<ExitMeaning, ConfigError> {
    entry.word(ExitMeaning::ALL.iter().map(|meaning| (meaning.as_str().to_owned(), *meaning)).collect())
}

fn code(entry: &TableEntry<'_, '_>) -> Result<CodeMeaning, ConfigError> {
    let outcomes = Outcome::ALL.iter().map(|it| (it.as_str().to_owned(), CodeMeaning::Outcome(*it)));
    let callbacks =
        AttemptResult::ALL.iter().map(|it| (format!("callback_{}", it.as_str()), CodeMeaning::Callback(*it)));
    let closed = CloseResult::ALL.iter().map(|it| (format!("closed_{}", it.as_str()), CodeMeaning::Closed(*it)));
    entry.word(outcomes.chain(callbacks).chain(closed).collect())
}

/// The line with this id, or what would be right.
pub(super) fn line_of(id: &str, lines: &[Line]) -> Result<LineIndex, String> {
    let place = lines.iter().position(|line| line.id.as_str() == id);
    let index = place.and_then(|place| u16::try_from(place).ok()).map(LineIndex::new);
    index.ok_or_else(|| format!("the id of a line: {}", suggestion(id, lines.iter().map(|line| line.id.as_str()))))
}
