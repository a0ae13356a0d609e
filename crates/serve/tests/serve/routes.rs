//! Every route as a client sees it.

use std::io::Read as _;

use crate::expected::assert_is_file;
use crate::running_server::RunningServer;
use crate::small_county;

#[test]
fn metrics_have_the_negotiated_format() {
    let server = RunningServer::start();
    for (accept, content_type, last_line) in [
        ("", "text/plain; version=0.0.4; charset=utf-8", "process_virtual_memory_bytes "),
        ("Accept: text/plain\r\n", "text/plain; version=0.0.4; charset=utf-8", "process_virtual_memory_bytes "),
        (
            "Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "# EOF",
        ),
    ] {
        let answer = server.ask("GET", "/metrics", accept);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(content_type)), "{accept}");
        assert!(answer.text().lines().last().unwrap().starts_with(last_line), "{accept}");
        assert!(answer.text().contains("ensilinja_contacts_waiting{line=\"mipa\",channel=\"phone\"} 1\n"));
    }
}

#[test]
fn the_figures_as_json_are_exactly_these() {
    let server = RunningServer::start();
    let answer = server.get("/api/figures");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let figures: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let pretty = serde_json::to_string_pretty(&figures).unwrap() + "\n";
    assert_is_file("../catalogue/tests/catalogue/expected/small_county.json", &pretty);
}

#[test]
fn figures_are_null_before_they_are_rebuilt() {
    let server = RunningServer::start();
    server.set_state(small_county::rebuilding);
    let figures: serde_json::Value = serde_json::from_slice(&server.get("/api/figures").body).unwrap();
    assert_eq!(figures["figures_as_of_timestamp_seconds"], serde_json::Value::Null);
    assert_eq!(figures["lines"][0]["line"], "mipa");
    assert_eq!(figures["lines"][0]["figures"], serde_json::Value::Null);
    assert_eq!(figures["reasons"].as_array().unwrap().len(), 2);
}

#[test]
fn a_gzipped_answer_unpacks_to_the_plain_one() {
    let server = RunningServer::start();
    let plain = server.get("/api/figures");
    let gzipped = server.ask("GET", "/api/figures", "Accept-Encoding: br, gzip\r\n");
    assert_eq!((plain.header("content-encoding"), gzipped.header("content-encoding")), (None, Some("gzip")));
    assert_eq!(gzipped.header("vary"), Some("accept, accept-encoding"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&gzipped.body[..]).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(gzipped.body.len() * 4 < plain.body.len());
    assert_eq!(server.ask("GET", "/metrics", "Accept-Encoding: gzip\r\n").header("content-encoding"), Some("gzip"));
}

#[test]
fn head_answers_like_get_without_the_body() {
    let server = RunningServer::start();
    for path in ["/", "/api/figures", "/livez", "/readyz"] {
        let (get, head) = (server.get(path), server.ask("HEAD", path, ""));
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert!(head.body.is_empty(), "{path}");
    }
}

#[test]
fn an_unknown_path_is_answered_with_the_known_ones_and_not_echoed() {
    let server = RunningServer::start();
    let answer = server.get("/metrics/%3Cscript%3E?who=me");
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/plain; charset=utf-8")));
    assert!(
        answer
            .text()
            .contains("\n  /readyz             200 while the figures are complete, else 503 with the reasons\n")
    );
    assert!(!answer.text().contains("%3C") && !answer.text().contains("who=me"));
}

#[test]
fn methods_other_than_get_and_head_are_refused() {
    let server = RunningServer::start();
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = server.ask(method, "/metrics", "Content-Length: 0\r\n");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("get, head")), "{method}");
        assert_eq!(answer.text(), "only GET and HEAD are supported here\n");
    }
}

#[test]
fn livez_is_200_while_readyz_is_503() {
    let server = RunningServer::start();
    let ask = |path| {
        let answer = server.get(path);
        (answer.status, answer.text().to_owned())
    };
    assert_eq!(ask("/readyz"), (200, "ready\n".to_owned()));
    server.set_state(small_county::rebuilding);
    let reasons = "not ready\nrebuilding: 25 % of the history read\npartition 1 is 12 records behind\n";
    assert_eq!(ask("/readyz"), (503, reasons.to_owned()));
    assert_eq!(ask("/livez"), (200, "alive\n".to_owned()));
    assert_eq!(ask("/metrics").0, 200);
}

#[test]
fn probes_do_not_read_the_figures() {
    let server = RunningServer::start();
    for (path, snapshots) in [("/readyz", 0), ("/livez", 0), ("/metrics", 1), ("/api/figures", 2)] {
        assert_eq!(server.get(path).status, 200);
        assert_eq!(server.snapshots(), snapshots, "{path}");
    }
}

#[test]
fn a_failed_answer_is_500_and_the_next_one_works() {
    let server = RunningServer::start();
    server.set_state(|| panic!("the test lets the source fail"));
    assert_eq!(server.get("/metrics").status, 500);
    assert_eq!(server.get("/livez").status, 200);
}

#[test]
fn no_figure_may_be_cached_and_every_answer_has_the_security_headers() {
    let server = RunningServer::start();
    for (path, caching) in [
        ("/", "no-cache"),
        ("/main.js", "no-cache"),
        ("/metrics", "no-store"),
        ("/api/figures", "no-store"),
        ("/api/lines/mipa", "no-store"),
        ("/nothing", "no-store"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.header("cache-control"), Some(caching), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[test]
fn only_pages_of_configured_origins_may_show_an_answer_in_a_frame() {
    let server = RunningServer::framed_by(&["'self'".to_owned(), "https://*.example:8443".to_owned()]);
    for path in ["/", "/main.js", "/api/figures", "/nothing"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(policy.ends_with("; frame-ancestors 'self' https://*.example:8443"), "{path}: {policy}");
    }
}
