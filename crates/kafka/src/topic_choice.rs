//! Which topics are read, and the source that claims each.
//!
//! A choice is the name of a topic, or a pattern: a regular expression that begins with `^`. As in other clients of
//! librdkafka it need not match the end of a name; `$` asks for that. A pattern never claims the dead-letter topic, nor
//! a topic whose name begins with `__`, which is one of Kafka's own.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use regex_lite::Regex;

/// The beginning of the names of Kafka's own topics.
const INTERNAL: &str = "__";

/// A topic, or all topics whose names match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicChoice {
    /// The name of the topic, or a pattern: a regular expression that begins with `^`.
    pub name: String,
    /// The source that claims the topics, as [`IncomingRecord::source`](crate::IncomingRecord::source) repeats it.
    pub source: usize,
    /// The records only repair the past, and may come in batches, hours apart. So the figures are complete without
    /// those that have not been read yet, once the topic was read at the start. Where all choices say so, none counts
    /// as one that only repairs.
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

/// A topic that is read, and the source that claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChosenTopic {
    pub(crate) name: String,
    pub(crate) choice: TopicChoice,
}

/// A partition of a topic that is read. `Display` gives `topic/partition`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChosenPartition {
    pub(crate) topic: Arc<ChosenTopic>,
    pub(crate) number: i32,
}

impl fmt::Display for ChosenPartition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic.name, self.number)
    }
}

#[cfg(test)]
impl ChosenPartition {
    /// A partition of a topic that is chosen by name.
    pub(crate) fn of(topic: &str, number: i32) -> Self {
        Self { topic: Arc::clone(&TopicChooser::only(topic).named[0]), number }
    }
}

impl ChosenTopic {
    /// Whether figures are complete only with all records of this topic: unless it only repairs the past.
    pub(crate) const fn holds_back(&self) -> bool {
        !self.choice.repairs_only
    }

    /// The first `count` partitions.
    pub(crate) fn partitions(self: &Arc<Self>, count: usize) -> impl Iterator<Item = ChosenPartition> {
        (0..).take(count).map(|number| ChosenPartition { topic: Arc::clone(self), number })
    }
}

/// Decides which topics are read.
pub(crate) struct TopicChooser {
    named: Vec<Arc<ChosenTopic>>,
    patterns: Vec<(TopicChoice, Regex)>,
    dead_letter_topic: String,
}

/// Why patterns choose no topics, or not clearly.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternFault {
    /// No topic matches a pattern.
    #[error("no topic matches {0}: correct the pattern, or create the topic")]
    NoMatch(String),
    /// Two patterns match one topic.
    #[error("{topic} matches both {one} and {other}: name the topic, or make a pattern narrower")]
    Both {
        /// The topic.
        topic: String,
        /// A pattern.
        one: String,
        /// The other pattern.
        other: String,
    },
}

/// The topics that patterns choose, by name, and what is wrong.
#[derive(Debug, Default)]
pub(crate) struct PatternMatches {
    pub(crate) topics: Vec<Arc<ChosenTopic>>,
    /// Each with the choice that is at fault; of two, the one that does not only repair the past.
    pub(crate) faults: Vec<(TopicChoice, PatternFault)>,
}

impl TopicChooser {
    /// The chooser of these choices.
    ///
    /// # Errors
    /// As [`check`].
    pub(crate) fn new(choices: &[TopicChoice], dead_letter_topic: &str) -> Result<Self, TopicChoiceError> {
        check(choices)?;
        // Without anything to repair, the figures are made of the repairs, and wait for them.
        let has_others = choices.iter().any(|choice| !choice.repairs_only);
        let judged =
            |choice: &TopicChoice| TopicChoice { repairs_only: choice.repairs_only && has_others, ..choice.clone() };
        let (patterns, named): (Vec<TopicChoice>, Vec<TopicChoice>) =
            choices.iter().map(judged).partition(TopicChoice::is_pattern);
        let chosen = |choice: TopicChoice| Arc::new(ChosenTopic { name: choice.name.clone(), choice });
        let patterns = patterns.into_iter().map(|choice| {
            let pattern = compiled(&choice.name)?;
            Ok((choice, pattern))
        });
        Ok(Self {
            named: named.into_iter().map(chosen).collect(),
            patterns: patterns.collect::<Result<_, _>>()?,
            dead_letter_topic: dead_letter_topic.to_owned(),
        })
    }

    /// The chooser of one topic.
    pub(crate) fn only(topic: &str) -> Self {
        let choice = TopicChoice::of(topic);
        let named = vec![Arc::new(ChosenTopic { name: topic.to_owned(), choice })];
        Self { named, patterns: Vec::new(), dead_letter_topic: String::new() }
    }

    /// The topics that are chosen by name, whether they exist or not.
    pub(crate) fn named(&self) -> &[Arc<ChosenTopic>] {
        &self.named
    }

    /// The names and the patterns, for messages.
    pub(crate) fn names(&self) -> String {
        let named = self.named.iter().map(|topic| topic.name.as_str());
        let patterns = self.patterns.iter().map(|(choice, _)| choice.name.as_str());
        named.chain(patterns).collect::<Vec<_>>().join(", ")
    }

    /// Whether some topics are chosen by patterns.
    pub(crate) const fn has_patterns(&self) -> bool {
        !self.patterns.is_empty()
    }

    /// The topics that patterns choose of those that exist. A topic that is chosen by name is not among them.
    pub(crate) fn matching<'a>(&self, existing: impl Iterator<Item = &'a str>) -> PatternMatches {
        let mut names: Vec<&str> = existing.filter(|name| self.may_match(name)).collect();
        names.sort_unstable();
        names.dedup();
        let mut found = PatternMatches::default();
        for name in names {
            let mut matching = self.patterns.iter().filter(|(_, pattern)| pattern.is_match(name));
            let Some((choice, _)) = matching.next() else { continue };
            if let Some((other, _)) = matching.next() {
                // Records of a topic that may not only repair the past must not be missing unnoticed.
                let its = if choice.repairs_only { other } else { choice };
                let (topic, one, other) = (name.to_owned(), choice.name.clone(), other.name.clone());
                found.faults.push((its.clone(), PatternFault::Both { topic, one, other }));
            } else {
                found.topics.push(Arc::new(ChosenTopic { name: name.to_owned(), choice: choice.clone() }));
            }
        }
        let has_none = |choice: &TopicChoice| {
            found.topics.iter().all(|topic| topic.choice != *choice)
                && found.faults.iter().all(|(_, fault)| !fault.concerns(&choice.name))
        };
        let unmatched = self.patterns.iter().map(|(choice, _)| choice).filter(|choice| has_none(choice));
        let unmatched = unmatched.map(|choice| (choice.clone(), PatternFault::NoMatch(choice.name.clone())));
        let unmatched: Vec<_> = unmatched.collect();
        found.faults.extend(unmatched);
        found
    }

    fn may_match(&self, name: &str) -> bool {
        name != self.dead_letter_topic
            && !name.starts_with(INTERNAL)
            && self.named.iter().all(|topic| topic.name != name)
    }
}

impl PatternFault {
    fn concerns(&self, pattern: &str) -> bool {
        match self {
            Self::NoMatch(its) => its == pattern,
            Self::Both { one, other, .. } => one == pattern || other == pattern,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(name: &str, source: usize) -> TopicChoice {
        TopicChoice { name: name.to_owned(), source, repairs_only: false }
    }

    fn refusal(choices: &[TopicChoice]) -> String {
        check(choices).unwrap_err().to_string()
    }

    /// What is read of these topics: each with its source, then what is wrong.
    fn chosen(choices: &[(&str, usize)], existing: &[&str]) -> (Vec<(String, usize)>, Vec<String>) {
        let choices: Vec<_> = choices.iter().map(|(name, source)| choice(name, *source)).collect();
        let chooser = TopicChooser::new(&choices, "dead-letters").unwrap();
        let found = chooser.matching(existing.iter().copied());
        let all = chooser.named().iter().chain(&found.topics);
        (
            all.map(|topic| (topic.name.clone(), topic.choice.source)).collect(),
            found.faults.iter().map(|(_, fault)| fault.to_string()).collect(),
        )
    }

    fn named(topics: &[(&str, usize)]) -> Vec<(String, usize)> {
        topics.iter().map(|(name, source)| ((*name).to_owned(), *source)).collect()
    }

    #[test]
    fn choices_that_cannot_be_meant_are_refused() {
        assert_eq!(refusal(&[]), "no topic is named: name one");
        assert_eq!(refusal(&[choice("calls", 0), choice(" ", 1)]), "the name of a topic is empty: name it");
        let twice = [choice("calls", 0), choice("chats", 1), choice("calls", 2)];
        assert_eq!(refusal(&twice), "`calls` is claimed twice, by sources number 1 and 3: name it in one of them");
        assert!(refusal(&[choice("^calls[", 0)]).starts_with("`^calls[` is no regular expression: "));
        check(&[choice("calls", 0), choice("^calls", 0), choice("^chats$", 1)]).unwrap();
    }

    #[test]
    fn a_pattern_claims_what_it_matches_but_no_dead_letters_and_no_topics_of_kafka() {
        let existing = ["__consumer_offsets", "dead-letters", "chats.b", "calls", "chats.a", "chats"];
        assert_eq!(chosen(&[("^chats", 4)], &existing).0, named(&[("chats", 4), ("chats.a", 4), ("chats.b", 4)]));
        assert_eq!(chosen(&[(r"^chats\.", 4)], &existing).0, named(&[("chats.a", 4), ("chats.b", 4)]));
        assert_eq!(chosen(&[("^chats$", 4)], &existing).0, named(&[("chats", 4)]));
        let (all, faults) = chosen(&[("^", 1)], &existing);
        assert_eq!((all.len(), faults.len()), (4, 0), "{all:?}");
    }

    #[test]
    fn a_name_wins_over_a_pattern() {
        let (topics, faults) = chosen(&[("^chats", 1), ("chats.b", 2)], &["chats.a", "chats.b"]);
        assert_eq!((topics, faults), (named(&[("chats.b", 2), ("chats.a", 1)]), Vec::new()));
    }

    #[test]
    fn two_patterns_that_match_one_topic_are_a_fault_that_names_all_three() {
        let (topics, faults) = chosen(&[("^chats", 1), ("^.*b$", 2)], &["chats.a", "chats.b"]);
        assert_eq!(topics, named(&[("chats.a", 1)]));
        let told = "chats.b matches both ^chats and ^.*b$: name the topic, or make a pattern narrower";
        assert_eq!(faults, [told]);
    }

    #[test]
    fn a_pattern_that_matches_nothing_is_a_fault() {
        let (topics, faults) = chosen(&[("calls", 0), ("^chats", 1)], &["calls", "dead-letters"]);
        assert_eq!(topics, named(&[("calls", 0)]));
        assert_eq!(faults, ["no topic matches ^chats: correct the pattern, or create the topic"]);
    }

    #[test]
    fn where_all_choices_only_repair_the_past_none_of_them_does() {
        let repairs = |name: &str, source| TopicChoice { repairs_only: true, ..choice(name, source) };
        let holding_back = |choices: &[TopicChoice]| -> Vec<String> {
            let chooser = TopicChooser::new(choices, "dead-letters").unwrap();
            let found = chooser.matching(["chats.a"].into_iter()).topics;
            let all = chooser.named().iter().chain(&found).filter(|topic| topic.holds_back());
            all.map(|topic| topic.name.clone()).collect()
        };
        assert_eq!(holding_back(&[repairs("calls", 0), repairs("^chats", 1)]), ["calls", "chats.a"]);
        assert_eq!(holding_back(&[repairs("calls", 0), choice("^chats", 1)]), ["chats.a"]);
        assert_eq!(holding_back(&[choice("calls", 0), repairs("^chats", 1)]), ["calls"]);
    }

    #[test]
    fn a_topic_of_two_patterns_may_hold_figures_back_if_one_of_them_does() {
        let repairs = |name: &str, source| TopicChoice { repairs_only: true, ..choice(name, source) };
        for (choices, source) in [
            ([repairs("^chats", 1), choice("^.*b$", 2)], 2),
            ([choice("^chats", 1), repairs("^.*b$", 2)], 1),
            ([choice("^chats", 1), choice("^.*b$", 2)], 1),
        ] {
            let faults = TopicChooser::new(&choices, "").unwrap().matching(["chats.b"].into_iter()).faults;
            assert_eq!(
                faults.iter().map(|(its, _)| (its.source, its.repairs_only)).collect::<Vec<_>>(),
                [(source, false)]
            );
        }
    }
}
