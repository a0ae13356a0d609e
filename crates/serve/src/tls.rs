//! TLS of the server: certificates, clients and protocols, as one context of OpenSSL.
//!
//! Sessions are not resumed: each connection is verified by what is in force when it is made. So a client whose
//! authority has been withdrawn cannot come back on an old session.

use std::fmt;
use std::net::IpAddr;

use ensilinja_model::EventTime;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    AlpnError, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslSessionCacheMode, SslVerifyMode,
    SslVersion, select_next_proto,
};
use openssl::x509::{GeneralNameRef, X509, X509Ref, X509StoreContextRef, X509VerifyResult};

/// The cipher suites of TLS 1.2 if none are configured: those with forward secrecy and authenticated encryption.
pub(crate) const CIPHERS: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
     ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// The protocols inside TLS, as ALPN writes them.
const PROTOCOLS: &[u8] = b"\x08http/1.1\x08http/1.0";

/// What is asked of a client's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientCertificates {
    /// None is asked for.
    Unasked,
    /// One may be given.
    Optional {
        /// Whether one that is given has to be signed by an authority that is trusted.
        verified: bool,
    },
    /// One must be given.
    Required {
        /// Whether it has to be signed by an authority that is trusted.
        verified: bool,
    },
}

/// How the server speaks TLS. Texts are in PEM.
pub struct TlsSettings {
    /// The server's certificate, followed by those of authorities in between.
    pub certificates: Vec<u8>,
    /// Its private key, not encrypted.
    pub key: Vec<u8>,
    /// What is asked of clients.
    pub client_certificates: ClientCertificates,
    /// The authorities that sign clients' certificates.
    pub client_authorities: Option<Vec<u8>>,
    /// The names of which a verified certificate must have one; any, if there are none.
    pub client_names: Vec<String>,
    /// Whether TLS 1.2 is spoken.
    pub allows_tls12: bool,
    /// Whether TLS 1.3 is spoken.
    pub allows_tls13: bool,
    /// The cipher suites of TLS 1.2 by OpenSSL's names; empty for the usual ones.
    pub ciphers: Vec<String>,
    /// Whether the server's order of cipher suites counts, rather than the client's.
    pub prefers_own_ciphers: bool,
    /// The elliptic curves by OpenSSL's names; empty for the usual ones.
    pub curves: Vec<String>,
}

/// Why TLS cannot be spoken, by a server or by a client. No text in it holds a key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// There is no certificate in the text.
    #[error(
        "the {0}'s certificate (cert_file or cert) is not a certificate in PEM; it begins with -----BEGIN CERTIFICATE-----"
    )]
    NoCertificate(TlsSide),
    /// There is no key in the text.
    #[error("the {0}'s key (key_file or key) is not a private key in PEM; it begins with -----BEGIN PRIVATE KEY-----")]
    NoKey(TlsSide),
    /// The key is encrypted.
    #[error(
        "the {0}'s key (key_file or key) is encrypted; write it without a password: openssl pkey -in KEY -out PLAIN-KEY"
    )]
    EncryptedKey(TlsSide),
    /// The key is not that of the certificate.
    #[error(
        "the {0}'s key does not belong to its certificate, which has to be the first in cert_file; renew both together"
    )]
    OtherKey(TlsSide),
    /// There is no certificate of an authority in the text.
    #[error("the authorities ({0}) are not certificates in PEM; each begins with -----BEGIN CERTIFICATE-----")]
    NoAuthority(&'static str),
    /// OpenSSL takes no such settings.
    #[error("{what} is refused by OpenSSL: {}", reason(.why))]
    Refused {
        /// What it refuses.
        what: &'static str,
        /// Why.
        why: ErrorStack,
    },
}

/// A side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsSide {
    /// The server.
    Server,
    /// The client.
    Client,
}

impl fmt::Display for TlsSide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Server => "server",
            Self::Client => "client",
        })
    }
}

/// The first reason of OpenSSL, in its words.
pub(crate) fn reason(why: &ErrorStack) -> String {
    why.errors().iter().find_map(openssl::error::Error::reason).unwrap_or("no reason given").to_owned()
}

pub(crate) fn refused(what: &'static str) -> impl Fn(ErrorStack) -> TlsError {
    move |why| TlsError::Refused { what, why }
}

/// TLS that is ready to be spoken.
#[derive(Clone, Debug)]
pub(crate) struct TlsServer {
    pub context: SslContext,
    pub validity: CertificateValidity,
}

/// When the certificates of the server are valid: the server's own, and those of authorities that it sends along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateValidity {
    /// From when on all are.
    pub from: EventTime,
    /// Until when all are.
    pub until: EventTime,
}

impl TlsServer {
    /// Reads the texts and prepares to serve.
    pub fn new(settings: &TlsSettings) -> Result<Self, TlsError> {
        let mut builder = SslContext::builder(SslMethod::tls_server()).map_err(refused("TLS"))?;
        let chain = identity(&mut builder, TlsSide::Server, &settings.certificates, &settings.key)?;
        protocols(&mut builder, settings)?;
        clients(&mut builder, settings)?;
        // A stream between two seconds needs no buffers.
        builder
            .set_mode(SslMode::RELEASE_BUFFERS | SslMode::ENABLE_PARTIAL_WRITE | SslMode::ACCEPT_MOVING_WRITE_BUFFER);
        builder.set_session_cache_mode(SslSessionCacheMode::OFF);
        builder.set_num_tickets(0).map_err(refused("TLS"))?;
        builder
            .set_alpn_select_callback(|_, offered| select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::ALERT_FATAL));
        let validity = validity(&chain).map_err(refused("the validity of a certificate"))?;
        Ok(Self { context: builder.build(), validity })
    }
}

/// Gives a side its certificate, those of authorities in between, and its key. Returns the certificates.
pub(crate) fn identity(
    builder: &mut SslContextBuilder,
    side: TlsSide,
    certificates: &[u8],
    key: &[u8],
) -> Result<Vec<X509>, TlsError> {
    let chain = X509::stack_from_pem(certificates).map_err(|_| TlsError::NoCertificate(side))?;
    let leaf = chain.first().ok_or(TlsError::NoCertificate(side))?;
    let key = private_key(key, side)?;
    if !leaf.public_key().is_ok_and(|public| public.public_eq(&key)) {
        return Err(TlsError::OtherKey(side));
    }
    let of_certificate = refused("a certificate of cert_file");
    builder.set_certificate(leaf).map_err(&of_certificate)?;
    for between in &chain[1..] {
        builder.add_extra_chain_cert(between.clone()).map_err(&of_certificate)?;
    }
    builder.set_private_key(&key).map_err(refused("the key of key_file"))?;
    Ok(chain)
}

fn private_key(pem: &[u8], side: TlsSide) -> Result<PKey<Private>, TlsError> {
    let mut is_encrypted = false;
    // Without a callback OpenSSL would ask for the password on the terminal.
    let key = PKey::private_key_from_pem_callback(pem, |_| {
        is_encrypted = true;
        Ok(0)
    });
    key.map_err(|_| if is_encrypted { TlsError::EncryptedKey(side) } else { TlsError::NoKey(side) })
}

/// Limits the versions that are spoken.
pub(crate) fn versions(
    builder: &mut SslContextBuilder,
    allows_tls12: bool,
    allows_tls13: bool,
) -> Result<(), TlsError> {
    let version = |is_new| Some(if is_new { SslVersion::TLS1_3 } else { SslVersion::TLS1_2 });
    let of_versions = refused("min_version or max_version");
    builder.set_min_proto_version(version(!allows_tls12)).map_err(&of_versions)?;
    builder.set_max_proto_version(version(allows_tls13)).map_err(&of_versions)
}

fn protocols(builder: &mut SslContextBuilder, settings: &TlsSettings) -> Result<(), TlsError> {
    versions(builder, settings.allows_tls12, settings.allows_tls13)?;
    let listed = settings.ciphers.join(":");
    let ciphers = if listed.is_empty() { CIPHERS } else { &listed };
    builder.set_cipher_list(ciphers).map_err(refused("cipher_suites"))?;
    if !settings.curves.is_empty() {
        builder.set_groups_list(&settings.curves.join(":")).map_err(refused("curve_preferences"))?;
    }
    builder.set_options(SslOptions::NO_TICKET | SslOptions::NO_COMPRESSION | SslOptions::NO_RENEGOTIATION);
    if settings.prefers_own_ciphers {
        builder.set_options(SslOptions::CIPHER_SERVER_PREFERENCE);
    }
    Ok(())
}

/// The certificates of a text, at least one. `keys` name it.
pub(crate) fn authorities(pem: &[u8], keys: &'static str) -> Result<Vec<X509>, TlsError> {
    let authorities = X509::stack_from_pem(pem).ok().filter(|authorities| !authorities.is_empty());
    authorities.ok_or(TlsError::NoAuthority(keys))
}

fn clients(builder: &mut SslContextBuilder, settings: &TlsSettings) -> Result<(), TlsError> {
    if let Some(pem) = &settings.client_authorities {
        let authorities = authorities(pem, "client_ca_file or client_ca")?;
        let of_authority = refused("a certificate of client_ca_file");
        for authority in authorities {
            // Clients that have several certificates choose by these names.
            builder.add_client_ca(&authority).map_err(&of_authority)?;
            builder.cert_store_mut().add_cert(authority).map_err(&of_authority)?;
        }
    }
    let (mode, verified) = match settings.client_certificates {
        ClientCertificates::Unasked => (SslVerifyMode::NONE, false),
        ClientCertificates::Optional { verified } => (SslVerifyMode::PEER, verified),
        ClientCertificates::Required { verified } => {
            (SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT, verified)
        }
    };
    let names = settings.client_names.clone();
    builder.set_verify_callback(mode, move |is_good, store| !verified || (is_good && has_name(store, &names)));
    Ok(())
}

/// Whether the certificate that is looked at may be used by a client with one of these names. Those of authorities
/// need none.
fn has_name(store: &mut X509StoreContextRef, allowed: &[String]) -> bool {
    if allowed.is_empty() || store.error_depth() > 0 {
        return true;
    }
    let has_one =
        store.current_cert().is_some_and(|certificate| names(certificate).iter().any(|name| allowed.contains(name)));
    if !has_one {
        store.set_error(X509VerifyResult::APPLICATION_VERIFICATION);
    }
    has_one
}

/// The subject alternative names of a certificate: hosts, e-mail addresses, IP addresses and URIs.
pub(crate) fn names(certificate: &X509Ref) -> Vec<String> {
    certificate.subject_alt_names().iter().flatten().filter_map(name_of).collect()
}

fn name_of(name: &GeneralNameRef) -> Option<String> {
    let text = name.dnsname().or_else(|| name.email()).or_else(|| name.uri());
    text.map(str::to_owned).or_else(|| name.ipaddress().and_then(address).map(|address| address.to_string()))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

fn validity(chain: &[X509]) -> Result<CertificateValidity, ErrorStack> {
    let mut of_all = CertificateValidity { from: EventTime::MIN, until: EventTime::MAX };
    for certificate in chain {
        of_all.from = of_all.from.max(instant(certificate.not_before())?);
        of_all.until = of_all.until.min(instant(certificate.not_after())?);
    }
    Ok(of_all)
}

fn instant(at: &Asn1TimeRef) -> Result<EventTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(at)?;
    Ok(EventTime::from_seconds(i64::from(since.days) * 24 * 3600 + i64::from(since.secs)))
}
