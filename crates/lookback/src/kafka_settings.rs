//! The configured Kafka settings and topics, as the Kafka client takes them.

use ensilinja_config::{Config, KafkaSettings};
use ensilinja_kafka::{Settings, TopicChoice};

/// The settings of a configuration, with the topics of all its sources.
#[must_use]
pub fn kafka_settings(config: &Config) -> Settings {
    let choices = config.sources.iter().enumerate().flat_map(|(number, source)| {
        let choice =
            move |name: &String| TopicChoice { name: name.clone(), source: number, repairs_only: source.repairs_only };
        source.topics.iter().map(choice)
    });
    Settings { writes_dead_letters: config.keeps_rejections(), ..settings(&config.kafka, choices.collect()) }
}

/// The settings without any source but the topic of events, to check the properties.
#[must_use]
pub fn kafka_settings_of_events(kafka: &KafkaSettings) -> Settings {
    settings(kafka, vec![TopicChoice::of(&kafka.topic)])
}

fn settings(kafka: &KafkaSettings, topics: Vec<TopicChoice>) -> Settings {
    let KafkaSettings { bootstrap_servers, dead_letter_topic, group_id, properties, secret_files, .. } = kafka.clone();
    let writes_dead_letters = true;
    Settings { bootstrap_servers, topics, dead_letter_topic, writes_dead_letters, group_id, properties, secret_files }
}
