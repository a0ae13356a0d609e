//! A Kafka broker inside the process, for the demo: librdkafka's mock cluster.
//!
//! It keeps at most 5 MiB a partition and deletes the oldest beyond that, so a demo's history wants many partitions.
//! It cannot look up records by timestamp, describe a topic's settings or survive the process; clients of this crate
//! manage without.

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

/// A running broker on a free port of 127.0.0.1; it ends when dropped.
pub struct EmbeddedBroker {
    cluster: MockCluster<'static, DefaultProducerContext>,
}

/// Why there is no embedded broker, or no such topic in it.
#[derive(Debug, thiserror::Error)]
#[error("the embedded broker failed: {0}")]
pub struct EmbeddedBrokerError(#[from] KafkaError);

impl EmbeddedBroker {
    /// Starts a broker without topics.
    ///
    /// # Errors
    /// If no port or no memory can be had.
    pub fn start() -> Result<Self, EmbeddedBrokerError> {
        Ok(Self { cluster: MockCluster::new(1)? })
    }

    /// Creates a topic.
    ///
    /// # Errors
    /// If the topic is there already, or `partitions` is not a positive number.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), EmbeddedBrokerError> {
        Ok(self.cluster.create_topic(name, partitions, 1)?)
    }

    /// Where clients find it, as `host:port`.
    #[must_use]
    pub fn bootstrap_servers(&self) -> String {
        self.cluster.bootstrap_servers()
    }
}
