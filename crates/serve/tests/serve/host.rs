//! The `Host` of a request: malformed ones, and the names that the server answers to.

use std::io::Write as _;

use ensilinja_serve::AllowedHosts;

use crate::running_server::{Answer, RunningServer};
use crate::small_county;

fn status(server: &RunningServer, request: &str) -> u16 {
    server.send(request).status
}

#[test]
fn a_request_of_http_1_1_must_have_exactly_one_well_formed_host() {
    let server = RunningServer::start();
    for (hosts, expected) in [
        ("Host: boards.example\r\n", 200),
        ("host: 127.0.0.1:9464\r\n", 200),
        ("Host: [::1]:9464\r\n", 200),
        ("Host:\r\n", 200),
        ("", 400),
        ("Host: a\r\nHost: a\r\n", 400),
        ("Host: a\r\nhost: b\r\n", 400),
        ("Host: a b\r\n", 400),
        ("Host: a/b\r\n", 400),
        ("Host: me@a\r\n", 400),
        ("Host: http://a\r\n", 400),
        ("Host: a:port\r\n", 400),
        ("Host: a, b\r\n", 400),
        ("Host: \u{e4}\r\n", 400),
    ] {
        for path in ["/livez", "/", "/api/live", "/nothing"] {
            let method = if path == "/api/live" { "HEAD" } else { "GET" };
            let expected = if path == "/nothing" && expected == 200 { 404 } else { expected };
            let request = format!("{method} {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            assert_eq!(status(&server, &request), expected, "{request:?}");
        }
    }
}

#[test]
fn a_request_of_http_1_0_may_have_no_host_but_not_a_malformed_one() {
    let server = RunningServer::start();
    for (hosts, expected) in [("", 200), ("Host: a\r\n", 200), ("Host: a b\r\n", 400), ("Host: a\r\nHost: a\r\n", 400)]
    {
        assert_eq!(status(&server, &format!("GET /livez HTTP/1.0\r\n{hosts}\r\n")), expected, "{hosts:?}");
    }
}

#[test]
fn the_host_of_the_target_takes_precedence_over_the_header() {
    let server = RunningServer::answering_to(AllowedHosts::only(["boards.example"]));
    for (target, hosts, expected) in [
        ("http://boards.example/livez", "Host: boards.example\r\n", 200),
        ("http://boards.example:9464/livez", "Host: evil.example\r\n", 200),
        ("http://evil.example/livez", "Host: boards.example\r\n", 421),
        ("http://me@boards.example/livez", "Host: boards.example\r\n", 400),
        ("http://boards.example/livez", "", 400),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
        assert_eq!(status(&server, &request), expected, "{request:?}");
    }
}

#[test]
fn with_a_list_of_names_a_rebound_name_reads_nothing() {
    let server = RunningServer::answering_to(AllowedHosts::only(["boards.example"]));
    let ask = |path: &str, host: &str| {
        server.send(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))
    };
    for path in ["/", "/metrics", "/api/figures", "/api/live", "/livez", "/readyz", "/main.js"] {
        let refused = ask(path, "evil.example");
        assert_eq!(refused.status, 421, "{path}");
        assert_eq!(
            refused.text(),
            "this server does not answer to that name; add it to server.allowed_hosts in the configuration\n"
        );
    }
    // A browser by name, a probe by the address of its container, a scrape through a tunnel.
    for host in ["Boards.Example.:9464", "10.1.2.3:9464", "[2001:db8::1]", "localhost:9464"] {
        assert_eq!(ask("/livez", host).status, 200, "{host}");
    }
    assert_eq!(status(&server, "GET /livez HTTP/1.0\r\n\r\n"), 200);
}

#[test]
fn a_client_that_has_closed_its_side_gets_its_answer() {
    let server = RunningServer::start();
    let figures = server.get("/api/figures").body;
    for (request, body) in [
        ("GET /livez HTTP/1.1\r\nHost: test\r\n\r\n", b"alive\n".to_vec()),
        ("GET /livez HTTP/1.0\r\n\r\n", b"alive\n".to_vec()),
        ("GET /api/figures HTTP/1.1\r\nHost: test\r\n\r\n", figures),
    ] {
        // The close arrives with the request, or while it is answered.
        for pause in [0, 30] {
            let mut stream = server.connect();
            stream.write_all(request.as_bytes()).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(pause));
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let answer = Answer::read_to_end(&mut stream);
            assert_eq!((answer.status, &answer.body), (200, &body), "{request:?}");
        }
    }
}

#[test]
fn a_slow_answer_reaches_a_client_that_has_closed_its_side() {
    let server = RunningServer::start();
    server.set_state(|| {
        std::thread::sleep(std::time::Duration::from_millis(300));
        small_county::snapshot()
    });
    let mut stream = server.connect();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(Answer::read_to_end(&mut stream).status, 200);
}
