//! The built program as a child process: its configuration, its log, its pages, and its end.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::Oracle;

use crate::series::{self, Series};
use crate::stage::Stage;

/// How long the machine may take for what should take a second or two.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A running (or ended) program. It is killed when the value is dropped.
pub struct Program {
    child: Child,
    directory: PathBuf,
}

/// What the program answers to a request.
pub struct Answer {
    /// 200, 503, ...
    pub status: u16,
    /// Everything after the header.
    pub body: String,
}

impl Program {
    /// Starts the processor on a stage.
    pub fn run(stage: &Stage) -> Self {
        Self::start(stage, &["run"], &[])
    }

    /// Starts the processor on a stage, with more in its environment.
    pub fn run_with(stage: &Stage, environment: &[(&str, String)]) -> Self {
        Self::start_by(&stage.configuration(), &["run"], &[], environment)
    }

    /// Starts the processor by a configuration that stands in a file.
    pub fn of_file(configuration: &Path) -> Self {
        let text = fs::read_to_string(configuration).unwrap();
        Self::start_by(&text, &["run"], &[], &[])
    }

    /// Starts the program with words that come before and after `--config FILE`.
    pub fn start(stage: &Stage, before: &[&str], after: &[&str]) -> Self {
        Self::start_by(&stage.configuration(), before, after, &[])
    }

    fn start_by(configuration: &str, before: &[&str], after: &[&str], environment: &[(&str, String)]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("ensilinja-program-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let file = directory.join("ensilinja.toml");
        fs::write(&file, configuration).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_ensilinja"))
            .args(before)
            .arg("--config")
            .arg(&file)
            .args(after)
            .env_remove("ENSILINJA_LOG")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(directory.join("stdout")).unwrap())
            .stderr(File::create(directory.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        Self { child, directory }
    }

    /// Everything it has logged or complained of.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.join("stderr")).unwrap()
    }

    /// Everything it has printed.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.directory.join("stdout")).unwrap()
    }

    /// Where it listens, as its log says.
    pub fn address(&self) -> SocketAddr {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            let after = ["listen=", "\"listen\":\""].iter().find_map(|sign| log.split_once(sign));
            let address = after.and_then(|(_, rest)| rest.split([' ', '"']).next()).and_then(|text| text.parse().ok());
            if let Some(address) = address {
                return address;
            }
            assert!(Instant::now() < deadline, "it does not say where it listens:\n{log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks for a page.
    pub fn get(&self, path: &str) -> Answer {
        get(self.address(), path).unwrap_or_else(|error| panic!("no answer to {path}: {error}\n{}", self.log()))
    }

    /// The page of metrics.
    pub fn metrics(&self) -> Series {
        let answer = self.get("/metrics");
        assert_eq!(answer.status, 200);
        series::read_page(&answer.body)
    }

    /// Waits until the page of metrics is as it should be.
    pub fn wait_for(&self, what: &str, mut is_so: impl FnMut(&Series) -> bool) -> Series {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let page = self.metrics();
            if is_so(&page) {
                return page;
            }
            let too_late = Instant::now() >= deadline;
            assert!(!too_late, "{what}: not in time; /readyz: {}\n{}", self.get("/readyz").body, self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until it says that everything published before `instant` is in its figures.
    pub fn wait_until_it_knows(&self, instant: EventTime) -> Series {
        self.wait_for("everything is known", |page| is_complete(page) && complete_until(page) >= Some(instant))
    }

    /// Waits until /readyz says this, with this status.
    pub fn wait_until_readyz(&self, status: u16, says: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.get("/readyz");
            if answer.status == status && answer.body.contains(says) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "/readyz is {} {}, not {status} {says}\n{}",
                answer.status,
                answer.body,
                self.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Every figure is the oracle's, at the instant of the page. Returns the page.
    #[track_caller]
    pub fn assert_agrees_with(&self, oracle: &Oracle) -> Series {
        let page = self.metrics();
        let differences = series::differences(&page, oracle, as_of(&page).expect("there are figures"));
        let first: Vec<&String> = differences.iter().take(20).collect();
        assert!(differences.is_empty(), "{} differences, the first: {first:#?}\n{}", differences.len(), self.log());
        page
    }

    /// Ends it at once, as a machine that fails would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits. How it ended, and how long that took.
    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        let asked = Instant::now();
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        (self.wait(), asked.elapsed())
    }

    /// Ends it in order, which has to take less than 5 s.
    #[track_caller]
    pub fn end_well(&mut self) {
        let (status, took) = self.terminate();
        assert!(status.success(), "it ended with {status}\n{}", self.log());
        assert!(took < Duration::from_secs(5), "it took {took:?} to end\n{}", self.log());
    }

    /// Waits until it has ended by itself.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
        // What cannot be removed lies in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Whether the page says that its figures are complete.
pub fn is_complete(page: &Series) -> bool {
    page.get("ensilinja_figures_complete") == Some(&1.0)
}

/// Up to when the page says that everything is known.
pub fn complete_until(page: &Series) -> Option<EventTime> {
    page.get("ensilinja_complete_until_timestamp_seconds").map(|seconds| instant(*seconds))
}

/// The instant of the page's figures; `None` while there are none.
pub fn as_of(page: &Series) -> Option<EventTime> {
    page.get("ensilinja_figures_as_of_timestamp_seconds").map(|seconds| instant(*seconds))
}

/// The sum of all series whose names begin so; they are counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tests count in thousands")]
pub fn total(page: &Series, begins: &str) -> u64 {
    page.iter().filter(|(series, _)| series.starts_with(begins)).map(|(_, value)| *value as u64).sum()
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit 53 bits")]
fn instant(seconds: f64) -> EventTime {
    EventTime::from_millis((seconds * 1000.0).round() as i64)
}

/// Asks an HTTP server for a page.
pub fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: test\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (header, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = header.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.ok_or(io::ErrorKind::InvalidData)?, body: body.to_owned() })
}
