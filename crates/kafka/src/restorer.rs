//! Writes records to chosen partitions of a topic, in order.
//!
//! The producer is idempotent, so the records of a partition are in the log in the order in which they were sent, each
//! once, and what an interrupted restore has written is the beginning of what it would have written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::publisher::{OutgoingRecord, PublishError, Publisher};
use crate::settings::{Settings, SettingsError};

/// How long the brokers may acknowledge nothing: longer than a broker takes to restart.
const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// How long one wait for acknowledgements takes. It bounds how long a stop goes unnoticed.
const TURN: Duration = Duration::from_millis(100);

/// Why records were not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The topic does not exist, or a record is refused.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The brokers acknowledge nothing.
    #[error(
        "the brokers at {brokers} have acknowledged nothing for {} s: check that they run and that this user may write \
         to {topic}",
        PROGRESS_WITHIN.as_secs()
    )]
    Stuck {
        /// The brokers.
        brokers: String,
        /// The topic.
        topic: String,
    },
    /// The brokers have refused records.
    #[error("the brokers have refused {failed} records; the log says why")]
    Refused {
        /// How many.
        failed: u64,
    },
    /// The caller has stopped it.
    #[error("it was stopped before the end")]
    Stopped,
}

/// Writes records to a topic.
pub struct Restorer<'a> {
    publisher: Publisher,
    settings: &'a Settings,
    topic: String,
    stop: &'a AtomicBool,
}

impl<'a> Restorer<'a> {
    /// A restorer to `topic`. Setting `stop` ends it.
    ///
    /// # Errors
    /// If the settings are wrong or the topic does not exist.
    pub fn new(settings: &'a Settings, topic: &str, stop: &'a AtomicBool) -> Result<Self, RestoreError> {
        let publisher = Publisher::new(settings, topic)?;
        publisher.check_topic()?;
        Ok(Self { publisher, settings, topic: topic.to_owned(), stop })
    }

    /// Queues a record for a partition, and waits while the queue is full.
    ///
    /// # Errors
    /// If it was stopped, or a record before was refused.
    pub fn send(&self, partition: i32, record: &OutgoingRecord<'_>) -> Result<(), RestoreError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(RestoreError::Stopped);
        }
        self.check_refused()?;
        Ok(self.publisher.send_to_partition(&self.topic, Some(partition), record)?)
    }

    /// Waits until every record is acknowledged.
    ///
    /// # Errors
    /// If it was stopped, a record was refused, or the brokers acknowledge nothing.
    pub fn finish(&self) -> Result<(), RestoreError> {
        let (mut settled, mut since) = (self.publisher.acknowledged(), Instant::now());
        while self.publisher.flush(TURN).is_err() {
            if self.stop.load(Ordering::Relaxed) {
                return Err(RestoreError::Stopped);
            }
            let now = self.publisher.acknowledged() + self.publisher.failed();
            if now != settled {
                (settled, since) = (now, Instant::now());
            } else if since.elapsed() >= PROGRESS_WITHIN {
                let (brokers, topic) = (self.settings.bootstrap_servers.clone(), self.topic.clone());
                return Err(RestoreError::Stuck { brokers, topic });
            }
        }
        self.check_refused()
    }

    fn check_refused(&self) -> Result<(), RestoreError> {
        match self.publisher.failed() {
            0 => Ok(()),
            failed => Err(RestoreError::Refused { failed }),
        }
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.publisher.acknowledged()
    }
}
