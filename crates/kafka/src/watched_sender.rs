//! Sends records that have to arrive, for restores and redrives: as long as brokers acknowledge some, it waits for the
//! rest, and if they acknowledge none for too long or the caller wants to stop, it says so.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::publisher::{OutgoingRecord, PublishError, Publisher};
use crate::settings::{Settings, SettingsError};

/// How long the brokers may acknowledge nothing: longer than a broker takes to restart.
const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// The pause between two looks at the acknowledgements. It bounds how long a stop goes unnoticed.
const PAUSE: Duration = Duration::from_millis(2);

/// Why records were not all delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A topic does not exist, or the client refuses a record.
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
    /// The brokers have refused records, and each of them is needed.
    #[error("the brokers have refused {failed} records; the log says why")]
    Refused {
        /// How many.
        failed: u64,
    },
    /// The caller has stopped it.
    #[error("stopped before the end")]
    Stopped,
}

/// Sends records to some topics.
pub(crate) struct WatchedSender<'a> {
    publisher: Publisher,
    brokers: String,
    topics: Vec<String>,
    stop: &'a AtomicBool,
    accepted: u64,
}

impl<'a> WatchedSender<'a> {
    /// A sender to `topics`. Setting `stop` ends all waiting.
    ///
    /// # Errors
    /// If the settings are wrong or a topic does not exist.
    pub(crate) fn new(settings: &Settings, topics: Vec<String>, stop: &'a AtomicBool) -> Result<Self, DeliveryError> {
        let publisher = Publisher::new(settings, topics.first().map_or("", String::as_str))?;
        topics.iter().try_for_each(|topic| publisher.check(topic))?;
        Ok(Self { publisher, brokers: settings.bootstrap_servers.clone(), topics, stop, accepted: 0 })
    }

    /// Queues a record for a partition, or for that of its key. Waits while the queue is full.
    ///
    /// # Errors
    /// If the client refuses the record, it was stopped, or the brokers acknowledge nothing.
    pub(crate) fn send(
        &mut self,
        topic: &str,
        partition: Option<i32>,
        record: &OutgoingRecord<'_>,
    ) -> Result<(), DeliveryError> {
        self.wait_until(|| Ok(self.publisher.offer(topic, partition, record)?))?;
        self.accepted += 1;
        Ok(())
    }

    /// Waits until at most `most` records are in flight.
    ///
    /// # Errors
    /// If it was stopped, or the brokers acknowledge nothing.
    pub(crate) fn wait_for(&self, most: u64) -> Result<(), DeliveryError> {
        self.wait_until(|| Ok(self.in_flight() <= most))
    }

    /// Waits at most this long for the records in flight, whether it was stopped or not.
    pub(crate) fn wait_after_stop(&self, longest: Duration) {
        // `in_flight` counts the records that are still not acknowledged then.
        let _ = self.publisher.flush(longest);
    }

    /// Records that all replicas have.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.publisher.acknowledged()
    }

    /// Records that the brokers have refused for good. The log has the reasons.
    pub(crate) fn failed(&self) -> u64 {
        self.publisher.failed()
    }

    /// Records that may or may not have reached the brokers.
    pub(crate) fn in_flight(&self) -> u64 {
        self.accepted.saturating_sub(self.settled())
    }

    fn settled(&self) -> u64 {
        self.publisher.acknowledged() + self.publisher.failed()
    }

    fn wait_until(&self, is_so: impl Fn() -> Result<bool, DeliveryError>) -> Result<(), DeliveryError> {
        let (mut settled, mut since) = (self.settled(), Instant::now());
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(DeliveryError::Stopped);
            }
            if is_so()? {
                return Ok(());
            }
            if self.settled() != settled {
                (settled, since) = (self.settled(), Instant::now());
            } else if since.elapsed() >= PROGRESS_WITHIN {
                return Err(DeliveryError::Stuck { brokers: self.brokers.clone(), topics: self.topics.clone() });
            }
            std::thread::sleep(PAUSE);
        }
    }
}
