//! The stream of the board, `GET /api/live`, as a browser requests it: one event a second.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long an event may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open stream.
pub struct EventStream {
    stream: BufReader<TcpStream>,
    line: String,
}

impl EventStream {
    /// Requests the stream, compressed or not, and returns the connection.
    pub fn request(address: SocketAddr, is_compressed: bool) -> anyhow::Result<TcpStream> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let encoding = if is_compressed { "Accept-Encoding: gzip, deflate\r\n" } else { "" };
        let request = format!("GET /api/live HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n{encoding}\r\n");
        stream.write_all(request.as_bytes())?;
        Ok(stream)
    }

    /// The stream on a connection on which it was requested. Waits until it begins.
    pub fn begin(connection: TcpStream) -> Self {
        let mut stream = Self { stream: BufReader::new(connection), line: String::new() };
        while stream.next_line().is_some_and(|header| !header.is_empty()) {}
        stream
    }

    /// The bytes of the next event, which is one chunk of the answer. `None` if the stream has ended.
    pub fn next_event(&mut self) -> Option<u64> {
        let length = u64::from_str_radix(self.next_line()?, 16).ok()?;
        // The chunk and its line end.
        let taken = io::copy(&mut self.stream.by_ref().take(length + 2), &mut io::sink()).ok()?;
        (length > 0 && taken == length + 2).then_some(length)
    }

    fn next_line(&mut self) -> Option<&str> {
        self.line.clear();
        self.stream.read_line(&mut self.line).ok().filter(|read| *read > 0)?;
        Some(self.line.trim_end())
    }
}
