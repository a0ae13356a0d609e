//! What librdkafka has to say, as log lines of this process.
//!
//! Its lines speak of brokers, topics and partitions, never of a record's key or value, so they can be passed on.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::statistics::Statistics;

/// The context of a client: its name among this process's clients.
#[derive(Clone, Copy)]
pub(crate) struct ClientLog {
    client: &'static str,
}

impl ClientLog {
    pub(crate) const fn new(client: &'static str) -> Self {
        Self { client }
    }
}

impl ClientContext for ClientLog {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        let client = self.client;
        match level {
            // A lost connection is an error to librdkafka; here it is an event that the next attempt repairs.
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                tracing::warn!(target: "librdkafka", client, facility, "{line}");
            }
            RDKafkaLogLevel::Warning | RDKafkaLogLevel::Notice => {
                tracing::info!(target: "librdkafka", client, facility, "{line}");
            }
            RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
                tracing::debug!(target: "librdkafka", client, facility, "{line}");
            }
        }
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        // Each of these comes as a log line or as a result too; the end of a partition is no error at all.
        tracing::trace!(target: "librdkafka", client = self.client, %error, "{reason}");
    }
}

impl ConsumerContext for ClientLog {}
