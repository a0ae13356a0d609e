//! A stage: the two topics of one test, and the configuration that names them.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::collections::BTreeMap;

use ensilinja_kafka::{Publisher, Settings, TopicChoice};
use ensilinja_test_support::KafkaBroker;

/// Both topics accept the 10 MB of the largest malformed record, and keep records of any time.
const SETTINGS: &[(&str, &str)] =
    &[("retention.ms", "-1"), ("max.message.bytes", "20000000"), ("message.timestamp.after.max.ms", "3600000")];

/// The topics of one test, and the configuration for them.
#[derive(Clone)]
pub struct Stage {
    /// The broker, as `host:port`.
    pub brokers: String,
    /// The topic of the events.
    pub topic: String,
    /// The topic of dead letters.
    pub dead_letters: String,
    /// The log: `text` or `json`, and the level.
    pub log: (&'static str, &'static str),
    /// Lines of the county that are left out of the configuration.
    pub lines_left_out: &'static [&'static str],
    /// Whether contacts are listed.
    pub lists_contacts: bool,
    /// The `[[source]]` tables to read instead of events.
    pub source: Option<String>,
}

impl Stage {
    /// The stage of the test `name`, without creating its topics.
    pub fn without_topics(broker: &KafkaBroker, name: &str) -> Self {
        Self {
            brokers: broker.bootstrap(),
            topic: format!("{name}.events"),
            dead_letters: format!("{name}.dead-letters"),
            log: ("text", "info"),
            lines_left_out: &[],
            lists_contacts: false,
            source: None,
        }
    }

    /// The stage of the test `name`. Creates its topics, with so many partitions for the events.
    pub fn set(broker: &KafkaBroker, name: &str, partitions: i32) -> Self {
        let stage = Self::without_topics(broker, name);
        stage.create_topics(broker, partitions);
        stage
    }

    /// Creates the topics.
    pub fn create_topics(&self, broker: &KafkaBroker, partitions: i32) {
        self.create_topic_of_events(broker, partitions);
        self.create_topic_of_dead_letters(broker);
    }

    /// Creates the topic of the events.
    pub fn create_topic_of_events(&self, broker: &KafkaBroker, partitions: i32) {
        broker.create_topic(&self.topic, partitions, SETTINGS);
    }

    /// Creates the topic of the events so that it accepts timestamps of any future time.
    pub fn create_topic_of_events_of_any_time(&self, broker: &KafkaBroker, partitions: i32) {
        let settings = [&SETTINGS[..2], &[("message.timestamp.after.max.ms", "9223372036854775807")]].concat();
        broker.create_topic(&self.topic, partitions, &settings);
    }

    /// Creates the topic of dead letters.
    pub fn create_topic_of_dead_letters(&self, broker: &KafkaBroker) {
        broker.create_topic(&self.dead_letters, 1, SETTINGS);
    }

    /// The sample configuration, which is that of the simulated county, with the topics of this stage and a free port.
    pub fn configuration(&self) -> String {
        self.configuration_by(ensilinja_config::SAMPLE)
    }

    /// The same by the sample configuration of another version.
    pub fn configuration_by(&self, sample: &str) -> String {
        let mut text = sample.to_owned();
        for (key, sample, own) in [
            ("listen", "127.0.0.1:9464", "127.0.0.1:0"),
            ("format", "text", self.log.0),
            ("level", "info", self.log.1),
            ("brokers", "127.0.0.1:9092", &self.brokers),
            ("topic", "ensilinja.events", &self.topic),
            ("dead_letters", "ensilinja.dead-letters", &self.dead_letters),
        ] {
            let line = format!("\n{key} = \"{sample}\"\n");
            assert!(text.contains(&line), "the sample has no {key} = {sample}");
            text = text.replace(&line, &format!("\n{key} = \"{own}\"\n"));
        }
        if self.lists_contacts {
            text = text.replace("\n# contacts = true\n", "\ncontacts = true\n");
        }
        if self.source.is_some() {
            text = text.replace(&format!("\ntopic = \"{}\"\n", self.topic), "\n");
        }
        let mut parts = text.split("\n[[line]]\n");
        let head = parts.next().expect("a text has a beginning").to_owned();
        let is_left_out = |part: &&str| self.lines_left_out.iter().any(|id| part.contains(&format!("id = \"{id}\"\n")));
        let lines =
            parts.filter(|part| !is_left_out(part)).fold(String::new(), |lines, part| lines + "\n[[line]]\n" + part);
        head + &lines + self.source.as_deref().unwrap_or_default()
    }

    /// A publisher to the topic of the events. It accepts records of any size and does not compress them.
    pub fn publisher(&self) -> Publisher {
        let properties = [("message.max.bytes", "20000000"), ("compression.type", "none"), ("linger.ms", "0")];
        let settings = Settings {
            bootstrap_servers: self.brokers.clone(),
            topics: vec![TopicChoice::of(&self.topic)],
            dead_letter_topic: self.dead_letters.clone(),
            writes_dead_letters: true,
            group_id: "tests".to_owned(),
            properties: BTreeMap::from(properties.map(|(name, value)| (name.to_owned(), value.to_owned()))),
            secret_files: Vec::new(),
        };
        Publisher::new(&settings, &self.topic).unwrap()
    }
}
