//! A real Prometheus scrapes the processor, and its query API returns what the oracle says.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::Disorder;
use serde_json::Value;

use crate::feed::{Feed, now};
use crate::program::{PATIENCE, Program, get};
use crate::series::{Series, differences};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// A scrape that is under way must not be seen half: what is asked for is this old, in ms.
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
    let prometheus = Prometheus::start(program.address());

    let deadline = Instant::now() + PATIENCE;
    let mut compared = 0;
    while compared < 3 {
        assert!(Instant::now() < deadline, "nothing to compare: {}", prometheus.log());
        std::thread::sleep(Duration::from_secs(1));
        let asked = now().plus_millis(-SETTLED_MS);
        if asked < first {
            continue;
        }
        let Some(as_of) = prometheus.query("ensilinja_figures_as_of_timestamp_seconds", asked).into_values().next()
        else {
            continue;
        };
        let figures = prometheus.query("{__name__=~\"ensilinja_.+\",line!=\"\"}", asked);
        assert!(figures.len() > 4_000, "there are {} series", figures.len());
        let wrong = differences(&figures, feed.oracle(), instant(as_of));
        assert!(wrong.is_empty(), "{} differences, the first: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
        compared += 1;
    }
    let complete = prometheus.query("min_over_time(ensilinja_figures_complete[1m])", now());
    assert_eq!(complete.into_values().collect::<Vec<_>>(), [1.0]);
    program.end_well();
}

#[expect(clippy::cast_possible_truncation, reason = "the seconds are whole")]
fn instant(seconds: f64) -> EventTime {
    EventTime::from_seconds(seconds as i64)
}

/// A running Prometheus, with its configuration and data in a directory of its own.
struct Prometheus {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
}

impl Prometheus {
    /// Starts one that scrapes `target` every second, and waits until it answers.
    fn start(target: SocketAddr) -> Self {
        let directory = std::env::temp_dir().join(format!("ensilinja-prometheus-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let configuration = directory.join("prometheus.yml");
        let scrape = "global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: ensilinja\n";
        fs::write(&configuration, format!("{scrape}    static_configs:\n      - targets: ['{target}']\n")).unwrap();
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let log = File::create(directory.join("log")).unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.tsdb.path={}", directory.join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("Prometheus is installed");
        let prometheus = Self { child, directory, address };
        let deadline = Instant::now() + PATIENCE;
        while get(address, "/-/ready").map_or(0, |answer| answer.status) != 200 {
            assert!(Instant::now() < deadline, "Prometheus did not start: {}", prometheus.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        prometheus
    }

    /// What an expression is at an instant: series under the names that the processor's page gives them.
    fn query(&self, expression: &str, at: EventTime) -> Series {
        let encoded: Vec<String> = expression.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/v1/query?query={}&time={}", encoded.concat(), at.as_seconds_f64());
        let answer = get(self.address, &path).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        let series = answer["data"]["result"].as_array().expect("a vector").iter();
        series.map(|series| (name(&series["metric"]), series["value"][1].as_str().unwrap().parse().unwrap())).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // What cannot be removed lies in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// The name of a series as the processor's page writes it: line and channel first, then the family's own labels, the
/// window, and `le` last. Prometheus gives labels in the order of the alphabet, and adds job and instance.
fn name(metric: &Value) -> String {
    let labels = metric.as_object().expect("labels");
    let own = labels.keys().filter(|key| {
        !["__name__", "job", "instance", "line", "channel", "question", "answer", "window", "le"]
            .contains(&key.as_str())
    });
    let order = ["line", "channel", "question", "answer"].into_iter().chain(own.map(String::as_str));
    let order = order.chain(["window", "le"]);
    let written: Vec<String> = order
        .filter_map(|key| labels.get(key).and_then(Value::as_str).map(|value| (key, value)))
        .map(|(key, value)| {
            // OpenMetrics writes whole bounds as 5.0, the text format as 5.
            let value = if key == "le" { value.strip_suffix(".0").unwrap_or(value) } else { value };
            format!("{key}=\"{value}\"")
        })
        .collect();
    format!("{}{{{}}}", labels.get("__name__").and_then(Value::as_str).unwrap_or_default(), written.join(","))
}
