//! A viewer of the live stream, who reads the events as they come and can stop reading.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::running_server::RunningServer;

/// A stream that has been asked for.
pub(crate) struct SseClient {
    head: String,
    events: Box<dyn Read>,
    /// What has come of the events that are not complete yet.
    come: Vec<u8>,
}

impl SseClient {
    /// Asks for the stream, and reads the header of the answer.
    pub(crate) fn join(server: &RunningServer) -> Self {
        Self::ask(server, "", |body| Box::new(body))
    }

    /// The same, compressed.
    pub(crate) fn join_gzipped(server: &RunningServer) -> Self {
        Self::ask(server, "Accept-Encoding: gzip, deflate, br\r\n", |body| Box::new(GzDecoder::new(body)))
    }

    fn ask(server: &RunningServer, more: &str, read: impl FnOnce(Chunks) -> Box<dyn Read>) -> Self {
        let mut stream = server.connect();
        write!(stream, "GET /api/live HTTP/1.1\r\nHost: test\r\n{more}\r\n").unwrap();
        let mut answer = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0, "closed after {head:?}");
        }
        Self { head: head.to_ascii_lowercase(), events: read(Chunks { answer, left: 0 }), come: Vec::new() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The next event, whole, with the empty line that ends it; `None` when the stream has ended in order.
    pub(crate) fn event(&mut self) -> Option<String> {
        let mut looked_at = 0;
        loop {
            if let Some(at) = self.come[looked_at..].windows(2).position(|two| two == b"\n\n") {
                let event = self.come.drain(..looked_at + at + 2).collect();
                return Some(String::from_utf8(event).unwrap());
            }
            looked_at = self.come.len().saturating_sub(1);
            let mut some = vec![0; 1 << 16];
            let count = self.events.read(&mut some).unwrap();
            if count == 0 {
                assert!(self.come.is_empty(), "the stream ended within an event");
                return None;
            }
            self.come.extend_from_slice(&some[..count]);
        }
    }

    /// The name of the next event, and its data.
    pub(crate) fn named(&mut self) -> Option<(String, Value)> {
        let event = self.event()?;
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        Some((field("event: ").to_owned(), serde_json::from_str(field("data: ")).unwrap()))
    }
}

/// The body of an answer that comes in chunks, to the last one, which is empty.
struct Chunks {
    answer: BufReader<TcpStream>,
    /// Bytes of the present chunk not read yet.
    left: usize,
}

impl Chunks {
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.answer.read_line(&mut line).unwrap() > 0, "cut off");
        line.trim_end().to_owned()
    }
}

impl Read for Chunks {
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
