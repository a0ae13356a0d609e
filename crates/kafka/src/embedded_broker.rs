//! A Kafka broker inside the process, for the demo: librdkafka's mock cluster.
//!
//! It keeps at most 5 MiB a partition and deletes the oldest records beyond that, so the history of a demo needs many
//! partitions. It cannot look up records by timestamp, cannot describe the settings of a topic, and ends with the
//! process. The clients of this crate work without all that.

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

/// A running broker on a free port of 127.0.0.1. It ends when dropped.
pub struct EmbeddedBroker {
    cluster: MockCluster<'static, DefaultProducerContext>,
}

/// The broker could not be started, or a topic could not be created.
#[derive(Debug, thiserror::Error)]
#[error("the embedded broker failed: {0}")]
pub struct EmbeddedBrokerError(#[from] KafkaError);

impl EmbeddedBroker {
    /// Starts a broker without topics.
    ///
    /// # Errors
    /// If the system gives no port or no memory.
    pub fn start() -> Result<Self, EmbeddedBrokerError> {
        Ok(Self { cluster: MockCluster::new(1)? })
    }

    /// Creates a topic.
    ///
    /// # Errors
    /// If the topic exists already, or `partitions` is not positive.
    pub fn create_topic(&self, name: &str, partitions: i32) -> Result<(), EmbeddedBrokerError> {
        Ok(self.cluster.create_topic(name, partitions, 1)?)
    }

    /// The address for clients, as `host:port`.
    #[must_use]
    pub fn bootstrap_servers(&self) -> String {
        self.cluster.bootstrap_servers()
    }
}
