//! Which letters are meant: by why they were refused, when their records were published, and where those lay.

use std::collections::BTreeSet;

use ensilinja_kafka::{OffsetRange, RecordPosition};
use ensilinja_model::EventTime;
use ensilinja_wire::{Detail, Reason};

use crate::cli::SelectionArguments;
use ensilinja_config::Config;

/// Which letters are meant. What is empty chooses all.
pub struct Selection {
    reasons: Vec<Reason>,
    details: Vec<Detail>,
    from: Option<EventTime>,
    to: Option<EventTime>,
    topic: String,
    offsets: Vec<OffsetRange>,
    /// Where the records lay that are named one by one.
    pub positions: BTreeSet<RecordPosition>,
}

/// A choice that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// A record of another topic was named.
    #[error(
        "{position} lay in the topic {}, and the topic of the configuration is {topic}: records are sent only to that \
         one; name a configuration whose kafka.topic is {}",
        position.topic, position.topic
    )]
    OfAnotherTopic {
        /// Where it lay.
        position: RecordPosition,
        /// The topic of the configuration.
        topic: String,
    },
    /// The stretch of time has no time.
    #[error("--from is not before --to: there is no time between them")]
    NoTime,
    /// A reason and a detail that never come together.
    #[error("--detail {detail} is never refused as --reason {reason}: leave one of them out")]
    NeverTogether {
        /// The detail.
        detail: &'static str,
        /// The reason.
        reason: &'static str,
    },
}

impl Selection {
    /// The selection that the arguments ask for, of all letters or of the records that are named.
    ///
    /// # Errors
    /// [`SelectionError`], or a local time that is none.
    pub fn new(arguments: &SelectionArguments, positions: &[RecordPosition], config: &Config) -> anyhow::Result<Self> {
        let topic = config.kafka.topic.clone();
        if let Some(position) = positions.iter().find(|position| position.topic != topic) {
            return Err(SelectionError::OfAnotherTopic { position: position.clone(), topic }.into());
        }
        let instant = |when: crate::cli::When| when.instant(&config.zone);
        let (from, to) = (arguments.from.map(instant).transpose()?, arguments.to.map(instant).transpose()?);
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(SelectionError::NoTime.into());
        }
        let SelectionArguments { reasons, details, offsets, .. } = arguments.clone();
        if let (Some(reason), Some(detail)) = (reasons.first(), details.first())
            && details.iter().all(|detail| !reasons.contains(&detail.reason()))
        {
            return Err(SelectionError::NeverTogether { detail: detail.as_str(), reason: reason.as_str() }.into());
        }
        Ok(Self { reasons, details, from, to, topic, offsets, positions: positions.iter().cloned().collect() })
    }

    /// The record that lay at `position`, of whatever topic.
    #[must_use]
    pub fn one(position: &RecordPosition) -> Self {
        Self {
            reasons: Vec::new(),
            details: Vec::new(),
            from: None,
            to: None,
            topic: position.topic.clone(),
            offsets: Vec::new(),
            positions: BTreeSet::from([position.clone()]),
        }
    }

    /// Whether a letter is meant: of a record that lay at `position`, was published at `published` and refused for
    /// `detail`.
    #[must_use]
    pub fn has(&self, position: &RecordPosition, published: EventTime, detail: Detail) -> bool {
        let within = |range: &OffsetRange| {
            position.topic == self.topic
                && position.partition == range.partition
                && position.offset >= range.from
                && range.to.is_none_or(|to| position.offset < to)
        };
        (self.reasons.is_empty() || self.reasons.contains(&detail.reason()))
            && (self.details.is_empty() || self.details.contains(&detail))
            && self.from.is_none_or(|from| published >= from)
            && self.to.is_none_or(|to| published < to)
            && (self.offsets.is_empty() || self.offsets.iter().any(within))
            && (self.positions.is_empty() || self.positions.contains(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::When;

    const NONE: SelectionArguments =
        SelectionArguments { reasons: Vec::new(), details: Vec::new(), from: None, to: None, offsets: Vec::new() };

    fn has(arguments: &SelectionArguments, positions: &[&str], position: &str, seconds: i64, detail: Detail) -> bool {
        let positions: Vec<RecordPosition> = positions.iter().map(|position| position.parse().unwrap()).collect();
        let selection = Selection::new(arguments, &positions, &ensilinja_config::county()).unwrap();
        selection.has(&position.parse().unwrap(), EventTime::from_seconds(seconds), detail)
    }

    #[test]
    fn what_is_not_asked_for_chooses_all() {
        assert!(has(&NONE, &[], "another/0/0", 0, Detail::Truncated));
    }

    #[test]
    fn each_condition_has_to_hold() {
        let at = |seconds| Some(When::Exact(EventTime::from_seconds(seconds)));
        let asked = SelectionArguments {
            reasons: vec![Reason::Malformed],
            details: vec![Detail::Truncated, Detail::NotJson],
            from: at(10),
            to: at(20),
            offsets: vec!["3:100..200".parse().unwrap(), "4:5..".parse().unwrap()],
        };
        for (position, seconds, detail, expected) in [
            ("ensilinja.events/3/100", 10, Detail::Truncated, true),
            ("ensilinja.events/4/5000", 19, Detail::NotJson, true),
            ("ensilinja.events/3/200", 10, Detail::Truncated, false),
            ("ensilinja.events/5/100", 10, Detail::Truncated, false),
            ("another/3/100", 10, Detail::Truncated, false),
            ("ensilinja.events/3/100", 9, Detail::Truncated, false),
            ("ensilinja.events/3/100", 20, Detail::Truncated, false),
            ("ensilinja.events/3/100", 10, Detail::BadUtf8, false),
        ] {
            assert_eq!(has(&asked, &[], position, seconds, detail), expected, "{position} {seconds} {detail:?}");
        }
    }

    #[test]
    fn records_can_be_named_one_by_one() {
        let named = ["ensilinja.events/3/100", "ensilinja.events/0/7"];
        assert!(has(&NONE, &named, "ensilinja.events/0/7", 0, Detail::Truncated));
        assert!(!has(&NONE, &named, "ensilinja.events/0/8", 0, Detail::Truncated));
    }

    #[test]
    fn what_can_choose_nothing_is_refused() {
        let refusal = |arguments: &SelectionArguments, positions: &[RecordPosition]| {
            Selection::new(arguments, positions, &ensilinja_config::county()).err().unwrap().to_string()
        };
        let elsewhere = refusal(&NONE, &["old.events/0/7".parse().unwrap()]);
        assert!(elsewhere.starts_with("old.events/0/7 lay in the topic old.events, and"), "{elsewhere}");
        let at = Some(When::Exact(EventTime::from_seconds(10)));
        let no_time = refusal(&SelectionArguments { from: at, to: at, ..NONE }, &[]);
        assert!(no_time.starts_with("--from is not before --to"), "{no_time}");
        let never = SelectionArguments {
            reasons: vec![Reason::Future],
            details: vec![Detail::Truncated, Detail::BadUtf8],
            ..NONE
        };
        assert!(refusal(&never, &[]).starts_with("--detail truncated is never refused as --reason future"));
    }
}
