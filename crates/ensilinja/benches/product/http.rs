//! As little HTTP as is needed to send many requests on one connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context as _;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that is kept alive.
pub struct Connection {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::with_capacity(64 * 1024, stream), body: Vec::new() })
    }

    /// The status and the uncompressed body of a page.
    pub fn get(&mut self, path: &str) -> anyhow::Result<(u16, &str)> {
        let status = self.ask(path, "")?;
        Ok((status, std::str::from_utf8(&self.body)?))
    }

    /// Requests the metrics as Prometheus does, which prefers `OpenMetrics` and accepts gzip.
    pub fn scrape(&mut self) -> anyhow::Result<()> {
        let accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        let status = self.ask("/metrics", &format!("Accept: {accept}\r\nAccept-Encoding: gzip\r\n"))?;
        anyhow::ensure!(status == 200, "a scrape was answered with {status}");
        Ok(())
    }

    /// Sends a request, reads the whole answer and returns its status.
    fn ask(&mut self, path: &str, headers: &str) -> anyhow::Result<u16> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("an answer has a status")?.parse()?;
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = Some(value.parse()?),
                Some(_) => {}
                None => break,
            }
        }
        self.body.resize(length.context("an answer has a length")?, 0);
        self.stream.read_exact(&mut self.body)?;
        Ok(status)
    }
}
