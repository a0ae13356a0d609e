//! What a client may take of the server, and that it cannot take more.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ensilinja_serve::{Limits, Readiness, Server};

use crate::running::{Answer, Running};
use crate::small_county;

const SHORT: Duration = Duration::from_millis(300);

/// Waits for the server to close, and tells how long that took.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let since = Instant::now();
    let mut rest = Vec::new();
    // A reset is a close, too.
    let _ = stream.read_to_end(&mut rest);
    since.elapsed()
}

fn ask_and_stay(server: &Running) -> (TcpStream, Answer) {
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let answer = Answer::read_one(&mut stream);
    (stream, answer)
}

#[test]
fn a_header_that_comes_drop_by_drop_is_not_waited_for() {
    let server = Running::with(Limits { header_time: SHORT, ..Limits::default() });
    let mut stream = server.connect();
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

#[test]
fn a_client_that_says_nothing_more_is_let_go() {
    let server = Running::with(Limits { header_time: SHORT, ..Limits::default() });
    let (mut stream, answer) = ask_and_stay(&server);
    assert_eq!(answer.status, 200);
    assert!(until_closed(&mut stream) < Duration::from_secs(8));
    let mut silent = server.connect();
    assert!(until_closed(&mut silent) < Duration::from_secs(8));
}

#[test]
fn one_connection_carries_many_requests() {
    let server = Running::start();
    let (mut stream, _) = ask_and_stay(&server);
    for _ in 0..3 {
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(Answer::read_one(&mut stream).text(), "ready\n");
    }
}

#[test]
fn beyond_the_limit_clients_are_told_so_until_a_place_is_free() {
    let server = Running::with(Limits { connections: 2, ..Limits::default() });
    let (first, _) = ask_and_stay(&server);
    let (_second, _) = ask_and_stay(&server);
    let refused = server.send("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!((refused.status, refused.header("connection")), (503, Some("close")));
    assert_eq!(refused.text(), "too many connections; try again in a moment\n");
    drop(first);
    let since = Instant::now();
    while server.get("/livez").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the place is not free again");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_client_that_never_reads_its_answer_does_not_keep_its_place() {
    let server = Running::with(Limits { connections: 1, connection_life: SHORT, ..Limits::default() });
    server.says(|| {
        let reasons = vec!["more than any socket buffer holds ".repeat(1 << 20)];
        ensilinja_serve::Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
    });
    let mut stuck = server.connect();
    stuck.write_all(b"GET /readyz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let since = Instant::now();
    while server.get("/livez").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(8), "the place is not free again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_header_that_is_too_large_is_refused() {
    let server = Running::start();
    let header = format!("X-Large: {}\r\n", "a".repeat(20_000));
    assert_eq!(server.ask("GET", "/metrics", &header).status, 431);
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn a_body_is_not_read_and_a_large_one_or_one_of_unknown_size_is_refused() {
    let server = Running::start();
    assert_eq!(server.ask("POST", "/metrics", "Content-Length: 8193\r\n").status, 413);
    assert_eq!(server.ask("GET", "/metrics", "Transfer-Encoding: chunked\r\n").status, 413);
    let small = server.send("POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(small.status, 405);
}

#[test]
fn what_is_not_http_is_no_harm() {
    let server = Running::start();
    for nonsense in ["\u{16}\u{3}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let mut stream = server.connect();
        stream.write_all(nonsense.as_bytes()).unwrap();
        until_closed(&mut stream);
    }
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn it_stops_within_two_seconds_whatever_its_clients_do() {
    let mut server = Running::start();
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
    let error = runtime.block_on(Server::bind(address)).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {address}: another process listens there already; stop it or choose another port")
    );
}
