//! The built program under load: five thousand viewers, ten thousand idle connections, and clients that request pages
//! and do not read them. Probes and scrapes are answered in time, and memory stays bounded.
//!
//! The test takes a minute and both cores, so it is ignored, and has a target of its own:
//!
//!     cargo test -p ensilinja --test crowd -- --ignored --nocapture

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{BufRead as _, BufReader, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{sleep, timeout};

const VIEWERS: usize = 5_000;
const IDLE: usize = 10_000;
const PIPELINES: usize = 500;
const SCRAPES_IN_A_PIPELINE: usize = 20;

/// How long probes are sent under load.
const WATCHED: Duration = Duration::from_secs(20);

/// A probe that takes longer has failed. The default of kubelet is a second.
const LONGEST_PROBE: Duration = Duration::from_secs(1);

const SLOWEST_SCRAPE: Duration = Duration::from_millis(250);

/// What the crowd may add to the memory. The limits of connections bound it, whatever the process needs without it.
const MOST_ADDED_MEBIBYTES: f64 = 64.0;

/// The last byte of the addresses of the crowd. Probes come from 127.0.0.1.
const CROWD: [u8; 4] = [2, 3, 4, 5];

struct Demo {
    child: Child,
    address: SocketAddr,
}

impl Demo {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ensilinja"))
            .args(["demo", "--listen", "127.0.0.1:0", "--speed", "1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Open the board: http://").and_then(|rest| rest.strip_suffix('/'));
        let address = address.unwrap_or_else(|| panic!("{line:?}")).parse().unwrap();
        Self { child, address }
    }

    fn resident_mebibytes(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        value.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn connect(from: u8, to: SocketAddr) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 0, from), 0))).ok()?;
    socket.connect(to).await.ok()
}

async fn send(stream: &TcpStream, mut bytes: &[u8]) -> Option<()> {
    while !bytes.is_empty() {
        stream.writable().await.ok()?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
    Some(())
}

/// The next bytes; `None` at the end.
async fn receive(stream: &TcpStream) -> Option<Vec<u8>> {
    let mut some = vec![0; 16 * 1024];
    loop {
        stream.readable().await.ok()?;
        match stream.try_read(&mut some) {
            Ok(0) => return None,
            Ok(count) => {
                some.truncate(count);
                return Some(some);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

/// Requests a page on a new connection. Returns the status and the time it took.
async fn ask(path: &str, to: SocketAddr) -> Option<(u16, Duration)> {
    let began = Instant::now();
    let stream = connect(1, to).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {to}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
    send(&stream, request.as_bytes()).await?;
    let mut answer = Vec::new();
    while let Some(some) = receive(&stream).await {
        answer.extend(some);
    }
    let status = std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()?;
    Some((status, began.elapsed()))
}

/// A board: reads while it is served, and connects again when it is not.
async fn look(number: usize, to: SocketAddr, served: Arc<AtomicUsize>) {
    loop {
        if let Some(stream) = connect(CROWD[number % CROWD.len()], to).await {
            let request = format!("GET /api/live HTTP/1.1\r\nHost: {to}\r\nAccept-Encoding: gzip\r\n\r\n");
            send(&stream, request.as_bytes()).await;
            let mut is_served = false;
            while let Some(some) = receive(&stream).await {
                if !is_served && some.starts_with(b"HTTP/1.1 200") {
                    is_served = true;
                    served.fetch_add(1, Ordering::Relaxed);
                }
            }
            if is_served {
                served.fetch_sub(1, Ordering::Relaxed);
            }
        }
        sleep(Duration::from_millis(10_000 + number as u64 % 10_000)).await;
    }
}

/// Sends nothing, or one request and nothing more.
async fn idle(number: usize, to: SocketAddr) -> Option<()> {
    let stream = connect(CROWD[number % CROWD.len()], to).await?;
    if number.is_multiple_of(2) {
        send(&stream, format!("GET /livez HTTP/1.1\r\nHost: {to}\r\n\r\n").as_bytes()).await?;
    }
    while receive(&stream).await.is_some() {}
    None
}

/// Requests many pages and reads none.
async fn never_read(number: usize, to: SocketAddr) -> Option<()> {
    let stream = connect(CROWD[number % CROWD.len()], to).await?;
    let scrape = format!("GET /metrics HTTP/1.1\r\nHost: {to}\r\n\r\n");
    send(&stream, scrape.repeat(SCRAPES_IN_A_PIPELINE).as_bytes()).await?;
    sleep(Duration::from_mins(1)).await;
    None
}

/// The observations during a load.
#[derive(Default)]
struct Seen {
    failed: Vec<String>,
    scrapes: Vec<Duration>,
    peak_mebibytes: f64,
}

async fn watch(demo: &Demo, how_long: Duration) -> Seen {
    let (mut seen, began) = (Seen::default(), Instant::now());
    while began.elapsed() < how_long {
        for path in ["/livez", "/readyz", "/metrics"] {
            match timeout(LONGEST_PROBE, ask(path, demo.address)).await {
                Ok(Some((200, took))) if path == "/metrics" => seen.scrapes.push(took),
                Ok(Some((200, _))) => {}
                other => seen.failed.push(format!("{path} after {:?}: {other:?}", began.elapsed())),
            }
        }
        seen.peak_mebibytes = seen.peak_mebibytes.max(demo.resident_mebibytes());
        sleep(Duration::from_millis(100)).await;
    }
    seen.scrapes.sort_unstable();
    seen
}

impl Seen {
    fn p99(&self) -> Duration {
        self.scrapes[self.scrapes.len() * 99 / 100]
    }
}

fn room_for_the_crowd() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let needed = (VIEWERS + IDLE + PIPELINES + 500) as u64;
    if current.is_some_and(|current| current < needed) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(needed), maximum });
        raised.unwrap_or_else(|error| panic!("the test needs {needed} open files (ulimit -Hn {needed}): {error}"));
    }
}

#[test]
#[ignore = "takes both cores for a minute and 15,500 open files"]
fn probes_and_scrapes_are_answered_in_time_and_memory_stays_bounded_in_a_crowd() {
    room_for_the_crowd();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let demo = Demo::start();
    runtime.block_on(async {
        let since = Instant::now();
        while ask("/readyz", demo.address).await.is_none_or(|(status, _)| status != 200) {
            assert!(since.elapsed() < Duration::from_mins(2), "it is not ready");
            sleep(Duration::from_millis(200)).await;
        }
        let alone = watch(&demo, Duration::from_secs(10)).await;
        println!("alone: {:.0} MiB, scrape p99 {:?}", alone.peak_mebibytes, alone.p99());
        let served = Arc::new(AtomicUsize::new(0));
        for number in 0..VIEWERS {
            tokio::spawn(look(number, demo.address, Arc::clone(&served)));
        }
        for number in 0..IDLE {
            tokio::spawn(idle(number, demo.address));
        }
        let crowded = watch(&demo, WATCHED).await;
        let streams = served.load(Ordering::Relaxed);
        println!(
            "{VIEWERS} viewers ({streams} served), {IDLE} idle: {:.0} MiB, {} scrapes, p50 {:?}, p99 {:?}",
            crowded.peak_mebibytes,
            crowded.scrapes.len(),
            crowded.scrapes[crowded.scrapes.len() / 2],
            crowded.p99()
        );
        for number in 0..PIPELINES {
            tokio::spawn(never_read(number, demo.address));
        }
        let piled = watch(&demo, WATCHED / 2).await;
        println!(
            "and {PIPELINES} x {SCRAPES_IN_A_PIPELINE} pages that are not read: {:.0} MiB, p99 {:?}",
            piled.peak_mebibytes,
            piled.p99()
        );
        for seen in [&crowded, &piled] {
            assert_eq!(seen.failed, Vec::<String>::new());
            assert!(seen.p99() <= SLOWEST_SCRAPE, "{:?}", seen.p99());
            let added = seen.peak_mebibytes - alone.peak_mebibytes;
            assert!(added <= MOST_ADDED_MEBIBYTES, "{added:.0} MiB more than without the crowd");
        }
        assert!(streams >= 1_000, "only {streams} viewers are served");
    });
    runtime.shutdown_background();
}
