//! Files of events: the simulator writes what it would publish, the file reads back completely, and a failed write
//! leaves nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ensilinja::commands::simulate::event_file_writer::{self, WriteEnding};
use ensilinja::feed;
use ensilinja_lookback::event_file::{EventBatch, EventFile, EventFileSummary};
use ensilinja_model::{Event, EventTime, LineId};
use ensilinja_sim::{County, Disorder, Generator, Oracle, Publication, SimEvent};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, http, poll_for, poll_until, send_signal};
use ensilinja_wire::{Decoder, Reason, Stated};
use rustix::io::ioctl_fionread;

use crate::command_line::{command, shell};
use crate::series;

/// 2025-09-16 08:00 in Helsinki, a Tuesday.
const FROM: EventTime = EventTime::from_seconds(1_757_998_800);

/// 2025-09-16 12:30 in Helsinki.
const TO: EventTime = EventTime::from_seconds(1_758_015_000);

const MORNING: [&str; 4] = ["--from", "2025-09-16T08:00", "--to", "2025-09-16T12:30"];

/// The names of all files in a folder.
fn names(folder: &TemporaryFolder) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// A simulation of the morning into `output`, with further arguments.
fn simulate(output: &Path, words: &[&str]) -> Command {
    let mut command = command(&[&["simulate"], &MORNING[..], words].concat());
    command.arg("--output").arg(output);
    command
}

fn stderr_text(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The records of that morning, from the library.
fn published(disorder: Disorder, seed: u64) -> impl Iterator<Item = Publication> {
    let generator = Generator::new(&County::oma_hame(), seed, FROM, 1.0);
    feed::publications(generator, None, disorder, seed).take_while(|publication| publication.at < TO)
}

fn decoder() -> Decoder {
    let lines: Vec<LineId> = County::oma_hame().lines.iter().map(|line| line.id.clone()).collect();
    Decoder::new(&lines, [7; 16])
}

/// The events of a file, sorted by time and leg, and the number of rejected lines by reason.
fn read(path: &Path) -> (Vec<Event>, BTreeMap<Reason, u64>) {
    let (events, read) = try_to_read(path).unwrap();
    assert_eq!(read.events, events.len() as u64);
    (events, read.rejected)
}

fn try_to_read(path: &Path) -> anyhow::Result<(Vec<Event>, EventFileSummary)> {
    let (mut file, mut batch, mut events) = (EventFile::open(path)?, EventBatch::default(), Vec::new());
    loop {
        file.next_batch(&decoder(), &mut batch)?;
        if batch.is_empty() {
            break;
        }
        let blocks = (0..).take_while(|block| batch.earliest(*block).is_some());
        events.extend(blocks.flat_map(|block| batch.events(block)).map(|line| match line.stated {
            Stated::Event(event) => event,
            Stated::Stay(_) => unreachable!("CloudEvents have no stays"),
        }));
    }
    events.sort_by_key(|event| (event.at, event.leg));
    Ok((events, file.summary().clone()))
}

fn count_lines(text: &[u8]) -> usize {
    text.split(|&byte| byte == b'\n').count() - 1
}

#[test]
fn a_simulated_morning_is_written_without_a_broker_and_read_back_whole() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    let output = simulate(&file, &["--seed", "5"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr_text(&output));
    assert_eq!((names(&folder), output.stdout.len()), (vec!["events.jsonl".to_owned()], 0));
    let (events, rejected) = read(&file);
    assert_eq!((events.len(), rejected), (published(Disorder::NONE, 5).count(), BTreeMap::new()));
    assert!(events.len() > 1_000, "there are {}", events.len());

    let printed = simulate(Path::new("-"), &["--seed", "5"]).output().unwrap();
    assert!(printed.status.success() && printed.stdout == fs::read(&file).unwrap(), "{}", stderr_text(&printed));
    let stderr_text = stderr_text(&printed);
    assert!(stderr_text.contains(&format!("written events={} file=\"-\"", events.len())), "{stderr_text}");
}

#[test]
fn disturbed_records_are_written_as_lines_where_possible_and_rejected_for_their_own_reasons() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    let rough = Disorder { poison: 0.2, ..Disorder::ROUGH };
    let written = event_file_writer::write(&file, published(rough, 6), &AtomicBool::new(false)).unwrap();
    assert_eq!(written.ending, WriteEnding::Whole);
    let (mut sound, mut poison) = (0, BTreeMap::<Reason, u64>::new());
    for publication in published(rough, 6) {
        match publication.poison {
            Some(found) => *poison.entry(found.reason).or_default() += 1,
            None => sound += 1,
        }
    }
    let (events, rejected) = read(&file);
    assert_eq!(events.len(), sound, "events in binary mode and duplicates included");
    let lines = count_lines(&fs::read(&file).unwrap());
    assert_eq!(lines as u64, written.lines);
    assert_eq!(rejected.values().sum::<u64>() + events.len() as u64, written.lines);
    assert_eq!(poison.values().sum::<u64>(), rejected.values().sum::<u64>() + written.left_out);
    assert!(written.left_out > 10, "{written:?}");
    for (reason, count) in rejected {
        assert!(count <= poison[&reason] && count > 0, "{reason:?}: {count}");
    }
}

#[test]
fn an_existing_file_is_replaced_only_by_a_complete_one() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    fs::write(&file, "before").unwrap();
    let stopped = event_file_writer::write(&file, published(Disorder::NONE, 7), &AtomicBool::new(true)).unwrap();
    assert_eq!(stopped.ending, WriteEnding::Stopped);
    assert_eq!((fs::read_to_string(&file).unwrap(), names(&folder).len()), ("before".to_owned(), 1));
    event_file_writer::write(&file, published(Disorder::NONE, 7), &AtomicBool::new(false)).unwrap();
    assert_eq!((read(&file).0.len(), names(&folder).len()), (published(Disorder::NONE, 7).count(), 1));
}

#[test]
fn a_file_with_content_is_replaced_only_with_force() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    fs::write(&file, "before").unwrap();
    let output = simulate(&file, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr_text(&output));
    let expected = format!("{} exists already: name another file, or replace it with --force", file.display());
    assert!(stderr_text(&output).contains(&expected), "{}", stderr_text(&output));
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    let output = simulate(&file, &["--force"]).output().unwrap();
    assert!(output.status.success() && read(&file).0.len() > 1_000, "{}", stderr_text(&output));
}

#[test]
fn a_stopped_simulation_reports_what_is_left_and_leaves_no_file() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    let years = ["simulate", "--from", "2015-01-01", "--to", "2025-01-01", "--volume", "100", "--output"];
    let child = command(&years).arg(&file).stderr(Stdio::piped()).spawn().unwrap();
    assert!(poll_until(PATIENCE, || !names(&folder).is_empty()), "it has not begun to write");
    send_signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr_text(&output));
    assert!(stderr_text(&output).contains("error: stopped before the end: "), "{}", stderr_text(&output));
    assert!(stderr_text(&output).contains(" to 2025-01-01 00:00 is left; "), "{}", stderr_text(&output));
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    // Files may have at most 256 KiB. The program gets an error instead of a signal.
    let limited = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";
    let output = shell(limited).args(simulate(&file, &[]).get_args()).output().unwrap();
    let problem = stderr_text(&output);
    assert_eq!(output.status.code(), Some(1), "{problem}");
    let expected = format!("error: cannot write {}: File too large", file.display());
    assert!(problem.contains(&expected), "{problem}");
    assert_eq!(names(&folder), [""; 0]);

    let output = simulate(Path::new("/dev/full"), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr_text(&output).contains("error: cannot write /dev/full: No space left on device"),
        "{}",
        stderr_text(&output)
    );
}

#[test]
fn a_reader_that_closes_the_pipe_ends_a_simulation_without_an_error() {
    let mut child = simulate(Path::new("-"), &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with('{') && line.ends_with("}\n"), "{line}");
    let mut stderr_text = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr_text).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr_text.as_str()), (Some(0), ""));
}

#[test]
fn a_full_pipe_does_not_keep_a_simulation_from_ending() {
    let mut child = simulate(Path::new("-"), &[]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn().unwrap();
    let pipe = child.stdout.take().unwrap();
    let mut held = 0;
    let is_full = || {
        let before = std::mem::replace(&mut held, ioctl_fionread(&pipe).unwrap());
        // Linux may leave the end of a page unused, so a full pipe can hold less than its 64 KiB.
        held > 32 * 1024 && held == before
    };
    assert!(poll_until(PATIENCE, is_full), "it does not fill the pipe");
    assert!(child.try_wait().unwrap().is_none(), "it waits for a reader");
    send_signal(&child, "TERM");
    let began = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(1), "what was asked for is not done");
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn a_truncated_file_is_an_error_that_names_the_line() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    assert!(simulate(&file, &[]).output().unwrap().status.success());
    let whole = fs::read(&file).unwrap();
    let lines = count_lines(&whole);
    fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    let error = format!("{:#}", try_to_read(&file).map(|_| ()).unwrap_err());
    let expected =
        format!("cannot read {}: it ends within line {lines} (malformed: truncated, no newline)", file.display());
    assert!(error.starts_with(&expected), "{error}");
}

/// A demo that plays a file from 2025-09-16 10:15 on. Dropping the value kills it.
struct Demo {
    child: Child,
    welcome: String,
    address: SocketAddr,
}

impl Demo {
    fn play(file: &Path) -> Self {
        let words = ["demo", "--listen", "127.0.0.1:0", "--at", "2025-09-16T10:15", "--speed", "10", "--events"];
        let mut child = command(&words).arg(file).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
        let welcome: String = lines.take_while(|line| line != "Ctrl-C ends it.").map(|line| line + "\n").collect();
        let (_, rest) = welcome.split_once("http://").unwrap();
        let address = rest.split('/').next().unwrap().to_owned();
        Self { child, welcome: welcome.replace(&address, "HERE"), address: address.parse().unwrap() }
    }

    fn metrics(&self) -> series::Series {
        series::read_page(&http::get(self.address, "/metrics").unwrap().body)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Events of the nine days before 2025-09-16, so that five open days of each line are complete, and until 12:30.
fn nine_days() -> Vec<SimEvent> {
    let generator = Generator::new(&County::oma_hame(), 8, FROM.plus_millis(-9 * 24 * 3_600_000), 1.0);
    let mut events: Vec<SimEvent> = generator.take_while(|event| event.reported_at < TO).collect();
    events.sort_by_key(|event| event.at);
    events
}

#[test]
fn the_demo_plays_a_file_in_any_order_and_shows_the_figures_of_its_instant() {
    /// 2025-09-16 10:15 in Helsinki, and a minute later.
    const UNTIL: EventTime = EventTime::from_seconds(1_758_006_900 + 60);
    let (folder, events) = (TemporaryFolder::new("events"), nine_days());
    let file = folder.file("events.jsonl");
    let publications = Disorder::NONE.publish(events.clone().into_iter(), 8);
    event_file_writer::write(&file, publications, &AtomicBool::new(false)).unwrap();
    let forwards = fs::read_to_string(&file).unwrap();
    let backwards: String = forwards.lines().rev().flat_map(|line| [line, "\n"]).collect();
    fs::write(&file, backwards).unwrap();

    let demo = Demo::play(&file);
    let before = events.iter().filter(|event| event.at < UNTIL.plus_millis(-60_000)).count();
    let welcome = format!(
        "Open the board: http://HERE/\n\n\
         It is Tuesday 16 September 2025, 10:15 in Finland, and time runs 10 times faster than real time.\n\
         The events come from {}: {before} before this time, {} to come, the last on Tuesday 16 September 2025, \
         12:29.\n\n\
         \x20 http://HERE/metrics      for Prometheus\n\
         \x20 http://HERE/api/figures  as JSON\n\
         \x20 http://HERE/readyz       whether the figures are complete\n\n",
        file.display(),
        events.len() - before
    );
    assert_eq!(demo.welcome, welcome);
    let quiet_page = || {
        let page = demo.metrics();
        let as_of =
            page.get("ensilinja_figures_as_of_timestamp_seconds").map_or(EventTime::MIN, |seconds| instant(*seconds));
        // Events of this moment may not have arrived yet, so a moment without events is chosen.
        let is_quiet = !events.iter().any(|event| (-50..2_500).contains(&as_of.millis_since(event.at)));
        (as_of >= UNTIL && is_quiet).then_some((page, as_of))
    };
    let (page, as_of) = poll_for(PATIENCE, quiet_page).expect("a page to compare");
    let mut oracle = Oracle::new(County::oma_hame().oracle_lines(), County::zone());
    for event in events.iter().filter(|event| event.at <= as_of) {
        oracle.apply(event);
    }
    let differences = series::differences(&page, &oracle, as_of);
    assert!(
        differences.is_empty(),
        "{} differences, such as {:#?}",
        differences.len(),
        &differences[..differences.len().min(20)]
    );
    assert!(events.iter().any(|event| event.at > UNTIL.plus_millis(-60_000) && event.at <= as_of), "some came live");
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit 53 bits")]
fn instant(seconds: f64) -> EventTime {
    EventTime::from_millis((seconds * 1000.0).round() as i64)
}

#[test]
fn the_demo_refuses_a_file_that_it_cannot_play_and_names_the_line() {
    let folder = TemporaryFolder::new("events");
    let file = folder.file("events.jsonl");
    assert!(simulate(&file, &[]).output().unwrap().status.success());
    let sound = fs::read_to_string(&file).unwrap();
    let elsewhere = sound.replacen("\"line\":\"", "\"line\":\"secret_", 1);
    let refusals = [
        (
            format!("\n{sound}{{\"secret\": 1}}\n"),
            "is not an event of the demo's county (malformed: missing_specversion)",
        ),
        (sound[..sound.len() - 20].to_owned(), "is not an event of the demo's county (malformed: truncated)"),
        (elsewhere, "line 1 is not an event of the demo's county (unknown_line: line_not_configured)"),
        (String::new(), "none of its events is late enough"),
    ];
    for (text, reason) in refusals {
        fs::write(&file, text).unwrap();
        let words = ["demo", "--listen", "127.0.0.1:0", "--events"];
        let output = command(&words).arg(&file).output().unwrap();
        let problem = stderr_text(&output);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{problem}");
        assert!(problem.starts_with(&format!("error: cannot play {}: ", file.display())), "{problem}");
        assert!(problem.contains(reason) && !problem.contains("secret"), "{problem}");
    }
}
