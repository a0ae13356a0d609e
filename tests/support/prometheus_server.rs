//! A real Prometheus as a child process: what it scrapes and evaluates, and what its API answers.
//!
//! By default it scrapes and evaluates every second, so that tests are short.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::iter;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use ensilinja_model::EventTime;
use ensilinja_test_support::{PATIENCE, TemporaryFolder, http, poll_until};
use serde_json::Value;

/// Labels, by name.
pub type Labels = BTreeMap<String, String>;

/// What a Prometheus does. The default one only answers queries.
pub struct Setup {
    /// What it scrapes, as the job `ensilinja`.
    pub targets: Vec<SocketAddr>,
    /// Further jobs: the name and what is scraped.
    pub other_jobs: Vec<(&'static str, Vec<SocketAddr>)>,
    /// Files of rules that it evaluates.
    pub rules: Vec<PathBuf>,
    /// How often it scrapes and evaluates.
    pub interval_seconds: u32,
    /// The Alertmanager to which it sends alerts.
    pub alertmanager: Option<SocketAddr>,
    /// The directory of its data; `None` for an empty one of its own.
    pub data: Option<PathBuf>,
    /// Further settings of the scrape, such as `scheme` and `tls_config`.
    pub scrape: serde_json::Map<String, Value>,
    /// Further flags, such as `--query.lookback-delta=1d`.
    pub flags: Vec<String>,
}

/// A running Prometheus. Dropping the value kills it.
pub struct Prometheus {
    child: Child,
    folder: TemporaryFolder,
    address: SocketAddr,
}

/// A series at an instant.
#[derive(Debug)]
pub struct Sample {
    /// Its labels, `__name__` among them if it has a name.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
}

/// A series over a period.
#[derive(Debug)]
pub struct Stretch {
    /// Its labels, `__name__` among them if it has a name.
    pub labels: Labels,
    /// Its values, each with its instant in seconds.
    pub values: Vec<(f64, f64)>,
}

/// An alert that is pending or firing.
#[derive(Debug)]
pub struct Alert {
    /// Its labels, `alertname` among them.
    pub labels: Labels,
    /// Its annotations: `summary`, `description`, ...
    pub annotations: Labels,
    /// Whether it is firing; pending otherwise.
    pub firing: bool,
    /// Since when its expression has been true, as the API writes it.
    pub since: String,
}

impl Prometheus {
    /// Starts one and waits until it answers.
    pub fn start(setup: &Setup) -> Self {
        let folder = TemporaryFolder::new("prometheus");
        let configuration = folder.write("prometheus.yml", setup.configuration());
        let data = setup.data.clone().unwrap_or_else(|| folder.file("data"));
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let log = File::create(folder.file("log")).unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!("--storage.tsdb.path={}", data.display()))
            .arg(format!("--web.listen-address={address}"))
            .args(&setup.flags)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("Prometheus is installed");
        let prometheus = Self { child, folder, address };
        let is_ready = || http::get(address, "/-/ready").is_ok_and(|answer| answer.status == 200);
        assert!(poll_until(PATIENCE, is_ready), "Prometheus did not start: {}", prometheus.log());
        prometheus
    }

    /// The value of an expression at an instant: every series of the vector.
    #[track_caller]
    pub fn query(&self, expression: &str, at: EventTime) -> Vec<Sample> {
        let path = format!("/api/v1/query?query={}&time={}", encoded(expression), at.as_seconds_f64());
        let result = self.ask(&path)["result"].take();
        let series = result.as_array().expect("a vector").iter();
        series.map(|series| Sample { labels: labels(&series["metric"]), value: number(&series["value"][1]) }).collect()
    }

    /// The values of an expression from one instant to another (both included), every `step_seconds`.
    #[track_caller]
    pub fn query_range(&self, expression: &str, from: EventTime, to: EventTime, step_seconds: u32) -> Vec<Stretch> {
        let (query, from, to) = (encoded(expression), from.as_seconds_f64(), to.as_seconds_f64());
        let path = format!("/api/v1/query_range?query={query}&start={from}&end={to}&step={step_seconds}");
        let result = self.ask(&path)["result"].take();
        let value = |pair: &Value| (pair[0].as_f64().expect("an instant"), number(&pair[1]));
        let values = |series: &Value| series["values"].as_array().expect("values").iter().map(value).collect();
        let series = result.as_array().expect("a matrix").iter();
        series.map(|series| Stretch { labels: labels(&series["metric"]), values: values(series) }).collect()
    }

    /// Every alert that is pending or firing now.
    #[track_caller]
    pub fn alerts(&self) -> Vec<Alert> {
        let alerts = self.ask("/api/v1/alerts")["alerts"].take();
        let alert = |alert: &Value| Alert {
            labels: labels(&alert["labels"]),
            annotations: labels(&alert["annotations"]),
            firing: alert["state"] == "firing",
            since: alert["activeAt"].as_str().expect("an instant").to_owned(),
        };
        alerts.as_array().expect("a list").iter().map(alert).collect()
    }

    /// Every rule whose last evaluation failed, by its name, with the reason. Empty before the first evaluation, too.
    #[track_caller]
    pub fn failing_rules(&self) -> BTreeMap<String, String> {
        let groups = self.ask("/api/v1/rules")["groups"].take();
        let rules = groups.as_array().expect("a list").iter().flat_map(|group| group["rules"].as_array().unwrap());
        let failing = rules.filter(|rule| rule["health"] == "err");
        failing.map(|rule| (rule["name"].to_string(), rule["lastError"].to_string())).collect()
    }

    /// The groups of rules that have failed since the start, each as the line of `/metrics` that counts its failures.
    #[track_caller]
    pub fn failed_evaluations(&self) -> Vec<String> {
        let metrics = http::get(self.address, "/metrics").unwrap().body;
        let groups = metrics.lines().filter(|line| line.starts_with("prometheus_rule_evaluation_failures_total{"));
        let (failed, well): (Vec<_>, Vec<_>) = groups.map(str::to_owned).partition(|line| !line.ends_with(" 0"));
        assert!(!(failed.is_empty() && well.is_empty()), "there are no groups: {metrics}");
        failed
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.file("log")).unwrap()
    }

    /// The data of an answer of its API.
    #[track_caller]
    fn ask(&self, path: &str) -> Value {
        let answer = http::get(self.address, path).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str::<Value>(&answer.body).unwrap()["data"].take()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            other_jobs: Vec::new(),
            rules: Vec::new(),
            interval_seconds: 1,
            alertmanager: None,
            data: None,
            scrape: serde_json::Map::new(),
            flags: Vec::new(),
        }
    }
}

impl Setup {
    /// The configuration as JSON, which is YAML too.
    fn configuration(&self) -> String {
        let told: Vec<String> = self.alertmanager.iter().map(SocketAddr::to_string).collect();
        let interval = format!("{}s", self.interval_seconds);
        let job = |(name, targets): (&str, &[SocketAddr])| {
            let targets: Vec<String> = targets.iter().map(SocketAddr::to_string).collect();
            let mut job = serde_json::json!({ "job_name": name, "static_configs": [{ "targets": targets }] });
            job.as_object_mut().expect("it is one").extend(self.scrape.clone());
            job
        };
        let others = self.other_jobs.iter().map(|(name, targets)| (*name, targets.as_slice()));
        let jobs: Vec<Value> = iter::once(("ensilinja", self.targets.as_slice())).chain(others).map(job).collect();
        serde_json::json!({
            "global": { "scrape_interval": interval, "evaluation_interval": interval },
            "rule_files": self.rules,
            "scrape_configs": jobs,
            "alerting": { "alertmanagers": [{ "static_configs": [{ "targets": told }] }] },
        })
        .to_string()
    }
}

fn encoded(text: &str) -> String {
    let escaped: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    escaped.concat()
}

fn labels(object: &Value) -> Labels {
    let text = |value: &Value| value.as_str().expect("a label is a text").to_owned();
    object.as_object().expect("labels").iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// A number, which the API writes as a string.
fn number(text: &Value) -> f64 {
    text.as_str().and_then(|text| text.parse().ok()).expect("a number")
}
