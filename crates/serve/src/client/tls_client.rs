//! TLS of a client: which servers it trusts, and the certificate that it shows.
//!
//! As in Go, whose programs read the same configuration file: any certificate of the list may be the end of a chain, an
//! intermediate or the server's own included, and only the alternative names of a certificate count, not its subject.

use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslMethod, SslVerifyMode};
use openssl::x509::verify::{X509CheckFlags, X509VerifyFlags};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::tls_fault::{TlsFault, TrustedBy};
use crate::tls::{self, TlsError, TlsSide};

/// The protocol inside TLS, as ALPN writes it.
const PROTOCOL: &[u8] = b"\x08http/1.1";

/// Where the certificates of authorities are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustedAuthorities {
    /// In this text in PEM.
    Listed(Vec<u8>),
    /// In the certificate store of the machine: a file in PEM, and a folder of files named by hashes.
    OfMachine {
        /// The file.
        file: Option<PathBuf>,
        /// The folder.
        folder: Option<PathBuf>,
    },
    /// Any certificate of a server is accepted.
    Unverified,
}

/// How a client speaks TLS. Texts are in PEM.
#[derive(Clone)]
pub struct TlsClientSettings {
    /// The authorities that may sign the server's certificate.
    pub authorities: TrustedAuthorities,
    /// The client's certificate, followed by those of authorities in between, and its private key, not encrypted.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
    /// The name that the server's certificate should have, instead of the host of the address.
    pub server_name: Option<String>,
    /// Whether TLS 1.2 is spoken.
    pub allows_tls12: bool,
    /// Whether TLS 1.3 is spoken.
    pub allows_tls13: bool,
}

/// TLS that is ready to be spoken.
pub(super) struct TlsClient {
    context: SslContext,
    server_name: Option<String>,
    trusted: Option<TrustedBy>,
    has_identity: bool,
}

impl TlsClient {
    pub(super) fn new(settings: &TlsClientSettings) -> Result<Self, TlsError> {
        let mut builder = SslContext::builder(SslMethod::tls_client()).map_err(tls::refused("TLS"))?;
        if let Some((certificates, key)) = &settings.identity {
            tls::identity(&mut builder, TlsSide::Client, certificates, key)?;
        }
        tls::versions(&mut builder, settings.allows_tls12, settings.allows_tls13)?;
        builder.set_cipher_list(tls::CIPHERS).map_err(tls::refused("the list of cipher suites"))?;
        builder.set_alpn_protos(PROTOCOL).map_err(tls::refused("the protocol"))?;
        let verification = builder.verify_param_mut();
        verification.set_flags(X509VerifyFlags::PARTIAL_CHAIN).map_err(tls::refused("the verification"))?;
        verification.set_hostflags(X509CheckFlags::NEVER_CHECK_SUBJECT | X509CheckFlags::NO_PARTIAL_WILDCARDS);
        let trusted = trust(&mut builder, &settings.authorities)?;
        let (server_name, has_identity) = (settings.server_name.clone(), settings.identity.is_some());
        Ok(Self { context: builder.build(), server_name, trusted, has_identity })
    }

    /// Makes the handshake with the server at `host`.
    pub(super) async fn connect(&self, host: &str, stream: TcpStream) -> Result<SslStream<TcpStream>, TlsFault> {
        let found: Arc<Mutex<Option<TlsFault>>> = Arc::default();
        let of_setting = |why: ErrorStack| TlsFault::of_errors(&why, self.has_identity);
        let ssl = self.ssl(host, &found).map_err(of_setting)?;
        let mut stream = SslStream::new(ssl, stream).map_err(of_setting)?;
        let Err(error) = Pin::new(&mut stream).connect().await else { return Ok(stream) };
        let of_certificate = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        let is_past_server = stream.ssl().peer_certificate().is_some();
        Err(of_certificate.unwrap_or_else(|| match self.fault(&error) {
            // In TLS 1.2 the server judges the client within the handshake. Its alert may be lost too.
            TlsFault::Ended(why) if is_past_server && error.ssl_error().is_none() => self.refusal(why),
            fault => fault,
        }))
    }

    /// The state of a new connection, which leaves the fault of the server's certificate in `found`.
    fn ssl(&self, host: &str, found: &Arc<Mutex<Option<TlsFault>>>) -> Result<Ssl, ErrorStack> {
        let mut ssl = Ssl::new(&self.context)?;
        let name = self.server_name.as_deref().unwrap_or(host).trim_end_matches('.').to_owned();
        let address = name.parse::<IpAddr>().ok();
        if address.is_none() {
            ssl.set_hostname(&name)?;
        }
        let Some(trusted) = self.trusted else {
            ssl.set_verify(SslVerifyMode::NONE);
            return Ok(ssl);
        };
        match address {
            Some(address) => ssl.param_mut().set_ip(address)?,
            None => ssl.param_mut().set_host(&name)?,
        }
        let found = Arc::clone(found);
        ssl.set_verify_callback(SslVerifyMode::PEER, move |is_good, store| {
            if !is_good {
                let fault = TlsFault::of_certificate(store, &name, trusted);
                found.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
            }
            is_good
        });
        Ok(ssl)
    }

    fn fault(&self, error: &openssl::ssl::Error) -> TlsFault {
        match (error.ssl_error(), error.io_error()) {
            (Some(errors), _) if !errors.errors().is_empty() => TlsFault::of_errors(errors, self.has_identity),
            (_, Some(why)) => TlsFault::Ended(why.to_string()),
            _ => TlsFault::Ended("without a reason".to_owned()),
        }
    }

    /// What a server most likely refuses that ends the connection after it has shown its certificate.
    pub(super) fn refusal(&self, why: String) -> TlsFault {
        if self.has_identity { TlsFault::ClientCertificate(why) } else { TlsFault::HandshakeRefused(why) }
    }

    /// The fault behind the error of a request that got no answer, if it is one of TLS.
    pub(super) fn later_fault(&self, error: &(dyn std::error::Error + 'static)) -> Option<TlsFault> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<openssl::ssl::Error>());
                // The alert that says why may be lost when the server closes the connection.
                let is_cut = matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe);
                return match of_tls {
                    Some(of_tls) => match self.fault(of_tls) {
                        TlsFault::Ended(why) => Some(self.refusal(why)),
                        fault => Some(fault),
                    },
                    None => is_cut.then(|| self.refusal(error.to_string())),
                };
            }
            next = error.source();
        }
        None
    }
}

/// Gives the context the authorities, and says which they are; `None` if nothing is verified.
fn trust(builder: &mut SslContextBuilder, authorities: &TrustedAuthorities) -> Result<Option<TrustedBy>, TlsError> {
    match authorities {
        TrustedAuthorities::Unverified => Ok(None),
        TrustedAuthorities::Listed(pem) => {
            for authority in tls::authorities(pem, "ca_file or ca")? {
                builder.cert_store_mut().add_cert(authority).map_err(tls::refused("a certificate of ca_file"))?;
            }
            Ok(Some(TrustedBy::List))
        }
        TrustedAuthorities::OfMachine { file: None, folder: None } => Ok(Some(TrustedBy::Nothing)),
        TrustedAuthorities::OfMachine { file, folder } => {
            let loaded = builder.load_verify_locations(file.as_deref(), folder.as_deref());
            loaded.map_err(tls::refused("the certificate store of the machine"))?;
            Ok(Some(TrustedBy::Machine))
        }
    }
}
