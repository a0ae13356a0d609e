//! How a source's own words are understood: queues, dialled numbers, exits and codes. Built by the configuration, and
//! valid only with its table of lines.

mod keys;

use std::collections::BTreeMap;

use ensilinja_model::{AttemptResult, CloseResult, Fact, LineIndex, Outcome, Stage, vocabulary};

pub use ensilinja_model::WaitFrom;
use jiff::tz::TimeZone;

pub use keys::KeyTable;

use crate::Format;
use crate::rules::FormatRules;

/// How the records of one source are understood.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The format of the records.
    pub format: Format,
    /// Queue, by id or name, to line.
    pub queues: KeyTable<QueueTarget>,
    /// Dialled number to the line whose menu answers it. The keys are normalized by [`normalize_number`].
    pub entries: KeyTable<LineIndex>,
    /// What leaving a queue without a stated outcome means.
    pub exits: ExitTable,
    /// What wrap-up codes and similar words mean.
    pub codes: KeyTable<CodeMeaning>,
    /// What it means that a callback was removed from the queue. `None` where no line has callbacks.
    pub removed_callback: Option<CloseResult>,
    /// The zone of times that name none.
    pub zone: Option<TimeZone>,
    /// Where the wait begins.
    pub wait_from: WaitFrom,
    /// Calls of different scopes are different calls, even if their ids are equal. Only for formats whose records have
    /// to be joined to stays.
    pub call_scope: Option<String>,
    /// What only this format needs.
    pub rules: FormatRules,
}

impl Mapping {
    /// A mapping of this format with empty tables.
    #[must_use]
    pub fn of(format: Format) -> Self {
        Self {
            format,
            queues: KeyTable::default(),
            entries: KeyTable::default(),
            exits: ExitTable::default(),
            codes: KeyTable::default(),
            removed_callback: None,
            zone: None,
            wait_from: WaitFrom::Queue,
            call_scope: None,
            rules: FormatRules::default(),
        }
    }
}

/// Where a queue leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueTarget {
    /// Its contacts are contacts of this line.
    Line(LineIndex),
    /// Its contacts do not count.
    Ignored,
}

vocabulary! {
    /// What leaving a queue means.
    ExitMeaning {
        /// The customer gave up.
        Abandoned = "abandoned",
        /// The customer asked for a callback.
        CallbackRequested = "callback_requested",
        /// The contact went on elsewhere. It stops waiting, and no promise is judged.
        Transferred = "transferred",
        /// The contact had waited too long, or there was no room for it.
        TimedOut = "timed_out",
        /// The contact ended without a result.
        Ended = "ended",
    }
}

impl ExitMeaning {
    /// The fact that the exit states.
    #[must_use]
    pub const fn fact(self) -> Fact {
        match self {
            Self::Abandoned => Fact::Abandoned(Stage::Queue),
            Self::CallbackRequested => Fact::CallbackRequested,
            Self::Transferred => Fact::Transferred,
            Self::TimedOut => Fact::TimedOut,
            Self::Ended => Fact::Ended,
        }
    }
}

/// What exits mean, for all lines and for single lines. Names of exits are lower case: `timeout`, `empty`, `key.1`.
#[derive(Clone, Debug, Default)]
pub struct ExitTable {
    /// For all lines.
    pub general: BTreeMap<String, ExitMeaning>,
    /// For single lines, before the general ones.
    pub of_line: BTreeMap<(LineIndex, String), ExitMeaning>,
}

impl ExitTable {
    /// What this exit means for this line, and its key in the table; `None` if the table does not say.
    #[must_use]
    pub fn find(&self, line: LineIndex, exit: &str) -> Option<(ExitMeaning, &str)> {
        let of_line = if self.of_line.is_empty() { None } else { self.of_line.get_key_value(&(line, exit.to_owned())) };
        let found = of_line.map(|((_, key), meaning)| (*meaning, key.as_str()));
        found.or_else(|| self.general.get_key_value(exit).map(|(key, meaning)| (*meaning, key.as_str())))
    }
}

/// What a wrap-up code or a similar word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeMeaning {
    /// The outcome of the contact.
    Outcome(Outcome),
    /// The result of an attempt to call back.
    Callback(AttemptResult),
    /// The callback was closed without reaching the customer.
    Closed(CloseResult),
}

/// A dialled number without `tel:`, `sip:`, spaces and dashes, for comparison: `tel:+358 10-000 0001` is
/// `+358100000001`.
#[must_use]
pub fn normalize_number(number: &str) -> String {
    let number = number.trim();
    let number = ["tel:", "sip:"].iter().find_map(|prefix| number.strip_prefix(prefix)).unwrap_or(number);
    let number = number.split(['@', ';']).next().unwrap_or_default();
    number.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}')).collect()
}
