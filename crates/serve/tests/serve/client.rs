//! The client against a real server, and against other listeners.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use ensilinja_serve::{ProcessAddress, ProcessAddressError, ProcessClient, TlsClientSettings, TrustedAuthorities};

use crate::running_server::RunningServer;

/// A client that verifies nothing.
fn client(address: &str) -> ProcessClient {
    let tls = TlsClientSettings {
        authorities: TrustedAuthorities::Unverified,
        identity: None,
        server_name: None,
        allows_tls12: true,
        allows_tls13: true,
    };
    ProcessClient::new(address.parse().unwrap(), &tls, None).unwrap()
}

/// The result of the client for a path at `address`.
fn get(address: &str, path: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client(address).get(path)).map_err(|error| error.to_string())
}

/// A listener that answers one connection with these bytes and closes it.
fn listener_that_sends(bytes: &'static [u8]) -> SocketAddr {
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
fn the_client_gets_the_same_body_as_any_other() {
    let running = RunningServer::start();
    let figures = get(&format!("http://{}", running.address), "/api/figures").unwrap();
    assert_eq!(figures.as_bytes(), running.get("/api/figures").body);
    assert!(figures.contains("figures_as_of_timestamp_seconds"), "{figures}");
}

#[test]
fn an_error_names_the_address_and_the_remedy() {
    let running = RunningServer::start();
    let address = running.address;
    let refused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, path, message) in [
        (
            address,
            "/nothing/here",
            "/nothing/here answers 404 Not Found: it is not Ensilinja, or a proxy serves it under a path: add the path to the address",
        ),
        (refused, "/", "cannot be reached: Connection refused (os error 111); check that the process listens there"),
        (
            listener_that_sends(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
            "/",
            "/ answers 503 Service Unavailable: it has too many connections, or a proxy finds no process; try again later",
        ),
        (
            listener_that_sends(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
            "/",
            "/ answers 302 Found: redirections are not followed: give the address of the process itself",
        ),
        (
            listener_that_sends(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"),
            "/",
            "speaks TLS: use https://127.0.0.1:",
        ),
        (listener_that_sends(b"220 mail.example ESMTP\r\n"), "/", "does not answer like an Ensilinja process: "),
        (listener_that_sends(b""), "/", "does not answer like an Ensilinja process: "),
        (
            listener_that_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
            "/",
            "does not answer like an Ensilinja process: ",
        ),
    ] {
        let error = get(&format!("http://{address}"), path).unwrap_err();
        let separator = if message.starts_with('/') { "" } else { " " };
        assert!(error.starts_with(&format!("http://{address}{separator}{message}")), "{error}");
    }
}

#[test]
fn an_answer_that_is_too_long_is_refused() {
    let address = listener_that_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
    let error = get(&format!("http://{address}"), "/").unwrap_err();
    assert_eq!(
        error,
        format!("the answer of http://{address} is longer than 64 MiB, so it is not the figures of a county")
    );
}

#[test]
fn an_address_is_an_http_or_https_url_without_credentials_and_query() {
    for (text, written) in [
        ("http://127.0.0.1:9464", "http://127.0.0.1:9464"),
        ("http://[::1]:9464/", "http://[::1]:9464"),
        ("http://boards.example/ensilinja/", "http://boards.example/ensilinja"),
        ("https://boards.example", "https://boards.example"),
        ("HTTPS://[::1]:9464", "https://[::1]:9464"),
    ] {
        assert_eq!(text.parse::<ProcessAddress>().unwrap().to_string(), written);
    }
    for (text, error) in [
        ("http://me:secret@127.0.0.1:9464", ProcessAddressError::Credentials),
        ("https://me@127.0.0.1:9464", ProcessAddressError::Credentials),
        ("127.0.0.1:9464", ProcessAddressError::NotHttp),
        ("http://", ProcessAddressError::NotHttp),
        ("http://127.0.0.1:99999", ProcessAddressError::NotHttp),
        ("http://127.0.0.1:", ProcessAddressError::NotHttp),
        ("ftp://127.0.0.1", ProcessAddressError::NotHttp),
        ("http://127.0.0.1/?a=b", ProcessAddressError::NotHttp),
    ] {
        assert_eq!(text.parse::<ProcessAddress>(), Err(error), "{text}");
    }
}

#[test]
fn a_silent_listener_times_out() {
    // The system accepts the connection, and nothing answers it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for scheme in ["http", "https"] {
        let address = format!("{scheme}://{}", silent.local_addr().unwrap());
        let client = client(&address);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(client.probe("/livez", Duration::from_secs(1))).unwrap_err();
        assert_eq!(error.to_string(), format!("{address} did not answer within 1 s"));
    }
}
