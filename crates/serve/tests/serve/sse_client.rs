//! A client of the live stream that reads events as they arrive and can stop reading.

use std::io::{BufRead as _, BufReader, Read, Write};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::running_server::RunningServer;

/// An open stream.
pub(crate) struct TestSseClient {
    head: String,
    events: Box<dyn Read>,
    /// The received bytes of incomplete events.
    received: Vec<u8>,
}

impl TestSseClient {
    /// Requests the stream, and reads the header of the answer.
    pub(crate) fn join(server: &RunningServer) -> Self {
        Self::ask(server, "", |body| Box::new(body))
    }

    /// The same, compressed.
    pub(crate) fn join_gzipped(server: &RunningServer) -> Self {
        Self::ask(server, "Accept-Encoding: gzip, deflate, br\r\n", |body| Box::new(GzDecoder::new(body)))
    }

    fn ask(server: &RunningServer, more: &str, read: impl FnOnce(ChunkedBody) -> Box<dyn Read>) -> Self {
        Self::on(server.connect(), more, read)
    }

    /// Requests the stream on any connection, such as one with TLS.
    pub(crate) fn on(
        mut stream: impl Read + Write + 'static,
        more: &str,
        read: impl FnOnce(ChunkedBody) -> Box<dyn Read>,
    ) -> Self {
        write!(stream, "GET /api/live HTTP/1.1\r\nHost: test\r\n{more}\r\n").unwrap();
        let mut answer: BufReader<Box<dyn Read>> = BufReader::new(Box::new(stream));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0, "closed after {head:?}");
        }
        Self { head: head.to_ascii_lowercase(), events: read(ChunkedBody { answer, left: 0 }), received: Vec::new() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The next whole event, with the empty line at its end; `None` when the stream has ended cleanly.
    pub(crate) fn event(&mut self) -> Option<String> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.received[searched..].windows(2).position(|two| two == b"\n\n") {
                let event = self.received.drain(..searched + at + 2).collect();
                return Some(String::from_utf8(event).unwrap());
            }
            searched = self.received.len().saturating_sub(1);
            let mut some = vec![0; 1 << 16];
            let count = self.events.read(&mut some).unwrap();
            if count == 0 {
                assert!(self.received.is_empty(), "the stream ended within an event");
                return None;
            }
            self.received.extend_from_slice(&some[..count]);
        }
    }

    /// The name of the next event, and its data.
    pub(crate) fn named(&mut self) -> Option<(String, Value)> {
        let event = self.event()?;
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        Some((field("event: ").to_owned(), serde_json::from_str(field("data: ")).unwrap()))
    }
}

/// A chunked body; its last chunk is empty.
pub(crate) struct ChunkedBody {
    answer: BufReader<Box<dyn Read>>,
    /// The unread bytes of the current chunk.
    left: usize,
}

impl ChunkedBody {
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.answer.read_line(&mut line).unwrap() > 0, "cut off");
        line.trim_end().to_owned()
    }
}

impl Read for ChunkedBody {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            self.left = usize::from_str_radix(&self.line(), 16).unwrap();
            if self.left == 0 {
                return Ok(0);
            }
        }
        let most = buffer.len().min(self.left);
        let count = self.answer.read(&mut buffer[..most])?;
        assert!(count > 0, "cut off");
        self.left -= count;
        if self.left == 0 {
            assert_eq!(self.line(), "");
        }
        Ok(count)
    }
}
