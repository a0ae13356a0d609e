//! The tables of words: queues, results, outcomes, answers and callbacks.

use ensilinja_model::{CloseResult, LineId, Outcome, YesNo};
use ensilinja_wire::call_records::{CallbackWord, ColumnKey, LineRule, RowResult, WordTable};
use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::nearest::suggestion;
use crate::section::{Expected, Section};
use crate::table_entries::{TableEntry, table_entries};
use crate::value::word;

pub(super) const LINE: &str = "line";
pub(super) const IGNORE: &str = "ignore";
pub(super) const OTHERWISE: &str = "otherwise";
pub(super) const QUEUES: &str = "queues";
pub(super) const RESULTS: &str = "results";
pub(super) const OUTCOMES: &str = "outcomes";
pub(super) const ANSWERS: &str = "answers";
pub(super) const CALLBACKS: &str = "callbacks";

/// The word for a cell that does not count.
const IGNORED: &str = "ignored";

const LINE_EXPECTED: &str = "the id of a line, such as \"mipa\"";
const QUEUES_EXPECTED: &str = "a table from queues to lines, such as [queues]";

/// The line of a row: one for all, or by the queue.
pub(super) fn line(
    root: &Section<'_>,
    queue: Option<ColumnKey>,
    lines: Option<&[LineId]>,
) -> Result<LineRule, ConfigError> {
    let one = root.optional(LINE, |value| line_id(value.as_str(), lines).map_err(Expected::from))?;
    let ignored = texts(root, IGNORE, "a list of queues that do not count, such as [\"agent-*\", \"test\"]")?;
    let Some(column) = queue else {
        if let Some(useless) = [QUEUES, IGNORE].into_iter().find(|key| root.has(key)) {
            return Err(root.refusal(useless, "left out without columns.queue"));
        }
        let expected = "the column with the queue; or line, if all rows are of one line";
        return one.map(LineRule::One).ok_or_else(|| root.refusal("columns.queue", expected));
    };
    if one.is_some() {
        return Err(root.refusal(LINE, "left out beside columns.queue"));
    }
    let mut queues = WordTable::default();
    // First, so that of the patterns those of ignored queues win.
    for queue in ignored {
        queues.insert(&queue, None);
    }
    let entries = table_entries(root, QUEUES, QUEUES_EXPECTED)?;
    if entries.is_empty() {
        return Err(root.refusal(QUEUES, QUEUES_EXPECTED));
    }
    for entry in &entries {
        let line = line_id(Some(entry.text(LINE_EXPECTED)?), lines).map_err(|expected| entry.refusal(&expected))?;
        add(&mut queues, entry, Some(line))?;
    }
    Ok(LineRule::ByQueue { column, queues })
}

pub(super) fn texts(root: &Section<'_>, key: &str, expected: &'static str) -> Result<Vec<String>, ConfigError> {
    let listed = root.optional(key, |value| match value {
        DeValue::Array(items) => Ok(items),
        _ => Err(expected.into()),
    })?;
    let text = |item: &Spanned<DeValue<'_>>| match item.get_ref().as_str().map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err(root.refusal_of_item(key, item, "a text that is not empty")),
    };
    listed.into_iter().flatten().map(text).collect()
}

fn line_id(text: Option<&str>, lines: Option<&[LineId]>) -> Result<LineId, String> {
    let id = text.and_then(|text| LineId::parse(text).ok()).ok_or(LINE_EXPECTED)?;
    match lines {
        Some(lines) if !lines.contains(&id) => {
            Err(format!("the id of a line: {}", suggestion(id.as_str(), lines.iter().map(LineId::as_str))))
        }
        _ => Ok(id),
    }
}

pub(super) fn results(root: &Section<'_>) -> Result<WordTable<RowResult>, ConfigError> {
    words(root, RESULTS, || RowResult::ALL.iter().map(|result| (result.as_str().to_owned(), *result)).collect())
}

pub(super) fn otherwise(root: &Section<'_>) -> Result<Option<RowResult>, ConfigError> {
    root.optional(OTHERWISE, |value: &DeValue<'_>| word(value, RowResult::ALL, RowResult::as_str))
}

pub(super) fn outcomes(root: &Section<'_>) -> Result<WordTable<Option<Outcome>>, ConfigError> {
    words(root, OUTCOMES, || or_ignored(Outcome::ALL, Outcome::as_str))
}

pub(super) fn answers(root: &Section<'_>) -> Result<WordTable<Option<YesNo>>, ConfigError> {
    words(root, ANSWERS, || or_ignored(YesNo::ALL, YesNo::as_str))
}

pub(super) fn callbacks(root: &Section<'_>) -> Result<WordTable<CallbackWord>, ConfigError> {
    words(root, CALLBACKS, || {
        let closed = CloseResult::ALL.iter().map(|close| (close.as_str().to_owned(), CallbackWord::Closed(*close)));
        let others = [("reached", CallbackWord::Reached), ("open", CallbackWord::Outstanding)];
        others.map(|(word, meaning)| (word.to_owned(), meaning)).into_iter().chain(closed).collect()
    })
}

fn or_ignored<T: Copy>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<(String, Option<T>)> {
    let words = all.iter().map(|member| (as_str(*member).to_owned(), Some(*member)));
    words.chain([(IGNORED.to_owned(), None)]).collect()
}

fn words<T>(
    root: &Section<'_>,
    table: &'static str,
    meanings: impl Fn() -> Vec<(String, T)>,
) -> Result<WordTable<T>, ConfigError> {
    let mut words = WordTable::default();
    for entry in table_entries(root, table, "a table from words of the file to what they mean")? {
        let meaning = entry.word(meanings())?;
        add(&mut words, &entry, meaning)?;
    }
    Ok(words)
}

fn add<T>(words: &mut WordTable<T>, entry: &TableEntry<'_, '_>, meaning: T) -> Result<(), ConfigError> {
    if words.insert(entry.key, meaning) {
        Ok(())
    } else {
        Err(entry.refusal_of_key("a word of its own: it is there already, in whatever case, or in ignore"))
    }
}
