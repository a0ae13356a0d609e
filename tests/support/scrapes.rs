//! Scrapes of the simulated county, hour by hour, as blocks of data for Prometheus: the product's own pages, made by
//! the ledger and the exposition at instants of the past.
//!
//! Two processes are scraped. The second one, started a minute later, is the standby, of which only series about the
//! process are kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ensilinja_catalogue::{Exposition, Hazards, MemoryUse, MetricsFormat, PartitionState, Snapshot, WebFileState};
use ensilinja_config::Config;
use ensilinja_ledger::{Applied, Figures, Ledger};
use ensilinja_model::{Channel, EventTime, LineId};
use ensilinja_serve::{Build, Pipeline};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_wire::{Decoder, Oddity, Reason};

use crate::pages::{COMPLETE, decode, snapshot};

const DAY_MS: i64 = 24 * HOUR_MS;
const HOUR_MS: i64 = 3_600_000;

/// How long the county is simulated before the first scrape. It contains five open days of every line.
const BEFORE_MS: i64 = 20 * DAY_MS;

/// The scrapes of a period.
pub struct Scrapes {
    pub config: Config,
    /// The figures at each scrape, by its instant in ms.
    pub figures: BTreeMap<i64, Figures>,
    samples: String,
}

impl Scrapes {
    /// Scrapes the county every hour from one instant to another, both included. Keeps the samples that `is_wanted`
    /// selects; it gets each as the page writes it, `name{labels} value`.
    pub fn every_hour(from: EventTime, to: EventTime, is_wanted: impl Fn(&str) -> bool) -> Self {
        let config = ensilinja_config::county();
        let start = from.plus_millis(-BEFORE_MS);
        let rules = config.rules_over(&(start..to));
        let cards = config.lines.iter().map(ensilinja_config::Line::info).collect();
        let exposition = Exposition::new(cards, rules.bounds());
        let reasons: Vec<&'static str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        let oddities: Vec<&'static str> = Oddity::ALL.iter().map(|oddity| oddity.as_str()).collect();
        let pipeline = Pipeline::new(Build { version: "0.1.0", revision: "test" }, &reasons, &oddities);
        let mut ledger = Ledger::new(rules, start);
        let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
        let decoder = Decoder::new(&ids, *b"sixteen bytes!!!");
        let generator = Generator::new(&County::oma_hame(), 5, start, 1.0);
        let mut publications = Disorder::NONE.publish(generator, 5).peekable();
        let mut scrapes = Self { config, figures: BTreeMap::new(), samples: String::new() };
        let mut now = from;
        while now <= to {
            while let Some(publication) = publications.next_if(|publication| publication.at <= now) {
                learn(&mut ledger, &decoder, &pipeline, &publication);
            }
            pipeline.rejected("malformed");
            let figures = ledger.figures(now, COMPLETE);
            let snapshot = full_snapshot(now, figures.clone(), (now.as_millis() - from.as_millis()) / HOUR_MS);
            scrapes.keep(&exposition.text(MetricsFormat::Text, &snapshot, &pipeline.gather()), now, &is_wanted);
            scrapes.figures.insert(now.as_millis(), figures);
            now = now.plus_millis(HOUR_MS);
        }
        scrapes
    }

    /// Adds a sample of Prometheus itself, such as of an alert, at every scrape.
    pub fn add(&mut self, series: &str, value: f64) {
        for at_ms in self.figures.keys() {
            writeln!(self.samples, "{series} {value} {}", at_ms / 1000).expect("a text takes all");
        }
    }

    /// Writes the samples as blocks into a directory of data.
    pub fn write_blocks(&self, directory: &Path) {
        write_blocks(&self.samples, directory);
    }

    fn keep(&mut self, page: &str, now: EventTime, is_wanted: &impl Fn(&str) -> bool) {
        for sample in page.lines().filter(|line| !line.starts_with('#') && is_wanted(line)) {
            self.write(sample, "one", now);
            if let Some(started) = sample.strip_prefix("process_start_time_seconds ") {
                let later = started.parse::<f64>().expect("a number") + 60.0;
                self.write(&format!("process_start_time_seconds {later}"), "two", now);
            } else if !sample.contains("line=\"") {
                self.write(sample, "two", now);
            }
        }
    }

    fn write(&mut self, sample: &str, instance: &str, now: EventTime) {
        let (series, value) = sample.rsplit_once(' ').expect("a sample has a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let comma = if labels == "}" { "" } else { "," };
        let seconds = now.as_millis() / 1000;
        writeln!(self.samples, "{name}{{job=\"ensilinja\",instance=\"{instance}\"{comma}{labels} {value} {seconds}")
            .expect("a text takes all");
    }
}

/// Writes samples, `name{labels} value seconds` each, as blocks into a directory of data.
pub fn write_blocks(samples: &str, directory: &Path) {
    fs::create_dir_all(directory).expect("it can be made");
    let file: PathBuf = directory.with_extension("om");
    fs::write(&file, format!("{samples}# EOF\n")).expect("it can be written");
    let written = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "--max-block-duration=1440h", "openmetrics"])
        .args([&file, &directory.to_owned()])
        .output()
        .expect("promtool is installed");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    fs::remove_file(&file).expect("it was written");
}

fn learn(ledger: &mut Ledger, decoder: &Decoder, pipeline: &Pipeline, publication: &Publication) {
    let event = decode(decoder, publication).expect("nothing is poisonous");
    let applied: Applied = ledger.apply(&event);
    pipeline.event(event.fact.kind(), applied, publication.at.millis_since(event.at));
}

fn partition(number: i32) -> PartitionState {
    PartitionState { topic: "events".into(), partition: number, lag_messages: 3, lag_seconds: 0.01, ready: true }
}

/// The snapshot of a process that has everything to report.
fn full_snapshot(now: EventTime, figures: Figures, dead_letters: i64) -> Snapshot {
    Snapshot {
        partitions: (0..3).map(partition).collect(),
        dead_letters: vec![("malformed", dead_letters.unsigned_abs())],
        calendar_valid_until: Some(now.plus_millis(300 * DAY_MS)),
        log_replaced: vec![("made_anew", 0), ("records_lost", 0), ("deleted", 0)],
        hazards: Hazards {
            topic_settings: vec![("events".into(), "retention.ms".into(), false)],
            insecure: vec![("certificate_unverified", false)],
            web_file: WebFileState {
                is_current: Some(true),
                certificate_valid_until: Some(now.plus_millis(60 * DAY_MS)),
            },
            memory: Some(MemoryUse { used: 201_326_592, limit: 268_435_456 }),
            ..Hazards::default()
        },
        shards: vec![("south".to_owned(), true)],
        newest_events: Channel::ALL.iter().map(|channel| (*channel, now)).collect(),
        ..snapshot(now, figures)
    }
}
