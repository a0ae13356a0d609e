//! The stand: one broker and the topics that the sections fill before they measure.

use std::collections::BTreeMap;

use ensilinja::clock;
use ensilinja_kafka::Settings;
use ensilinja_test_support::KafkaBroker;

use crate::county_events;
use crate::product::{Product, county_configuration};
use crate::topic::Topic;

/// Partitions of every topic.
pub const PARTITIONS: i32 = 8;

/// The days over which millions of events are spread. They lie within the horizon of the sample configuration.
const DAYS_OF_MILLIONS: i64 = 10;

/// About five million events.
pub const FIVE_MILLION: u64 = 5_000_000;

/// A broker with topics.
pub struct Stand {
    broker: KafkaBroker,
    millions: Option<Topic>,
}

impl Stand {
    /// Starts the broker and lets the product connect to it once.
    pub fn start() -> anyhow::Result<Self> {
        let stand = Self { broker: KafkaBroker::start(), millions: None };
        // The broker creates its topic of committed offsets on the first request for one. That must not be measured.
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

    /// The topic with about five or about ten million events. The first call creates it; a call for ten million adds
    /// five million over the same days. So a section that needs five million has to run before one that needs ten.
    pub fn millions(&mut self, at_least: u64) -> anyhow::Result<Topic> {
        let mut topic = self.millions.take().unwrap_or_else(|| self.create_topic("millions"));
        let now = (clock::wall())();
        // The simulator takes a volume, not a count, so a thousandth may be missing.
        while topic.events + topic.events / 100 < at_least {
            let volume = county_events::volume_for(FIVE_MILLION, DAYS_OF_MILLIONS, now);
            let seed = 1 + topic.events;
            topic.fill(county_events::of_the_last_days(DAYS_OF_MILLIONS, volume, seed, now))?;
        }
        self.millions = Some(topic.clone());
        Ok(topic)
    }
}
