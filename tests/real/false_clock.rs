//! A clock that is an hour ahead for nine seconds: the built program under a false wall clock, a real Kafka, and
//! records that keep arriving with the right time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ensilinja_sim::Disorder;
use ensilinja_test_support::TemporaryFolder;

use crate::feed::Feed;
use crate::program::{Program, as_of, is_complete};
use crate::series::Series;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// How long the clock is wrong.
const WRONG_FOR: Duration = Duration::from_secs(9);

/// The wall clock of one program, set by a file.
struct FalseClock {
    folder: TemporaryFolder,
}

impl FalseClock {
    fn new() -> Self {
        let clock = Self { folder: TemporaryFolder::new("false-clock") };
        clock.set("+0");
        clock
    }

    /// Sets it to the right time and an offset. The file changes at once, for the program may read it at any moment.
    fn set(&self, offset: &str) {
        let draft = self.folder.write("draft", offset);
        fs::rename(&draft, self.file()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.file("offset")
    }

    /// The environment of a program that has this clock: libfaketime, which leaves the steady clocks alone.
    fn environment(&self) -> [(&'static str, String); 4] {
        [
            ("LD_PRELOAD", libfaketime()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}

fn libfaketime() -> String {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"];
    let path = folders.map(|folder| format!("{folder}/faketime/libfaketimeMT.so.1"));
    let found = path.into_iter().find(|path| Path::new(path).exists());
    found.expect("libfaketime is not installed: on Debian it is in the package faketime")
}

/// The overdue callbacks and the broken promises of all lines.
fn overdue_and_broken(page: &Series) -> (f64, f64) {
    let sum = |metric: &str, label: &str| {
        let is_asked = |name: &str| name.starts_with(metric) && name.contains(label);
        page.iter().filter(|(name, _)| is_asked(name)).map(|(_, value)| value).sum()
    };
    (sum("ensilinja_callbacks_outstanding{", "due=\"overdue\""), sum("ensilinja_window_promises{", "result=\"broken\""))
}

#[test]
#[ignore = "needs Java 17, Maven and libfaketime"]
fn a_clock_an_hour_ahead_for_nine_seconds_changes_no_figure() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "jump", 4);
    let clock = FalseClock::new();
    let mut feed = Feed::new(&stage, Disorder::NONE, 71, 60.0);
    let settled = feed.settle();
    let mut program = Program::run_with(&stage, &clock.environment());
    let before = program.wait_until_it_knows(settled);
    let live = feed.go_live();
    let from = as_of(&before).expect("there are figures");

    clock.set("+3600");
    let jumped = Instant::now();
    program.wait_until_readyz(503, "was set ahead by 36");
    let mut pages = 0;
    while jumped.elapsed() < WRONG_FOR {
        let page = program.metrics();
        let at = as_of(&page).expect("figures go on by the steady clock");
        assert!(at.millis_since(from) < 60_000, "figures of an unconfirmed instant: {at:?}");
        assert!(!is_complete(&page), "figures by a clock that is not trusted");
        assert!(page["ensilinja_clock_disbelieved_seconds"] > 3_590.0);
        pages += 1;
        // The time in which the clock is wrong has to pass.
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(pages > 10, "pages were read while the clock was wrong");

    clock.set("+0");
    let back = Instant::now();
    program.wait_until_readyz(200, "ready");
    assert!(back.elapsed() < Duration::from_secs(30), "it took {:?}", back.elapsed());
    let mut feed = live.stop();
    program.wait_until_it_knows(feed.settle());
    let after = program.assert_agrees_with(feed.oracle());
    assert!(as_of(&after).expect("there are figures").millis_since(from) < 300_000);
    let (overdue, broken_promises) = overdue_and_broken(&after);
    assert!(overdue + broken_promises > 0.0, "there are figures to compare");
    assert_eq!((after["ensilinja_clock_disbelieved_seconds"], after["ensilinja_clock_steps_total"]), (0.0, 1.0));
    program.end_well();
}
