//! Promises to customers, as they are written: `"10m"`, `"30m open"`, `"same day"`, `"2 open days by closing"`.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_ledger::{Promises, Verdict};
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section};
use crate::value::{self, whole_milliseconds, word};

/// The table of promises within a line, a change or the defaults.
pub(crate) const PROMISE: &str = "promise";
/// The promise to be answered, as a path from the section that holds the table.
pub(crate) const ANSWER: &str = "promise.answer";
/// The promise to be called back.
pub(crate) const CALLBACK: &str = "promise.callback";
/// The effect of an abandon on the promise.
pub(crate) const ABANDONED: &str = "promise.abandoned";

const KEYS: [&str; 3] = ["answer", "callback", "abandoned"];

const TERM: &str = "a duration from \"1s\" to \"30d\", such as \"10m\", or \"30m open\" of open time, or \"same day\", \
                    \"next working day\", \"3 working days\", \"next open day\" or \"2 open days\", each perhaps with \
                    \" by closing\", or \"none\"";

const LONGEST_MS: u32 = 30 * 24 * 3600 * 1000;
const MOST_DAYS: u16 = 30;
const BY_CLOSING: &str = " by closing";
const OPEN: &str = " open";

/// Reads the promises of a section. A promise that it does not name stays as in `otherwise`.
pub(crate) fn read(section: &Section<'_>, otherwise: Promises) -> Result<Promises, ConfigError> {
    if section.section(PROMISE, &KEYS)?.is_none() {
        return Ok(otherwise);
    }
    let lost = |value: &DeValue<'_>| word(value, &[Verdict::Broken, Verdict::Void], Verdict::as_str);
    Ok(Promises {
        answer: section.optional(ANSWER, term)?.unwrap_or(otherwise.answer),
        callback: section.optional(CALLBACK, term)?.unwrap_or(otherwise.callback),
        abandoned: section.optional(ABANDONED, lost)?.unwrap_or(otherwise.abandoned),
    })
}

fn term(value: &DeValue<'_>) -> Result<Option<Term>, Expected> {
    match value.as_str() {
        Some("none") => Ok(None),
        text => text.and_then(parse).map(Some).ok_or_else(|| TERM.into()),
    }
}

fn parse(text: &str) -> Option<Term> {
    let (until, by) =
        text.strip_suffix(BY_CLOSING).map_or((text, DeadlineTime::EndOfDay), |until| (until, DeadlineTime::Closing));
    let term = match until {
        "same day" => Some(Term::SameDay { by }),
        "next working day" => Some(Term::WorkingDays { days: 1, of: WorkingDays::Official, by }),
        "next open day" => Some(Term::WorkingDays { days: 1, of: WorkingDays::LineOpen, by }),
        _ => None,
    };
    term.or_else(|| days(until, by)).or_else(|| if by == DeadlineTime::EndOfDay { duration(text) } else { None })
}

fn days(until: &str, by: DeadlineTime) -> Option<Term> {
    let (number, what) = until.split_once(' ')?;
    let days = number.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days))?;
    let of = match what {
        "working day" | "working days" => WorkingDays::Official,
        "open day" | "open days" => WorkingDays::LineOpen,
        _ => return None,
    };
    Some(Term::WorkingDays { days, of, by })
}

fn duration(text: &str) -> Option<Term> {
    let within = |text| whole_milliseconds(text).filter(|ms| (1000..=LONGEST_MS).contains(ms));
    match text.strip_suffix(OPEN) {
        Some(text) => Some(Term::WithinOpen { ms: within(text)? }),
        None => Some(Term::Within { ms: within(text)? }),
    }
}

/// A term as it is written in a configuration.
#[must_use]
pub fn term_as_written(term: Term) -> String {
    let (words, by) = match term {
        Term::Within { ms } => (value::duration_as_written(ms), DeadlineTime::EndOfDay),
        Term::WithinOpen { ms } => (value::duration_as_written(ms) + OPEN, DeadlineTime::EndOfDay),
        Term::SameDay { by } => ("same day".to_owned(), by),
        Term::WorkingDays { days: 1, of: WorkingDays::Official, by } => ("next working day".to_owned(), by),
        Term::WorkingDays { days, of: WorkingDays::Official, by } => (format!("{days} working days"), by),
        Term::WorkingDays { days: 1, of: WorkingDays::LineOpen, by } => ("next open day".to_owned(), by),
        Term::WorkingDays { days, of: WorkingDays::LineOpen, by } => (format!("{days} open days"), by),
    };
    words + if by == DeadlineTime::Closing { BY_CLOSING } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_printed_as_it_is_written() {
        for text in [
            "10m",
            "1h 30m",
            "3d",
            "30m open",
            "same day",
            "same day by closing",
            "next working day",
            "next working day by closing",
            "3 working days",
            "next open day",
            "2 open days by closing",
        ] {
            assert_eq!(parse(text).map(term_as_written).as_deref(), Some(text));
        }
        assert_eq!(parse("1 working day"), parse("next working day"));
        assert_eq!(parse("1 open days"), parse("next open day"));
    }

    #[test]
    fn a_text_that_is_no_promise_is_refused() {
        for text in [
            "",
            "0s",
            "0m open",
            "31d",
            "10",
            "10m by closing",
            "10m open by closing",
            "0 working days",
            "31 working days",
            "-1 open days",
            "same day ",
            "Same day",
            "next day",
            "2 days by closing",
            "by closing",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
