//! What is wrong with a broker's certificate, where librdkafka only reports that it could not be verified.
//!
//! A separate TLS handshake fetches the certificate and collects every objection of OpenSSL instead of stopping at the
//! first. Nothing else is sent over the connection: no user, no password, no request. Only a certificate that
//! librdkafka has refused is inspected; this code never decides whether one is accepted.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslMethod, SslVerifyMode};
use openssl::x509::{X509Ref, X509StoreContextRef};

use crate::diagnostics::failure_cause::FailureCause;
use crate::settings::Settings;

/// How long the broker may take for each step.
const STEP_WITHIN: Duration = Duration::from_secs(2);

/// OpenSSL's numbers of verification errors (`X509_V_ERR_...`).
const NOT_YET_VALID: i32 = 9;
const EXPIRED: i32 = 10;
const HOST_NAME_MISMATCH: i32 = 62;
const ADDRESS_MISMATCH: i32 = 64;

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateFault {
    pub(crate) cause: FailureCause,
    pub(crate) detail: String,
}

/// Inspects the certificate of the broker at `host:port`. `None` if that fails, or no fault is found.
pub(crate) fn inspect(address: &str, settings: &Settings) -> Option<CertificateFault> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let faults: Arc<Mutex<Vec<CertificateFault>>> = Arc::default();
    let context = context(settings, Arc::clone(&faults))?;
    let mut ssl = Ssl::new(&context).ok()?;
    if settings.properties.get("ssl.endpoint.identification.algorithm").is_none_or(|algorithm| algorithm != "none") {
        if let Ok(address) = host.parse::<IpAddr>() {
            ssl.param_mut().set_ip(address).ok()?;
        } else {
            ssl.set_hostname(host).ok()?;
            ssl.param_mut().set_host(host).ok()?;
        }
    }
    let addresses = (host, port.parse().ok()?).to_socket_addrs().ok()?;
    let stream = addresses.into_iter().find_map(connect)?;
    // The result of the handshake does not matter: the broker may require a client certificate.
    let _ = ssl.connect(stream);
    let faults = faults.lock().unwrap_or_else(PoisonError::into_inner);
    let cause = faults.iter().map(|fault| fault.cause).min()?;
    let mut detail: Vec<&str> = Vec::new();
    for fault in faults.iter() {
        if !detail.contains(&fault.detail.as_str()) {
            detail.push(&fault.detail);
        }
    }
    Some(CertificateFault { cause, detail: detail.join(", ") })
}

#[expect(clippy::disallowed_types, reason = "librdkafka does not say what is wrong with a certificate")]
fn connect(address: SocketAddr) -> Option<std::net::TcpStream> {
    let stream = std::net::TcpStream::connect_timeout(&address, STEP_WITHIN).ok()?;
    stream.set_read_timeout(Some(STEP_WITHIN)).ok()?;
    stream.set_write_timeout(Some(STEP_WITHIN)).ok()?;
    Some(stream)
}

/// A context with the trusted authorities of the settings, which collects every objection.
fn context(settings: &Settings, faults: Arc<Mutex<Vec<CertificateFault>>>) -> Option<SslContext> {
    let mut builder = SslContext::builder(SslMethod::tls_client()).ok()?;
    trust(&mut builder, settings.properties.get("ssl.ca.location").map(String::as_str));
    builder.set_verify_callback(SslVerifyMode::PEER, move |is_good, store| {
        if !is_good {
            faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault(store));
        }
        true
    });
    Some(builder.build())
}

/// Trusts what librdkafka trusts. What cannot be loaded is not trusted by librdkafka either, and becomes an objection.
fn trust(builder: &mut SslContextBuilder, location: Option<&str>) {
    let location = location.filter(|location| *location != "probe").map(Path::new);
    let _ = match location {
        Some(path) if path.is_dir() => builder.load_verify_locations(None, Some(path)),
        Some(path) => builder.set_ca_file(path),
        None => builder.set_default_verify_paths(),
    };
}

fn fault(store: &X509StoreContextRef) -> CertificateFault {
    let error = store.error();
    let certificate = store.current_cert();
    let (cause, detail) = match (error.as_raw(), certificate) {
        (EXPIRED, Some(certificate)) => {
            (FailureCause::CertificateExpired, format!("it was valid until {}", certificate.not_after()))
        }
        (NOT_YET_VALID, Some(certificate)) => {
            (FailureCause::CertificateExpired, format!("it is valid from {} on", certificate.not_before()))
        }
        (HOST_NAME_MISMATCH | ADDRESS_MISMATCH, Some(certificate)) => {
            (FailureCause::HostName, format!("it is for {}", names(certificate)))
        }
        _ => (FailureCause::UntrustedCertificate, error.error_string().to_owned()),
    };
    CertificateFault { cause, detail }
}

/// The host names and addresses of a certificate.
fn names(certificate: &X509Ref) -> String {
    let names: Vec<String> = certificate
        .subject_alt_names()
        .into_iter()
        .flatten()
        .filter_map(|name| name.dnsname().map(str::to_owned).or_else(|| name.ipaddress().map(address)))
        .collect();
    if names.is_empty() { "no host name".to_owned() } else { names.join(" and ") }
}

fn address(bytes: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(bytes).map(|bytes| IpAddr::from(bytes).to_string());
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|bytes| IpAddr::from(bytes).to_string())).unwrap_or_default()
}
