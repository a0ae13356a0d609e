//! Which topics are read, and the source that claims each.
//!
//! A choice is the name of a topic, or a pattern: a regular expression that begins with `^`. As in other clients of
//! librdkafka it need not match the end of a name; `$` asks for that. A pattern never claims the dead-letter topic, nor
//! a topic whose name begins with `__`, which is one of Kafka's own.

use std::collections::BTreeMap;

use regex_lite::Regex;

/// The beginning of the names of Kafka's own topics.
#[expect(dead_code, reason = "patterns come next")]
const INTERNAL: &str = "__";

/// A topic, or all topics whose names match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicChoice {
    /// The name of the topic, or a pattern: a regular expression that begins with `^`.
    pub name: String,
    /// The source that claims the topics, as [`IncomingRecord::source`](crate::IncomingRecord::source) repeats it.
    pub source: usize,
    /// The records only repair the past, and may come in batches, hours apart. So the figures are complete without
    /// those that have not been read yet, once the topic was read at the start.
    pub repairs_only: bool,
}

/// Why topics cannot be chosen like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicChoiceError {
    /// There is no choice.
    #[error("no topic is named: name one")]
    None,
    /// A choice has no name.
    #[error("the name of a topic is empty: name it")]
    Empty,
    /// Two choices have one name.
    #[error("`{name}` is claimed twice, by sources number {} and {}: name it in one of them", one + 1, other + 1)]
    Twice {
        /// The name.
        name: String,
        /// The first source, counted from 0.
        one: usize,
        /// The other source, counted from 0.
        other: usize,
    },
    /// A pattern is no regular expression.
    #[error("`{pattern}` is no regular expression: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl TopicChoice {
    /// This topic or pattern, as the only source.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self { name: name.to_owned(), source: 0, repairs_only: false }
    }

    /// Whether the name is a pattern.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.name.starts_with('^')
    }
}

/// Checks choices as far as that is possible without the names of the topics that exist.
pub(crate) fn check(choices: &[TopicChoice]) -> Result<(), TopicChoiceError> {
    if choices.is_empty() {
        return Err(TopicChoiceError::None);
    }
    let mut known = BTreeMap::new();
    for TopicChoice { name, source, .. } in choices {
        if name.trim().is_empty() {
            return Err(TopicChoiceError::Empty);
        }
        if let Some(one) = known.insert(name, *source) {
            return Err(TopicChoiceError::Twice { name: name.clone(), one, other: *source });
        }
    }
    choices.iter().filter(|choice| choice.is_pattern()).try_for_each(|choice| compiled(&choice.name).map(drop))
}

fn compiled(pattern: &str) -> Result<Regex, TopicChoiceError> {
    let refused =
        |error: regex_lite::Error| TopicChoiceError::Pattern { pattern: pattern.to_owned(), reason: error.to_string() };
    Regex::new(pattern).map_err(refused)
}
