//! What librdkafka has to say, as log lines of this process.
//!
//! Its lines speak of brokers, topics and partitions, never of a record's key or value, so they can be passed on.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;

use crate::recent_errors::RecentErrors;

/// The facility of the lines that say why a connection broke. Not all of them come as errors: a broker that closes a
/// connection without a word is no error to librdkafka, and that is what a TLS port does to a plaintext client.
const BROKEN_CONNECTION: &str = "FAIL";

/// The context of a client: its name among this process's clients, and what it has complained of.
#[derive(Clone)]
pub(crate) struct ClientLog {
    client: &'static str,
    is_quiet: bool,
    recent_errors: RecentErrors,
}

impl ClientLog {
    pub(crate) fn new(client: &'static str) -> Self {
        Self { client, is_quiet: false, recent_errors: RecentErrors::default() }
    }

    /// The context of a client whose user is told what it finds: its recent_errors are no news.
    pub(crate) fn quiet(client: &'static str) -> Self {
        Self { is_quiet: true, ..Self::new(client) }
    }

    /// What the client has said aside.
    pub(crate) const fn recent_errors(&self) -> &RecentErrors {
        &self.recent_errors
    }
}

impl ClientContext for ClientLog {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        let client = self.client;
        if facility == BROKEN_CONNECTION {
            self.recent_errors.note(RDKafkaErrorCode::BrokerTransportFailure, line);
        }
        match level {
            _ if self.is_quiet => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
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
        // That no broker is up is what a client says besides the reason, and never one.
        let code = error.rdkafka_error_code().filter(|code| *code != RDKafkaErrorCode::AllBrokersDown);
        if let Some(code) = code {
            self.recent_errors.note(code, reason);
        }
    }
}

impl ConsumerContext for ClientLog {}
