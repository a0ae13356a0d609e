//! Turns the log lines of librdkafka into log lines of this process, and remembers its errors.
//!
//! The lines name brokers, topics and partitions, never the key or the value of a record, so they are safe to log.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;

use crate::recent_errors::RecentErrors;

/// The facility of the lines that say why a connection broke. Some come as log lines only: to librdkafka a broker that
/// closes a connection without an answer is no error, and that is what a TLS port does to a plaintext client.
const BROKEN_CONNECTION: &str = "FAIL";

/// The context of a client: its name in the log, and its recent errors.
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

    /// The context of a client whose caller reports the result itself: its lines go to the debug level.
    pub(crate) fn quiet(client: &'static str) -> Self {
        Self { is_quiet: true, ..Self::new(client) }
    }

    /// Takes an error that has come in the place of a record, as if the client had reported it by an event.
    pub(crate) fn fetch_error(&self, code: RDKafkaErrorCode, reason: &str) -> KafkaError {
        let error = KafkaError::MessageConsumption(code);
        self.error(error.clone(), reason);
        error
    }

    /// The errors that the client has reported lately.
    pub(crate) const fn recent_errors(&self) -> &RecentErrors {
        &self.recent_errors
    }
}

impl ClientContext for ClientLog {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        let client = self.client;
        if facility == BROKEN_CONNECTION {
            self.recent_errors.add(RDKafkaErrorCode::BrokerTransportFailure, line);
        }
        match level {
            _ if self.is_quiet => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
            // To librdkafka a lost connection is an error; here it is a warning, because the client reconnects.
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
        // Each of these also comes as a log line or as a result, and the end of a partition is no error at all.
        tracing::trace!(target: "librdkafka", client = self.client, %error, "{reason}");
        // "No broker is up" comes in addition to the reason and is never the reason itself.
        let code = error.rdkafka_error_code().filter(|code| *code != RDKafkaErrorCode::AllBrokersDown);
        if let Some(code) = code {
            self.recent_errors.add(code, reason);
        }
    }
}

impl ConsumerContext for ClientLog {}
