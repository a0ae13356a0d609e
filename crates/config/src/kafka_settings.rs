//! Where the events come from: brokers, topics, and further properties of librdkafka.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Where the events come from. A property may be a secret, so `Debug` prints only the names of properties.
#[derive(Clone)]
pub struct KafkaSettings {
    /// Brokers to ask first, as `host:port,host:port`.
    pub bootstrap_servers: String,
    /// The topic with the events.
    pub topic: String,
    /// The topic for records that cannot be read.
    pub dead_letter_topic: String,
    /// The group under whose name offsets are committed. No process joins it.
    pub group_id: String,
    /// Further librdkafka properties, such as `security.protocol`, with secrets resolved.
    pub properties: BTreeMap<String, String>,
    /// The files that secrets among the properties were read from.
    pub secret_files: Vec<PathBuf>,
}

impl fmt::Debug for KafkaSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaSettings")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("topic", &self.topic)
            .field("dead_letter_topic", &self.dead_letter_topic)
            .field("group_id", &self.group_id)
            .field("properties", &self.properties.keys())
            .finish_non_exhaustive()
    }
}
