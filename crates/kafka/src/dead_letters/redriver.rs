//! Sends the records of dead letters to their topics again: unchanged, and marked with their old position.
//!
//! Only a few records are in flight at a time, so that little is uncertain if a redrive ends early. Then all of them
//! can be sent again: a duplicate record changes no figure.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ensilinja_model::EventTime;

use crate::dead_letters::dead_letter::OriginalRecord;
use crate::publisher::OutgoingRecord;
use crate::record_position::RecordPosition;
use crate::settings::Settings;
use crate::watched_sender::{DeliveryError, WatchedSender};

/// The header with the old position of a redriven record, `topic/partition/offset`, after the record's own headers. A
/// record that was redriven more than once has several, the latest last.
pub const REDRIVEN_FROM: &str = "ensilinja_redriven_from";

/// The most records in flight.
const IN_FLIGHT: u64 = 256;

/// How long a stopped redrive waits for the records in flight.
const LAST_WAIT: Duration = Duration::from_secs(4);

/// Sends records again, one after the other.
pub struct Redriver<'a> {
    sender: WatchedSender<'a>,
    /// Records that the client has refused.
    refused: u64,
}

impl<'a> Redriver<'a> {
    /// A redriver to `topics`, which are those of the records. Setting `stop` ends it.
    ///
    /// # Errors
    /// If the settings are wrong or a topic does not exist.
    pub fn new(settings: &Settings, topics: Vec<String>, stop: &'a AtomicBool) -> Result<Self, DeliveryError> {
        let mut own = settings.clone();
        // One record per batch, so that a record the brokers find too large fails no other.
        own.properties.insert("batch.num.messages".to_owned(), "1".to_owned());
        Ok(Self { sender: WatchedSender::new(&own, topics, stop)?, refused: 0 })
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
    ) -> Result<(), DeliveryError> {
        self.sender.wait_for(IN_FLIGHT - 1)?;
        let owned = |(name, value): &(&str, Option<&[u8]>)| ((*name).to_owned(), value.map(<[u8]>::to_vec));
        let mut headers: Vec<(String, Option<Vec<u8>>)> = record.headers.iter().map(owned).collect();
        headers.push((REDRIVEN_FROM.to_owned(), Some(from.to_string().into_bytes())));
        let outgoing = OutgoingRecord { key: record.key, headers: &headers, value: record.value, timestamp: now };
        match self.sender.send(&from.topic, None, &outgoing) {
            Err(DeliveryError::Publish(error)) => {
                self.refused += 1;
                tracing::warn!(position = %from, reason = %error, "record not sent again");
                Ok(())
            }
            sent => sent,
        }
    }

    /// Waits until every record has been acknowledged or refused.
    ///
    /// # Errors
    /// If the redrive was stopped, or the brokers acknowledge nothing.
    pub fn finish(&self) -> Result<(), DeliveryError> {
        self.sender.wait_for(0)
    }

    /// After a stop: waits at most 4 s for the records in flight.
    pub fn wait_after_stop(&self) {
        self.sender.wait_after_stop(LAST_WAIT);
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.sender.acknowledged()
    }

    /// Records that the brokers or the client have refused. The log has the reasons.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.sender.failed() + self.refused
    }

    /// Records that may or may not have reached the brokers.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.sender.in_flight()
    }
}
