//! Why there is no answer: the most telling of what a client has complained of, and what to do about it.

use std::fmt;

use rdkafka::error::KafkaError;

use crate::cause::Cause;
use crate::certificate;
use crate::complaints::Complaints;
use crate::settings::Settings;

/// Why there is no answer. Its text is what it means and what librdkafka says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The cause.
    pub cause: Cause,
    /// What librdkafka says, and what is known beside that.
    pub words: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.cause.meaning(), self.words)
    }
}

impl Trouble {
    /// The trouble behind an error, with what the client has complained of beside it. A certificate that was refused
    /// is looked at, which takes some seconds at most where the broker is slow.
    pub(crate) fn of(error: &KafkaError, complaints: &Complaints, settings: &Settings) -> Self {
        let own = Self::new(error, error.to_string());
        if own.cause.is_telling() {
            return own.looked_into(settings);
        }
        let heard = complaints.recent().into_iter();
        let heard = heard.map(|said| Self { cause: Cause::of(Some(said.code), &said.words), words: said.words });
        // A lost connection says nothing of an error that came over one.
        let is_nearer = |trouble: &Self| trouble.cause.is_telling() || trouble.cause == own.cause;
        // Of equally telling ones the latest counts, which comes first.
        let most_telling = heard.filter(is_nearer).min_by_key(|trouble| trouble.cause);
        most_telling.map_or(own, |trouble| trouble.looked_into(settings))
    }

    fn new(error: &KafkaError, words: String) -> Self {
        Self { cause: Cause::of(error.rdkafka_error_code(), &words), words }
    }

    /// The trouble in one line, with what to do.
    pub(crate) fn in_words(&self) -> String {
        format!("{self}: {}", self.cause.cure())
    }

    /// librdkafka does not say what is wrong with a certificate, so it is looked at.
    fn looked_into(self, settings: &Settings) -> Self {
        if self.cause != Cause::UntrustedCertificate {
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

#[cfg(test)]
mod tests {
    use rdkafka::error::RDKafkaErrorCode as Code;

    use super::*;

    fn settings() -> Settings {
        crate::settings::tests::with(&[])
    }

    #[test]
    fn the_most_telling_complaint_is_the_trouble_and_is_forgotten_once_the_broker_answers() {
        let complaints = Complaints::default();
        let timeout = KafkaError::MetadataFetch(Code::OperationTimedOut);
        assert_eq!(Trouble::of(&timeout, &complaints, &settings()).cause, Cause::Connection);
        complaints.note(Code::Authentication, "SASL authentication error: Authentication failed");
        complaints.note(Code::AllBrokersDown, "1/1 brokers are down");
        let trouble = Trouble::of(&timeout, &complaints, &settings());
        assert_eq!(trouble.cause, Cause::Credentials);
        assert!(trouble.in_words().contains("see that sasl.username and sasl.password"), "{}", trouble.in_words());
        complaints.forget();
        assert_eq!(Trouble::of(&timeout, &complaints, &settings()).cause, Cause::Connection);
    }

    #[test]
    fn a_refusal_is_told_before_what_was_said_aside() {
        let complaints = Complaints::default();
        complaints.note(Code::BrokerTransportFailure, "Connection refused");
        let refused = KafkaError::MetadataFetch(Code::TopicAuthorizationFailed);
        assert_eq!(Trouble::of(&refused, &complaints, &settings()).cause, Cause::TopicRefused);
    }

    #[test]
    fn the_broker_is_found_in_the_words() {
        let of = |words| address_in(words);
        assert_eq!(of("ssl://127.0.0.1:9093/bootstrap: SSL handshake failed"), Some("127.0.0.1:9093"));
        assert_eq!(of("sasl_ssl://kafka-1:9093/1: SSL handshake failed"), Some("kafka-1:9093"));
        assert_eq!(of("SSL handshake failed"), None);
    }
}
