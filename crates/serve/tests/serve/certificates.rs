//! Servers and clients with certificates made in memory.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use ensilinja_serve::{
    ClientCertificates, CurrentProtection, Protection, ProtectionSettings, TlsError, TlsSettings, WebUser,
};
use ensilinja_test_support::Identity;
use openssl::ssl::{HandshakeError, Ssl, SslContext, SslContextBuilder, SslMethod, SslStream, SslVerifyMode};

use crate::running_server::{Answer, RunningServer};

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
