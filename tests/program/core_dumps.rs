//! No core of a process that reads events: it would hold ids of contacts and payloads.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getuid, kill_process};

const ALLOWED: &str = "ENSILINJA_CORE_DUMPS";

/// In the id of a contact, and in nothing else.
const CANARY: &str = "canary-4711";

/// `nobody` on every Linux.
const ANOTHER_USER: &str = "65534";

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ensilinja-core-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A process that has read an event and waits for more, where cores of any size may be written. Then it is aborted.
fn aborted(folder: &Path, allowed: &str) -> ExitStatus {
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -c unlimited; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_ensilinja"), "report"])
        .args(["--events", "-", "--from", "2025-09-01", "--to", "2025-09-02", "--quiet"])
        .env(ALLOWED, allowed)
        .env_remove("ENSILINJA_CONFIG")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut events = child.stdin.take().unwrap();
    let event = format!(
        "{{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"test\",\"type\":\"fi.ensilinja.contact.offered\",\
         \"subject\":\"{CANARY}\",\"time\":\"2025-09-01T08:00:00Z\",\"data\":{{\"line\":\"mipa\"}}}}\n"
    );
    // More than one buffer full, so that what is read is in memory whatever the program does with it.
    for _ in 0..1_000 {
        events.write_all(event.as_bytes()).unwrap();
    }
    std::thread::sleep(Duration::from_millis(300));
    kill_process(Pid::from_child(&child), Signal::Abort).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(6), "{status}");
    status
}

fn cores(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_process_that_is_aborted_leaves_no_core_unless_that_is_allowed() {
    let folder = Folder::new("aborted");
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    for forbidden in ["", "off"] {
        assert!(!aborted(&folder.0, forbidden).core_dumped(), "{forbidden:?}");
        assert_eq!(cores(&folder.0), Vec::<PathBuf>::new());
    }
    // That the machine would have written one: where it writes them to the working folder.
    if pattern.trim() == "core" && aborted(&folder.0, "on").core_dumped() {
        let core = cores(&folder.0).pop().unwrap();
        let bytes = fs::read(core).unwrap();
        assert!(bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "the canary was not in memory");
    }
}

#[test]
fn what_the_variable_cannot_be_is_refused() {
    let program = Command::new(env!("CARGO_BIN_EXE_ensilinja")).arg("lines").env(ALLOWED, "yes").output().unwrap();
    let said = String::from_utf8(program.stderr).unwrap();
    assert_eq!(said, "error: ENSILINJA_CORE_DUMPS is \"yes\"; it should be on or off\n");
    assert_eq!(program.status.code(), Some(1));
}

/// A processor without brokers, as another user than root.
struct Unprivileged(Child);

impl Unprivileged {
    fn start(folder: &Path, allowed: &str) -> (Self, String) {
        let (program, config, log) = (folder.join("ensilinja"), folder.join("ensilinja.toml"), folder.join(allowed));
        fs::copy(env!("CARGO_BIN_EXE_ensilinja"), &program).unwrap();
        fs::write(&config, ensilinja_config::SAMPLE).unwrap();
        let mut command = if getuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", ANOTHER_USER, "--regid", ANOTHER_USER, "--clear-groups"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let child = command
            .args(["run", "--brokers", "127.0.0.1:1", "--listen", "127.0.0.1:0", "--config"])
            .arg(&config)
            .env(ALLOWED, allowed)
            .env_remove("ENSILINJA_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let child = Self(child);
        let since = Instant::now();
        loop {
            let log = fs::read_to_string(&log).unwrap();
            if let Some((_, rest)) = log.split_once("listen=\"").or_else(|| log.split_once("listen=")) {
                return (child, rest.split([' ', '"', '\n']).next().unwrap().to_owned());
            }
            assert!(since.elapsed() < Duration::from_mins(1), "it does not start: {log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Unprivileged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The metrics of the process that have a value above 0.
fn process_metrics(address: &str) -> BTreeSet<String> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    let samples = page.lines().filter(|line| line.starts_with("process_") && !line.ends_with(" 0"));
    samples.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn the_metrics_of_the_process_are_the_same_for_another_user_than_root() {
    let folder = Folder::new("metrics");
    let (dumpable, address) = Unprivileged::start(&folder.0, "on");
    let usual = process_metrics(&address);
    drop(dumpable);
    let (process, address) = Unprivileged::start(&folder.0, "off");
    assert_eq!(process_metrics(&address), usual);
    for name in ["process_open_fds", "process_max_fds", "process_resident_memory_bytes", "process_threads"] {
        assert!(usual.contains(name), "{usual:?}");
    }
    // What watches processes reads this, also of others.
    let status = fs::read_to_string(format!("/proc/{}/status", process.0.id())).unwrap();
    assert!(status.contains("VmRSS:"), "{status}");
}
