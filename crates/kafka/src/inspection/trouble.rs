//! Why there is no answer: the most telling of what a client has complained of.

use std::fmt;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::ear::Ear;

/// What kind of trouble it is, the most telling first: a client that is refused says that all brokers are down, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TroubleKind {
    /// The broker does not know this user, or not with this password or mechanism.
    Authentication,
    /// No encrypted connection comes about.
    Encryption,
    /// The host has no address.
    Name,
    /// There is no connection, or it breaks.
    Connection,
    /// Anything else.
    Other,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What kind of trouble it is.
    pub kind: TroubleKind,
    /// What librdkafka says.
    pub words: String,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Trouble {
    /// The trouble behind an error, with what was heard beside it.
    pub(super) fn of(error: &KafkaError, ear: &Ear) -> Self {
        let heard = ear.heard().into_iter().map(|(code, words)| Self { kind: kind(code), words });
        let most_telling = heard.filter(|trouble| trouble.kind < TroubleKind::Other).min_by_key(|trouble| trouble.kind);
        most_telling.unwrap_or_else(|| Self { kind: kind(error.rdkafka_error_code()), words: error.to_string() })
    }
}

fn kind(code: Option<RDKafkaErrorCode>) -> TroubleKind {
    use RDKafkaErrorCode::{
        Authentication, BrokerTransportFailure, OperationTimedOut, Resolve, SSL, SaslAuthenticationFailed,
        UnsupportedSASLMechanism,
    };
    match code {
        Some(Authentication | SaslAuthenticationFailed | UnsupportedSASLMechanism) => TroubleKind::Authentication,
        Some(SSL) => TroubleKind::Encryption,
        Some(Resolve) => TroubleKind::Name,
        Some(BrokerTransportFailure | OperationTimedOut) => TroubleKind::Connection,
        _ => TroubleKind::Other,
    }
}
