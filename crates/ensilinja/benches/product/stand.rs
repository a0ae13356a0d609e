//! The stand: one broker and the topics that the sections fill before they measure.

use std::collections::BTreeMap;

use anyhow::Context as _;
use ensilinja::clock;
use ensilinja_kafka::{Settings, TopicChoice};
use ensilinja_model::EventTime;
use ensilinja_sim::SimEvent;
use ensilinja_test_support::KafkaBroker;

use crate::builds::Builds;
use crate::county_events;
use crate::product::Product;
use crate::topic::Topic;

/// Partitions of every topic.
pub const PARTITIONS: i32 = 8;

/// The days over which many events are spread. They lie within the horizon of the sample configuration.
const DAYS: i64 = 10;

/// The number of events, instead of five million, of a short trial.
const EVENTS: &str = "ENSILINJA_BENCH_EVENTS";

/// A broker with topics.
pub struct Stand {
    broker: KafkaBroker,
    /// When the stand was started. The events of all topics are simulated up to this instant.
    pub began: EventTime,
    /// Five million, or the number of events of a short trial.
    pub five_million: u64,
    millions: Option<Topic>,
}

impl Stand {
    /// Starts the broker and lets the product connect to it once.
    pub fn start(builds: &Builds) -> anyhow::Result<Self> {
        let five_million = match std::env::var(EVENTS) {
            Ok(events) => events.parse().with_context(|| format!("{EVENTS} is {events}, which is not a number"))?,
            Err(_) => 5_000_000,
        };
        let began = (clock::wall())();
        let stand = Self { broker: KafkaBroker::start(), began, five_million, millions: None };
        // The broker creates its topic of committed offsets on the first request for one. That must not be measured.
        let this = &builds.this;
        Product::start(this, &stand.create_topic("first"), &this.configuration(""))?.wait_until_ready()?;
        Ok(stand)
    }

    /// An empty topic that keeps everything.
    pub fn create_topic(&self, name: &str) -> Topic {
        self.create_topic_of(name, PARTITIONS)
    }

    /// An empty topic of so many partitions that keeps everything.
    pub fn create_topic_of(&self, name: &str, partitions: i32) -> Topic {
        let settings = Settings {
            bootstrap_servers: self.broker.bootstrap(),
            topics: vec![TopicChoice::of(name)],
            dead_letter_topic: format!("{name}.dead-letters"),
            writes_dead_letters: true,
            group_id: name.to_owned(),
            properties: BTreeMap::new(),
            secret_files: Vec::new(),
        };
        let keep_all = [("cleanup.policy", "delete"), ("retention.ms", "-1")];
        self.broker.create_topic(name, partitions, &keep_all);
        self.broker.create_topic(&settings.dead_letter_topic, 1, &keep_all);
        Topic { settings, events: 0 }
    }

    /// The topic with about five million events, or twice as many. The first call creates it; a call for twice as many
    /// adds five million over the same days. So a section that needs five million has to run before one that needs ten.
    pub fn millions(&mut self, times: u64) -> anyhow::Result<Topic> {
        let mut topic = self.millions.take().unwrap_or_else(|| self.create_topic("millions"));
        // The simulator takes a volume, not a count, so a thousandth may be missing.
        while topic.events + topic.events / 100 < times * self.five_million {
            let seed = 1 + topic.events;
            topic.fill(self.five_million_events(seed))?;
        }
        self.millions = Some(topic.clone());
        Ok(topic)
    }

    /// About five million events of the last days. Seed 1 is the first half of [`millions`](Self::millions).
    pub fn five_million_events(&self, seed: u64) -> impl Iterator<Item = SimEvent> + use<> {
        self.some_events(self.five_million, seed)
    }

    /// About so many events of the last days.
    pub fn some_events(&self, events: u64, seed: u64) -> impl Iterator<Item = SimEvent> + use<> {
        let volume = county_events::volume_for(events, DAYS, self.began);
        county_events::of_the_last_days(DAYS, volume, seed, self.began)
    }
}
