//! An HTTP client for the figures and the probes of another process, for `ensilinja compare` and `ensilinja health`.
//!
//! The time and the size of an answer are bounded. The other process is in the same network and serves plain HTTP; this
//! is not a client for the public internet.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST};
use hyper::http::uri::Scheme;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// The longest time for an answer, connecting included. A process reads its figures within milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is accepted, in bytes: a hundred times the figures of a county.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The port of `http` if an address has none.
const DEFAULT_PORT: u16 = 80;

/// The address of another process: `http://HOST:PORT`, with a path prefix if it is behind a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessAddress {
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
    /// It is not an `http` URL.
    #[error("it should be the address of a live process, such as http://127.0.0.1:9464")]
    NotHttp,
    /// It is an `https` URL.
    #[error(
        "https is not supported: use http to the process itself, on the port of its server.listen, or through a tunnel \
         (ssh -L, kubectl port-forward)"
    )]
    Https,
    /// It contains a user name or a password.
    #[error("credentials are not sent: use the address of the process itself, which needs none")]
    Credentials,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ProcessRequestError {
    /// The connection failed.
    #[error("{address} cannot be reached: {why}; check that the process listens there (server.listen)")]
    Unreachable {
        /// The address.
        address: ProcessAddress,
        /// The error of the system.
        why: std::io::Error,
    },
    /// The answer was not complete in time.
    #[error("{address} did not answer within {seconds} s")]
    TimedOut {
        /// The address.
        address: ProcessAddress,
        /// The time limit.
        seconds: u64,
    },
    /// The answer has another status than 200.
    #[error("{address} answers {status}: {}", advice(*.status))]
    Status {
        /// The address.
        address: ProcessAddress,
        /// The status.
        status: StatusCode,
    },
    /// The answer is too long.
    #[error("the answer of {0} is longer than {mebibytes} MiB, so it is not the figures of a county", mebibytes = LONGEST_ANSWER >> 20)]
    TooLong(ProcessAddress),
    /// The answer is not HTTP, or the connection broke.
    #[error("{address} does not answer like an Ensilinja process: {why}")]
    NotHttp {
        /// The address.
        address: ProcessAddress,
        /// The error.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => "it has too many connections, or a proxy finds no process; try again later",
        StatusCode::NOT_FOUND => "it is not Ensilinja, or a proxy serves it under a path: add the path to the address",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "it asks for a user, or a proxy does; this command has none: compare runs of ensilinja replay instead"
        }
        _ => "it is not Ensilinja, or it has failed; check its log",
    }
}

/// What a process answers to a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeAnswer {
    /// The status of HTTP; 200 is yes.
    pub status: u16,
    /// The text: the state, and for the answer no the reasons, one a line.
    pub text: String,
}

impl ProbeAnswer {
    /// Whether the answer is yes.
    #[must_use]
    pub const fn is_yes(&self) -> bool {
        self.status == 200
    }
}

impl ProcessAddress {
    /// Requests the probe at `path`, and returns its answer whatever its status is.
    ///
    /// # Errors
    /// If the connection fails, or there is no complete answer within `patience`.
    pub async fn probe(&self, path: &str, patience: Duration) -> Result<ProbeAnswer, ProcessRequestError> {
        let answer = async {
            let (response, connection) = self.send(path).await?;
            let status = response.status().as_u16();
            Ok(ProbeAnswer { status, text: self.text_of(response, connection).await? })
        };
        self.within(patience, answer).await
    }

    /// Requests `path` and returns the body.
    ///
    /// # Errors
    /// If the connection fails, or there is no complete answer with status 200 in time.
    pub async fn get(&self, path: &str) -> Result<String, ProcessRequestError> {
        self.get_within(path, PATIENCE).await
    }

    async fn get_within(&self, path: &str, patience: Duration) -> Result<String, ProcessRequestError> {
        let answer = async {
            let (response, connection) = self.send(path).await?;
            match response.status() {
                StatusCode::OK => self.text_of(response, connection).await,
                status => Err(ProcessRequestError::Status { address: self.clone(), status }),
            }
        };
        self.within(patience, answer).await
    }

    async fn within<T>(
        &self,
        patience: Duration,
        answer: impl Future<Output = Result<T, ProcessRequestError>>,
    ) -> Result<T, ProcessRequestError> {
        let timed_out = || ProcessRequestError::TimedOut { address: self.clone(), seconds: patience.as_secs() };
        tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// Sends a request, and returns the beginning of the answer and the connection, which brings the rest.
    async fn send(
        &self,
        path: &str,
    ) -> Result<(Response<Incoming>, JoinHandle<hyper::Result<()>>), ProcessRequestError> {
        let unreachable = |why| ProcessRequestError::Unreachable { address: self.clone(), why };
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(unreachable)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| self.not_http(e))?;
        // It ends with the answer: the sender is dropped, and the request has `Connection: close`.
        let connection = tokio::spawn(connection);
        let request = Request::get(format!("{}{path}", self.base))
            .header(HOST, &self.authority)
            .header(ACCEPT, "application/json, text/plain;q=0.9")
            .header(CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .expect("the parts of an address and a path of this program make a request");
        let response = sender.send_request(request).await.map_err(|error| self.not_http(error))?;
        Ok((response, connection))
    }

    async fn text_of(
        &self,
        response: Response<Incoming>,
        connection: JoinHandle<hyper::Result<()>>,
    ) -> Result<String, ProcessRequestError> {
        // An announced length is checked at once; without one, the bytes are counted as they arrive.
        if response.body().size_hint().lower() > LONGEST_ANSWER as u64 {
            return Err(ProcessRequestError::TooLong(self.clone()));
        }
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => ProcessRequestError::TooLong(self.clone()),
            None => ProcessRequestError::NotHttp { address: self.clone(), why: error },
        })?;
        connection.abort();
        String::from_utf8(body.to_bytes().into()).map_err(|error| self.not_http(error))
    }

    fn not_http(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ProcessRequestError {
        ProcessRequestError::NotHttp { address: self.clone(), why: error.into() }
    }
}

impl FromStr for ProcessAddress {
    type Err = ProcessAddressError;

    fn from_str(text: &str) -> Result<Self, ProcessAddressError> {
        let uri: Uri = text.parse().map_err(|_| ProcessAddressError::NotHttp)?;
        if uri.scheme() == Some(&Scheme::HTTPS) {
            return Err(ProcessAddressError::Https);
        }
        let authority =
            uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTP)).ok_or(ProcessAddressError::NotHttp)?;
        if authority.as_str().contains('@') {
            return Err(ProcessAddressError::Credentials);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let has_odd_port = authority.port_u16().is_none() && authority.as_str() != authority.host();
        if host.is_empty() || has_odd_port || uri.query().is_some() {
            return Err(ProcessAddressError::NotHttp);
        }
        Ok(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(DEFAULT_PORT),
            authority: authority.as_str().to_owned(),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }
}

impl fmt::Display for ProcessAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "http://{}{}", self.authority, self.base)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_silent_listener_times_out() {
        // The system accepts the connection, and nothing answers it.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: ProcessAddress = format!("http://{}", silent.local_addr().unwrap()).parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(address.get_within("/", Duration::from_secs(1))).unwrap_err();
        assert_eq!(error.to_string(), format!("{address} did not answer within 1 s"));
    }
}
