//! Corrected history in Prometheus: a replay's text becomes blocks, a real Prometheus answers from them with the same
//! numbers, rules are evaluated over them, and a panel of a dashboard shows them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ensilinja_model::EventTime;

use crate::board::boards;
use crate::prometheus_server::{Labels, Prometheus, Setup};

/// Monday 2025-09-15 at 00:00 in Helsinki, and a day later.
const FROM: EventTime = EventTime::from_seconds(1_757_883_600);
const TO: EventTime = EventTime::from_seconds(1_757_970_000);

/// 10:00, 10:15 and so on are not instants of the replay; these are.
const ASKED: [EventTime; 2] = [EventTime::from_seconds(1_757_919_600), EventTime::from_seconds(1_757_937_600)];

const LINE: &str = "pth_hameenlinna";

struct Backfilled {
    directory: PathBuf,
    /// The samples of the text: labels and instant in seconds, with the value.
    samples: BTreeMap<(Labels, i64), f64>,
}

impl Backfilled {
    /// A day of the simulated county, hour by hour.
    fn new() -> Self {
        let directory = std::env::temp_dir().join(format!("ensilinja-backfill-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let [events, text] = ["events.jsonl", "figures.om"].map(|name| directory.join(name).display().to_string());
        run("ensilinja", &["simulate", "--from", "2025-08-04", "--to", "2025-09-17", "--output", &events]);
        let stretch = ["--from", "2025-09-15", "--to", "2025-09-16", "--step", "1h"];
        let labels = ["--label", "job=ensilinja", "--label", "instance=replay"];
        let words = ["replay", "--events", &events, "--format", "openmetrics", "--output", &text];
        run("ensilinja", &[&words[..], &stretch, &labels].concat());
        let data = directory.join("data").display().to_string();
        fs::create_dir_all(&data).unwrap();
        run("promtool", &["tsdb", "create-blocks-from", "--max-block-duration=48h", "openmetrics", &text, &data]);
        let samples = fs::read_to_string(&text).unwrap();
        let samples = samples.lines().filter(|line| !line.starts_with('#')).map(sample).collect();
        Self { directory, samples }
    }

    /// One that sees a sample until the next, which is an hour later.
    fn prometheus(&self) -> Prometheus {
        let flags = ["--query.lookback-delta=59m", "--storage.tsdb.retention.time=10y"].map(str::to_owned);
        Prometheus::start(&Setup { data: Some(self.directory.join("data")), flags: flags.into(), ..Setup::default() })
    }

    /// Evaluates the recording rules over the day, from what is recorded by now.
    fn evaluate_rules(&self, prometheus: &Prometheus) {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/prometheus/rules/recording.yml");
        let [url, start, end, data] = [
            format!("--url=http://{}", prometheus.address()),
            format!("--start={}", FROM.floor_second()),
            format!("--end={}", TO.floor_second()),
            format!("--output-dir={}", self.directory.join("data").display()),
        ];
        let words = ["tsdb", "create-blocks-from", "rules", "--eval-interval=1h", &url, &start, &end, &data];
        run("promtool", &[&words[..], &[rules.to_str().unwrap()]].concat());
    }

    /// The value of one series of a line, with more labels, at an instant.
    fn value(&self, name: &str, more: &[(&str, &str)], at: EventTime) -> f64 {
        let mut found = self.samples.iter().filter(|((labels, second), _)| {
            *second == at.floor_second()
                && labels["__name__"] == name
                && labels.get("line").is_some_and(|line| line == LINE)
                && more.iter().all(|(name, value)| labels.get(*name).is_some_and(|label| label == value))
        });
        let value = *found.next().unwrap_or_else(|| panic!("{name} {more:?}")).1;
        assert!(found.next().is_none(), "{name} {more:?} is not one series");
        value
    }
}

impl Drop for Backfilled {
    fn drop(&mut self) {
        // What cannot be removed lies in the directory for temporary files.
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[track_caller]
fn run(program: &str, words: &[&str]) {
    let program = if program == "ensilinja" { env!("CARGO_BIN_EXE_ensilinja") } else { program };
    let output = Command::new(program).args(words).output().expect("it is installed");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A sample as the text writes it: `name{label="value",...} value seconds`. No value of the county has a quote in it.
fn sample(line: &str) -> ((Labels, i64), f64) {
    let (series, numbers) = line.rsplit_once("} ").expect("every series has labels");
    let (value, second) = numbers.split_once(' ').expect("every sample has an instant");
    let (name, labels) = series.split_once('{').expect("every series has labels");
    let labels = labels.trim_end_matches('"').split("\",").map(|label| label.split_once("=\"").expect("a label"));
    let own = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let labels = own.chain([("__name__".to_owned(), name.to_owned())]).collect();
    ((labels, second.parse().unwrap()), value.parse().unwrap())
}

#[test]
#[ignore = "needs Prometheus"]
fn a_prometheus_that_was_backfilled_answers_with_the_replayed_numbers_and_a_panel_shows_them() {
    let backfilled = Backfilled::new();
    let prometheus = backfilled.prometheus();
    for at in ASKED {
        let answers = prometheus.query("{__name__=~\".+\"}", at);
        assert!(answers.len() > 5_000, "{} series", answers.len());
        let told: BTreeMap<Labels, u64> =
            answers.into_iter().map(|sample| (sample.labels, sample.value.to_bits())).collect();
        let of_instant = backfilled.samples.iter().filter(|((_, second), _)| *second == at.floor_second());
        let written: BTreeMap<Labels, u64> =
            of_instant.map(|((labels, _), value)| (labels.clone(), value.to_bits())).collect();
        let lost: Vec<_> = written.iter().filter(|(labels, value)| told.get(labels) != Some(value)).take(5).collect();
        assert!(lost.is_empty() && told.len() == written.len(), "{} and {}: {lost:?}", told.len(), written.len());
    }

    // Rules see what was recorded before they are evaluated: the source first, then what asks for it.
    backfilled.evaluate_rules(&prometheus);
    drop(prometheus);
    let prometheus = backfilled.prometheus();
    backfilled.evaluate_rules(&prometheus);
    drop(prometheus);
    let prometheus = backfilled.prometheus();
    for (title, name, expected) in [
        ("Ensikontakti luvatussa ajassa, päivän kertymä", "Pidetty", None),
        ("Saapuneet tunnissa", "Tänään", Some(("ensilinja_window_contacts_offered", "1h"))),
    ] {
        let question = question("line", title, name);
        let shown = prometheus.query_range(&question, FROM, TO, 3_600);
        assert_eq!(shown.len(), 1, "{question}: {shown:?}");
        assert!(shown[0].values.len() >= 12, "{title}: {:?}", shown[0].values);
        for at in ASKED {
            let label = |indicator| [("indicator", indicator), ("window", "today")];
            let expected = expected.map_or_else(
                || {
                    let good = backfilled.value("ensilinja_indicator_good", &label("promise_kept"), at);
                    good / backfilled.value("ensilinja_indicator_valid", &label("promise_kept"), at)
                },
                |(name, window)| backfilled.value(name, &[("window", window)], at),
            );
            let shown = shown[0].values.iter().find(|(second, _)| second.to_bits() == at.as_seconds_f64().to_bits());
            assert_eq!(shown.map(|(_, value)| value.to_bits()), Some(expected.to_bits()), "{title} at {at:?}");
        }
    }
}

/// What a panel of a dashboard asks under a name, of the line.
fn question(board: &str, title: &str, name: &str) -> String {
    let board = boards().into_iter().find(|it| it.name == board).expect("it is there");
    let panel = board.panels().iter().find(|panel| panel["title"] == title).expect("the panel is there");
    let mut targets = panel["targets"].as_array().expect("it asks").iter();
    let target = targets.find(|target| target["legendFormat"] == name).expect("the name is there");
    target["expr"].as_str().expect("PromQL").replace("$line", LINE)
}
