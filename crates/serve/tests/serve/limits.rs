//! What a client may take of the server, and that it cannot take more.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_serve::{ConnectionLimits, Server, ServerLimits};

use crate::running_server::{Answer, RunningServer};
use crate::small_county;
use crate::sse_client::SseClient;

const SHORT: Duration = Duration::from_millis(300);

/// Waits for the server to close, and tells how long that took.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let since = Instant::now();
    let mut rest = Vec::new();
    // A reset is a close, too.
    let _ = stream.read_to_end(&mut rest);
    since.elapsed()
}

fn ask_and_stay(server: &RunningServer) -> (TcpStream, Answer) {
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let answer = Answer::read_one(&mut stream);
    (stream, answer)
}

/// Few connections of each kind.
fn few() -> ConnectionLimits {
    ConnectionLimits { silent: 4, idle: 4, watchers: 4, probes: 4, scrapes: 4, pages: 4, streams: 2 }
}

/// Readiness in more words than any socket buffer holds.
fn much_to_say() -> Snapshot {
    let reasons = vec!["more than any socket buffer holds ".repeat(1 << 20)];
    Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
}

#[test]
fn a_header_that_comes_drop_by_drop_is_not_waited_for() {
    let first = ServerLimits { first_request_time: SHORT, ..ServerLimits::default() };
    let further = ServerLimits { header_time: SHORT, ..ServerLimits::default() };
    for (limits, asks_before) in [(first, false), (further, true)] {
        let server = RunningServer::with(limits);
        let mut stream = if asks_before { ask_and_stay(&server).0 } else { server.connect() };
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
fn a_client_that_says_nothing_is_let_go_before_its_first_request_and_after_it() {
    let server =
        RunningServer::with(ServerLimits { first_request_time: SHORT, header_time: SHORT, ..ServerLimits::default() });
    let (mut stream, answer) = ask_and_stay(&server);
    assert_eq!(answer.status, 200);
    assert!(until_closed(&mut stream) < Duration::from_secs(8));
    let mut silent = server.connect();
    assert!(until_closed(&mut silent) < Duration::from_secs(8));
}

#[test]
fn one_connection_carries_many_requests() {
    let server = RunningServer::start();
    let (mut stream, _) = ask_and_stay(&server);
    for _ in 0..3 {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(Answer::read_one(&mut stream).text(), "ready\n");
    }
}

#[test]
fn viewers_beyond_their_limit_are_told_when_to_come_again_and_probes_and_scrapes_are_answered_all_the_same() {
    let server = RunningServer::with(ServerLimits { connections: few(), ..ServerLimits::default() });
    let mut viewers: Vec<SseClient> = (0..2).map(|_| SseClient::join(&server)).collect();
    for method in ["GET", "HEAD"] {
        let refused = server.ask(method, "/api/live", "");
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("10")), "{method}");
        assert_eq!(refused.header("connection"), Some("close"));
    }
    let refused = server.get("/api/live");
    assert_eq!(refused.text(), "as many look at the live figures as this process can serve; try again in a moment\n");
    for path in ["/livez", "/readyz", "/metrics", "/api/figures", "/"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_eq!(viewers[1].named().unwrap().0, "hello", "who looks goes on looking");
    drop(viewers.remove(0));
    let since = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the place is not free again");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(SseClient::join(&server).named().unwrap().0, "hello");
}

#[test]
fn silent_and_idle_connections_beyond_their_limit_give_way_oldest_first_and_no_probe_waits_for_them() {
    let server = RunningServer::with(ServerLimits { connections: few(), ..ServerLimits::default() });
    let mut half: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for stream in &mut half {
        // Some are cut off before they have said it.
        let _ = stream.write_all(b"GET /livez HTTP/1.1\r\nHost: ");
    }
    let mut idle: Vec<TcpStream> = (0..20).map(|_| ask_and_stay(&server).0).collect();
    let mut silent: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    for stream in half[..16].iter_mut().chain(&mut idle[..16]).chain(&mut silent[..15]) {
        assert!(until_closed(stream) < Duration::from_secs(3), "it has to give way at once");
    }
    let newest = &mut idle[19];
    newest.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    assert_eq!(Answer::read_one(newest).status, 200);
}

#[test]
fn a_client_that_never_reads_its_answer_is_cut_off() {
    let server = RunningServer::with(ServerLimits { unread_time: SHORT, ..ServerLimits::default() });
    server.says(much_to_say);
    let mut stuck = server.connect();
    stuck.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    std::thread::sleep(SHORT * 3);
    let mut came = Vec::new();
    let ended = stuck.read_to_end(&mut came);
    assert!(ended.is_err() || came.len() < 1 << 25, "it got all of the answer: {} bytes", came.len());
}

#[test]
fn a_viewer_that_never_reads_is_cut_off_and_its_place_is_free() {
    let connections = ConnectionLimits { streams: 1, ..few() };
    let server = RunningServer::with(ServerLimits { connections, unread_time: SHORT, ..ServerLimits::default() });
    server.says(much_to_say);
    let _stuck = SseClient::join(&server);
    let since = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the place is not free again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_client_that_reads_slowly_gets_all_of_its_answer() {
    let server = RunningServer::with(ServerLimits { unread_time: Duration::from_secs(5), ..ServerLimits::default() });
    server.says(much_to_say);
    let mut slow = server.connect();
    slow.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let (mut came, mut some) = (0, vec![0; 1 << 22]);
    loop {
        match slow.read(&mut some).unwrap() {
            0 => break,
            count => came += count,
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(came > 34 << 20, "{came}");
}

/// What is asked for while a page waits for its turn is that page: a hundred scrapes at a time are no hundred pages.
#[test]
fn scrapes_that_come_at_the_same_time_share_pages_and_each_is_as_fresh_as_its_request() {
    let server = RunningServer::start();
    server.says(|| {
        std::thread::sleep(Duration::from_millis(100));
        small_county::snapshot()
    });
    let mut clients: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
    for client in &mut clients {
        client.write_all(b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    }
    let pages: Vec<Vec<u8>> = clients.iter_mut().map(|client| Answer::read_one(client).body).collect();
    assert!(pages.iter().all(|page| page.ends_with(b"\n") && page.len() > 10_000));
    let made = server.snapshots();
    assert!((1..=20).contains(&made), "{made} pages for a hundred scrapes");
    server.says(small_county::rebuilding);
    assert!(
        server.get("/metrics").text().contains("ensilinja_figures_complete 0\n"),
        "a page from before it was asked for"
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
fn what_is_not_http_is_no_harm() {
    let server = RunningServer::start();
    for nonsense in ["\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let mut stream = server.connect();
        stream.write_all(nonsense.as_bytes()).unwrap();
        until_closed(&mut stream);
    }
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn it_stops_within_two_seconds_whatever_its_clients_do() {
    let mut server = RunningServer::start();
    let (_idle, _) = ask_and_stay(&server);
    let mut half = server.connect();
    half.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let _silent = server.connect();
    assert!(server.stop() < Duration::from_secs(2));
    assert!(TcpStream::connect(server.address).is_err());
}

#[test]
fn an_address_that_is_taken_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(async { Server::bind(address) }).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {address}: another process listens there already; stop it or choose another port")
    );
}
