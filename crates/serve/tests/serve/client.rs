//! The client, asking a real server, and others that are no server of figures.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};

use ensilinja_serve::{ProcessAddress, ProcessAddressError};

use crate::running_server::RunningServer;

/// What the client gets from whoever listens at `address`.
fn asked(address: &str, path: &str) -> Result<String, String> {
    let address: ProcessAddress = address.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(address.get(path)).map_err(|error| error.to_string())
}

/// A listener that answers one connection with these bytes and closes it.
fn that_says(bytes: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(bytes);
    });
    address
}

#[test]
fn a_process_gives_the_page_that_everybody_gets() {
    let running = RunningServer::start();
    let figures = asked(&format!("http://{}", running.address), "/api/figures").unwrap();
    assert_eq!(figures.as_bytes(), running.get("/api/figures").body);
    assert!(figures.contains("figures_as_of_timestamp_seconds"), "{figures}");
}

#[test]
fn whoever_does_not_answer_as_a_process_does_is_named_with_what_to_do() {
    let running = RunningServer::start();
    let address = running.address;
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, path, said) in [
        (
            address,
            "/nothing/here",
            "answers 404 Not Found: it is not Ensilinja, or it stands behind a proxy under a path of its own",
        ),
        (refused, "/", "cannot be reached: Connection refused (os error 111); is this where the process listens"),
        (
            that_says(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
            "/",
            "answers 503 Service Unavailable: it has too many connections, or a proxy finds no process; try again soon",
        ),
        (that_says(b"220 mail.example ESMTP\r\n"), "/", "does not answer as a process of Ensilinja does: "),
        (that_says(b""), "/", "does not answer as a process of Ensilinja does: "),
        (that_says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "/", "does not answer as a process of"),
        (
            that_says(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
            "/",
            "answers more than 64 MiB, which the figures of no county are",
        ),
    ] {
        let error = asked(&format!("http://{address}"), path).unwrap_err();
        assert!(error.starts_with(&format!("http://{address} {said}")), "{error}");
    }
}

#[test]
fn whoever_says_nothing_is_not_waited_for_for_ever() {
    // The system takes the connection; nobody ever answers it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    assert_eq!(asked(&address, "/"), Err(format!("{address} did not answer within 10 s")));
}

#[test]
fn an_address_is_that_of_a_process_by_plain_http() {
    for (text, written) in [
        ("http://127.0.0.1:9464", "http://127.0.0.1:9464"),
        ("http://[::1]:9464/", "http://[::1]:9464"),
        ("http://boards.example/ensilinja/", "http://boards.example/ensilinja"),
    ] {
        assert_eq!(text.parse::<ProcessAddress>().unwrap().to_string(), written);
    }
    for (text, error) in [
        ("https://127.0.0.1:9464", ProcessAddressError::Https),
        ("http://me:secret@127.0.0.1:9464", ProcessAddressError::Credentials),
        ("127.0.0.1:9464", ProcessAddressError::Odd),
        ("http://", ProcessAddressError::Odd),
        ("http://127.0.0.1:99999", ProcessAddressError::Odd),
        ("http://127.0.0.1:", ProcessAddressError::Odd),
        ("ftp://127.0.0.1", ProcessAddressError::Odd),
        ("http://127.0.0.1/?a=b", ProcessAddressError::Odd),
    ] {
        assert_eq!(text.parse::<ProcessAddress>(), Err(error), "{text}");
    }
}
