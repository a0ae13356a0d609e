//! The configured Kafka settings, as the Kafka client takes them.

use ensilinja_config::KafkaSettings;
use ensilinja_kafka::{Settings, TopicChoice};

/// The settings as the Kafka client takes them.
#[must_use]
pub fn kafka_settings(settings: &KafkaSettings) -> Settings {
    let KafkaSettings { bootstrap_servers, topic, dead_letter_topic, group_id, properties, secret_files } =
        settings.clone();
    let topics = vec![TopicChoice::of(&topic)];
    Settings { bootstrap_servers, topics, dead_letter_topic, group_id, properties, secret_files }
}
