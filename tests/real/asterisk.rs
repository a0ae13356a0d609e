//! A real rsyslog ships a growing `queue_log` to a real Kafka, with the configuration of docs/sources/asterisk.md. The
//! log is rotated, rsyslog is killed, the broker goes away: the figures are those of the calls.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Generator, Oracle, SimEvent};
use ensilinja_test_support::{KafkaBroker, TemporaryFolder};

use crate::calls::{self, CALLER, Call};
use crate::feed::now;
use crate::program::{Program, as_of, total};
use crate::queue_log;
use crate::series;
use crate::stage::Stage;

const PAGE: &str = include_str!("../../docs/sources/asterisk.md");

/// Thursday 2025-09-18 10:15 in Helsinki, which is moved to now. The days before it are in the log from the beginning.
const THURSDAY: EventTime = EventTime::from_seconds(1_758_179_700);
const HISTORY_MS: i64 = 16 * 86_400_000;

/// How long calls come in, in seconds.
const LIVE_S: u64 = 45;

/// A running rsyslog. Dropping it kills it.
struct Shipper(Child);

impl Shipper {
    fn start(folder: &Path) -> Self {
        let log = File::create(folder.join("rsyslog.log")).unwrap();
        let mut command = Command::new("rsyslogd");
        command.args(["-n", "-f", "rsyslog.conf", "-i"]).arg(folder.join("pid")).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let _ = fs::remove_file(folder.join("pid"));
        Self(command.spawn().expect("rsyslogd is installed"))
    }
}

impl Drop for Shipper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The configuration of the page, for files in `folder` and this broker.
fn configuration(folder: &Path, broker: &str) -> String {
    let (_, rest) = PAGE.split_once("\n**rsyslog**").expect("the page has a paragraph about rsyslog");
    let text = rest.split("\n```\n").nth(1).expect("the paragraph has a configuration");
    let folder = folder.to_str().unwrap();
    let own = [("/var/spool/rsyslog", folder), ("/var/log/asterisk", folder), ("kafka:9092", broker)];
    own.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the configuration has no {from}");
        text.replace(from, to)
    })
}

/// Calls up to now and for some time to come, each moved by the time since the Thursday.
fn calls() -> Vec<Call> {
    let moved_ms = now().plus_millis(-120_000).millis_since(THURSDAY) / 1_000 * 1_000;
    let county = County::oma_hame();
    let history = Generator::new(&county, 5, THURSDAY.plus_millis(-HISTORY_MS), 0.2);
    let history = history.take_while(|event| event.reported_at < THURSDAY);
    let end = THURSDAY.plus_millis(3_600_000);
    let busy = Generator::new(&county, 6, THURSDAY, 60.0).take_while(move |event| event.reported_at < end);
    let moved = history.chain(busy).map(|event| SimEvent {
        at: event.at.plus_millis(moved_ms),
        reported_at: event.reported_at.plus_millis(moved_ms),
        ..event
    });
    calls::calls(moved, &queue_log::TELLING)
}

/// A `queue_log` that grows, and is rotated as `logger rotate` of Asterisk does it.
struct QueueLog {
    path: std::path::PathBuf,
    file: File,
    lines: std::iter::Peekable<std::vec::IntoIter<(i64, String)>>,
}

impl QueueLog {
    fn new(folder: &Path, calls: &[Call]) -> Self {
        let path = folder.join("queue_log");
        let file = File::create(&path).unwrap();
        Self { path, file, lines: queue_log::lines_of(calls).into_iter().peekable() }
    }

    fn write_what_is_due(&mut self) {
        let second = now().floor_second();
        let mut text = String::new();
        while let Some((_, line)) = self.lines.next_if(|(due, _)| *due <= second) {
            text.push_str(&line);
            text.push('\n');
        }
        self.file.write_all(text.as_bytes()).unwrap();
    }

    fn rotate(&mut self) {
        fs::rename(&self.path, self.path.with_extension("1")).unwrap();
        self.file = OpenOptions::new().create(true).append(true).open(&self.path).unwrap();
    }
}

#[test]
#[ignore = "needs Java 17, Maven and rsyslog with rsyslog-kafka"]
fn a_queue_log_that_rsyslog_ships_has_the_figures_of_its_calls() {
    let mut broker = KafkaBroker::start();
    let mut stage = Stage::without_topics(&broker, "asterisk");
    stage.topic = "asterisk.queue_log".to_owned();
    let lines = ensilinja_config::county().lines.into_iter().map(|line| line.id);
    stage.source = Some(queue_log::source(&stage.topic, lines));
    stage.create_topics(&broker, 1);
    let mut program = Program::run(&stage);

    let folder = TemporaryFolder::new("asterisk");
    folder.write("rsyslog.conf", configuration(folder.path(), &stage.brokers));
    let calls = calls();
    let mut log = QueueLog::new(folder.path(), &calls);
    log.write_what_is_due();
    let mut shipper = Shipper::start(folder.path());

    let began = Instant::now();
    let mut events = [(10, "rotate"), (15, "kill"), (22, "away"), (30, "back")].into_iter().peekable();
    while began.elapsed() < Duration::from_secs(LIVE_S) {
        log.write_what_is_due();
        match events.next_if(|(second, _)| began.elapsed() > Duration::from_secs(*second)) {
            Some((_, "rotate")) => log.rotate(),
            Some((_, "kill")) => {
                drop(shipper);
                shipper = Shipper::start(folder.path());
            }
            Some((_, "away")) => broker.stop(),
            Some(_) => broker.start_again(),
            None => {}
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let last = now().floor_second();
    log.write_what_is_due();

    let mut oracle = Oracle::new(County::oma_hame().oracle_lines(), County::zone());
    for event in calls.iter().flat_map(Call::events).filter(|event| event.at.floor_second() <= last) {
        oracle.apply(&event);
    }
    let mut differing = Vec::new();
    let page = program.wait_for("the figures are those of the calls", |page| {
        differing = as_of(page).map_or_else(Vec::new, |at| series::differences(page, &oracle, at));
        as_of(page).is_some_and(|at| at.floor_second() > last) && differing.is_empty()
    });
    assert!(total(&page, "ensilinja_events_total") > 200, "calls came in while it ran");
    assert_eq!(total(&page, "ensilinja_events_rejected_total"), 0, "nothing is refused");
    for page in ["/metrics", "/api/figures", "/", "/readyz"] {
        assert!(!program.get(page).body.contains(CALLER), "the number of a caller is in {page}");
    }
    program.end_well();
    assert!(!program.log().contains(CALLER) && !program.printed().contains(CALLER), "nor in the log");
    drop(shipper);

    let mut check = Program::start(&stage, &["check"], &["--sample", "1000"]);
    check.wait();
    let printed = check.printed();
    assert!(printed.contains("ENTERQUEUE") && !printed.contains(CALLER), "{printed}");
}
