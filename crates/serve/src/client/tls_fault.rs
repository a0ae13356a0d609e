//! What is wrong with TLS, in words that say what to do.
//!
//! OpenSSL reports a fault of the server's certificate to the callback of the verification, and everything else in its
//! stack of errors. With TLS 1.3 a client whose certificate is refused hears of it only after its own handshake, when
//! it reads the answer.

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509NameRef, X509StoreContextRef};

use crate::tls::{names, reason};

/// OpenSSL's numbers of verification errors (`X509_V_ERR_...`).
const UNKNOWN_ISSUERS: [i32; 5] = [2, 18, 19, 20, 21];
const NOT_YET_VALID: i32 = 9;
const EXPIRED: i32 = 10;
const HOST_NAME_MISMATCH: i32 = 62;
const ADDRESS_MISMATCH: i32 = 64;

/// OpenSSL's numbers of reasons (`SSL_R_...`). That of an alert is its number in TLS and a thousand.
const HTTP_REQUEST: i32 = 156;
const NO_COMMON_VERSION: [i32; 4] = [191, 258, 292, 1070];
const NOT_A_RECORD: [i32; 3] = [198, 267, 443];
const CERTIFICATE_REQUIRED: i32 = 1116;
const HANDSHAKE_FAILURE: i32 = 1040;
const CERTIFICATE_REFUSED: [i32; 7] = [1042, 1043, 1044, 1045, 1046, 1048, 1049];

/// Which authorities may sign the certificate of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustedBy {
    /// Those that are listed.
    List,
    /// Those of the machine.
    Machine,
    /// None: the machine has no certificate store.
    Nothing,
}

/// What is wrong with TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// The server's certificate, or that of an authority, is over.
    #[error("its certificate is not accepted: {0} was valid until {1}; renew it on the server")]
    Expired(CertificateOwner, String),
    /// The server's certificate, or that of an authority, is of the future.
    #[error("its certificate is not accepted: {0} is valid from {1} on; check the clocks of both machines")]
    NotYetValid(CertificateOwner, String),
    /// The certificate has other names.
    #[error(
        "its certificate is for {names}, not for {wanted}: use a name of the certificate in the address, or set \
         server_name under tls_config of --http.config.file"
    )]
    OtherName {
        /// The names that it has.
        names: String,
        /// The name that it should have.
        wanted: String,
    },
    /// The certificate is signed by an authority that is not trusted.
    #[error("its certificate is signed by {issuer}, {}", remedy(*.trusted))]
    UnknownIssuer {
        /// The name of the authority.
        issuer: String,
        /// What is trusted.
        trusted: TrustedBy,
    },
    /// OpenSSL refuses the certificate for another reason.
    #[error("its certificate is not accepted: {0}; replace it on the server")]
    Unacceptable(String),
    /// The server does not speak TLS.
    #[error("it does not speak TLS: use http:// in the address")]
    NotTls,
    /// The server and this client speak no version of TLS in common.
    #[error("it speaks no version of TLS that min_version and max_version allow: check tls_config on both sides")]
    NoCommonVersion,
    /// The server ends a connection without a client certificate.
    #[error(
        "it requires a client certificate: write cert_file and key_file under tls_config in a file, and name it with \
         --http.config.file"
    )]
    NoClientCertificate,
    /// The server ends a connection with this client certificate.
    #[error(
        "it refuses the client certificate of --http.config.file ({0}): one of an authority in its client_ca_file is \
         needed, valid, and for one of its client_allowed_sans"
    )]
    ClientCertificate(String),
    /// The server refuses the handshake and does not say why.
    #[error(
        "it refuses the handshake ({0}): it may require a client certificate (cert_file and key_file under tls_config \
         of --http.config.file), or allow other versions and cipher suites"
    )]
    HandshakeRefused(String),
    /// The connection ended in the handshake.
    #[error("it ended the connection in the TLS handshake ({0}): if it speaks plain HTTP, use http:// in the address")]
    Ended(String),
}

/// Whose certificate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateOwner {
    /// The server.
    Server,
    /// An authority above it.
    Authority,
}

impl std::fmt::Display for CertificateOwner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Server => "it",
            Self::Authority => "that of an authority above it",
        })
    }
}

const fn remedy(trusted: TrustedBy) -> &'static str {
    match trusted {
        TrustedBy::List => "which is not among the authorities of --http.config.file: add it to tls_config.ca_file",
        TrustedBy::Machine => {
            "which this machine does not trust: name the file of the authority with ca_file under tls_config of \
             --http.config.file"
        }
        TrustedBy::Nothing => {
            "and this machine has no certificate store (such as /etc/ssl/certs/ca-certificates.crt, or SSL_CERT_FILE): \
             name the file of the authority with ca_file under tls_config of --http.config.file"
        }
    }
}

impl TlsFault {
    /// What the verification objects to, of a server that should have this name.
    pub(super) fn of_certificate(store: &X509StoreContextRef, wanted: &str, trusted: TrustedBy) -> Self {
        let fault = store.error();
        let owner = if store.error_depth() == 0 { CertificateOwner::Server } else { CertificateOwner::Authority };
        match (fault.as_raw(), store.current_cert()) {
            (EXPIRED, Some(certificate)) => Self::Expired(owner, certificate.not_after().to_string()),
            (NOT_YET_VALID, Some(certificate)) => Self::NotYetValid(owner, certificate.not_before().to_string()),
            (HOST_NAME_MISMATCH | ADDRESS_MISMATCH, Some(certificate)) => {
                let names = names(certificate);
                let names = if names.is_empty() { "no host".to_owned() } else { names.join(" and ") };
                Self::OtherName { names: printable(&names), wanted: wanted.to_owned() }
            }
            (error, Some(certificate)) if UNKNOWN_ISSUERS.contains(&error) => {
                Self::UnknownIssuer { issuer: common_name(certificate.issuer_name()), trusted }
            }
            _ => Self::Unacceptable(fault.error_string().to_owned()),
        }
    }

    /// What OpenSSL reports. `has_identity`: the client has a certificate to show.
    pub(super) fn of_errors(errors: &ErrorStack, has_identity: bool) -> Self {
        let reasons: Vec<i32> = errors.errors().iter().map(openssl::error::Error::reason_code).collect();
        let any = |codes: &[i32]| reasons.iter().any(|reason| codes.contains(reason));
        let words = reason(errors);
        if any(&NOT_A_RECORD) || any(&[HTTP_REQUEST]) {
            Self::NotTls
        } else if any(&NO_COMMON_VERSION) {
            Self::NoCommonVersion
        } else if any(&[CERTIFICATE_REQUIRED]) && !has_identity {
            Self::NoClientCertificate
        } else if any(&CERTIFICATE_REFUSED) || (has_identity && any(&[CERTIFICATE_REQUIRED, HANDSHAKE_FAILURE])) {
            Self::ClientCertificate(words)
        } else if any(&[HANDSHAKE_FAILURE]) {
            Self::HandshakeRefused(words)
        } else {
            Self::Ended(words)
        }
    }
}

/// The common name, as a message shows it.
fn common_name(name: &X509NameRef) -> String {
    let name = name.entries_by_nid(Nid::COMMONNAME).next().and_then(|entry| entry.data().to_string().ok());
    name.map_or_else(|| "an authority without a name".to_owned(), |name| printable(&name))
}

fn printable(text: &str) -> String {
    ensilinja_model::printable(text).into_owned()
}
