//! A connection with a write timeout: a write that makes no progress for a while fails.
//!
//! The timer runs only while bytes wait to be sent. Any progress restarts it, so a client may read slowly; the server
//! limits the life of the connection.
//!
//! From the first long answer on, the connection has a larger send buffer. Before, it has the small one of the
//! listener, so that a board on a slow network gets the latest figures, and not those that the system still holds.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// A write of more bytes than this is part of a long answer.
const LONG_ANSWER: usize = 64 * 1024;

/// The send buffer for long answers, in bytes; Linux doubles it. It must hold several packets: a packet of the loopback
/// interface has 64 KiB, and the receiver of a single packet may take 40 ms to acknowledge it. With the small buffer a
/// page of 3 MB then took two seconds.
const LARGE_SEND_BUFFER: usize = 128 * 1024;

/// A TCP stream with a limited patience for writes.
pub(crate) struct PatientStream {
    stream: TcpStream,
    patience: Duration,
    has_large_buffer: bool,
    /// The timer since the first write without progress; `None` if the last write made progress.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl PatientStream {
    pub const fn new(stream: TcpStream, patience: Duration) -> Self {
        Self { stream, patience, has_large_buffer: false, waiting: None }
    }

    /// Enlarges the send buffer if so many bytes are to be written. A failure leaves the small one, which only takes
    /// longer.
    pub fn prepare(&mut self, bytes: usize) {
        if bytes > LONG_ANSWER && !self.has_large_buffer {
            self.has_large_buffer = true;
            let _ = SockRef::from(&self.stream).set_send_buffer_size(LARGE_SEND_BUFFER);
        }
    }

    fn limit<T>(&mut self, written: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.waiting = None;
            return written;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        // The client will not read the rest, so the system need not keep it.
        let _ = self.stream.set_zero_linger();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.prepare(bytes.len());
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.limit(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.prepare(parts.iter().map(|part| part.len()).sum());
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.limit(written, context)
    }

    /// Answers are sent without copying them.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_long_answer_gets_a_larger_send_buffer_and_a_short_one_does_not() -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let client = TcpStream::connect(listener.local_addr()?).await?;
        let (stream, _) = listener.accept().await?;
        SockRef::from(&stream).set_send_buffer_size(16 * 1024)?;
        let mut stream = PatientStream::new(stream, Duration::from_secs(5));
        let buffer = |stream: &PatientStream| SockRef::from(&stream.stream).send_buffer_size();
        let small = buffer(&stream)?;
        write(&mut stream, 1024).await?;
        assert_eq!(buffer(&stream)?, small);
        // The client reads nothing, so only a part of it is written.
        write(&mut stream, LONG_ANSWER + 1).await?;
        assert!(buffer(&stream)? >= LARGE_SEND_BUFFER);
        drop(client);
        Ok(())
    }

    async fn write(stream: &mut PatientStream, bytes: usize) -> io::Result<usize> {
        poll_fn(|context| Pin::new(&mut *stream).poll_write(context, &vec![0; bytes])).await
    }
}
