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
        let heard = ear.heard().into_iter().map(|(code, words)| Self { kind: kind(code, &words), words });
        let most_telling = heard.filter(|trouble| trouble.kind < TroubleKind::Other).min_by_key(|trouble| trouble.kind);
        most_telling.unwrap_or_else(|| {
            let words = error.to_string();
            Self { kind: kind(error.rdkafka_error_code(), &words), words }
        })
    }
}

fn kind(code: Option<RDKafkaErrorCode>, words: &str) -> TroubleKind {
    use RDKafkaErrorCode::{
        Authentication, BrokerTransportFailure, OperationTimedOut, Resolve, SSL, SaslAuthenticationFailed,
        UnsupportedSASLMechanism,
    };
    match code {
        Some(Authentication | SaslAuthenticationFailed | UnsupportedSASLMechanism) => TroubleKind::Authentication,
        Some(SSL) => TroubleKind::Encryption,
        Some(Resolve) => TroubleKind::Name,
        // A handshake that breaks off is a lost connection to librdkafka; only its words tell.
        Some(BrokerTransportFailure) if words.contains("SSL") => TroubleKind::Encryption,
        Some(BrokerTransportFailure | OperationTimedOut) => TroubleKind::Connection,
        _ => TroubleKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_that_breaks_off_is_no_missing_broker() {
        let transport = Some(RDKafkaErrorCode::BrokerTransportFailure);
        assert_eq!(kind(transport, "Connect to ipv4#127.0.0.1:1 failed: Connection refused"), TroubleKind::Connection);
        let broken = "Disconnected: SSL connection closed by peer (after 2ms in state SSL_HANDSHAKE)";
        assert_eq!(kind(transport, broken), TroubleKind::Encryption);
        assert_eq!(kind(Some(RDKafkaErrorCode::Resolve), ""), TroubleKind::Name);
        assert_eq!(kind(None, ""), TroubleKind::Other);
    }
}
