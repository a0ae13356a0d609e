//! A viewer of the live stream, who reads the events as they come and can stop reading.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::running::Running;

/// A stream that has been asked for.
pub(crate) struct Viewer {
    answer: BufReader<TcpStream>,
    pub(crate) head: String,
    /// What has come of the events that are not complete yet.
    text: String,
}

impl Viewer {
    /// Asks for the stream, and reads the header of the answer.
    pub(crate) fn join(server: &Running) -> Self {
        let mut stream = server.connect();
        stream.write_all(b"GET /api/live HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        let mut answer = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(answer.read_line(&mut head).unwrap() > 0, "closed after {head:?}");
        }
        Self { answer, head: head.to_ascii_lowercase(), text: String::new() }
    }

    /// The next event, whole, with the empty line that ends it; `None` when the stream has ended in order.
    pub(crate) fn event(&mut self) -> Option<String> {
        loop {
            if let Some((event, _)) = self.text.split_once("\n\n") {
                let length = event.len() + 2;
                return Some(self.text.drain(..length).collect());
            }
            let piece = self.piece();
            if piece.is_empty() {
                assert_eq!(self.text, "", "the stream ended within an event");
                return None;
            }
            self.text.push_str(&piece);
        }
    }

    /// The name of the next event, and its data.
    pub(crate) fn named(&mut self) -> Option<(String, Value)> {
        let event = self.event()?;
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
        Some((field("event: "), serde_json::from_str(&field("data: ")).unwrap()))
    }

    /// The next chunk of the body; the last one is empty.
    fn piece(&mut self) -> String {
        let mut size = String::new();
        assert!(self.answer.read_line(&mut size).unwrap() > 0, "cut off");
        let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
        let mut piece = vec![0; size + 2];
        self.answer.read_exact(&mut piece).unwrap();
        assert_eq!(&piece[size..], b"\r\n");
        piece.truncate(size);
        String::from_utf8(piece).unwrap()
    }
}
