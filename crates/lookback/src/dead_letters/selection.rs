//! The selection of dead letters: by why their records were rejected, when those were published, and where they lay.

use std::collections::BTreeSet;

use ensilinja_config::Config;
use ensilinja_kafka::{OffsetRange, RecordPosition};
use ensilinja_model::EventTime;
use ensilinja_wire::{Detail, Reason};

use crate::kafka_settings::kafka_settings;
use crate::request_error::RequestError;

/// What a user asks for. An empty condition selects all dead letters.
#[derive(Clone, Debug, Default)]
pub struct SelectionRequest {
    /// Only records rejected for one of these reasons.
    pub reasons: Vec<Reason>,
    /// Only records with one of these details.
    pub details: Vec<Detail>,
    /// Only records published at this instant or later.
    pub from: Option<EventTime>,
    /// Only records published before this instant.
    pub to: Option<EventTime>,
    /// Only records in these ranges of offsets of the configured topic.
    pub offsets: Vec<OffsetRange>,
    /// Only records at these positions.
    pub positions: Vec<RecordPosition>,
}

/// Selects dead letters.
pub struct DeadLetterSelection {
    reasons: Vec<Reason>,
    details: Vec<Detail>,
    from: Option<EventTime>,
    to: Option<EventTime>,
    /// The topic of offsets that name none.
    topic: Option<String>,
    offsets: Vec<OffsetRange>,
    /// The positions of the records that are named one by one.
    pub positions: BTreeSet<RecordPosition>,
}

impl DeadLetterSelection {
    /// The selection that a request asks for.
    ///
    /// # Errors
    /// [`RequestError`] for a request that can select nothing.
    pub fn new(request: SelectionRequest, config: &Config) -> Result<Self, RequestError> {
        let topics = config.topics_in_words();
        let SelectionRequest { reasons, details, from, to, offsets, positions } = request;
        let settings = kafka_settings(config);
        let is_read = |topic: &str| settings.source_of(topic).is_some();
        if let Some(position) = positions.iter().find(|position| !is_read(&position.topic)) {
            return Err(RequestError::OfAnotherTopic { position: position.clone(), topics });
        }
        let topic = config.only_topic().map(str::to_owned);
        if topic.is_none() && offsets.iter().any(|range| range.topic.is_none()) {
            return Err(RequestError::OffsetsOfWhichTopic { topics });
        }
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            return Err(RequestError::EmptyPeriod);
        }
        if let (Some(reason), Some(detail)) = (reasons.first(), details.first())
            && details.iter().all(|detail| !reasons.contains(&detail.reason()))
        {
            return Err(RequestError::NeverTogether { detail: detail.as_str(), reason: reason.as_str() });
        }
        Ok(Self { reasons, details, from, to, topic, offsets, positions: positions.into_iter().collect() })
    }

    /// The record that lay at `position`, in any topic.
    #[must_use]
    pub fn one(position: &RecordPosition) -> Self {
        Self {
            reasons: Vec::new(),
            details: Vec::new(),
            from: None,
            to: None,
            topic: None,
            offsets: Vec::new(),
            positions: BTreeSet::from([position.clone()]),
        }
    }

    /// Whether a dead letter is selected: of a record that lay at `position`, was published at `published` and rejected
    /// for `detail`.
    #[must_use]
    pub fn has(&self, position: &RecordPosition, published: EventTime, detail: Detail) -> bool {
        let within = |range: &OffsetRange| {
            range.topic.as_ref().or(self.topic.as_ref()) == Some(&position.topic)
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

    fn has(request: SelectionRequest, position: &str, seconds: i64, detail: Detail) -> bool {
        let selection = DeadLetterSelection::new(request, &ensilinja_config::county()).unwrap();
        selection.has(&position.parse().unwrap(), EventTime::from_seconds(seconds), detail)
    }

    #[test]
    fn an_empty_request_selects_all() {
        assert!(has(SelectionRequest::default(), "another/0/0", 0, Detail::Truncated));
    }

    #[test]
    fn each_condition_has_to_hold() {
        let at = |seconds| Some(EventTime::from_seconds(seconds));
        let request = SelectionRequest {
            reasons: vec![Reason::Malformed],
            details: vec![Detail::Truncated, Detail::NotJson],
            from: at(10),
            to: at(20),
            offsets: vec!["3:100..200".parse().unwrap(), "4:5..".parse().unwrap()],
            positions: Vec::new(),
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
            assert_eq!(has(request.clone(), position, seconds, detail), expected, "{position} {seconds} {detail:?}");
        }
    }

    #[test]
    fn records_can_be_named_one_by_one() {
        let positions = ["ensilinja.events/3/100", "ensilinja.events/0/7"].map(|text| text.parse().unwrap()).to_vec();
        let request = SelectionRequest { positions, ..SelectionRequest::default() };
        assert!(has(request.clone(), "ensilinja.events/0/7", 0, Detail::Truncated));
        assert!(!has(request, "ensilinja.events/0/8", 0, Detail::Truncated));
    }

    #[test]
    fn a_request_that_can_select_nothing_is_refused() {
        let none = SelectionRequest::default;
        let refusal = |request: SelectionRequest| {
            DeadLetterSelection::new(request, &ensilinja_config::county()).err().unwrap().to_string()
        };
        let positions = vec!["old.events/0/7".parse().unwrap()];
        let elsewhere = refusal(SelectionRequest { positions, ..none() });
        assert!(elsewhere.starts_with("old.events/0/7 lay in the topic old.events, but"), "{elsewhere}");
        let at = Some(EventTime::from_seconds(10));
        let empty = refusal(SelectionRequest { from: at, to: at, ..none() });
        assert_eq!(empty, "--from is not before --to");
        let never = SelectionRequest {
            reasons: vec![Reason::Future],
            details: vec![Detail::Truncated, Detail::BadUtf8],
            ..none()
        };
        assert!(refusal(never).starts_with("--detail truncated is never rejected as --reason future"));
    }
}
