//! Why the brokers do not answer: the most telling of the errors that a client has reported, and what to do about it.

use std::fmt;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::broker_queries::QueryError;
use crate::diagnostics::certificate;
use crate::diagnostics::failure_cause::FailureCause;
use crate::recent_errors::RecentErrors;
use crate::settings::Settings;

/// Why the brokers do not answer. `Display` gives what it means and the message of librdkafka.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerFailure {
    /// The cause.
    pub cause: FailureCause,
    /// The message of librdkafka, after what is known in addition.
    pub detail: String,
}

impl fmt::Display for BrokerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.cause.meaning(), self.detail)
    }
}

impl BrokerFailure {
    /// The failure behind an error of a client and its recent errors. A refused certificate is inspected, which takes
    /// a few seconds at most if the broker is slow.
    pub(crate) fn of(error: &KafkaError, recent_errors: &RecentErrors, settings: &Settings) -> Self {
        let detail = error.to_string();
        let own = Self { cause: FailureCause::of(error.rdkafka_error_code(), &detail), detail };
        if own.cause.is_telling() {
            return own.with_certificate_fault(settings);
        }
        let recent = recent_errors
            .latest_first()
            .into_iter()
            .map(|error| Self { cause: FailureCause::of(Some(error.code), &error.text), detail: error.text });
        // A lost connection does not explain an error that came over a connection.
        let may_explain = |failure: &Self| failure.cause.is_telling() || failure.cause == own.cause;
        // Of several equally telling ones, `min_by_key` takes the first, which is the latest.
        let most_telling = recent.filter(may_explain).min_by_key(|failure| failure.cause);
        most_telling.map_or(own, |failure| failure.with_certificate_fault(settings))
    }

    /// The failure in one line, with what to do.
    pub(crate) fn with_remedy(&self) -> String {
        format!("{self}: {}", self.cause.remedy())
    }

    /// Inspects the certificate if it was refused, because librdkafka does not say what is wrong with it.
    fn with_certificate_fault(self, settings: &Settings) -> Self {
        if self.cause != FailureCause::UntrustedCertificate {
            return self;
        }
        let address = address_in(&self.detail).or_else(|| settings.bootstrap_servers.split(',').next().map(str::trim));
        match address.and_then(|address| certificate::inspect(address, settings)) {
            Some(fault) => Self { cause: fault.cause, detail: format!("{}; {}", fault.detail, self.detail) },
            None => self,
        }
    }
}

/// The address of the broker in a message of librdkafka: `ssl://kafka-1:9093/bootstrap: SSL handshake failed: ...`.
fn address_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("://")?;
    rest.split(['/', ' ']).next().map(|address| address.trim_end_matches(':')).filter(|address| address.contains(':'))
}

/// The error of a query and what the operator can do; `recent_errors` are those of the client that has asked.
pub(crate) fn explain(error: &QueryError, recent_errors: &RecentErrors, settings: &Settings) -> String {
    let brokers = &settings.bootstrap_servers;
    match error {
        QueryError::Broker(error) => {
            let failure = BrokerFailure::of(error, recent_errors, settings);
            format!("the broker at {brokers} is unreachable or answers with an error: {}", failure.with_remedy())
        }
        QueryError::Topic { topic, error }
            if error.rdkafka_error_code() == Some(RDKafkaErrorCode::LeaderNotAvailable) =>
        {
            format!("a partition of the topic {topic} has no leader: start the brokers that hold its replicas")
        }
        QueryError::Topic { topic, error } => {
            let failure = BrokerFailure::of(error, recent_errors, settings);
            format!("the broker at {brokers} answers with an error about {topic}: {}", failure.with_remedy())
        }
        QueryError::Pattern(fault) => fault.to_string(),
        QueryError::TopicMissing(topic) => format!(
            "the topic {topic} does not exist: create it with kafka-topics.sh --bootstrap-server {brokers} --create \
             --topic {topic} --partitions 12 --config cleanup.policy=delete"
        ),
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::error::RDKafkaErrorCode as Code;

    use super::*;

    fn settings() -> Settings {
        crate::settings::tests::with(&[])
    }

    #[test]
    fn the_most_telling_recent_error_is_the_cause_until_the_broker_answers() {
        let recent_errors = RecentErrors::default();
        let timeout = KafkaError::MetadataFetch(Code::OperationTimedOut);
        assert_eq!(BrokerFailure::of(&timeout, &recent_errors, &settings()).cause, FailureCause::Connection);
        recent_errors.add(Code::Authentication, "SASL authentication error: Authentication failed");
        recent_errors.add(Code::AllBrokersDown, "1/1 brokers are down");
        let failure = BrokerFailure::of(&timeout, &recent_errors, &settings());
        assert_eq!(failure.cause, FailureCause::Credentials);
        let text = failure.with_remedy();
        assert!(text.contains("check sasl.username and sasl.password"), "{text}");
        recent_errors.clear();
        assert_eq!(BrokerFailure::of(&timeout, &recent_errors, &settings()).cause, FailureCause::Connection);
    }

    #[test]
    fn a_refusal_goes_before_recent_errors() {
        let recent_errors = RecentErrors::default();
        recent_errors.add(Code::BrokerTransportFailure, "Connection refused");
        let refused = KafkaError::MetadataFetch(Code::TopicAuthorizationFailed);
        assert_eq!(BrokerFailure::of(&refused, &recent_errors, &settings()).cause, FailureCause::TopicRefused);
    }

    #[test]
    fn the_address_of_the_broker_is_found_in_the_message() {
        let of = |message| address_in(message);
        assert_eq!(of("ssl://127.0.0.1:9093/bootstrap: SSL handshake failed"), Some("127.0.0.1:9093"));
        assert_eq!(of("sasl_ssl://kafka-1:9093/1: SSL handshake failed"), Some("kafka-1:9093"));
        assert_eq!(of("SSL handshake failed"), None);
    }
}
