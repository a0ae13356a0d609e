//! A real Prometheus scrapes the processor, and its query API returns the figures of the oracle.

use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::Disorder;
use ensilinja_test_support::PATIENCE;

use crate::feed::{Feed, now};
use crate::program::Program;
use crate::prometheus_server::{Labels, Prometheus, Setup};
use crate::series::{Series, differences};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// The age of the queried instant, in ms, so that no scrape is half stored.
const SETTLED_MS: i64 = 3_000;

#[test]
#[ignore = "needs Java 17, Maven and Prometheus"]
fn a_real_prometheus_returns_the_figures_of_the_oracle() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "scraped", 3);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 61, 100.0);
    let settled = feed.settle();
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    let first = now();
    let prometheus = Prometheus::start(&Setup { targets: vec![program.address()], ..Setup::default() });

    let deadline = Instant::now() + PATIENCE;
    let mut compared = 0;
    while compared < 3 {
        assert!(Instant::now() < deadline, "nothing to compare: {}", prometheus.log());
        // Each comparison needs another scrape.
        std::thread::sleep(Duration::from_secs(1));
        let asked = now().plus_millis(-SETTLED_MS);
        if asked < first {
            continue;
        }
        let Some(as_of) = figures(&prometheus, "ensilinja_figures_as_of_timestamp_seconds", asked).into_values().next()
        else {
            continue;
        };
        let figures = figures(&prometheus, "{__name__=~\"ensilinja_.+\",line!=\"\"}", asked);
        assert!(figures.len() > 4_000, "there are {} series", figures.len());
        let wrong = differences(&figures, feed.oracle(), instant(as_of));
        assert!(wrong.is_empty(), "{} differences, the first: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
        compared += 1;
    }
    let complete = figures(&prometheus, "min_over_time(ensilinja_figures_complete[1m])", now());
    assert_eq!(complete.into_values().collect::<Vec<_>>(), [1.0]);
    program.end_well();
}

#[expect(clippy::cast_possible_truncation, reason = "the seconds are whole")]
fn instant(seconds: f64) -> EventTime {
    EventTime::from_seconds(seconds as i64)
}

/// The value of an expression at an instant: series under their names on the page of the processor.
fn figures(prometheus: &Prometheus, expression: &str, at: EventTime) -> Series {
    prometheus.query(expression, at).into_iter().map(|sample| (name(&sample.labels), sample.value)).collect()
}

/// The name of a series as the page of the processor writes it: line and channel first, then the family's own labels,
/// the window, and `le` last. Prometheus sorts the labels by name and adds job and instance.
fn name(labels: &Labels) -> String {
    let own = labels.keys().filter(|key| {
        !["__name__", "job", "instance", "line", "channel", "question", "answer", "window", "le"]
            .contains(&key.as_str())
    });
    let order = ["line", "channel", "question", "answer"].into_iter().chain(own.map(String::as_str));
    let order = order.chain(["window", "le"]);
    let written: Vec<String> = order
        .filter_map(|key| labels.get(key).map(|value| (key, value.as_str())))
        .map(|(key, value)| {
            // OpenMetrics writes whole bounds as 5.0, the text format writes them as 5.
            let value = if key == "le" { value.strip_suffix(".0").unwrap_or(value) } else { value };
            format!("{key}=\"{value}\"")
        })
        .collect();
    format!("{}{{{}}}", labels.get("__name__").map_or("", String::as_str), written.join(","))
}
