//! Files of events: what the simulator writes is what it would publish, and reads back whole; and of what cannot be
//! written, nothing is left.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use ensilinja::events_file::{self, Ending};
use ensilinja::feed;
use ensilinja_model::{Event, EventTime, LineId};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_wire::{Decoder, Reason};

/// 2025-09-16 08:00 in Helsinki, a Tuesday.
const FROM: EventTime = EventTime::from_seconds(1_757_998_800);

/// 2025-09-16 12:30 in Helsinki.
const TO: EventTime = EventTime::from_seconds(1_758_015_000);

const MORNING: [&str; 4] = ["--from", "2025-09-16T08:00", "--to", "2025-09-16T12:30"];

/// A directory of its own for a test; it goes when the value does.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("ensilinja-events-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names of all files in it.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The simulator writing its morning to `output`, with further words.
fn simulate(output: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ensilinja"));
    command.arg("simulate").args(MORNING).args(words).arg("--output").arg(output);
    command.env_remove("ENSILINJA_LOG").stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What the library would publish in that morning.
fn published(disorder: Disorder, seed: u64) -> impl Iterator<Item = Publication> {
    let generator = Generator::new(&County::oma_hame(), seed, FROM, 1.0);
    feed::publications(generator, None, disorder, seed).take_while(|publication| publication.at < TO)
}

fn decoder() -> Decoder {
    let lines: Vec<LineId> = County::oma_hame().lines.iter().map(|line| line.id.clone()).collect();
    Decoder::new(&lines, [7; 16])
}

/// The events of a file in an order that does not depend on the file's, and what else was in it.
fn read(path: &Path) -> (Vec<Event>, BTreeMap<Reason, u64>) {
    let mut events = Vec::new();
    let read = events_file::read(path, &decoder(), |event| events.push(event)).unwrap();
    assert_eq!(read.events, events.len() as u64);
    events.sort_by_key(|event| (event.at, event.leg));
    (events, read.rejected)
}

fn count_lines(text: &[u8]) -> usize {
    text.split(|&byte| byte == b'\n').count() - 1
}

#[test]
fn a_simulated_morning_is_written_without_a_broker_and_read_back_whole() {
    let directory = Directory::new();
    let file = directory.file("events.jsonl");
    let output = simulate(&file, &["--seed", "5"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!((directory.names(), output.stdout.len()), (vec!["events.jsonl".to_owned()], 0));
    let (events, rejected) = read(&file);
    assert_eq!((events.len(), rejected), (published(Disorder::NONE, 5).count(), BTreeMap::new()));
    assert!(events.len() > 1_000, "there are {}", events.len());

    let printed = simulate(Path::new("-"), &["--seed", "5"]).output().unwrap();
    assert!(printed.status.success() && printed.stdout == fs::read(&file).unwrap(), "{}", said(&printed));
    let said = said(&printed);
    assert!(said.contains(&format!("written to - events={}", events.len())), "{said}");
}

#[test]
fn of_disturbed_records_all_that_can_be_a_line_is_written_and_rejected_for_what_is_wrong_with_it() {
    let directory = Directory::new();
    let file = directory.file("events.jsonl");
    let rough = Disorder { poison: 0.2, ..Disorder::ROUGH };
    let written = events_file::write(&file, published(rough, 6), &AtomicBool::new(false)).unwrap();
    assert_eq!(written.ending, Ending::Whole);
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
fn a_file_that_is_there_is_replaced_only_by_a_whole_one() {
    let directory = Directory::new();
    let file = directory.file("events.jsonl");
    fs::write(&file, "before").unwrap();
    let stopped = events_file::write(&file, published(Disorder::NONE, 7), &AtomicBool::new(true)).unwrap();
    assert_eq!(stopped.ending, Ending::Stopped);
    assert_eq!((fs::read_to_string(&file).unwrap(), directory.names().len()), ("before".to_owned(), 1));
    events_file::write(&file, published(Disorder::NONE, 7), &AtomicBool::new(false)).unwrap();
    assert_eq!((read(&file).0.len(), directory.names().len()), (published(Disorder::NONE, 7).count(), 1));
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let directory = Directory::new();
    let file = directory.file("events.jsonl");
    // A limit of 256 KiB on files, of which the program learns by an error and not by a signal.
    let limited = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";
    let program = simulate(&file, &[]);
    let output =
        Command::new("bash").args(["-c", limited]).arg(program.get_program()).args(program.get_args()).output();
    let output = output.unwrap();
    let problem = said(&output);
    assert_eq!(output.status.code(), Some(1), "{problem}");
    let expected = format!("error: cannot write {}: File too large", file.display());
    assert!(problem.contains(&expected), "{problem}");
    assert_eq!(directory.names(), [""; 0]);

    let output = simulate(Path::new("/dev/full"), &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("error: cannot write /dev/full: No space left on device"), "{}", said(&output));
}

#[test]
fn a_reader_that_has_had_enough_ends_it_quietly() {
    let mut child = simulate(Path::new("-"), &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with('{') && line.ends_with("}\n"), "{line}");
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn a_pipe_that_nobody_reads_does_not_keep_it_from_ending() {
    let mut child = simulate(Path::new("-"), &[]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn().unwrap();
    // By then it has filled the pipe.
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(child.try_wait().unwrap().is_none(), "it waits for a reader");
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let began = std::time::Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

#[test]
fn a_file_that_was_cut_off_is_an_error_that_says_where() {
    let directory = Directory::new();
    let file = directory.file("events.jsonl");
    assert!(simulate(&file, &[]).output().unwrap().status.success());
    let whole = fs::read(&file).unwrap();
    let lines = count_lines(&whole);
    fs::write(&file, &whole[..whole.len() - 20]).unwrap();
    let error = format!("{:#}", events_file::read(&file, &decoder(), |_| {}).unwrap_err());
    let expected =
        format!("cannot read {}: it ends within line {lines} (malformed: truncated, no newline)", file.display());
    assert!(error.starts_with(&expected), "{error}");
}
