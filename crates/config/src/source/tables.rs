//! The tables of a source: queues, dialled numbers, exits and codes.

use ensilinja_model::{AttemptResult, CloseResult, LineIndex, Outcome};
use ensilinja_wire::{CodeMeaning, ExitMeaning, ExitTable, Format, Mapping, QueueTarget, normalize_number};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::line::Line;
use crate::nearest::suggestion;
use crate::section::Section;
use crate::table_entries::{TableEntry, table_entries};

/// The keys of the tables.
pub(super) const KEYS: [&str; 5] = [QUEUES, IGNORE, ENTRIES, EXITS, CODES];

pub(super) const QUEUES: &str = "queues";
pub(super) const IGNORE: &str = "ignore";
pub(super) const ENTRIES: &str = "entries";
pub(super) const EXITS: &str = "exits";
pub(super) const CODES: &str = "codes";

/// The beginning of the exits by a key of the telephone.
const KEY: &str = "key";

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
        if !is_number(entry.key) {
            return Err(entry.refusal_of_key("a dialled number, such as \"+358100000001\""));
        }
        mapping.entries.insert(&normalize_number(entry.key), line(&entry, lines)?);
    }
    if queues.is_empty() && mapping.entries.is_empty() {
        return Err(section.refusal(QUEUES, QUEUES_EXPECTED));
    }
    mapping.exits = exits(section, mapping.format, lines)?;
    for entry in table_entries(section, CODES, "a table from codes to what they mean, such as [source.codes]")? {
        mapping.codes.insert(entry.key, code(&entry)?);
    }
    Ok(())
}

/// Whether a key of `entries` can be a dialled number: a number, a pattern for numbers, or an address.
fn is_number(key: &str) -> bool {
    normalize_number(key).contains(|c: char| c.is_ascii_digit() || matches!(c, '*' | '?'))
        || key.trim().strip_prefix("sip:").is_some_and(|address| !address.is_empty())
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
fn exits(section: &Section<'_>, format: Format, lines: &[Line]) -> Result<ExitTable, ConfigError> {
    const EXPECTED: &str = "a table from exits to what they mean, such as [source.exits]";
    let mut table = ExitTable::default();
    for entry in table_entries(section, EXITS, EXPECTED)? {
        let Some(of_line) = entry.table() else {
            check_exit(&entry, format)?;
            table.general.insert(entry.key.to_owned(), exit(&entry)?);
            continue;
        };
        // `key.1 = ...` without quotes is a table to TOML.
        if entry.key == KEY {
            return Err(entry.refusal_of_key("in quotes with its digit, such as \"key.1\""));
        }
        let line = line_of(entry.key, lines).map_err(|advice| entry.refusal_of_key(&advice))?;
        for inner in of_line {
            check_exit(&inner, format)?;
            table.of_line.insert((line, inner.key.to_owned()), exit(&inner)?);
        }
    }
    Ok(table)
}

/// Refuses the name of an exit that no record of the format has: it would have no effect.
fn check_exit(entry: &TableEntry<'_, '_>, format: Format) -> Result<(), ConfigError> {
    let known: &[&str] = match format {
        Format::AsteriskQueueLog => &["timeout", "empty", "withdrawn"],
        Format::AsteriskAmi => &["left"],
        _ if entry.key.chars().any(char::is_uppercase) => {
            return Err(entry.refusal_of_key(&format!("in lower case: {:?}", entry.key.to_lowercase())));
        }
        _ => return Ok(()),
    };
    let has_keys = format == Format::AsteriskQueueLog;
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D');
    let digits = entry.key.strip_prefix(KEY).and_then(|rest| rest.strip_prefix('.'));
    let is_key = digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(is_digit));
    if known.contains(&entry.key) || (has_keys && is_key) {
        return Ok(());
    }
    let keys = if has_keys { ", or \"key.\" and a digit" } else { "" };
    let advice = suggestion(entry.key, known.iter().copied());
    Err(entry.refusal_of_key(&format!("an exit of {}{keys}: {advice}", format.as_str())))
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
