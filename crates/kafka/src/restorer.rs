//! Writes records to chosen partitions of a topic, in order.
//!
//! The producer is idempotent, so the records of a partition are in the log in the order in which they were sent, each
//! once, and what an interrupted restore has written is the beginning of what it would have written.

use std::sync::atomic::AtomicBool;

use crate::publisher::OutgoingRecord;
use crate::settings::Settings;
use crate::watched_sender::{DeliveryError, WatchedSender};

/// Writes records to a topic.
pub struct Restorer<'a> {
    sender: WatchedSender<'a>,
    topic: String,
}

impl<'a> Restorer<'a> {
    /// A restorer to `topic`. Setting `stop` ends it.
    ///
    /// # Errors
    /// If the settings are wrong or the topic does not exist.
    pub fn new(settings: &Settings, topic: &str, stop: &'a AtomicBool) -> Result<Self, DeliveryError> {
        let sender = WatchedSender::new(settings, vec![topic.to_owned()], stop)?;
        Ok(Self { sender, topic: topic.to_owned() })
    }

    /// Queues a record for a partition, and waits while the queue is full.
    ///
    /// # Errors
    /// If it was stopped, a record before was refused, or the brokers acknowledge nothing.
    pub fn send(&mut self, partition: i32, record: &OutgoingRecord<'_>) -> Result<(), DeliveryError> {
        self.check_refused()?;
        self.sender.send(&self.topic, Some(partition), record)
    }

    /// Waits until every record is acknowledged.
    ///
    /// # Errors
    /// If it was stopped, a record was refused, or the brokers acknowledge nothing.
    pub fn finish(&self) -> Result<(), DeliveryError> {
        self.sender.wait_for(0)?;
        self.check_refused()
    }

    fn check_refused(&self) -> Result<(), DeliveryError> {
        match self.sender.failed() {
            0 => Ok(()),
            failed => Err(DeliveryError::Refused { failed }),
        }
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.sender.acknowledged()
    }
}
