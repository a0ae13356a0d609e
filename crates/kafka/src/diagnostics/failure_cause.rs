//! Why the brokers cannot be used: one table from an error of librdkafka to a cause, its meaning and its remedy.
//!
//! ```text
//! code, message --FailureCause::of--> FailureCause --meaning, remedy--> /readyz, log, `check`, errors of commands
//! ```
//!
//! librdkafka has one error code for many causes, so the table also looks at the message. The messages are those of
//! librdkafka 2.12 with OpenSSL 3, as seen with real brokers (`tests/real/security.rs`).

use ensilinja_model::vocabulary;
use rdkafka::error::RDKafkaErrorCode;

vocabulary! {
    /// Why the brokers cannot be used, the most telling cause first: a client that is refused also reports that no
    /// broker is up.
    FailureCause {
        /// The broker does not know this user, or refuses its password.
        Credentials = "credentials",
        /// The broker does not offer this SASL mechanism.
        Mechanism = "mechanism",
        /// The port has no SASL.
        NoSaslAtPort = "no_sasl_at_port",
        /// The port requires SASL, but the settings have none.
        SaslRequired = "sasl_required",
        /// The broker requires a client certificate, or refuses the one it was given.
        ClientCertificate = "client_certificate",
        /// The broker's certificate has expired or is not yet valid.
        CertificateExpired = "certificate_expired",
        /// The broker's certificate is for another host name.
        HostName = "host_name",
        /// The broker's certificate is signed by an authority that is not trusted.
        UntrustedCertificate = "untrusted_certificate",
        /// The port uses TLS, but the settings do not.
        TlsRequired = "tls_required",
        /// The settings use TLS, but the port does not.
        NoTlsAtPort = "no_tls_at_port",
        /// The TLS connection fails for another reason.
        Encryption = "encryption",
        /// The user may not use the group.
        GroupRefused = "group_refused",
        /// The user may not see or read the topic.
        TopicRefused = "topic_refused",
        /// The user may not use the cluster.
        ClusterRefused = "cluster_refused",
        /// The host has no address.
        Name = "name",
        /// There is no connection, or it breaks, or no answer comes.
        Connection = "connection",
        /// Anything else.
        Other = "other",
    }
}

/// Parts of messages that tell a cause, the most telling first. The error code decides before them.
const SIGNS: &[(FailureCause, &[&str])] = &[
    (FailureCause::NoSaslAtPort, &["Request not valid in current SASL state"]),
    (
        FailureCause::Mechanism,
        &["Unsupported SASL mechanism", "mechanism handshake failed", "not enabled in the server"],
    ),
    (FailureCause::Credentials, &["Authentication failed", "invalid credentials", "SASL authentication error"]),
    (
        FailureCause::ClientCertificate,
        &[
            "client SSL authentication might be required",
            "alert certificate required",
            "alert bad certificate",
            "alert certificate unknown",
            "alert unknown ca",
            "alert certificate expired",
            "alert handshake failure",
        ],
    ),
    (FailureCause::UntrustedCertificate, &["certificate verify failed", "certificate could not be verified"]),
    (
        FailureCause::TlsRequired,
        &["connecting to a SSL listener?", "Invalid response size 3521", "Invalid message size 3521"],
    ),
    (FailureCause::NoTlsAtPort, &["connecting to a PLAINTEXT broker listener?", "wrong version number"]),
    (FailureCause::Name, &["Failed to resolve"]),
    (FailureCause::SaslRequired, &["broker might require SASL authentication"]),
    (FailureCause::Encryption, &["SSL"]),
];

/// A connection that the broker closes within this time was refused, in ms: the measure of librdkafka itself.
const REFUSED_WITHIN_MS: u64 = 2_000;

/// The cause behind a connection that the broker closed without an answer, from the state it was in:
/// `ssl://host:port/1: Disconnected: connection closed by peer (after 3ms in state APIVERSION_QUERY)`.
fn of_a_closed_connection(message: &str) -> Option<FailureCause> {
    let (before, state) = message.rsplit_once("ms in state ")?;
    let state = state.split([')', ',']).next()?;
    let after_ms = before.rsplit(' ').next().and_then(|ms| ms.parse::<u64>().ok());
    let has_tls = message.contains("ssl://");
    let is_closed = ["Disconnected", "closed by peer", "reset by peer"].iter().any(|sign| message.contains(sign));
    match state {
        _ if !is_closed => None,
        "SSL_HANDSHAKE" => Some(FailureCause::NoTlsAtPort),
        "APIVERSION_QUERY" if !has_tls => Some(FailureCause::TlsRequired),
        "UP" if !message.contains("sasl_") && after_ms? < REFUSED_WITHIN_MS => Some(FailureCause::SaslRequired),
        _ => None,
    }
}

impl FailureCause {
    /// The cause behind an error code and its message.
    pub(crate) fn of(code: Option<RDKafkaErrorCode>, message: &str) -> Self {
        use RDKafkaErrorCode as Code;
        let is_of = |(_, signs): &&(Self, &[&str])| signs.iter().any(|sign| message.contains(sign));
        let by_message = || {
            let by_sign = SIGNS.iter().find(is_of).map(|(cause, _)| *cause);
            by_sign.filter(|cause| *cause != Self::Encryption).or_else(|| of_a_closed_connection(message)).or(by_sign)
        };
        match code {
            Some(Code::UnsupportedSASLMechanism) => Self::Mechanism,
            Some(Code::IllegalSASLState) => Self::NoSaslAtPort,
            Some(Code::Authentication | Code::SaslAuthenticationFailed) => match by_message() {
                Some(cause @ (Self::Mechanism | Self::NoSaslAtPort)) => cause,
                _ => Self::Credentials,
            },
            Some(Code::GroupAuthorizationFailed) => Self::GroupRefused,
            Some(Code::TopicAuthorizationFailed) => Self::TopicRefused,
            Some(Code::ClusterAuthorizationFailed) => Self::ClusterRefused,
            Some(Code::Resolve) => Self::Name,
            Some(Code::SSL) => by_message().unwrap_or(Self::Encryption),
            Some(Code::BrokerTransportFailure) => by_message().unwrap_or(Self::Connection),
            Some(Code::BadMessage) => by_message().unwrap_or(Self::Other),
            Some(Code::OperationTimedOut | Code::AllBrokersDown) => Self::Connection,
            _ => Self::Other,
        }
    }

    /// Whether the cause tells more than that there is no connection.
    pub(crate) fn is_telling(self) -> bool {
        self < Self::Connection
    }

    /// Whether the broker refuses the user a permission.
    pub(crate) const fn is_refusal(self) -> bool {
        matches!(self, Self::GroupRefused | Self::TopicRefused | Self::ClusterRefused)
    }

    /// What the cause means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Credentials => "the broker refuses this user or its password",
            Self::Mechanism => "the broker does not offer this SASL mechanism",
            Self::NoSaslAtPort => "the port does not accept a user and a password",
            Self::SaslRequired => "the port closes the connection: it probably requires a user and a password",
            Self::ClientCertificate => "the broker requires a client certificate, or refuses the one it was given",
            Self::CertificateExpired => "the broker's certificate has expired or is not yet valid",
            Self::HostName => "the broker's certificate is for another host name",
            Self::UntrustedCertificate => "the broker's certificate is signed by an authority that is not trusted",
            Self::TlsRequired => {
                "the port closes the connection at once: it probably uses TLS, but the settings do not"
            }
            Self::NoTlsAtPort => "the settings use TLS, but the port does not",
            Self::Encryption => "the TLS connection fails",
            Self::GroupRefused => "this user may not use the consumer group",
            Self::TopicRefused => "this user may not see or read the topic",
            Self::ClusterRefused => "this user may not use the cluster",
            Self::Name => "the host name has no address",
            Self::Connection => "there is no connection, or it breaks, or no answer comes",
            Self::Other => "it answers with an error",
        }
    }

    /// What to do about the cause.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Credentials => {
                "check sasl.username and sasl.password of [kafka.properties], and that the broker knows this user for \
                 this sasl.mechanism: a SCRAM-SHA-256 password does not work with SCRAM-SHA-512"
            }
            Self::Mechanism => {
                "set sasl.mechanism of [kafka.properties] to one that the broker offers: its sasl.enabled.mechanisms \
                 lists them"
            }
            Self::NoSaslAtPort => {
                "set security.protocol of [kafka.properties] to PLAINTEXT or SSL, or use the port of the SASL listener"
            }
            Self::SaslRequired => {
                "set security.protocol of [kafka.properties] to SASL_SSL or SASL_PLAINTEXT with sasl.mechanism, \
                 sasl.username and sasl.password"
            }
            Self::ClientCertificate => {
                "set ssl.certificate.location and ssl.key.location (or ssl.keystore.location) of [kafka.properties] \
                 to a certificate that is valid now and whose authority the broker trusts"
            }
            Self::CertificateExpired => {
                "renew the broker's certificate, or correct the clock of the broker or of this machine"
            }
            Self::HostName => {
                "in kafka.brokers and in the brokers' advertised.listeners use a host name of the certificate, or issue \
                 a certificate for this host name"
            }
            Self::UntrustedCertificate => {
                "set ssl.ca.location of [kafka.properties] to the certificate of the authority that signed the \
                 broker's"
            }
            Self::TlsRequired => {
                "set security.protocol of [kafka.properties] to SSL or SASL_SSL, or use the port of the plaintext \
                 listener"
            }
            Self::NoTlsAtPort => {
                "set security.protocol of [kafka.properties] to PLAINTEXT or SASL_PLAINTEXT, or use the port of the \
                 TLS listener"
            }
            Self::Encryption => {
                "check that security.protocol and the ssl settings of [kafka.properties] match the broker"
            }
            Self::GroupRefused => {
                "give this user READ on the group: kafka-acls.sh --bootstrap-server BROKER --add \
                 --allow-principal User:NAME --operation Read --group GROUP"
            }
            Self::TopicRefused => {
                "give this user READ and DESCRIBE on the topic: kafka-acls.sh --bootstrap-server BROKER --add \
                 --allow-principal User:NAME --operation Read --operation Describe --topic TOPIC"
            }
            Self::ClusterRefused => "give this user the permission on the cluster that the broker's log names",
            Self::Name => "check the name, and that this machine can resolve it",
            Self::Connection => {
                "check that the broker runs, that address and port are right, that no firewall blocks them, and that \
                 security.protocol of [kafka.properties] is that of the port"
            }
            Self::Other => "check the log of the broker",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of librdkafka 2.12 with Kafka 4.1 and OpenSSL 3.
    #[test]
    fn the_messages_of_librdkafka_tell_the_cause() {
        use RDKafkaErrorCode::{Authentication, BrokerTransportFailure, Resolve, SSL};
        let handshake = "ssl://127.0.0.1:9093/bootstrap: SSL handshake failed: error:0A000086:SSL routines::certificate \
                         verify failed: broker certificate could not be verified, verify that ssl.ca.location is \
                         correctly configured or root CA certificates are installed (install ca-certificates package) \
                         (after 3ms in state SSL_HANDSHAKE)";
        let required = "ssl://127.0.0.1:9093/bootstrap: SSL alert: error:0A00045C:SSL routines::tlsv13 alert certificate \
                        required: SSL alert number 116 (after 1ms in state APIVERSION_QUERY)";
        let closed = "Disconnected: connection closed by peer: receive 0 after POLLIN";
        for (code, message, cause) in [
            (
                Authentication,
                "SASL authentication error: Authentication failed during authentication due to invalid \
             credentials with SASL mechanism SCRAM-SHA-512 (after 301ms in state AUTH_REQ)",
                FailureCause::Credentials,
            ),
            (
                Authentication,
                "SASL SCRAM-SHA-256 mechanism handshake failed: Broker: Unsupported SASL mechanism: \
             broker's supported mechanisms: PLAIN,SCRAM-SHA-512 (after 2ms in state AUTH_HANDSHAKE)",
                FailureCause::Mechanism,
            ),
            (
                Authentication,
                "SASL PLAIN mechanism handshake failed: Broker: Request not valid in current SASL state: \
             broker's supported mechanisms:  (after 2ms in state AUTH_HANDSHAKE)",
                FailureCause::NoSaslAtPort,
            ),
            (SSL, handshake, FailureCause::UntrustedCertificate),
            (SSL, required, FailureCause::ClientCertificate),
            (
                Resolve,
                "no-such-host.invalid:9092/bootstrap: Failed to resolve 'no-such-host.invalid:9092'",
                FailureCause::Name,
            ),
            (
                BrokerTransportFailure,
                "Connect to ipv4#127.0.0.1:1 failed: Connection refused (after 0ms in state \
             CONNECT)",
                FailureCause::Connection,
            ),
            (
                BrokerTransportFailure,
                "ssl://127.0.0.1:9092/bootstrap: Disconnected: SSL connection closed by peer \
             (after 2ms in state SSL_HANDSHAKE)",
                FailureCause::NoTlsAtPort,
            ),
        ] {
            assert_eq!(FailureCause::of(Some(code), message), cause, "{message}");
        }
        for (broker, state, cause) in [
            (
                "127.0.0.1:9093/bootstrap",
                "0ms in state APIVERSION_QUERY, 1 identical error(s) suppressed",
                FailureCause::TlsRequired,
            ),
            ("sasl_plaintext://127.0.0.1:9093/bootstrap", "0ms in state APIVERSION_QUERY", FailureCause::TlsRequired),
            ("ssl://127.0.0.1:9093/bootstrap", "0ms in state APIVERSION_QUERY", FailureCause::Connection),
            ("127.0.0.1:9094/bootstrap", "3ms in state UP", FailureCause::SaslRequired),
            ("127.0.0.1:9094/bootstrap", "86400000ms in state UP", FailureCause::Connection),
            ("sasl_ssl://127.0.0.1:9094/bootstrap", "3ms in state UP", FailureCause::Connection),
        ] {
            let message = format!("{broker}: {closed} (after {state})");
            assert_eq!(FailureCause::of(Some(BrokerTransportFailure), &message), cause, "{message}");
        }
    }

    #[test]
    fn no_two_causes_have_the_same_meaning_or_remedy() {
        let mut texts: Vec<&str> =
            FailureCause::ALL.iter().flat_map(|cause| [cause.meaning(), cause.remedy()]).collect();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count);
    }
}
