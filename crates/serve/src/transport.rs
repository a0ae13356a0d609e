//! What carries a connection: TCP, or TLS over TCP. Either has the patience of a [`PatientStream`].
//!
//! TLS sends records. A record for each part of an answer would be many small packets, so the parts are gathered first.
//! A long part is not copied: it is encrypted from where it is.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use openssl::ssl::{Ssl, SslContext};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufWriter, ReadBuf};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use crate::patient_stream::PatientStream;

/// The bytes that are gathered: those of the largest record.
const LARGEST_RECORD: usize = 16 * 1024;

/// The first byte of a client that speaks TLS: a record of the handshake.
const HANDSHAKE_RECORD: u8 = 0x16;

/// What a client that speaks plain HTTP is told. It is what Go's servers say, so that an operator finds it explained.
const PLAIN_HTTP: &[u8] = b"HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n\
                            Connection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

/// A connection that requests can be read from.
pub(crate) enum Transport {
    Plain(PatientStream),
    Tls(Box<BufWriter<SslStream<PatientStream>>>),
}

/// Why a connection has no TLS.
pub(crate) enum HandshakeFailure {
    /// The client speaks plain HTTP, and has been told.
    PlainHttp,
    /// The client and the server do not agree, or the connection broke.
    Failed(String),
}

impl Transport {
    /// A connection without TLS.
    pub const fn plain(stream: TcpStream, patience: Duration) -> Self {
        Self::Plain(PatientStream::new(stream, patience))
    }

    /// Makes the handshake of TLS with a client that has sent its first byte.
    pub async fn secured(
        mut stream: TcpStream,
        patience: Duration,
        context: &SslContext,
    ) -> Result<Self, HandshakeFailure> {
        let failed = |error: &dyn std::fmt::Display| HandshakeFailure::Failed(error.to_string());
        let mut first = [0];
        let peeked = stream.peek(&mut first).await.map_err(|error| failed(&error))?;
        if peeked == 1 && first[0] != HANDSHAKE_RECORD {
            if first[0].is_ascii_uppercase() {
                answer_plain_http(&mut stream).await;
                return Err(HandshakeFailure::PlainHttp);
            }
            return Err(HandshakeFailure::Failed("the client speaks neither TLS nor HTTP".to_owned()));
        }
        let ssl = Ssl::new(context).map_err(|error| failed(&error))?;
        let mut stream = SslStream::new(ssl, PatientStream::new(stream, patience)).map_err(|error| failed(&error))?;
        match Pin::new(&mut stream).accept().await {
            Ok(()) => Ok(Self::Tls(Box::new(BufWriter::with_capacity(LARGEST_RECORD, stream)))),
            Err(error) => {
                let verified = stream.ssl().verify_result();
                let why = if verified == openssl::x509::X509VerifyResult::OK {
                    error.to_string()
                } else {
                    format!("the client's certificate is refused: {}", verified.error_string())
                };
                Err(HandshakeFailure::Failed(why))
            }
        }
    }

    /// Prepares the connection for an answer of so many bytes.
    fn prepare(&mut self, bytes: usize) {
        if let Self::Tls(stream) = self {
            stream.get_mut().get_mut().prepare(bytes);
        }
    }
}

/// Tells a client to use TLS. What it has sent is read first: a connection with unread bytes is reset, and the answer
/// would be lost. A failure changes nothing, because the connection is closed.
async fn answer_plain_http(stream: &mut TcpStream) {
    let mut request = [0; 4096];
    let _ = stream.try_read(&mut request);
    let _ = stream.write_all(PLAIN_HTTP).await;
    let _ = stream.shutdown().await;
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let transport = self.get_mut();
        transport.prepare(bytes.len());
        match transport {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let transport = self.get_mut();
        transport.prepare(parts.iter().map(|part| part.len()).sum());
        match transport {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Self::Tls(stream) => Pin::new(stream).poll_write_vectored(context, parts),
        }
    }

    /// Answers are sent without gathering them in one piece first.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
