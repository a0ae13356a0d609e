//! A running server for tests, and a client that sends it raw HTTP, valid or not.

use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ensilinja_catalogue::Snapshot;
use ensilinja_serve::{AllowedHosts, CurrentProtection, Routes, Server, ServerLimits};
use tokio::sync::oneshot;

use crate::served_county::{self, TestSource};

/// Longer than anything a test waits for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The small county's server on a free port. It stops when dropped.
pub(crate) struct RunningServer {
    pub(crate) address: SocketAddr,
    source: Arc<TestSource>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningServer {
    pub(crate) fn start() -> Self {
        Self::with(ServerLimits::default())
    }

    pub(crate) fn with(limits: ServerLimits) -> Self {
        Self::serving(served_county::routes(), limits)
    }

    /// The same, limited to these host names.
    pub(crate) fn answering_to(hosts: AllowedHosts) -> Self {
        let (routes, source) = served_county::routes();
        Self::serving((routes.answering_to(hosts), source), ServerLimits::default())
    }

    /// The same, shown in frames by pages of these origins.
    pub(crate) fn framed_by(ancestors: &[String]) -> Self {
        let (routes, source) = served_county::routes();
        Self::serving((routes.framed_by(ancestors), source), ServerLimits::default())
    }

    /// The same, listing contacts.
    pub(crate) fn listing_contacts() -> Self {
        Self::serving(served_county::routes_with_contacts(true), ServerLimits::default())
    }

    /// The same, protected by what is in force.
    pub(crate) fn protected_by(protection: &Arc<CurrentProtection>, limits: ServerLimits) -> Self {
        let (routes, source) = served_county::routes_with_contacts(true);
        Self::serving((routes.protected_by(Arc::clone(protection)), source), limits)
    }

    /// How often the past was read.
    pub(crate) fn reads_of_the_past(&self) -> usize {
        self.source.reads_of_the_past()
    }

    fn serving((routes, source): (Routes, Arc<TestSource>), limits: ServerLimits) -> Self {
        let (stop, stopped) = oneshot::channel();
        let (send_address, address) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
                send_address.send(server.address()).unwrap();
                let stopped = async {
                    stopped.await.ok();
                };
                server.serve(Arc::new(routes), limits, stopped).await;
            });
        });
        let address = address.recv_timeout(PATIENCE).unwrap();
        Self { address, source, stop: Some(stop), thread: Some(thread) }
    }

    /// Sets the state that the source returns from now on.
    pub(crate) fn set_state(&self, state: impl Fn() -> Snapshot + Send + Sync + 'static) {
        self.source.set(state);
    }

    /// How often a snapshot was taken.
    pub(crate) fn snapshots(&self) -> usize {
        self.source.snapshots()
    }

    /// Stops the server, and returns how long that took.
    pub(crate) fn stop(&mut self) -> Duration {
        let since = Instant::now();
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        since.elapsed()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a request unchanged and reads until the server closes.
    pub(crate) fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read_to_end(&mut stream)
    }

    /// Sends one request, with additional header lines that each end with CR LF.
    pub(crate) fn ask(&self, method: &str, path: &str, more: &str) -> Answer {
        self.send(&format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{more}\r\n"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read_to_end(stream: &mut impl Read) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Self::parse(&bytes)
    }

    /// Reads one answer from a connection that stays open.
    pub(crate) fn read_one(stream: &mut impl Read) -> Self {
        let mut bytes = Vec::new();
        loop {
            let mut some = [0; 4096];
            let count = stream.read(&mut some).unwrap();
            assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
            bytes.extend_from_slice(&some[..count]);
            let Some(end) = head_end(&bytes) else { continue };
            let answer = Self::parse(&bytes);
            if bytes.len() - end >= answer.header("content-length").unwrap().parse().unwrap() {
                return answer;
            }
        }
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = head_end(bytes).unwrap_or_else(|| panic!("no header in {:?}", String::from_utf8_lossy(bytes)));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.to_ascii_lowercase(), body: bytes[end..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}
