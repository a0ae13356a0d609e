//! An HTTP client for the figures and the probes of another process, for `ensilinja compare`, `health` and
//! `support-bundle`.
//!
//! The time and the size of an answer are bounded, and redirections are not followed: a password goes to the address
//! that it was meant for and to no other.

mod authorization;
mod process_address;
mod request_error;
mod tls_client;
mod tls_fault;

use std::error::Error as StdError;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, HOST};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls::TlsError;
use request_error::LONGEST_ANSWER;
use tls_client::TlsClient;

pub use authorization::Authorization;
pub use process_address::{ProcessAddress, ProcessAddressError};
pub use request_error::ProcessRequestError;
pub use tls_client::{TlsClientSettings, TrustedAuthorities};
pub use tls_fault::{CertificateOwner, TlsFault, TrustedBy};

/// What is said of a connection that gives no other reason.
const ENDED: &str = "the connection ended without an answer";

/// The longest time for an answer, connecting included. A process reads its figures within milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// A client of one process.
pub struct ProcessClient {
    address: ProcessAddress,
    /// TLS, with an `https` address.
    tls: Option<TlsClient>,
    authorization: Option<Authorization>,
}

impl ProcessClient {
    /// A client that has not connected yet. The settings of TLS count with an `https` address.
    ///
    /// # Errors
    /// If TLS cannot be spoken by its settings.
    pub fn new(
        address: ProcessAddress,
        tls: &TlsClientSettings,
        authorization: Option<Authorization>,
    ) -> Result<Self, TlsError> {
        let tls = address.is_https().then(|| TlsClient::new(tls)).transpose()?;
        Ok(Self { address, tls, authorization })
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> &ProcessAddress {
        &self.address
    }

    /// Requests the probe at `path`, and returns its answer. A status that no probe has (401, 403, a redirection) is an
    /// error.
    ///
    /// # Errors
    /// If the connection fails, or there is no complete answer of a probe within `patience`.
    pub async fn probe(&self, path: &str, patience: Duration) -> Result<ProbeAnswer, ProcessRequestError> {
        let (status, text) = self.within(patience, self.ask(path)).await?;
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(self.refused(path, status)),
            status if status.is_redirection() => Err(self.refused(path, status)),
            status => Ok(ProbeAnswer { status: status.as_u16(), text }),
        }
    }

    /// Requests `path` and returns the body.
    ///
    /// # Errors
    /// If the connection fails, or there is no complete answer with status 200 in time.
    pub async fn get(&self, path: &str) -> Result<String, ProcessRequestError> {
        match self.within(PATIENCE, self.ask(path)).await? {
            (StatusCode::OK, text) => Ok(text),
            (status, _) => Err(self.refused(path, status)),
        }
    }

    async fn within<T>(
        &self,
        patience: Duration,
        answer: impl Future<Output = Result<T, ProcessRequestError>>,
    ) -> Result<T, ProcessRequestError> {
        let timed_out = || ProcessRequestError::TimedOut { address: self.address.clone(), seconds: patience.as_secs() };
        tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// Connects, asks, and returns the status and the text of the answer.
    async fn ask(&self, path: &str) -> Result<(StatusCode, String), ProcessRequestError> {
        let unreachable = |why| ProcessRequestError::Unreachable { address: self.address.clone(), why };
        let (host, port) = self.address.host_and_port();
        let stream = TcpStream::connect((host, port)).await.map_err(unreachable)?;
        let Some(tls) = &self.tls else {
            let (status, text) = self.converse(stream, path).await?;
            // Servers that speak TLS answer so, in words that name HTTPS.
            if status == StatusCode::BAD_REQUEST && text.to_ascii_lowercase().contains("https") {
                return Err(ProcessRequestError::SpeaksTls(self.address.clone()));
            }
            return Ok((status, text));
        };
        let fault = |fault| ProcessRequestError::Tls { address: self.address.clone(), fault: Box::new(fault) };
        let stream = tls.connect(host, stream).await.map_err(fault)?;
        self.converse(stream, path).await
    }

    /// Asks over a connection, which ends with the answer.
    async fn converse(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        path: &str,
    ) -> Result<(StatusCode, String), ProcessRequestError> {
        let handshake = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| self.broken(error))?;
        // It ends with the answer: the sender is dropped, and the request has `Connection: close`.
        let connection = tokio::spawn(connection);
        let mut request = Request::get(self.address.target(path))
            .header(HOST, self.address.authority())
            .header(ACCEPT, "application/json, text/plain;q=0.9")
            .header(CONNECTION, "close");
        if let Some(Authorization(value)) = &self.authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let request = request.body(Empty::<Bytes>::new());
        let request = request.expect("the parts of an address and a path of this program make a request");
        match sender.send_request(request).await {
            Ok(response) => {
                let status = response.status();
                let text = self.text_of(response).await;
                connection.abort();
                Ok((status, text?))
            }
            Err(error) => {
                // The connection may have ended before the request was sent; then it knows why.
                let ended = connection.await.ok().and_then(Result::err);
                let errors = [Some(error), ended].into_iter().flatten();
                let errors: Vec<hyper::Error> = errors.filter(|error| !error.is_canceled()).collect();
                let fault = self.tls.as_ref().and_then(|tls| match &errors[..] {
                    [] => Some(tls.refusal(ENDED.to_owned())),
                    errors => errors.iter().find_map(|error| tls.later_fault(error)),
                });
                Err(match (fault, errors.into_iter().next()) {
                    (Some(fault), _) => {
                        ProcessRequestError::Tls { address: self.address.clone(), fault: Box::new(fault) }
                    }
                    (None, Some(error)) => self.broken(error),
                    (None, None) => self.broken(ENDED),
                })
            }
        }
    }

    async fn text_of(&self, response: Response<Incoming>) -> Result<String, ProcessRequestError> {
        // An announced length is checked at once; without one, the bytes are counted as they arrive.
        if response.body().size_hint().lower() > LONGEST_ANSWER as u64 {
            return Err(ProcessRequestError::TooLong(self.address.clone()));
        }
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        let body = body.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => ProcessRequestError::TooLong(self.address.clone()),
            None => self.broken(error),
        })?;
        String::from_utf8(body.to_bytes().into()).map_err(|error| self.broken(error))
    }

    /// The error of a connection that broke, or whose bytes are no answer.
    fn broken(&self, error: impl Into<Box<dyn StdError + Send + Sync>>) -> ProcessRequestError {
        ProcessRequestError::NotHttp { address: self.address.clone(), why: error.into() }
    }

    fn refused(&self, path: &str, status: StatusCode) -> ProcessRequestError {
        let (address, is_signed_in) = (self.address.clone(), self.authorization.is_some());
        ProcessRequestError::Status { address, path: path.to_owned(), status, is_signed_in }
    }
}
