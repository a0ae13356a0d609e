//! What would become of a record if it were sent to its topic again now, under the present configuration.
//!
//! The decoder of the live process answers, for the record as it would be sent: with the present time. So an event that
//! was ahead of its record may no longer be, and a line may have been configured since.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ensilinja_kafka::{DeadLetter, OriginalRecord, Settings};
use ensilinja_model::{EventTime, Headers, vocabulary};
use ensilinja_wire::{ContentFact, Decoder, Detail, Format, Record};

use crate::context::LookbackContext;
use crate::kafka_settings::kafka_settings;
use crate::meant_type::meant_type;
use crate::source::SourceDecoders;

/// What would become of a record if it were sent again now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RedriveEligibility {
    /// It would be used.
    Usable(AffectedFigures),
    /// It would be rejected, and come back as another dead letter.
    Rejected(Detail),
    /// It would be read, and state nothing: its queue does not count, for example.
    StatesNothing,
    /// The dead letter does not have all of it.
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

/// Judges dead letters by a configuration.
pub struct RedriveJudge {
    decoders: SourceDecoders,
    /// The topics of the sources.
    settings: Settings,
    /// The sources of the topics that were asked for: patterns are compiled once for each topic, not for each dead
    /// letter.
    sources: RefCell<BTreeMap<String, Option<usize>>>,
    /// Events from before change no live figure.
    pub live_since: EventTime,
}

impl RedriveJudge {
    /// A judge by the configuration of this context, at its present.
    #[must_use]
    pub fn new(context: &LookbackContext<'_>) -> Self {
        let (config, now) = (context.config, context.now);
        let (decoders, settings) = (context.decoders(), kafka_settings(config));
        let sources = RefCell::default();
        Self { decoders, settings, sources, live_since: config.rules(now).range_start(now) }
    }

    /// What would become of a dead letter's record if it were sent at `now`.
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
        if !facts.is_empty() && facts.iter().all(is_past) { AffectedFigures::PastOnly } else { AffectedFigures::Live }
    }

    /// The facts that a dead letter's record would state if it were sent at `now`. There is at least one, unless the
    /// record only helps to join others, such as the end of a channel.
    ///
    /// # Errors
    /// What would become of the record, if it would not be used.
    pub fn facts(&self, letter: &DeadLetter<'_>, now: EventTime) -> Result<Vec<ContentFact>, RedriveEligibility> {
        let decoder = self.decoder_of(letter).ok_or(RedriveEligibility::OfAnotherTopic)?;
        let original = letter.record().ok_or(RedriveEligibility::NotWhole)?;
        let record = as_sent(&original, now);
        let mut stated = Vec::new();
        match decoder.read(&record, &mut stated) {
            Ok(_) if stated.is_empty() => Err(RedriveEligibility::StatesNothing),
            Ok(_) => Ok(decoder.contents(&record).facts),
            Err(rejection) => Err(RedriveEligibility::Rejected(rejection.detail)),
        }
    }

    /// The decoder of the source that claims the dead letter's topic.
    fn decoder_of(&self, letter: &DeadLetter<'_>) -> Option<&Decoder> {
        let topic = &letter.position.topic;
        let known = self.sources.borrow().get(topic).copied();
        let source = known.unwrap_or_else(|| {
            let source = self.settings.source_of(topic);
            self.sources.borrow_mut().insert(topic.clone(), source);
            source
        });
        Some(self.decoders.of_source(source?))
    }

    /// The other format that a dead letter's record seems to have, if it would be rejected as one of its source.
    #[must_use]
    pub fn resembles(&self, letter: &DeadLetter<'_>, now: EventTime) -> Option<Format> {
        let original = letter.record()?;
        let (decoder, record) = (self.decoder_of(letter)?, as_sent(&original, now));
        decoder.read(&record, &mut Vec::new()).err()?;
        Format::resembled_by(record.value?).filter(|format| *format != decoder.format())
    }

    /// The type that was probably meant by a dead letter's record, if its type is misspelt.
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

    /// One word for programs; of a record that would be rejected, what is wrong with it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usable(affected) => affected.as_str(),
            Self::Rejected(detail) => detail.as_str(),
            Self::StatesNothing => "states_nothing",
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
            Self::Rejected(detail) => format!("no: {}", detail.as_str()),
            Self::StatesNothing => "no: states nothing".to_owned(),
            Self::NotWhole => "no: not whole".to_owned(),
            Self::OfAnotherTopic => "no: another topic".to_owned(),
        }
    }
}
