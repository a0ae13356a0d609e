//! A topic of the bench and how it is filled.

use std::time::Duration;

use ensilinja_kafka::{OutgoingRecord, Publisher, Settings};
use ensilinja_model::EventTime;
use ensilinja_sim::SimEvent;
use ensilinja_wire::encode_structured;

/// How long the broker may take to acknowledge what is in flight.
const FLUSH: Duration = Duration::from_mins(1);

/// A topic with events of the county.
#[derive(Clone)]
pub struct Topic {
    /// Its name, its broker and its dead-letter topic, which exists.
    pub settings: Settings,
    /// The number of events in it.
    pub events: u64,
}

impl Topic {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.settings.topics[0].name
    }

    /// Publishes events in structured mode, compressed with LZ4, each with the time of its report as its timestamp.
    /// Returns when the broker has acknowledged all of them.
    pub fn fill(&mut self, events: impl Iterator<Item = SimEvent>) -> anyhow::Result<()> {
        let publisher = Publisher::new(&self.settings, self.name())?;
        for event in events {
            publish(&publisher, &event, event.reported_at)?;
            self.events += 1;
        }
        publisher.flush(FLUSH)?;
        anyhow::ensure!(publisher.failed() == 0, "the broker refused {} records", publisher.failed());
        Ok(())
    }
}

/// Publishes one event.
pub fn publish(publisher: &Publisher, event: &SimEvent, timestamp: EventTime) -> anyhow::Result<()> {
    let encoded = encode_structured(&event.statement());
    let headers: Vec<_> = encoded.headers.into_iter().map(|(name, value)| (name, Some(value))).collect();
    let (key, value) = (Some(&encoded.key[..]), Some(&encoded.value[..]));
    Ok(publisher.send(&OutgoingRecord { key, headers: &headers, value, timestamp })?)
}
