//! A process that reads events leaves no core: it would contain ids of contacts and payloads.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use ensilinja_test_support::{PATIENCE, TemporaryFolder, http, poll_for};
use rustix::process::{Pid, Signal, getuid, kill_process};

use crate::command_line::{command, run_command};

const ALLOWED: &str = "ENSILINJA_CORE_DUMPS";

/// A text that occurs in the id of a contact only.
const CANARY: &str = "canary-4711";

/// The id of the user `nobody` on Linux.
const ANOTHER_USER: &str = "65534";

/// Aborts a process that has read events and waits for more, where cores of any size may be written.
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
    // Three times what the pipe holds, so that the program has read most of it when all is written.
    for _ in 0..1_000 {
        events.write_all(event.as_bytes()).unwrap();
    }
    kill_process(Pid::from_child(&child), Signal::Abort).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(6), "{status}");
    status
}

fn cores(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn an_aborted_process_leaves_no_core_unless_cores_are_allowed() {
    let folder = TemporaryFolder::new("aborted");
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    for forbidden in ["", "off"] {
        assert!(!aborted(folder.path(), forbidden).core_dumped(), "{forbidden:?}");
        assert_eq!(cores(folder.path()), Vec::<PathBuf>::new());
    }
    // On a machine that writes cores to the working folder: it would have written one.
    if pattern.trim() == "core" && aborted(folder.path(), "on").core_dumped() {
        let core = cores(folder.path()).pop().unwrap();
        let bytes = fs::read(core).unwrap();
        assert!(bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "the canary was not in memory");
    }
}

#[test]
fn an_invalid_value_of_the_variable_is_refused() {
    let (status, _, err) = run_command(command(&["lines"]).env(ALLOWED, "yes"));
    assert_eq!(err, "error: ENSILINJA_CORE_DUMPS is \"yes\"; it should be on or off\n");
    assert_eq!(status, Some(1));
}

/// A processor without brokers that runs as an unprivileged user.
struct Unprivileged(Child);

impl Unprivileged {
    fn start(folder: &Path, allowed: &str) -> (Self, SocketAddr) {
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
        let listens = || {
            let log = fs::read_to_string(&log).unwrap();
            let (_, rest) = log.split_once("listen=\"").or_else(|| log.split_once("listen="))?;
            rest.split([' ', '"', '\n']).next()?.parse().ok()
        };
        let address = poll_for(PATIENCE, listens);
        (child, address.unwrap_or_else(|| panic!("it does not start: {}", fs::read_to_string(&log).unwrap())))
    }
}

impl Drop for Unprivileged {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The metrics of the process with a value above 0.
fn process_metrics(address: SocketAddr) -> BTreeSet<String> {
    let page = http::get(address, "/metrics").unwrap().body;
    let samples = page.lines().filter(|line| line.starts_with("process_") && !line.ends_with(" 0"));
    samples.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn the_metrics_of_the_process_are_the_same_for_another_user_than_root() {
    let folder = TemporaryFolder::new("metrics");
    let (dumpable, address) = Unprivileged::start(folder.path(), "on");
    let usual = process_metrics(address);
    drop(dumpable);
    let (process, address) = Unprivileged::start(folder.path(), "off");
    assert_eq!(process_metrics(address), usual);
    for name in ["process_open_fds", "process_max_fds", "process_resident_memory_bytes", "process_threads"] {
        assert!(usual.contains(name), "{usual:?}");
    }
    // Monitoring agents read this of processes of other users.
    let status = fs::read_to_string(format!("/proc/{}/status", process.0.id())).unwrap();
    assert!(status.contains("VmRSS:"), "{status}");
}
