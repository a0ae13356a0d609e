//! What would become of a record if it were sent to its topic again now: a question to the present configuration.
//!
//! It is answered by the very decoder of the live process, for the record as it would be sent: with the time of now. So
//! an event that was ahead of its record may be no longer, and a line may have been configured since.

use ensilinja_kafka::DeadLetter;
use ensilinja_model::{Event, EventTime, vocabulary};
use ensilinja_wire::{Decoder, Detail, Record};

use crate::misspelt_type::meant_type;
use crate::past;
use ensilinja_config::Config;

/// What would become of a record if it were sent again now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Prospect {
    /// It would be used.
    Usable(Use),
    /// It would be refused, and come back as another letter.
    Refused(Detail),
    /// The letter has not all of it.
    NotWhole,
    /// It is of another topic than the configured one.
    OfAnotherTopic,
}

vocabulary! {
    /// Which figures a record would change.
    Use {
        /// Those that are live too.
        Live = "live",
        /// None that is live: what it tells of happened too long ago. Reports and replays would take it in.
        PastOnly = "past_only",
    }
}

/// Judges letters by a configuration.
pub struct Judge<'a> {
    decoder: Decoder,
    config: &'a Config,
    /// What happened before changes no live figure.
    pub live_since: EventTime,
}

impl<'a> Judge<'a> {
    /// A judge of the letters of this configuration at `now`.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn new(config: &'a Config, now: EventTime) -> anyhow::Result<Self> {
        Ok(Self { decoder: past::decoder(config)?, config, live_since: config.rules(now).range_start(now) })
    }

    /// What would become of a letter's record if it were sent at `now`.
    #[must_use]
    pub fn prospect(&self, letter: &DeadLetter<'_>, now: EventTime) -> Prospect {
        match self.event(letter, now) {
            Ok(event) if event.at < self.live_since => Prospect::Usable(Use::PastOnly),
            Ok(_) => Prospect::Usable(Use::Live),
            Err(prospect) => prospect,
        }
    }

    /// The event that a letter's record would be if it were sent at `now`.
    ///
    /// # Errors
    /// What would become of it if it were none.
    pub fn event(&self, letter: &DeadLetter<'_>, now: EventTime) -> Result<Event, Prospect> {
        if letter.position.topic != self.config.kafka.topic {
            return Err(Prospect::OfAnotherTopic);
        }
        let whole = letter.record().ok_or(Prospect::NotWhole)?;
        let record = Record { key: whole.key, value: whole.value, headers: whole.headers, timestamp: now };
        self.decoder.decode(&record).map_err(|rejection| Prospect::Refused(rejection.detail))
    }

    /// The type that was probably meant by a letter's record, if its type is misspelt.
    #[must_use]
    pub fn meant_type(&self, letter: &DeadLetter<'_>, now: EventTime) -> Option<String> {
        let whole = letter.record()?;
        let record = Record { key: whole.key, value: whole.value, headers: whole.headers, timestamp: now };
        meant_type(&record, &self.decoder.examine(&record))
    }
}

impl Prospect {
    /// Whether it would be sent.
    #[must_use]
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Usable(_))
    }

    /// One word for programs; of a record that would be refused, what is wrong with it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usable(use_) => use_.as_str(),
            Self::Refused(detail) => detail.as_str(),
            Self::NotWhole => "not_whole",
            Self::OfAnotherTopic => "of_another_topic",
        }
    }

    /// For people, as an answer to whether it could be sent.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Usable(Use::Live) => "yes".to_owned(),
            Self::Usable(Use::PastOnly) => "yes, for the past".to_owned(),
            Self::Refused(detail) => format!("no: {}", detail.as_str()),
            Self::NotWhole => "no: not whole".to_owned(),
            Self::OfAnotherTopic => "no: another topic".to_owned(),
        }
    }
}
