//! The live stream as its clients see it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_serve::{ConnectionLimits, ServerLimits};
use serde_json::Value;

use crate::expected::assert_is_file;
use crate::running_server::RunningServer;
use crate::small_county;
use crate::sse_client::TestSseClient;

fn names(client: &mut TestSseClient, count: usize) -> Vec<String> {
    (0..count).map(|_| client.named().unwrap().0).collect()
}

#[test]
fn the_first_three_events_of_a_small_county_are_exactly_these() {
    let server = RunningServer::start();
    let mut client = TestSseClient::join(&server);
    let events: Vec<String> = (0..3).map(|_| client.event().unwrap()).collect();
    assert_is_file("tests/serve/expected/small_county.live.txt", &events.concat());
}

#[test]
fn the_stream_sends_hello_once_then_figures_every_second_and_the_day_every_minute() {
    let server = RunningServer::start();
    let mut client = TestSseClient::join(&server);
    let since = Instant::now();
    assert_eq!(names(&mut client, 5), ["hello", "figures", "day", "figures", "figures"]);
    let took = since.elapsed();
    assert!(took > Duration::from_millis(1_500) && took < Duration::from_secs(5), "{took:?}");
    server.set_state(|| {
        let mut snapshot = small_county::snapshot();
        let figures = snapshot.figures.as_mut().unwrap();
        figures.as_of = figures.as_of.plus_millis(60_000);
        snapshot
    });
    let more = names(&mut client, 3);
    // Events read before the state changed may still be in flight.
    let at = more.iter().position(|name| name == "day").unwrap();
    assert!(more.iter().enumerate().all(|(place, name)| (name == "figures") == (place != at)), "{more:?}");
}

/// A figure has the same name, place and value in the stream as in `/api/figures`.
#[test]
fn everything_in_the_stream_is_also_in_the_figures() {
    fn assert_within(part: &Value, whole: &Value, path: &str) {
        match (part, whole) {
            (Value::Object(part), Value::Object(whole)) => {
                for (name, value) in part {
                    assert_within(value, whole.get(name).unwrap_or_else(|| panic!("{path}/{name}")), name);
                }
            }
            (part, whole) => assert_eq!(part, whole, "{path}"),
        }
    }
    let server = RunningServer::start();
    let figures: Value = serde_json::from_slice(&server.get("/api/figures").body).unwrap();
    let mut client = TestSseClient::join(&server);
    let (hello, live) = (client.named().unwrap().1, client.named().unwrap().1);
    assert_eq!(hello["version"], "1.2.3 (abc123)");
    assert_eq!(hello["time_zone"], figures["time_zone"]);
    let grafana = serde_json::json!({"grafana": "https://grafana.example/d/x?var-line={line}"});
    assert_eq!(hello["links"], grafana, "what is not configured is left out");
    let (lines, mut rest) = (live["lines"].as_array().unwrap(), live.clone());
    rest.as_object_mut().unwrap().remove("lines");
    assert_within(&rest, &figures, "");
    for (index, line) in figures["lines"].as_array().unwrap().iter().enumerate() {
        assert_within(&hello["lines"][index], line, "");
        assert_within(&lines[index], &line["figures"], "");
        let all = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(all(&lines[index]), all(&line["figures"]), "all figures of the instant itself");
        assert_eq!(all(&lines[index]["windows"]), ["15m", "1h", "open2h", "today"]);
        let quarter = all(&lines[index]["windows"]["15m"]);
        assert_eq!(quarter, ["answer_wait_quantile_seconds", "contacts_decided", "contacts_offered"]);
        assert_eq!(all(&lines[index]["windows"]["1h"]), ["callback_attempts", "callbacks_closed"]);
        let open2h = ["callbacks_closed", "contacts_decided", "indicator_good", "indicator_valid"];
        assert_eq!(all(&lines[index]["windows"]["open2h"]), open2h);
        let today = [
            "answer_wait_quantile_seconds",
            "callbacks_closed",
            "contacts_decided",
            "contacts_offered",
            "indicator_good",
            "indicator_valid",
            "nps_answers",
            "promises",
        ];
        assert_eq!(all(&lines[index]["windows"]["today"]), today);
        let one: Value =
            serde_json::from_slice(&server.get(&format!("/api/lines/{}", line["line"].as_str().unwrap())).body)
                .unwrap();
        assert_eq!(&one, line);
    }
}

#[test]
fn an_unknown_line_is_not_found_and_not_repeated() {
    let server = RunningServer::start();
    for path in ["/api/lines/unknown", "/api/lines/mipa/x", "/api/lines/%3Cb%3E", "/api/lines/MIPA"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.text()), (404, "there is no such line; see /api/figures for all lines\n"));
    }
    assert_eq!(server.get("/api/lines/").status, 404);
}

#[test]
fn before_the_figures_are_rebuilt_the_stream_has_nulls_and_the_day_follows_once_it_is_known() {
    let server = RunningServer::start();
    server.set_state(small_county::rebuilding);
    let mut client = TestSseClient::join(&server);
    let events: Vec<(String, Value)> = (0..3).map(|_| client.named().unwrap()).collect();
    let none = serde_json::json!([null, null]);
    assert_eq!(
        (events[1].0.as_str(), &events[1].1["lines"], &events[1].1["complete"]),
        ("figures", &none, &false.into())
    );
    assert_eq!(events[1].1["reasons"].as_array().unwrap().len(), 2);
    let start = serde_json::Value::Null;
    let unknown =
        serde_json::json!({"start_timestamp_seconds": start, "slot_seconds": 900, "lines": none, "open": none});
    assert_eq!((events[2].0.as_str(), &events[2].1), ("day", &unknown));
    server.set_state(small_county::snapshot);
    let since = Instant::now();
    let day = loop {
        let (name, data) = client.named().unwrap();
        if name == "day" {
            break data;
        }
        assert!(since.elapsed() < Duration::from_secs(8), "no day");
    };
    assert_eq!(day["start_timestamp_seconds"], 1_757_970_000);
    let hours = serde_json::json!([[[1_757_998_800, 1_758_027_600]], [[1_758_002_400, 1_758_020_400]]]);
    assert_eq!(day["open"], hours);
}

#[test]
fn the_figures_are_read_once_a_second_for_all_clients_and_not_at_all_without_any() {
    let server = RunningServer::start();
    let mut clients: Vec<TestSseClient> = (0..20).map(|_| TestSseClient::join(&server)).collect();
    for client in &mut clients {
        assert_eq!(names(client, 5), ["hello", "figures", "day", "figures", "figures"]);
    }
    let read = server.snapshots();
    assert!((3..12).contains(&read), "{read} reads for twenty clients of three seconds");
    drop(clients);
    let since = Instant::now();
    let mut read = server.snapshots();
    loop {
        std::thread::sleep(Duration::from_millis(1_500));
        let now = server.snapshots();
        if now == read {
            break;
        }
        read = now;
        assert!(since.elapsed() < Duration::from_secs(8), "the figures are still read");
    }
    // A client that returns gets the current figures at once.
    assert_eq!(names(&mut TestSseClient::join(&server), 3), ["hello", "figures", "day"]);
    assert!((read + 1..read + 3).contains(&server.snapshots()));
}

#[test]
fn a_slow_client_skips_seconds_and_does_not_delay_the_others() {
    let server = RunningServer::with(ServerLimits { unread_time: Duration::from_mins(1), ..ServerLimits::default() });
    let reads = AtomicUsize::new(0);
    server.set_state(move || {
        let number = reads.fetch_add(1, Ordering::Relaxed);
        let reasons = vec![number.to_string(), "more than an unread socket holds ".repeat(1 << 16)];
        Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
    });
    let mut slow = TestSseClient::join(&server);
    let since = Instant::now();
    while server.snapshots() < 7 {
        std::thread::sleep(Duration::from_millis(50));
        assert!(since.elapsed() < Duration::from_secs(15), "the slow client delays the reads");
    }
    let mut seen: Vec<usize> = Vec::new();
    while seen.len() < 3 {
        let (name, data) = slow.named().unwrap();
        if name == "figures" {
            seen.push(data["reasons"][0].as_str().unwrap().parse().unwrap());
        }
    }
    assert!(seen.is_sorted_by(|earlier, later| earlier < later), "{seen:?}");
    let skipped = seen[2] - seen[0] - 2;
    assert!(skipped >= 3, "{seen:?}");
}

#[test]
fn streams_end_cleanly_and_at_once_when_the_server_stops() {
    let mut server = RunningServer::start();
    let mut clients: Vec<TestSseClient> = (0..3).map(|_| TestSseClient::join(&server)).collect();
    for client in &mut clients {
        assert_eq!(names(client, 3), ["hello", "figures", "day"]);
    }
    let took = server.stop();
    assert!(took < Duration::from_millis(1_200), "the stop is not immediate: {took:?}");
    for client in &mut clients {
        while let Some(event) = client.event() {
            assert!(event.starts_with("event: figures\n"));
        }
    }
}

#[test]
fn a_stream_ends_cleanly_at_the_end_of_its_connection_s_life() {
    let connections = ConnectionLimits { streams: 1, ..ConnectionLimits::default() };
    let server = RunningServer::with(ServerLimits {
        connections,
        connection_life: Duration::from_millis(2_500),
        ..ServerLimits::default()
    });
    let mut client = TestSseClient::join(&server);
    assert_eq!(names(&mut client, 3), ["hello", "figures", "day"]);
    assert_eq!(server.ask("HEAD", "/api/live", "").status, 503, "a stream takes a slot");
    let since = Instant::now();
    while let Some(event) = client.event() {
        assert!(event.starts_with("event: figures\n"));
        assert!(since.elapsed() < Duration::from_secs(8), "it does not end");
    }
    let again = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(again.elapsed() < Duration::from_secs(8), "the slot is not freed");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_gzipped_stream_has_the_same_events() {
    let mut server = RunningServer::start();
    let mut plain = TestSseClient::join(&server);
    let mut gzipped = TestSseClient::join_gzipped(&server);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(gzipped.header("content-encoding"), Some("gzip"));
    for _ in 0..5 {
        assert_eq!(plain.event(), gzipped.event());
    }
    server.stop();
    while let Some(event) = gzipped.event() {
        assert!(event.starts_with("event: figures\n"));
    }
}

#[test]
fn a_stream_has_its_headers_and_a_head_request_opens_none() {
    let server = RunningServer::start();
    let client = TestSseClient::join(&server);
    let head = server.ask("HEAD", "/api/live", "");
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!((client.header(name), head.header(name)), (Some(value), Some(value)));
    }
    assert_eq!((head.status, head.body.len()), (200, 0));
    drop(client);
    let other = RunningServer::start();
    other.ask("HEAD", "/api/live", "");
    assert_eq!(other.ask("POST", "/api/live", "Content-Length: 0\r\n").status, 405);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(other.snapshots(), 0);
}

#[test]
fn if_reading_the_figures_fails_the_stream_ends_and_the_next_one_works() {
    let server = RunningServer::start();
    let mut client = TestSseClient::join(&server);
    assert_eq!(names(&mut client, 3), ["hello", "figures", "day"]);
    server.set_state(|| panic!("the test lets the source fail"));
    while client.event().is_some() {}
    server.set_state(small_county::snapshot);
    assert_eq!(names(&mut TestSseClient::join(&server), 3), ["hello", "figures", "day"]);
}
