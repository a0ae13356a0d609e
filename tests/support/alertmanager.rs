//! A real Alertmanager as a child process.

use std::fs::{self, File};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};

use ensilinja_test_support::{PATIENCE, TemporaryFolder, http, poll_until};
use serde_json::Value;

use crate::prometheus_server::Labels;

/// The program's name on Debian, and its usual name.
const PROGRAMS: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];

/// A running Alertmanager. Dropping the value kills it.
pub struct Alertmanager {
    child: Child,
    folder: TemporaryFolder,
    address: SocketAddr,
}

/// An alert that it holds.
#[derive(Debug)]
pub struct HeldAlert {
    /// Its labels, `alertname` among them.
    pub labels: Labels,
    /// What `inhibited_by` of other alerts calls it.
    pub fingerprint: String,
    /// The fingerprints of the alerts that inhibit it.
    pub inhibited_by: Vec<String>,
}

impl Alertmanager {
    /// Starts one with this configuration and waits until it answers.
    pub fn start(configuration: &Value) -> Self {
        let folder = TemporaryFolder::new("alertmanager");
        // JSON is YAML, too.
        folder.write("alertmanager.yml", configuration.to_string());
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let started = PROGRAMS.iter().find_map(|program| spawned(program, &folder, address).ok());
        let alertmanager = Self { child: started.expect("Alertmanager is installed"), folder, address };
        let is_ready = || http::get(address, "/-/ready").is_ok_and(|answer| answer.status == 200);
        assert!(poll_until(PATIENCE, is_ready), "Alertmanager did not start: {}", alertmanager.log());
        alertmanager
    }

    /// The address on which it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Posts alerts, as Prometheus does.
    pub fn tell(&self, alerts: &Value) {
        let answer = http::post_json(self.address, "/api/v2/alerts", &alerts.to_string()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Every alert that it holds.
    pub fn held(&self) -> Vec<HeldAlert> {
        let answer = http::get(self.address, "/api/v2/alerts").unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let alerts: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let alert = |alert: &Value| HeldAlert {
            labels: serde_json::from_value(alert["labels"].clone()).unwrap(),
            fingerprint: text(&alert["fingerprint"]),
            inhibited_by: alert["status"]["inhibitedBy"].as_array().expect("a list").iter().map(text).collect(),
        };
        alerts.iter().map(alert).collect()
    }

    /// Whether it holds an alert of this name that another alert inhibits.
    pub fn mutes(&self, name: &str) -> bool {
        self.held().iter().any(|alert| alert.labels["alertname"] == name && !alert.inhibited_by.is_empty())
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.file("log")).unwrap()
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn spawned(program: &str, folder: &TemporaryFolder, address: SocketAddr) -> io::Result<Child> {
    let log = File::create(folder.file("log"))?;
    Command::new(program)
        .arg(format!("--config.file={}", folder.file("alertmanager.yml").display()))
        .arg(format!("--storage.path={}", folder.file("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .arg("--cluster.listen-address=")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
}
