//! The client: asks another process for a page, as whoever compares figures has to.
//!
//! Whatever answers, it is given a bounded time and may say a bounded amount. What is asked is a process in the same
//! network, by plain HTTP as it serves; this is no client for the world outside.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST};
use hyper::http::uri::Scheme;
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long an answer may take, the connection included. A process reads its figures within milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is taken, in bytes: a hundred times the figures of a county.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// The port of `http` where an address says none.
const USUAL_PORT: u16 = 80;

/// Where another process serves: `http://HOST:PORT`, and a path before its own if it stands behind a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessAddress {
    /// As a connection wants it: an IPv6 address without brackets.
    host: String,
    port: u16,
    /// Host and port as they were written.
    authority: String,
    /// Without a slash at its end.
    base: String,
}

/// Why a text is no address of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProcessAddressError {
    /// It cannot be understood.
    #[error("it should be the address of a live process, such as http://127.0.0.1:9464")]
    Odd,
    /// It wants an encrypted connection.
    #[error(
        "https is not spoken here: ask the process itself by http, on the port that its server.listen names, or \
         through a tunnel to it (ssh -L, kubectl port-forward)"
    )]
    Https,
    /// It has a name or a password.
    #[error("names and passwords are not sent: ask the process itself, which wants none")]
    Credentials,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProcessRequestError {
    /// Nobody is there.
    #[error("{address} cannot be reached: {why}; is this where the process listens (server.listen)?")]
    Unreachable {
        /// Who was asked.
        address: ProcessAddress,
        /// What the system says.
        why: std::io::Error,
    },
    /// Somebody is there and says nothing, or not all of it.
    #[error("{0} did not answer within {seconds} s", seconds = PATIENCE.as_secs())]
    TimedOut(ProcessAddress),
    /// The answer is another than what was asked for.
    #[error("{address} answers {status}: {}", advice(*.status))]
    Status {
        /// Who was asked.
        address: ProcessAddress,
        /// What it answers.
        status: StatusCode,
    },
    /// The answer has no end that is worth waiting for.
    #[error("{0} answers more than {mebibytes} MiB, which the figures of no county are", mebibytes = LONGEST_ANSWER >> 20)]
    TooLong(ProcessAddress),
    /// It does not speak HTTP, or broke off.
    #[error("{address} does not answer as a process of Ensilinja does: {why}")]
    NotHttp {
        /// Who was asked.
        address: ProcessAddress,
        /// What went wrong.
        why: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => "it has too many connections, or a proxy finds no process; try again soon",
        StatusCode::NOT_FOUND => "it is not Ensilinja, or it stands behind a proxy under a path of its own",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => "something stands before it; ask the process itself",
        _ => "it is not Ensilinja, or it is not well",
    }
}

impl ProcessAddress {
    /// Asks for the page at `path`, and returns it.
    ///
    /// # Errors
    /// If nobody answers, in time, with the page.
    pub async fn get(&self, path: &str) -> Result<String, ProcessRequestError> {
        let answer = tokio::time::timeout(PATIENCE, self.answer(path)).await;
        answer.unwrap_or_else(|_| Err(ProcessRequestError::TimedOut(self.clone())))
    }

    async fn answer(&self, path: &str) -> Result<String, ProcessRequestError> {
        let unreachable = |why| ProcessRequestError::Unreachable { address: self.clone(), why };
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(unreachable)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|e| self.not_http(e))?;
        // It ends with the answer: the sender is dropped then, and the other side was asked to close.
        let connection = tokio::spawn(connection);
        let request = Request::get(format!("{}{path}", self.base))
            .header(HOST, &self.authority)
            .header(ACCEPT, "application/json")
            .header(CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .expect("the parts of an address and the paths of this crate make a request");
        let response = sender.send_request(request).await.map_err(|error| self.not_http(error))?;
        let status = response.status();
        if status != StatusCode::OK {
            return Err(ProcessRequestError::Status { address: self.clone(), status });
        }
        // What is announced need not be waited for; what is not is counted as it comes.
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
        let uri: Uri = text.parse().map_err(|_| ProcessAddressError::Odd)?;
        if uri.scheme() == Some(&Scheme::HTTPS) {
            return Err(ProcessAddressError::Https);
        }
        let authority =
            uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTP)).ok_or(ProcessAddressError::Odd)?;
        if authority.as_str().contains('@') {
            return Err(ProcessAddressError::Credentials);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let has_odd_port = authority.port_u16().is_none() && authority.as_str() != authority.host();
        if host.is_empty() || has_odd_port || uri.query().is_some() {
            return Err(ProcessAddressError::Odd);
        }
        Ok(Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(USUAL_PORT),
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
