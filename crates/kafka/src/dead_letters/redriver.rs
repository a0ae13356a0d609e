//! Sending the records of dead letters to their topic again: as they were, and marked with where they lay before.
//!
//! Few are on their way at a time, so that little is uncertain when it ends early. Whoever stops it, or finds the
//! brokers gone, sends all of them again: a record that is there twice changes no figure.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;

use crate::dead_letters::dead_letter::OriginalRecord;
use crate::publisher::{OutgoingRecord, PublishError, Publisher};
use crate::record_position::RecordPosition;
use crate::settings::{Settings, SettingsError};

/// The header, beside the record's own, that says where a redriven record lay before: `topic/partition/offset`. One
/// that was redriven more than once has several, the latest last.
pub const REDRIVEN_FROM: &str = "ensilinja_redriven_from";

/// The most records that are not acknowledged yet.
const IN_FLIGHT: u64 = 256;

/// How long the brokers may acknowledge nothing before they are given up: longer than one takes to start again.
const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// How long the records on their way are waited for when it is stopped.
const FAREWELL: Duration = Duration::from_secs(4);

/// How often it is looked whether something was acknowledged.
const TURN: Duration = Duration::from_millis(2);

/// Why a redrive ended before its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedriveError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The topic is not there.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The brokers acknowledge nothing.
    #[error(
        "the brokers at {brokers} have acknowledged nothing for {} s: see that they run and that this user may write \
         to {topic}",
        PROGRESS_WITHIN.as_secs()
    )]
    Stuck {
        /// The brokers.
        brokers: String,
        /// The topic.
        topic: String,
    },
    /// Whoever asked for it has ended it.
    #[error("it was stopped before the end")]
    Stopped,
}

/// Sends records again, one after the other.
pub struct Redriver<'a> {
    publisher: Publisher,
    settings: &'a Settings,
    stop: &'a AtomicBool,
    /// Records that were handed over.
    taken: u64,
    /// Records that librdkafka has not taken.
    not_taken: u64,
}

impl<'a> Redriver<'a> {
    /// A redriver to the topic of `settings`, which `stop` ends.
    ///
    /// # Errors
    /// If the settings are wrong, or there is no such topic.
    pub fn new(settings: &'a Settings, stop: &'a AtomicBool) -> Result<Self, RedriveError> {
        let mut own = settings.clone();
        // Each in a batch of its own, so that one which the brokers find too large takes no other with it.
        own.properties.insert("batch.num.messages".to_owned(), "1".to_owned());
        let publisher = Publisher::new(&own)?;
        publisher.check_topic()?;
        Ok(Self { publisher, settings, stop, taken: 0, not_taken: 0 })
    }

    /// Sends the record that lay at `from` again, as one that is published at `now`; waits while many are on their
    /// way.
    ///
    /// # Errors
    /// If it was stopped, or the brokers acknowledge nothing. A record that is refused is no error: it shows in
    /// [`Self::failed`].
    pub fn send(
        &mut self,
        record: &OriginalRecord<'_>,
        from: &RecordPosition,
        now: EventTime,
    ) -> Result<(), RedriveError> {
        self.wait(IN_FLIGHT - 1)?;
        let owned = |(name, value): &(&str, Option<&[u8]>)| ((*name).to_owned(), value.map(<[u8]>::to_vec));
        let mut headers: Vec<(String, Option<Vec<u8>>)> = record.headers.iter().map(owned).collect();
        headers.push((REDRIVEN_FROM.to_owned(), Some(from.to_string().into_bytes())));
        let sent = self.publisher.send(&OutgoingRecord {
            key: record.key,
            headers: &headers,
            value: record.value,
            timestamp: now,
        });
        match sent {
            Ok(()) => self.taken += 1,
            Err(refused) => {
                self.not_taken += 1;
                tracing::warn!(position = %from, "a record was not sent again: {refused}");
            }
        }
        Ok(())
    }

    /// Waits until what was sent has been acknowledged or refused.
    ///
    /// # Errors
    /// If it was stopped, or the brokers acknowledge nothing.
    pub fn finish(&self) -> Result<(), RedriveError> {
        self.wait(0)
    }

    /// After a stop: waits a little for what is on its way.
    pub fn farewell(&self) {
        // What is still on its way then shows in the numbers.
        let _ = self.publisher.flush(FAREWELL);
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.publisher.acknowledged()
    }

    /// Records that the brokers, or the client, have refused; the log says why.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.publisher.failed() + self.not_taken
    }

    /// Records of which it is not known yet whether the brokers have them.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.taken.saturating_sub(self.settled())
    }

    fn settled(&self) -> u64 {
        self.publisher.acknowledged() + self.publisher.failed()
    }

    /// Waits until no more than `most` records are on their way.
    fn wait(&self, most: u64) -> Result<(), RedriveError> {
        let (mut settled, mut since) = (self.settled(), Instant::now());
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(RedriveError::Stopped);
            }
            if self.in_flight() <= most {
                return Ok(());
            }
            if self.settled() != settled {
                (settled, since) = (self.settled(), Instant::now());
            } else if since.elapsed() >= PROGRESS_WITHIN {
                let Settings { bootstrap_servers: brokers, topic, .. } = self.settings.clone();
                return Err(RedriveError::Stuck { brokers, topic });
            }
            std::thread::sleep(TURN);
        }
    }
}
