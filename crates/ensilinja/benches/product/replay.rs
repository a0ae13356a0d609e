//! The speed and the memory of replays of files and of a topic.
//!
//! Each replay is a process of its own, measured from its start to its end; its output is discarded. The files have the
//! events of twenty times the county, in two parts of which one follows the other: more events are a longer time, not a
//! denser one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Generator, SimEvent};
use ensilinja_test_support::TemporaryFolder;
use ensilinja_wire::encode_structured;
use jiff::Timestamp;

use crate::builds::{Build, Builds, Turns};
use crate::process::{cpu_seconds, peak_resident_bytes};
use crate::product::configuration_file;
use crate::stand::{PARTITIONS, Stand};
use crate::table::{Budget, ROUNDS, Row, float};

/// Sunday 2025-02-02 at 0:00 in Helsinki, the beginning of the simulation.
const BEGIN: EventTime = EventTime::from_seconds(1_738_447_200);

/// A Monday of March and the Monday four weeks later. Events before it are read too, because windows reach back.
const MONTH: [&str; 2] = ["2025-03-03", "2025-03-31"];

/// The volume of the county in the files of millions.
const VOLUME: f64 = 20.0;

/// The time between two looks at the memory of a replay. What it allocates after the last look is not seen.
const LOOK: Duration = Duration::from_millis(5);

const DAY_MS: i64 = 24 * 3_600_000;

const MIB: f64 = 1_048_576.0;

/// One replay.
struct Replayed {
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
}

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let files = TemporaryFolder::new("bench");
    let mut rows = vec![month(&files, &builds.this)?];
    // One and nine million events.
    let parts = [stand.five_million / 5, stand.five_million / 5 * 9];
    let mut generator = Generator::new(&County::oma_hame(), 1, BEGIN, VOLUME);
    let names = ["1.jsonl", "2.jsonl.zst"].map(|name| files.file(name));
    let mut ends = Vec::new();
    for (path, events) in names.iter().zip(parts) {
        let events = usize::try_from(events)?;
        ends.push(write(path, generator.by_ref().take(events))?.1);
    }
    let packed = files.file("1.jsonl.zst");
    pack(&names[0], &packed)?;
    for (what, file) in [("a file", &names[0]), ("a file in zstd", &packed)] {
        let replays =
            builds.rounds(|build| replay(build, &sources(std::slice::from_ref(file)), BEGIN, ends[0], "1d"))?;
        rows.extend(speed(&format!("{} events of {what}", millions(parts[0])), parts[0], &replays));
    }
    rows.extend(topic(stand, builds)?);
    for count in 1..=parts.len() {
        let events: u64 = parts[..count].iter().sum();
        let replayed = replay(&builds.this, &sources(&names[..count]), BEGIN, ends[count - 1], "1h")?;
        let days = ends[count - 1].millis_since(BEGIN) / DAY_MS;
        let what = format!("{} events of {days} days, hour by hour", millions(events));
        rows.push(Row::new(format!("{what}: events/s"), vec![float(events) / replayed.seconds], 0));
        rows.push(Row::new(format!("{what}: most memory ever resident, MiB"), vec![replayed.peak_mib], 0));
    }
    Ok(rows)
}

/// A month of the county, hour by hour, with the events before it.
fn month(files: &TemporaryFolder, build: &Build) -> anyhow::Result<Row> {
    let path = files.file("month.jsonl");
    let end = BEGIN.plus_millis(60 * DAY_MS);
    let county = Generator::new(&County::oma_hame(), 1, BEGIN, 1.0);
    let (events, _) = write(&path, county.take_while(|event| event.reported_at < end))?;
    let source = sources(std::slice::from_ref(&path));
    let seconds = |_| Ok(replay_words(build, &source, MONTH.map(str::to_owned), "1h")?.seconds);
    let what = format!("a month of the county, {events} events, hour by hour: s");
    let rounds = (0..ROUNDS).map(seconds).collect::<anyhow::Result<_>>()?;
    Ok(Row::new(what, rounds, 2).within(Budget::AtMost(10.0)))
}

/// Five million events of a topic.
fn topic(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let topic = stand.millions(1)?;
    let replays = builds.rounds(|build| {
        let configuration = configuration_file(&topic, &build.configuration(""))?;
        let source = ["--config", &configuration.display().to_string(), "--brokers", &topic.settings.bootstrap_servers]
            .map(str::to_owned);
        let replayed = replay(build, &source, stand.began.plus_millis(-DAY_MS), stand.began, "1d");
        fs::remove_file(configuration)?;
        replayed
    })?;
    let what = format!("{} events of {PARTITIONS} partitions", millions(topic.events));
    let mut rows = speed(&what, topic.events, &replays);
    let peaks = replays.of_this().iter().map(|replayed| replayed.peak_mib).collect();
    rows.push(Row::new(format!("{what}: most memory ever resident, MiB"), peaks, 0));
    Ok(rows)
}

fn speed(what: &str, events: u64, replays: &Turns<Replayed>) -> Vec<Row> {
    let events = float(events);
    let rate = |replayed: &Replayed| events / replayed.seconds;
    let mut rows = replays.rows([what, "events/s"], 0, rate, Budget::AtLeast(200_000.0), Budget::AtLeast(1.5));
    let cpu = replays.of_this().iter().map(|replayed| replayed.cpu_seconds / events * 1e6).collect();
    rows.push(Row::new(format!("{what}: CPU s/million events"), cpu, 2));
    rows
}

fn millions(events: u64) -> String {
    format!("{:.1} million", float(events) / 1e6)
}

fn sources(files: &[PathBuf]) -> Vec<String> {
    files.iter().flat_map(|file| ["--events".to_owned(), file.display().to_string()]).collect()
}

/// Replays the instants from one to another.
fn replay(build: &Build, source: &[String], from: EventTime, to: EventTime, step: &str) -> anyhow::Result<Replayed> {
    let written = |at: EventTime| anyhow::Ok(Timestamp::from_second(at.floor_second())?.to_string());
    replay_words(build, source, [written(from)?, written(to)?], step)
}

fn replay_words(build: &Build, source: &[String], [from, to]: [String; 2], step: &str) -> anyhow::Result<Replayed> {
    let began = Instant::now();
    let mut child = Command::new(&build.program)
        .args(["replay", "--quiet", "--format", "jsonl", "--from", &from, "--to", &to, "--step", step])
        .args(source)
        .env("ENSILINJA_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    let (mut cpu, mut peak) = (0.0, 0);
    while child.try_wait()?.is_none() {
        (cpu, peak) = look(&child).unwrap_or((cpu, peak));
        std::thread::sleep(LOOK);
    }
    let seconds = began.elapsed().as_secs_f64();
    anyhow::ensure!(child.wait()?.success(), "the replay failed");
    Ok(Replayed { seconds, cpu_seconds: cpu, peak_mib: float(peak) / MIB })
}

/// Its processor time and its highest memory so far. An error once it has ended.
fn look(child: &Child) -> anyhow::Result<(f64, u64)> {
    Ok((cpu_seconds(child.id())?, peak_resident_bytes(child.id())?))
}

/// Writes events, one a line, compressed if the name ends with `.zst`. Returns their number and the time of the last
/// report.
fn write(path: &Path, events: impl Iterator<Item = SimEvent>) -> anyhow::Result<(u64, EventTime)> {
    let file = io::BufWriter::with_capacity(1 << 20, File::create(path)?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "zst");
    let mut lines: Box<dyn Write> =
        if is_compressed { Box::new(zstd::Encoder::new(file, 1)?.auto_finish()) } else { Box::new(file) };
    let (mut count, mut last) = (0, BEGIN);
    for event in events {
        lines.write_all(&encode_structured(&event.statement()).value)?;
        lines.write_all(b"\n")?;
        (count, last) = (count + 1, event.reported_at);
    }
    lines.flush()?;
    Ok((count, last))
}

fn pack(from: &Path, to: &Path) -> anyhow::Result<()> {
    Ok(zstd::stream::copy_encode(File::open(from)?, File::create(to)?, 1)?)
}
