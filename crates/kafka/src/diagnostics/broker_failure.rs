//! Why there is no answer: the most telling of what a client has complained of, and what to do about it.

use std::fmt;

use rdkafka::error::KafkaError;

use crate::broker_queries::QueryError;
use crate::diagnostics::certificate;
use crate::diagnostics::failure_cause::FailureCause;
use crate::recent_errors::RecentErrors;
use crate::settings::Settings;

/// Why there is no answer. Its text is what it means and what librdkafka says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerFailure {
    /// The cause.
    pub cause: FailureCause,
    /// What librdkafka says, and what is known beside that.
    pub words: String,
}

impl fmt::Display for BrokerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.cause.meaning(), self.words)
    }
}

impl BrokerFailure {
    /// The trouble behind an error, with what the client has complained of beside it. A certificate that was refused
    /// is looked at, which takes some seconds at most where the broker is slow.
    pub(crate) fn of(error: &KafkaError, recent_errors: &RecentErrors, settings: &Settings) -> Self {
        let own = Self::new(error, error.to_string());
        if own.cause.is_telling() {
            return own.looked_into(settings);
        }
        let heard = recent_errors.recent().into_iter();
        let heard = heard.map(|said| Self { cause: FailureCause::of(Some(said.code), &said.words), words: said.words });
        // A lost connection says nothing of an error that came over one.
        let is_nearer = |trouble: &Self| trouble.cause.is_telling() || trouble.cause == own.cause;
        // Of equally telling ones the latest counts, which comes first.
        let most_telling = heard.filter(is_nearer).min_by_key(|trouble| trouble.cause);
        most_telling.map_or(own, |trouble| trouble.looked_into(settings))
    }

    fn new(error: &KafkaError, words: String) -> Self {
        Self { cause: FailureCause::of(error.rdkafka_error_code(), &words), words }
    }

    /// The trouble in one line, with what to do.
    pub(crate) fn with_remedy(&self) -> String {
        format!("{self}: {}", self.cause.remedy())
    }

    /// librdkafka does not say what is wrong with a certificate, so it is looked at.
    fn looked_into(self, settings: &Settings) -> Self {
        if self.cause != FailureCause::UntrustedCertificate {
            return self;
        }
        let address = address_in(&self.words).or_else(|| settings.bootstrap_servers.split(',').next().map(str::trim));
        match address.and_then(|address| certificate::look(address, settings)) {
            Some(fault) => Self { cause: fault.cause, words: format!("{}; {}", fault.words, self.words) },
            None => self,
        }
    }
}

/// The address of the broker that librdkafka speaks of: `ssl://kafka-1:9093/bootstrap: SSL handshake failed: ...`.
fn address_in(words: &str) -> Option<&str> {
    let (_, rest) = words.split_once("://")?;
    rest.split(['/', ' ']).next().map(|address| address.trim_end_matches(':')).filter(|address| address.contains(':'))
}

/// The obstacle, and what an operator can do about it; `recent_errors` are those of the client that met it.
pub(crate) fn explain(obstacle: &QueryError, recent_errors: &RecentErrors, settings: &Settings) -> String {
    let brokers = &settings.bootstrap_servers;
    match obstacle {
        QueryError::Broker(error) => {
            let trouble = BrokerFailure::of(error, recent_errors, settings);
            format!("the broker at {brokers} is unreachable or answers with an error: {}", trouble.with_remedy())
        }
        QueryError::TopicMissing(topic) => format!(
            "the topic {topic} does not exist: create it with kafka-topics.sh --bootstrap-server {brokers} --create --topic {topic} --partitions 12 --config cleanup.policy=delete"
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
    fn the_most_telling_complaint_is_the_trouble_and_is_forgotten_once_the_broker_answers() {
        let recent_errors = RecentErrors::default();
        let timeout = KafkaError::MetadataFetch(Code::OperationTimedOut);
        assert_eq!(BrokerFailure::of(&timeout, &recent_errors, &settings()).cause, FailureCause::Connection);
        recent_errors.note(Code::Authentication, "SASL authentication error: Authentication failed");
        recent_errors.note(Code::AllBrokersDown, "1/1 brokers are down");
        let trouble = BrokerFailure::of(&timeout, &recent_errors, &settings());
        assert_eq!(trouble.cause, FailureCause::Credentials);
        assert!(
            trouble.with_remedy().contains("see that sasl.username and sasl.password"),
            "{}",
            trouble.with_remedy()
        );
        recent_errors.forget();
        assert_eq!(BrokerFailure::of(&timeout, &recent_errors, &settings()).cause, FailureCause::Connection);
    }

    #[test]
    fn a_refusal_is_told_before_what_was_said_aside() {
        let recent_errors = RecentErrors::default();
        recent_errors.note(Code::BrokerTransportFailure, "Connection refused");
        let refused = KafkaError::MetadataFetch(Code::TopicAuthorizationFailed);
        assert_eq!(BrokerFailure::of(&refused, &recent_errors, &settings()).cause, FailureCause::TopicRefused);
    }

    #[test]
    fn the_broker_is_found_in_the_words() {
        let of = |words| address_in(words);
        assert_eq!(of("ssl://127.0.0.1:9093/bootstrap: SSL handshake failed"), Some("127.0.0.1:9093"));
        assert_eq!(of("sasl_ssl://kafka-1:9093/1: SSL handshake failed"), Some("kafka-1:9093"));
        assert_eq!(of("SSL handshake failed"), None);
    }
}
