//! Certificates made in memory, and clients that present them.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::ops::Range;

use ensilinja_serve::{
    ClientCertificates, CurrentProtection, Protection, ProtectionSettings, TlsError, TlsSettings, WebUser,
};
use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{HandshakeError, Ssl, SslContext, SslContextBuilder, SslMethod, SslStream, SslVerifyMode};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

use crate::running_server::{Answer, RunningServer};

const DAY_SECONDS: i64 = 24 * 3600;

/// Now, in seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "certificates are valid by the clock of the machine")]
pub(crate) fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A certificate with its key.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Purpose {
    Authority,
    Server,
    Client,
}

impl Identity {
    /// An authority that trusts itself.
    pub(crate) fn authority(name: &str) -> Self {
        Self::make(name, Purpose::Authority, &[], -1..1, None)
    }

    /// A certificate with these names, which this authority signs, valid for so many days from yesterday on.
    pub(crate) fn signed(&self, purpose: Purpose, names: &[&str], days: i64) -> Self {
        self.signed_over(purpose, names, -1..days - 1)
    }

    /// The same, valid from so many days after now until so many.
    pub(crate) fn signed_over(&self, purpose: Purpose, names: &[&str], days: Range<i64>) -> Self {
        Self::make(names.first().unwrap_or(&"unnamed"), purpose, names, days, Some(self))
    }

    fn make(name: &str, purpose: Purpose, names: &[&str], days: Range<i64>, signer: Option<&Self>) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut subject = X509NameBuilder::new().unwrap();
        subject.append_entry_by_text("CN", name).unwrap();
        let subject = subject.build();
        let mut serial = BigNum::new().unwrap();
        serial.rand(100, MsbOption::ONE, false).unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
        builder.set_subject_name(&subject).unwrap();
        builder.set_issuer_name(signer.map_or(&*subject, |signer| signer.certificate.subject_name())).unwrap();
        let after = |days: i64| Asn1Time::from_unix(now_seconds() + days * DAY_SECONDS).unwrap();
        builder.set_not_before(&after(days.start)).unwrap();
        builder.set_not_after(&after(days.end)).unwrap();
        builder.set_pubkey(&key).unwrap();
        let usage = match purpose {
            Purpose::Authority => BasicConstraints::new().critical().ca().build(),
            Purpose::Server => ExtendedKeyUsage::new().server_auth().build(),
            Purpose::Client => ExtendedKeyUsage::new().client_auth().build(),
        };
        builder.append_extension(usage.unwrap()).unwrap();
        if !names.is_empty() {
            let mut alternative = SubjectAlternativeName::new();
            for name in names {
                if name.parse::<std::net::IpAddr>().is_ok() {
                    alternative.ip(name);
                } else if name.contains("://") {
                    alternative.uri(name);
                } else if name.contains('@') {
                    alternative.email(name);
                } else {
                    alternative.dns(name);
                }
            }
            let context = builder.x509v3_context(None, None);
            let extension = alternative.build(&context).unwrap();
            builder.append_extension(extension).unwrap();
        }
        builder.sign(signer.map_or(&key, |signer| &signer.key), MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    pub(crate) fn certificate_pem(&self) -> Vec<u8> {
        self.certificate.to_pem().unwrap()
    }

    pub(crate) fn key_pem(&self) -> Vec<u8> {
        self.key.private_key_to_pem_pkcs8().unwrap()
    }
}

/// TLS with this certificate, and the usual settings.
pub(crate) fn tls_of(server: &Identity) -> TlsSettings {
    TlsSettings {
        certificates: server.certificate_pem(),
        key: server.key_pem(),
        client_certificates: ClientCertificates::Unasked,
        client_authorities: None,
        client_names: Vec::new(),
        allows_tls12: true,
        allows_tls13: true,
        ciphers: Vec::new(),
        prefers_own_ciphers: true,
        curves: Vec::new(),
    }
}

/// What protects a server with this TLS and these users.
pub(crate) fn protection(tls: Option<TlsSettings>, users: Vec<WebUser>) -> Result<Protection, TlsError> {
    Protection::new(ProtectionSettings { tls, users, headers: Vec::new() })
}

/// The same, in force.
pub(crate) fn in_force(tls: TlsSettings) -> std::sync::Arc<CurrentProtection> {
    std::sync::Arc::new(CurrentProtection::new(protection(Some(tls), Vec::new()).unwrap()))
}

/// A client that trusts this authority, with a certificate or without, and further settings.
pub(crate) fn client_with(
    authority: &Identity,
    identity: Option<&Identity>,
    more: impl FnOnce(&mut SslContextBuilder),
) -> SslContext {
    let mut builder = SslContext::builder(SslMethod::tls_client()).unwrap();
    builder.set_verify(SslVerifyMode::PEER);
    builder.cert_store_mut().add_cert(authority.certificate.clone()).unwrap();
    if let Some(identity) = identity {
        builder.set_certificate(&identity.certificate).unwrap();
        builder.set_private_key(&identity.key).unwrap();
    }
    more(&mut builder);
    builder.build()
}

/// The same with the usual settings.
pub(crate) fn client(authority: &Identity, identity: Option<&Identity>) -> SslContext {
    client_with(authority, identity, |_| {})
}

/// A connection with TLS, if the client accepts the server.
pub(crate) fn connect(server: &RunningServer, client: &SslContext) -> Result<SslStream<TcpStream>, String> {
    let ssl = Ssl::new(client).unwrap();
    ssl.connect(server.connect()).map_err(|error| match error {
        HandshakeError::Failure(failed) => failed.error().to_string(),
        other => other.to_string(),
    })
}

/// The answer to a request on a connection with TLS of its own. It fails if the server refuses the client.
pub(crate) fn get(server: &RunningServer, client: &SslContext, path: &str, more: &str) -> Result<Answer, String> {
    let mut stream = connect(server, client)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{more}\r\n");
    let mut received = Vec::new();
    let exchange = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_end(&mut received));
    exchange.map_err(|error: io::Error| error.to_string())?;
    if received.is_empty() { Err("closed".to_owned()) } else { Ok(Answer::parse(&received)) }
}
