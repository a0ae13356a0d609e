//! A real Alertmanager as a child process, with its configuration and data in a directory of its own.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{PATIENCE, get};

/// Debian's name for the program, and everybody else's.
const PROGRAMS: [&str; 2] = ["prometheus-alertmanager", "alertmanager"];

/// A running Alertmanager. It is killed when the value is dropped.
pub struct Alertmanager {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
}

impl Alertmanager {
    /// Starts one with this configuration, and waits until it answers.
    pub fn start(configuration: &Value) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("ensilinja-alertmanager-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        // JSON is YAML, too.
        fs::write(directory.join("alertmanager.yml"), configuration.to_string()).unwrap();
        let address = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
        let started = PROGRAMS.iter().find_map(|program| spawned(program, &directory, address).ok());
        let alertmanager = Self { child: started.expect("Alertmanager is installed"), directory, address };
        let deadline = Instant::now() + PATIENCE;
        while get(address, "/-/ready").map_or(0, |answer| answer.status) != 200 {
            assert!(Instant::now() < deadline, "Alertmanager did not start: {}", alertmanager.log());
            std::thread::sleep(Duration::from_millis(100));
        }
        alertmanager
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Tells it of alerts, as Prometheus would.
    pub fn tell(&self, alerts: &Value) {
        let body = alerts.to_string();
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = "POST /api/v2/alerts HTTP/1.0\r\nHost: test\r\nContent-Type: application/json";
        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }

    /// Whether it holds an alert of this name that other alerts mute.
    pub fn mutes(&self, name: &str) -> bool {
        // The filter is alertname="NAME".
        let path = format!("/api/v2/alerts?filter=alertname%3D%22{name}%22");
        let answer = get(self.address, &path).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let alerts: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
        alerts.iter().any(|alert| alert["status"]["inhibitedBy"].as_array().is_some_and(|by| !by.is_empty()))
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("log")).unwrap()
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // What cannot be removed lies in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn spawned(program: &str, directory: &Path, address: SocketAddr) -> io::Result<Child> {
    let log = File::create(directory.join("log"))?;
    Command::new(program)
        .arg(format!("--config.file={}", directory.join("alertmanager.yml").display()))
        .arg(format!("--storage.path={}", directory.join("data").display()))
        .arg(format!("--web.listen-address={address}"))
        .arg("--cluster.listen-address=")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
}
