//! What would become of a record if it were sent to its topic again now, under the present configuration.
//!
//! The decoder of the live process answers, for the record as it would be sent: with the present time. So an event that
//! was ahead of its record may no longer be, and a line may have been configured since.

use ensilinja_config::Config;
use ensilinja_kafka::{DeadLetter, OriginalRecord};
use ensilinja_model::{EventTime, Headers, vocabulary};
use ensilinja_wire::{ContentFact, Decoder, Detail, Record};

use crate::context::LookbackContext;
use crate::kafka_settings::source_of_topic;
use crate::meant_type::meant_type;
use crate::source::SourceDecoders;

/// What would become of a record if it were sent again now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RedriveEligibility {
    /// It would be used.
    Usable(AffectedFigures),
    /// It would be refused, and come back as another letter.
    Refused(Detail),
    /// The letter does not have all of it.
    NotWhole,
    /// It is of another topic than the configured one.
    OfAnotherTopic,
}

vocabulary! {
    /// The figures that a record would change.
    AffectedFigures {
        /// Live figures, and those of the past.
        Live = "live",
        /// Only figures of the past: its event happened too long ago for live ones.
        PastOnly = "past_only",
    }
}

/// Judges letters by a configuration.
pub struct RedriveJudge<'a> {
    decoders: SourceDecoders,
    config: &'a Config,
    /// Events from before change no live figure.
    pub live_since: EventTime,
}

impl<'a> RedriveJudge<'a> {
    /// A judge by the configuration of this context, at its present.
    #[must_use]
    pub fn new(context: &LookbackContext<'a>) -> Self {
        let (config, now) = (context.config, context.now);
        Self { decoders: context.decoders(), config, live_since: config.rules(now).range_start(now) }
    }

    /// What would become of a letter's record if it were sent at `now`.
    #[must_use]
    pub fn eligibility(&self, letter: &DeadLetter<'_>, now: EventTime) -> RedriveEligibility {
        match self.facts(letter, now) {
            Ok(facts) => RedriveEligibility::Usable(self.affected_figures(&facts)),
            Err(eligibility) => eligibility,
        }
    }

    /// The figures that facts would change.
    #[must_use]
    pub fn affected_figures(&self, facts: &[ContentFact]) -> AffectedFigures {
        let is_past = |fact: &ContentFact| fact.at < self.live_since;
        if facts.iter().all(is_past) { AffectedFigures::PastOnly } else { AffectedFigures::Live }
    }

    /// The facts that a letter's record would state if it were sent at `now`. There is at least one.
    ///
    /// # Errors
    /// What would become of the record, if it would not be used.
    pub fn facts(&self, letter: &DeadLetter<'_>, now: EventTime) -> Result<Vec<ContentFact>, RedriveEligibility> {
        let decoder = self.decoder_of(letter).ok_or(RedriveEligibility::OfAnotherTopic)?;
        let original = letter.record().ok_or(RedriveEligibility::NotWhole)?;
        let record = as_sent(&original, now);
        match decoder.read(&record, &mut Vec::new()) {
            Ok(_) => Ok(decoder.contents(&record).facts),
            Err(rejection) => Err(RedriveEligibility::Refused(rejection.detail)),
        }
    }

    /// The decoder of the source that claims the letter's topic.
    fn decoder_of(&self, letter: &DeadLetter<'_>) -> Option<&Decoder> {
        let source = source_of_topic(self.config, &letter.position.topic)?;
        Some(self.decoders.of_source(source))
    }

    /// The type that was probably meant by a letter's record, if its type is misspelt.
    #[must_use]
    pub fn meant_type(&self, letter: &DeadLetter<'_>, now: EventTime) -> Option<String> {
        let original = letter.record()?;
        let record = as_sent(&original, now);
        meant_type(&record, self.decoder_of(letter)?.read(&record, &mut Vec::new()).err()?)
    }
}

/// A record as it would be sent at `now`.
fn as_sent<'a>(original: &OriginalRecord<'a>, now: EventTime) -> Record<'a> {
    Record { key: original.key, value: original.value, headers: Headers::known(original.headers), timestamp: now }
}

impl RedriveEligibility {
    /// Whether the record would be sent.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Usable(_))
    }

    /// One word for programs; of a record that would be refused, what is wrong with it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usable(affected) => affected.as_str(),
            Self::Refused(detail) => detail.as_str(),
            Self::NotWhole => "not_whole",
            Self::OfAnotherTopic => "of_another_topic",
        }
    }

    /// For people, as an answer to whether it could be sent.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Usable(AffectedFigures::Live) => "yes".to_owned(),
            Self::Usable(AffectedFigures::PastOnly) => "yes, for the past".to_owned(),
            Self::Refused(detail) => format!("no: {}", detail.as_str()),
            Self::NotWhole => "no: not whole".to_owned(),
            Self::OfAnotherTopic => "no: another topic".to_owned(),
        }
    }
}
