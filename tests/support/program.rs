//! The built program as a child process: its configuration, its log, its pages and its end.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::Oracle;
use ensilinja_test_support::http::{self, Answer};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_for, poll_until, send_signal};

use crate::series::{self, Series};
use crate::stage::Stage;

/// The program, running or ended. Dropping the value kills it.
pub struct Program {
    child: Child,
    folder: TemporaryFolder,
}

impl Program {
    /// Starts `run` on a stage.
    pub fn run(stage: &Stage) -> Self {
        Self::start(stage, &["run"], &[])
    }

    /// Starts `run` on a stage, with further environment variables.
    pub fn run_with(stage: &Stage, environment: &[(&str, String)]) -> Self {
        Self::start_by(&stage.configuration(), &["run"], &[], environment)
    }

    /// Starts `run` with a copy of a configuration file.
    pub fn of_file(configuration: &Path) -> Self {
        Self::of_text(&fs::read_to_string(configuration).unwrap())
    }

    /// Starts `run` with the text of a configuration.
    pub fn of_text(configuration: &str) -> Self {
        Self::start_by(configuration, &["run"], &[], &[])
    }

    /// Starts `run` as the process of a shard.
    pub fn of_shard(configuration: &str, shard: &str) -> Self {
        Self::start_by(configuration, &["run"], &["--shard", shard], &[])
    }

    /// Starts the program with these arguments before and after `--config FILE`.
    pub fn start(stage: &Stage, before: &[&str], after: &[&str]) -> Self {
        Self::start_by(&stage.configuration(), before, after, &[])
    }

    fn start_by(configuration: &str, before: &[&str], after: &[&str], environment: &[(&str, String)]) -> Self {
        let present = Path::new(env!("CARGO_BIN_EXE_ensilinja"));
        Self::of_build(present, configuration, before, after, environment)
    }

    /// Starts a build of the program, which may be of another version.
    pub fn of_build(
        program: &Path,
        configuration: &str,
        before: &[&str],
        after: &[&str],
        environment: &[(&str, String)],
    ) -> Self {
        let folder = TemporaryFolder::new("program");
        let file = folder.write("ensilinja.toml", configuration);
        let child = Command::new(program)
            .args(before)
            .arg("--config")
            .arg(&file)
            .args(after)
            .env_remove("ENSILINJA_LOG")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(folder.file("stdout")).unwrap())
            .stderr(File::create(folder.file("stderr")).unwrap())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// Everything on its standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.file("stderr")).unwrap()
    }

    /// Everything on its standard output.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.folder.file("stdout")).unwrap()
    }

    /// The address on which it listens, from its log.
    pub fn address(&self) -> SocketAddr {
        let logged = || {
            let log = self.log();
            let (_, rest) = ["listen=", "\"listen\":\""].iter().find_map(|sign| log.split_once(sign))?;
            rest.split([' ', '"', '\n']).next()?.parse().ok()
        };
        poll_for(PATIENCE, logged).unwrap_or_else(|| panic!("it does not log where it listens:\n{}", self.log()))
    }

    /// Requests a page.
    pub fn get(&self, path: &str) -> Answer {
        http::get(self.address(), path).unwrap_or_else(|error| panic!("no answer to {path}: {error}\n{}", self.log()))
    }

    /// The page of metrics.
    pub fn metrics(&self) -> Series {
        let answer = self.get("/metrics");
        assert_eq!(answer.status, 200);
        series::read_page(&answer.body)
    }

    /// Waits until the page of metrics satisfies a condition, and returns that page.
    #[track_caller]
    pub fn wait_for(&self, what: &str, mut is_so: impl FnMut(&Series) -> bool) -> Series {
        let page = poll_for(PATIENCE, || Some(self.metrics()).filter(&mut is_so));
        page.unwrap_or_else(|| panic!("not in time: {what}; /readyz: {}\n{}", self.get("/readyz").body, self.log()))
    }

    /// Waits until its figures contain everything that was published before `instant`.
    pub fn wait_until_it_knows(&self, instant: EventTime) -> Series {
        self.wait_for("everything is known", |page| is_complete(page) && complete_until(page) >= Some(instant))
    }

    /// Waits until it has read more events than now. Events have to be published meanwhile.
    #[track_caller]
    pub fn wait_for_more_events(&self) {
        let events = |page: &Series| total(page, "ensilinja_events_total");
        let before = events(&self.metrics());
        self.wait_for("more events are read", |page| events(page) > before);
    }

    /// Waits until `/readyz` has this status and contains this text.
    #[track_caller]
    pub fn wait_until_readyz(&self, status: u16, text: &str) {
        let mut last = self.get("/readyz");
        let is_so = poll_until(PATIENCE, || {
            last = self.get("/readyz");
            last.status == status && last.body.contains(text)
        });
        assert!(is_so, "/readyz is {} {}, not {status} {text}\n{}", last.status, last.body, self.log());
    }

    /// Asserts that every figure equals the oracle's at the instant of the page. Returns the page.
    #[track_caller]
    pub fn assert_agrees_with(&self, oracle: &Oracle) -> Series {
        let page = self.metrics();
        let differences = series::differences(&page, oracle, as_of(&page).expect("there are figures"));
        let first: Vec<&String> = differences.iter().take(20).collect();
        assert!(differences.is_empty(), "{} differences, the first: {first:#?}\n{}", differences.len(), self.log());
        page
    }

    /// Kills it, as a machine that fails would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM and waits. Returns its exit status and how long it took to end.
    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        let asked = Instant::now();
        send_signal(&self.child, "TERM");
        (self.wait(), asked.elapsed())
    }

    /// Sends SIGTERM, after which it has to end with status 0 within 5 s.
    #[track_caller]
    pub fn end_well(&mut self) {
        let (status, took) = self.terminate();
        assert!(status.success(), "it ended with {status}\n{}", self.log());
        assert!(took < Duration::from_secs(5), "it took {took:?} to end\n{}", self.log());
    }

    /// Waits until it ends.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        let ended = poll_for(PATIENCE, || self.child.try_wait().unwrap());
        ended.unwrap_or_else(|| panic!("it does not end\n{}", self.log()))
    }

    /// Whether it is running.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.is_running() {
            self.kill();
        }
    }
}

/// Whether the figures of a page are complete.
pub fn is_complete(page: &Series) -> bool {
    page.get("ensilinja_figures_complete") == Some(&1.0)
}

/// The instant until which everything is known, according to a page.
pub fn complete_until(page: &Series) -> Option<EventTime> {
    page.get("ensilinja_complete_until_timestamp_seconds").map(|seconds| instant(*seconds))
}

/// The instant of a page's figures; `None` if it has none.
pub fn as_of(page: &Series) -> Option<EventTime> {
    page.get("ensilinja_figures_as_of_timestamp_seconds").map(|seconds| instant(*seconds))
}

/// The sum of all series whose names begin with `prefix`. They have to be counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "tests count in thousands")]
pub fn total(page: &Series, prefix: &str) -> u64 {
    page.iter().filter(|(series, _)| series.starts_with(prefix)).map(|(_, value)| *value as u64).sum()
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit 53 bits")]
fn instant(seconds: f64) -> EventTime {
    EventTime::from_millis((seconds * 1000.0).round() as i64)
}
