//! Sends the records of dead letters to their topics again: unchanged, and marked with their old position.
//!
//! Only a few records are in flight at a time, so that little is uncertain if a redrive ends early. Then all of them
//! can be sent again: a duplicate record changes no figure.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;

use crate::dead_letters::dead_letter::OriginalRecord;
use crate::publisher::{OutgoingRecord, PublishError, Publisher};
use crate::record_position::RecordPosition;
use crate::settings::{Settings, SettingsError};

/// The header with the old position of a redriven record, `topic/partition/offset`, after the record's own headers. A
/// record that was redriven more than once has several, the latest last.
pub const REDRIVEN_FROM: &str = "ensilinja_redriven_from";

/// The most records in flight.
const IN_FLIGHT: u64 = 256;

/// How long the brokers may acknowledge nothing: longer than a broker takes to restart.
const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// How long a stopped redrive waits for the records in flight.
const LAST_WAIT: Duration = Duration::from_secs(4);

/// The pause between two looks at the acknowledgements.
const PAUSE: Duration = Duration::from_millis(2);

/// Why a redrive ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedriveError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The topic does not exist.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The brokers acknowledge nothing.
    #[error(
        "the brokers at {brokers} have acknowledged nothing for {} s: check that they run and that this user may write \
         to {}",
        PROGRESS_WITHIN.as_secs(),
        topics.join(", ")
    )]
    Stuck {
        /// The brokers.
        brokers: String,
        /// The topics.
        topics: Vec<String>,
    },
    /// The caller has stopped the redrive.
    #[error("the redrive was stopped before the end")]
    Stopped,
}

/// Sends records again, one after the other.
pub struct Redriver<'a> {
    publisher: Publisher,
    settings: &'a Settings,
    /// The topics that records may go to.
    topics: Vec<String>,
    stop: &'a AtomicBool,
    /// Records that the client has accepted.
    accepted: u64,
    /// Records that the client has refused.
    refused: u64,
}

impl<'a> Redriver<'a> {
    /// A redriver to `topics`, which are those of the records. Setting `stop` ends it.
    ///
    /// # Errors
    /// If the settings are wrong or a topic does not exist.
    pub fn new(settings: &'a Settings, topics: Vec<String>, stop: &'a AtomicBool) -> Result<Self, RedriveError> {
        let mut own = settings.clone();
        // One record per batch, so that a record the brokers find too large fails no other.
        own.properties.insert("batch.num.messages".to_owned(), "1".to_owned());
        let publisher = Publisher::new(&own, topics.first().map_or("", String::as_str))?;
        topics.iter().try_for_each(|topic| publisher.check(topic))?;
        Ok(Self { publisher, settings, topics, stop, accepted: 0, refused: 0 })
    }

    /// Sends the record at the position `from` to its topic again, with the timestamp `now`. Waits while 256 records
    /// are in flight.
    ///
    /// # Errors
    /// If the redrive was stopped, or the brokers acknowledge nothing. A refused record is no error: [`Self::failed`]
    /// counts it.
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
        let sent = self.publisher.send_to(
            &from.topic,
            &OutgoingRecord { key: record.key, headers: &headers, value: record.value, timestamp: now },
        );
        match sent {
            Ok(()) => self.accepted += 1,
            Err(error) => {
                self.refused += 1;
                tracing::warn!(position = %from, reason = %error, "record not sent again");
            }
        }
        Ok(())
    }

    /// Waits until every record has been acknowledged or refused.
    ///
    /// # Errors
    /// If the redrive was stopped, or the brokers acknowledge nothing.
    pub fn finish(&self) -> Result<(), RedriveError> {
        self.wait(0)
    }

    /// After a stop: waits at most 4 s for the records in flight.
    pub fn wait_after_stop(&self) {
        // `in_flight` counts the records that are still not acknowledged then.
        let _ = self.publisher.flush(LAST_WAIT);
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.publisher.acknowledged()
    }

    /// Records that the brokers or the client have refused. The log has the reasons.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.publisher.failed() + self.refused
    }

    /// Records that may or may not have reached the brokers.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.accepted.saturating_sub(self.settled())
    }

    fn settled(&self) -> u64 {
        self.publisher.acknowledged() + self.publisher.failed()
    }

    /// Waits until at most `most` records are in flight.
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
                let (brokers, topics) = (self.settings.bootstrap_servers.clone(), self.topics.clone());
                return Err(RedriveError::Stuck { brokers, topics });
            }
            std::thread::sleep(PAUSE);
        }
    }
}
