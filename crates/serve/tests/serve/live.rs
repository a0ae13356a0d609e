//! The live stream, as its viewers see it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_serve::{ConnectionLimits, ServerLimits};
use serde_json::Value;

use crate::expected::assert_is_file;
use crate::running_server::RunningServer;
use crate::small_county;
use crate::sse_client::SseClient;

fn names(viewer: &mut SseClient, count: usize) -> Vec<String> {
    (0..count).map(|_| viewer.named().unwrap().0).collect()
}

#[test]
fn the_first_three_events_of_a_small_county_are_exactly_these() {
    let server = RunningServer::start();
    let mut viewer = SseClient::join(&server);
    let events: Vec<String> = (0..3).map(|_| viewer.event().unwrap()).collect();
    assert_is_file("tests/serve/expected/small_county.live.txt", &events.concat());
}

#[test]
fn the_stream_says_hello_once_then_figures_every_second_and_the_day_when_a_minute_has_passed() {
    let server = RunningServer::start();
    let mut viewer = SseClient::join(&server);
    let since = Instant::now();
    assert_eq!(names(&mut viewer, 5), ["hello", "figures", "day", "figures", "figures"]);
    let took = since.elapsed();
    assert!(took > Duration::from_millis(1_500) && took < Duration::from_secs(5), "{took:?}");
    server.says(|| {
        let mut snapshot = small_county::snapshot();
        let figures = snapshot.figures.as_mut().unwrap();
        figures.as_of = figures.as_of.plus_millis(60_000);
        snapshot
    });
    let more = names(&mut viewer, 3);
    // What was read before the source changed its word may still be on its way.
    let at = more.iter().position(|name| name == "day").unwrap();
    assert!(more.iter().enumerate().all(|(place, name)| (name == "figures") == (place != at)), "{more:?}");
}

/// What can be said of both is said in the same words: a figure of the stream stands where it stands in the figures.
#[test]
fn whatever_the_stream_says_the_figures_say_too() {
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
    let mut viewer = SseClient::join(&server);
    let (hello, live) = (viewer.named().unwrap().1, viewer.named().unwrap().1);
    assert_eq!(hello["version"], "1.2.3 (abc123)");
    assert_eq!(hello["time_zone"], figures["time_zone"]);
    let (lines, mut rest) = (live["lines"].as_array().unwrap(), live.clone());
    rest.as_object_mut().unwrap().remove("lines");
    assert_within(&rest, &figures, "");
    for (index, line) in figures["lines"].as_array().unwrap().iter().enumerate() {
        assert_within(&hello["lines"][index], line, "");
        assert_within(&lines[index], &line["figures"], "");
        let all = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(all(&lines[index]), all(&line["figures"]), "all figures of this instant");
        assert_eq!(all(&lines[index]["windows"]), ["15m", "today"]);
        assert_eq!(all(&lines[index]["windows"]["15m"]), ["contacts_decided", "contacts_offered"]);
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
    for path in ["/api/lines/nobody", "/api/lines/mipa/x", "/api/lines/%3Cb%3E", "/api/lines/MIPA"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.text()), (404, "there is no such line; /api/figures has all there are\n"));
    }
    assert_eq!(server.get("/api/lines/").status, 404);
}

#[test]
fn before_the_figures_are_rebuilt_the_stream_says_so_and_the_day_follows_as_soon_as_it_is_known() {
    let server = RunningServer::start();
    server.says(small_county::rebuilding);
    let mut viewer = SseClient::join(&server);
    let events: Vec<(String, Value)> = (0..3).map(|_| viewer.named().unwrap()).collect();
    let none = serde_json::json!([null, null]);
    assert_eq!(
        (events[1].0.as_str(), &events[1].1["lines"], &events[1].1["complete"]),
        ("figures", &none, &false.into())
    );
    assert_eq!(events[1].1["reasons"].as_array().unwrap().len(), 2);
    let unknown = serde_json::json!({"start_timestamp_seconds": null, "slot_seconds": 900, "lines": [null, null]});
    assert_eq!((events[2].0.as_str(), &events[2].1), ("day", &unknown));
    server.says(small_county::snapshot);
    let since = Instant::now();
    let day = loop {
        let (name, data) = viewer.named().unwrap();
        if name == "day" {
            break data;
        }
        assert!(since.elapsed() < Duration::from_secs(8), "no day");
    };
    assert_eq!(day["start_timestamp_seconds"], 1_757_970_000);
}

#[test]
fn the_figures_are_read_once_a_second_for_all_viewers_and_not_at_all_for_none() {
    let server = RunningServer::start();
    let mut viewers: Vec<SseClient> = (0..20).map(|_| SseClient::join(&server)).collect();
    for viewer in &mut viewers {
        assert_eq!(names(viewer, 5), ["hello", "figures", "day", "figures", "figures"]);
    }
    let read = server.snapshots();
    assert!((3..12).contains(&read), "{read} times for twenty viewers of three seconds");
    drop(viewers);
    let since = Instant::now();
    let mut read = server.snapshots();
    loop {
        std::thread::sleep(Duration::from_millis(1_500));
        let now = server.snapshots();
        if now == read {
            break;
        }
        read = now;
        assert!(since.elapsed() < Duration::from_secs(8), "somebody still looks");
    }
    // Who comes back is shown the present at once.
    assert_eq!(names(&mut SseClient::join(&server), 3), ["hello", "figures", "day"]);
    assert!((read + 1..read + 3).contains(&server.snapshots()));
}

#[test]
fn a_viewer_that_is_slow_skips_seconds_and_nobody_waits_for_it() {
    let server = RunningServer::with(ServerLimits { unread_time: Duration::from_mins(1), ..ServerLimits::default() });
    let reads = AtomicUsize::new(0);
    server.says(move || {
        let number = reads.fetch_add(1, Ordering::Relaxed);
        let reasons = vec![number.to_string(), "more than any socket holds ".repeat(1 << 18)];
        Snapshot { readiness: Readiness { complete: false, reasons }, ..small_county::snapshot() }
    });
    let mut slow = SseClient::join(&server);
    let since = Instant::now();
    while server.snapshots() < 8 {
        std::thread::sleep(Duration::from_millis(50));
        assert!(since.elapsed() < Duration::from_secs(15), "it is waited for");
    }
    let mut seen: Vec<usize> = Vec::new();
    while seen.len() < 5 {
        let (name, data) = slow.named().unwrap();
        if name == "figures" {
            seen.push(data["reasons"][0].as_str().unwrap().parse().unwrap());
        }
    }
    assert!(seen.is_sorted_by(|earlier, later| earlier < later), "{seen:?}");
    let skipped = seen[4] - seen[0] - 4;
    assert!(skipped >= 3, "{seen:?}");
}

#[test]
fn streams_end_in_order_at_once_when_the_server_stops() {
    let mut server = RunningServer::start();
    let mut viewers: Vec<SseClient> = (0..3).map(|_| SseClient::join(&server)).collect();
    for viewer in &mut viewers {
        assert_eq!(names(viewer, 3), ["hello", "figures", "day"]);
    }
    let took = server.stop();
    assert!(took < Duration::from_millis(1_200), "nothing is waited for: {took:?}");
    for viewer in &mut viewers {
        while let Some(event) = viewer.event() {
            assert!(event.starts_with("event: figures\n"));
        }
    }
}

#[test]
fn a_stream_ends_in_order_when_its_connection_has_lived_long_enough() {
    let connections = ConnectionLimits { streams: 1, ..ConnectionLimits::default() };
    let server = RunningServer::with(ServerLimits {
        connections,
        connection_life: Duration::from_millis(2_500),
        ..ServerLimits::default()
    });
    let mut viewer = SseClient::join(&server);
    assert_eq!(names(&mut viewer, 3), ["hello", "figures", "day"]);
    assert_eq!(server.ask("HEAD", "/api/live", "").status, 503, "a stream has a place");
    let since = Instant::now();
    while let Some(event) = viewer.event() {
        assert!(event.starts_with("event: figures\n"));
        assert!(since.elapsed() < Duration::from_secs(8), "it does not end");
    }
    let again = Instant::now();
    while server.ask("HEAD", "/api/live", "").status != 200 {
        assert!(again.elapsed() < Duration::from_secs(8), "the place is not free again");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_stream_is_gzipped_for_those_who_take_it_and_says_the_same() {
    let mut server = RunningServer::start();
    let mut plain = SseClient::join(&server);
    let mut gzipped = SseClient::join_gzipped(&server);
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
fn a_stream_says_what_it_is_and_who_only_asks_that_is_no_viewer() {
    let server = RunningServer::start();
    let viewer = SseClient::join(&server);
    let head = server.ask("HEAD", "/api/live", "");
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store"),
        ("x-accel-buffering", "no"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!((viewer.header(name), head.header(name)), (Some(value), Some(value)));
    }
    assert_eq!((head.status, head.body.len()), (200, 0));
    drop(viewer);
    let other = RunningServer::start();
    other.ask("HEAD", "/api/live", "");
    assert_eq!(other.ask("POST", "/api/live", "Content-Length: 0\r\n").status, 405);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(other.snapshots(), 0);
}

#[test]
fn where_the_figures_fail_the_stream_ends_and_the_next_one_is_fine() {
    let server = RunningServer::start();
    let mut viewer = SseClient::join(&server);
    assert_eq!(names(&mut viewer, 3), ["hello", "figures", "day"]);
    server.says(|| panic!("a test lets the source fail"));
    while viewer.event().is_some() {}
    server.says(small_county::snapshot);
    assert_eq!(names(&mut SseClient::join(&server), 3), ["hello", "figures", "day"]);
}
