//! The live stream, as its viewers see it.

use std::time::{Duration, Instant};

use ensilinja_serve::{Limits, Readiness, Snapshot};
use serde_json::Value;

use crate::expected::assert_is_file;
use crate::running::Running;
use crate::small_county;
use crate::viewer::Viewer;

fn names(viewer: &mut Viewer, count: usize) -> Vec<String> {
    (0..count).map(|_| viewer.named().unwrap().0).collect()
}

#[test]
fn the_first_three_events_of_a_small_county_are_exactly_these() {
    let server = Running::start();
    let mut viewer = Viewer::join(&server);
    let events: Vec<String> = (0..3).map(|_| viewer.event().unwrap()).collect();
    assert_is_file("tests/serve/expected/small_county.live.txt", &events.concat());
}

#[test]
fn the_stream_says_hello_once_then_figures_every_second_and_the_day_when_a_minute_has_passed() {
    let server = Running::start();
    let mut viewer = Viewer::join(&server);
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
