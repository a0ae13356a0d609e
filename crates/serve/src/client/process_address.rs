//! The address of a process.

use std::fmt;
use std::str::FromStr;

use hyper::Uri;
use hyper::http::uri::Scheme;

/// The address of another process: `http://HOST:PORT` or `https://HOST:PORT`, with a path prefix if it is behind a
/// proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessAddress {
    is_https: bool,
    /// The host for the connection; an IPv6 address has no brackets.
    host: String,
    port: u16,
    /// Host and port as written.
    authority: String,
    /// The path prefix, without a slash at its end.
    base: String,
}

/// Why a text is not the address of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessAddressError {
    /// It is not an `http` or `https` URL.
    #[error("it should be the address of a live process, such as http://127.0.0.1:9464 or https://a.example:9464")]
    NotHttp,
    /// It contains a user name or a password.
    #[error(
        "an address has no user and password: write them under basic_auth in a file, and name it with --http.config.file"
    )]
    Credentials,
}

impl ProcessAddress {
    /// Whether the process speaks TLS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host, without brackets, and the port.
    pub(super) fn host_and_port(&self) -> (&str, u16) {
        (&self.host, self.port)
    }

    /// The host, and the port if it was written, for the header `Host`.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The target of a request for a path.
    pub(super) fn target(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The same address with the other scheme.
    #[must_use]
    pub fn with_other_scheme(&self) -> Self {
        Self { is_https: !self.is_https, ..self.clone() }
    }
}

impl FromStr for ProcessAddress {
    type Err = ProcessAddressError;

    fn from_str(text: &str) -> Result<Self, ProcessAddressError> {
        let uri: Uri = text.parse().map_err(|_| ProcessAddressError::NotHttp)?;
        let (is_https, default_port) = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => (false, 80),
            Some(scheme) if *scheme == Scheme::HTTPS => (true, 443),
            _ => return Err(ProcessAddressError::NotHttp),
        };
        let authority = uri.authority().ok_or(ProcessAddressError::NotHttp)?;
        if authority.as_str().contains('@') {
            return Err(ProcessAddressError::Credentials);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let has_odd_port = authority.port_u16().is_none() && authority.as_str() != authority.host();
        if host.is_empty() || has_odd_port || uri.query().is_some() {
            return Err(ProcessAddressError::NotHttp);
        }
        Ok(Self {
            is_https,
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(default_port),
            authority: authority.as_str().to_owned(),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for ProcessAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        write!(formatter, "{scheme}://{}{}", self.authority, self.base)
    }
}
