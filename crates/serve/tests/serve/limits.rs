//! The limits of the server hold against clients that misbehave.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_serve::{ConnectionLimits, Server, ServerLimits};

use crate::running_server::{Answer, RunningServer};
use crate::small_county;
use crate::sse_client::TestSseClient;

const SHORT: Duration = Duration::from_millis(300);

/// Waits for the server to close, and returns how long that took.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let since = Instant::now();
    let mut rest = Vec::new();
    // A reset also counts as a close.
    let _ = stream.read_to_end(&mut rest);
    since.elapsed()
}

fn ask_and_keep_open(server: &RunningServer) -> (TcpStream, Answer) {
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let answer = Answer::read_one(&mut stream);
    (stream, answer)
}

/// Few connections of each kind.
fn few() -> ConnectionLimits {
    ConnectionLimits { silent: 4, idle: 4, watchers: 4, probes: 4, scrapes: 4, pages: 4, streams: 2 }
}

/// A snapshot whose readiness is longer than any socket buffer.
fn long_readiness() -> Snapshot {
    let reasons = vec!["more than any socket buffer holds ".repeat(1 << 20)];
    Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
}

#[test]
fn a_header_sent_byte_by_byte_times_out() {
    let first = ServerLimits { first_request_time: SHORT, ..ServerLimits::default() };
    let further = ServerLimits { header_time: SHORT, ..ServerLimits::default() };
    for (limits, asks_before) in [(first, false), (further, true)] {
        let server = RunningServer::with(limits);
        let mut stream = if asks_before { ask_and_keep_open(&server).0 } else { server.connect() };
        let since = Instant::now();
        for byte in b"GET /metrics HTTP/1.1\r\nHost: test\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a')) {
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
            assert!(since.elapsed() < Duration::from_secs(8), "still connected");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(since.elapsed() >= SHORT);
    }
}

#[test]
fn a_silent_client_is_closed_before_and_after_its_first_request() {
    let server =
        RunningServer::with(ServerLimits { first_request_time: SHORT, header_time: SHORT, ..ServerLimits::default() });
    let (mut stream, answer) = ask_and_keep_open(&server);
    assert_eq!(answer.status, 200);
    assert!(until_closed(&mut stream) < Duration::from_secs(8));
    let mut silent = server.connect();
    assert!(until_closed(&mut silent) < Duration::from_secs(8));
}

#[test]
fn one_connection_carries_many_requests() {
    let server = RunningServer::start();
    let (mut stream, _) = ask_and_keep_open(&server);
    for _ in 0..3 {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(Answer::read_one(&mut stream).text(), "ready\n");
    }
}

#[test]
fn streams_beyond_their_limit_get_retry_after_while_probes_and_scrapes_are_answered() {
    let server = RunningServer::with(ServerLimits { connections: few(), ..ServerLimits::default() });
    let mut clients: Vec<TestSseClient> = (0..2).map(|_| TestSseClient::join(&server)).collect();
    for method in ["GET", "HEAD"] {
        let refused = server.ask(method, "/api/live", "");
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("10")), "{method}");
        assert_eq!(refused.header("connection"), Some("close"));
    }
    let refused = server.get("/api/live");
    assert_eq!(refused.text(), "the live figures have as many viewers as this process can serve; try again later\n");
    for path in ["/livez", "/readyz", "/metrics", "/api/figures", "/"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_eq!(clients[1].named().unwrap().0, "hello", "established streams continue");
    drop(clients.remove(0));
    let since = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the slot is not freed");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(TestSseClient::join(&server).named().unwrap().0, "hello");
}

#[test]
fn silent_and_idle_connections_beyond_their_limit_are_closed_oldest_first_and_no_probe_waits() {
    let server = RunningServer::with(ServerLimits { connections: few(), ..ServerLimits::default() });
    let mut half: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for stream in &mut half {
        // Some are closed before they have sent it.
        let _ = stream.write_all(b"GET /livez HTTP/1.1\r\nHost: ");
    }
    let mut idle: Vec<TcpStream> = (0..20).map(|_| ask_and_keep_open(&server).0).collect();
    let mut silent: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    for stream in half[..16].iter_mut().chain(&mut idle[..16]).chain(&mut silent[..15]) {
        assert!(until_closed(stream) < Duration::from_secs(3), "it must be closed at once");
    }
    let newest = &mut idle[19];
    newest.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    assert_eq!(Answer::read_one(newest).status, 200);
}

#[test]
fn a_client_that_never_reads_its_answer_is_cut_off() {
    let server = RunningServer::with(ServerLimits { unread_time: SHORT, ..ServerLimits::default() });
    server.set_state(long_readiness);
    let mut stuck = server.connect();
    stuck.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    std::thread::sleep(SHORT * 3);
    let mut received = Vec::new();
    let ended = stuck.read_to_end(&mut received);
    assert!(ended.is_err() || received.len() < 1 << 25, "it got the whole answer: {} bytes", received.len());
}

#[test]
fn a_stream_client_that_never_reads_is_cut_off_and_its_slot_is_freed() {
    let connections = ConnectionLimits { streams: 1, ..few() };
    let server = RunningServer::with(ServerLimits { connections, unread_time: SHORT, ..ServerLimits::default() });
    server.set_state(long_readiness);
    let _stuck = TestSseClient::join(&server);
    let since = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the slot is not freed");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_client_that_reads_slowly_gets_all_of_its_answer() {
    let server = RunningServer::with(ServerLimits { unread_time: Duration::from_secs(5), ..ServerLimits::default() });
    server.set_state(long_readiness);
    let mut slow = server.connect();
    slow.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let (mut received, mut buffer) = (0, vec![0; 1 << 22]);
    loop {
        match slow.read(&mut buffer).unwrap() {
            0 => break,
            count => received += count,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(received > 34 << 20, "{received}");
}

/// Requests that arrive before a rendering begins share it: a hundred concurrent scrapes are far fewer renderings.
#[test]
fn concurrent_scrapes_share_renderings_and_each_is_as_fresh_as_its_request() {
    let server = RunningServer::start();
    server.set_state(|| {
        std::thread::sleep(Duration::from_millis(100));
        small_county::snapshot()
    });
    let mut clients: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.write_all(b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    }
    let texts: Vec<Vec<u8>> = clients.iter_mut().map(|client| Answer::read_one(client).body).collect();
    assert!(texts.iter().all(|text| text.ends_with(b"\n") && text.len() > 10_000));
    let renderings = server.snapshots();
    assert!((1..=20).contains(&renderings), "{renderings} renderings for a hundred scrapes");
    server.set_state(small_county::rebuilding);
    assert!(
        server.get("/metrics").text().contains("ensilinja_figures_complete 0\n"),
        "the text is older than its request"
    );
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let server = RunningServer::start();
    let header = format!("X-Large: {}\r\n", "a".repeat(20_000));
    assert_eq!(server.ask("GET", "/metrics", &header).status, 431);
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn a_body_is_not_read_and_a_large_one_or_one_of_unknown_size_is_refused() {
    let server = RunningServer::start();
    assert_eq!(server.ask("POST", "/metrics", "Content-Length: 8193\r\n").status, 413);
    assert_eq!(server.ask("GET", "/metrics", "Transfer-Encoding: chunked\r\n").status, 413);
    let small = server.send("POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(small.status, 405);
}

#[test]
fn bytes_that_are_not_http_do_no_harm() {
    let server = RunningServer::start();
    for nonsense in ["\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let mut stream = server.connect();
        stream.write_all(nonsense.as_bytes()).unwrap();
        until_closed(&mut stream);
    }
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn the_server_stops_within_two_seconds_whatever_its_clients_do() {
    let mut server = RunningServer::start();
    let (_idle, _) = ask_and_keep_open(&server);
    let mut half = server.connect();
    half.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let _silent = server.connect();
    assert!(server.stop() < Duration::from_secs(2));
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn an_address_in_use_is_named_with_the_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async { Server::bind(address) }).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {address}: another process already listens there; stop it or choose another port")
    );
}
