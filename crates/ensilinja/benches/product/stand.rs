//! The stand: one broker, and the topics that are filled before anything is measured.

use std::collections::BTreeMap;
use std::time::Duration;

use ensilinja::clock;
use ensilinja_kafka::{OutgoingRecord, Publisher, Settings};
use ensilinja_model::EventTime;
use ensilinja_sim::SimEvent;
use ensilinja_test_support::KafkaBroker;
use ensilinja_wire::encode_structured;

use crate::county_events;
use crate::product::{Product, county_configuration};

/// Partitions of every topic.
pub const PARTITIONS: i32 = 8;

/// The days over which millions of events are spread: within the horizon of the sample configuration.
const DAYS_OF_MILLIONS: i64 = 10;

/// Five million events, in about.
pub const FIVE_MILLION: u64 = 5_000_000;

/// How long the broker may take to acknowledge what is in flight.
const FLUSH: Duration = Duration::from_mins(1);

/// A broker with topics.
pub struct Stand {
    broker: KafkaBroker,
    millions: Option<Topic>,
}

/// A topic with events of the county.
#[derive(Clone)]
pub struct Topic {
    /// Where it is; its dead-letter topic exists too.
    pub settings: Settings,
    /// How many events are in it.
    pub events: u64,
}

impl Stand {
    /// Starts the broker, and has the product meet it once.
    pub fn start() -> anyhow::Result<Self> {
        let stand = Self { broker: KafkaBroker::start(), millions: None };
        // The broker makes its own topic of committed offsets when it is first asked for one: not while it counts.
        Product::start(&stand.create_topic("first"), &county_configuration(""))?.wait_until_ready()?;
        Ok(stand)
    }

    /// An empty topic that keeps everything.
    pub fn create_topic(&self, name: &str) -> Topic {
        let settings = Settings {
            bootstrap_servers: self.broker.bootstrap(),
            topic: name.to_owned(),
            dead_letter_topic: format!("{name}.dead-letters"),
            group_id: name.to_owned(),
            properties: BTreeMap::new(),
            secret_files: Vec::new(),
        };
        let keep_all = [("cleanup.policy", "delete"), ("retention.ms", "-1")];
        self.broker.create_topic(&settings.topic, PARTITIONS, &keep_all);
        self.broker.create_topic(&settings.dead_letter_topic, 1, &keep_all);
        Topic { settings, events: 0 }
    }

    /// The topic with about five million events, or about ten: made when it is first asked for, and grown by a second
    /// five million over the same days. A section that wants five must come before one that wants ten.
    pub fn millions(&mut self, at_least: u64) -> anyhow::Result<Topic> {
        let mut topic = self.millions.take().unwrap_or_else(|| self.create_topic("millions"));
        let now = (clock::wall())();
        // A thousandth may be missing: the simulator is told a volume, not a count.
        while topic.events + topic.events / 100 < at_least {
            let volume = county_events::volume_for(FIVE_MILLION, DAYS_OF_MILLIONS, now);
            let seed = 1 + topic.events;
            topic.fill(county_events::of_the_last_days(DAYS_OF_MILLIONS, volume, seed, now))?;
        }
        self.millions = Some(topic.clone());
        Ok(topic)
    }
}

impl Topic {
    /// Publishes events as whole JSON values (structured mode), compressed with LZ4, each with the time it was told at
    /// as its timestamp; returns when the broker has them all.
    pub fn fill(&mut self, events: impl Iterator<Item = SimEvent>) -> anyhow::Result<()> {
        let publisher = Publisher::new(&self.settings)?;
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
