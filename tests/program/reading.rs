//! Reading the past from files of every kind and from a topic: the order, and the end where it cannot be complete.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ensilinja_config::Config;
use ensilinja_kafka::{EmbeddedBroker, OutgoingRecord, Publisher};
use ensilinja_lookback::{
    ArchiveFiles, EventSource, LookbackError, NoProgress, SourceDecoders, SourcePosition, SourceSummary, kafka_settings,
};
use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_test_support::{PATIENCE, poll_until, send_signal};
use ensilinja_wire::{Statement, encode_structured};

use crate::command_line::{command, ended};

const START: EventTime = EventTime::from_seconds(1_758_006_900);

/// The key of the hash of contact ids.
const KEY: [u8; 16] = [7; 16];

/// An event as it was read: when it happened and when it became known, in seconds since the start, its position and its
/// contact.
type Seen = (i64, i64, SourcePosition, String);

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reading").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// The line of an event so many seconds after the start, which are also the name of its contact.
fn line(second: i64) -> Vec<u8> {
    let line = LineId::parse("mipa").unwrap();
    let (contact, at) = (format!("contact{second}"), START.plus_millis(second * 1_000));
    let statement = Statement { contact: &contact, line: &line, visit: None, to_line: None, at, fact: Fact::Offered };
    [encode_structured(&statement).value, b"\n".to_vec()].concat()
}

fn lines(seconds: impl IntoIterator<Item = i64>) -> Vec<u8> {
    seconds.into_iter().flat_map(line).collect()
}

fn write(path: PathBuf, bytes: &[u8]) -> PathBuf {
    fs::write(&path, bytes).unwrap();
    path
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn source<'a>(config: &'a Config, files: &'a [PathBuf]) -> EventSource<'a> {
    EventSource {
        config,
        files,
        archives: ArchiveFiles::NONE,
        file_source: None,
        from: START,
        offsets: &[],
        known_before: None,
        progress: &NoProgress,
    }
}

/// Reads until there are `most` events, then requests a stop.
fn read_some(config: &Config, files: &[PathBuf], most: usize) -> (Result<SourceSummary, LookbackError>, Vec<Seen>) {
    let (stop, mut seen) = (AtomicBool::new(false), Vec::new());
    let read = source(config, files).read(&SourceDecoders::new(config, None, KEY), &stop, &mut |sourced| {
        let seconds = |at: EventTime| at.millis_since(START) / 1_000;
        let contact = sourced.contact.named().id;
        seen.push((seconds(sourced.event.at), seconds(sourced.known_at), sourced.position.clone(), contact));
        stop.store(seen.len() >= most, Ordering::Relaxed);
        Ok(())
    });
    (read, seen)
}

/// Where history begins.
fn begins(read: &SourceSummary) -> EventTime {
    read.evidence.coverage(&ensilinja_config::county().rules(START), None).begins
}

fn read(files: &[PathBuf]) -> (SourceSummary, Vec<Seen>) {
    let (read, seen) = read_some(&ensilinja_config::county(), files, usize::MAX);
    (read.unwrap(), seen)
}

fn error(files: &[PathBuf]) -> String {
    format!("{:#}", read_some(&ensilinja_config::county(), files, usize::MAX).0.unwrap_err())
}

fn seconds(seen: &[Seen]) -> Vec<i64> {
    seen.iter().map(|seen| seen.0).collect()
}

#[test]
fn an_event_has_the_number_and_the_contact_of_its_line() {
    let text = [b"\n\n".to_vec(), line(1), b"no event\n".to_vec(), line(2), b"\r\n".to_vec(), line(3)].concat();
    let (_, seen) = read(&[write(folder("numbers").join("a"), &text)]);
    let expected = [(1, 3), (2, 5), (3, 7)].map(|(second, number)| {
        let place = SourcePosition::Line { file: 0, number };
        (second, 1, place, format!("contact{second}"))
    });
    assert_eq!(seen, expected);
}

#[test]
fn files_plain_and_compressed_are_merged_by_time_whatever_their_order() {
    let folder = folder("merged");
    let [first, second, third] = [0..3_000, 3_000..6_000, 6_000..9_000].map(lines);
    let plain = write(folder.join("plain"), &first);
    let zstd = write(folder.join("zstd"), &zstd::encode_all(&second[..], 1).unwrap());
    let gzip = write(folder.join("gzip"), &gzip(&third));
    let (read, seen) = read(&[gzip, plain, zstd]);
    assert!(seconds(&seen).into_iter().eq(0..9_000));
    assert_eq!((read.events, begins(&read)), (9_000, START));
    let files: Vec<usize> = seen
        .iter()
        .map(|seen| match seen.2 {
            SourcePosition::Line { file, .. } => file,
            SourcePosition::Record { .. } | SourcePosition::Archived { .. } => panic!("no record"),
        })
        .collect();
    assert!(files.chunk_by(|a, b| a == b).map(|chunk| (chunk[0], chunk.len())).eq([
        (1, 3_000),
        (2, 3_000),
        (0, 3_000)
    ]));
}

#[test]
fn files_of_the_same_time_are_read_block_by_block_in_parallel() {
    let folder = folder("side_by_side");
    let even = write(folder.join("even"), &lines((0..5_000).map(|number| number * 2)));
    let odd = write(folder.join("odd"), &lines((0..5_000).map(|number| number * 2 + 1)));
    let (_, seen) = read(&[odd, even]);
    let furthest_back = seen.windows(2).map(|pair| pair[0].0 - pair[1].0).max().unwrap();
    assert!(furthest_back <= 128, "a block is 64 lines, of two seconds each: {furthest_back}");
    let mut seconds = seconds(&seen);
    seconds.sort_unstable();
    assert!(seconds.into_iter().eq(0..10_000));
}

#[test]
fn the_time_of_knowledge_never_decreases_and_ignores_single_lines_dated_ahead() {
    // Every fiftieth event is dated a year ahead, every seventieth an hour back.
    let dated = |number: i64| match number {
        _ if number % 50 == 7 => number + 31_536_000,
        _ if number % 70 == 9 => number - 3_600,
        _ => number,
    };
    let (_, seen) = read(&[write(folder("ahead").join("a"), &lines((0..10_000).map(dated)))]);
    assert_eq!(seen.len(), 10_000);
    assert!(seen.is_sorted_by_key(|seen| seen.1));
    assert!(seen.iter().zip(0..).all(|(seen, number)| seen.1 <= number), "it never runs ahead");
    assert!(seen.last().unwrap().1 > 5_000, "{:?}", seen.last());
}

#[test]
fn a_truncated_or_missing_file_among_others_is_named() {
    let folder = folder("cut");
    let whole = write(folder.join("whole"), &lines(0..3_000));
    let packed = gzip(&lines(3_000..6_000));
    let cut = write(folder.join("cut.gz"), &packed[..packed.len() / 2]);
    let err = error(&[whole.clone(), cut.clone()]);
    assert!(
        err.starts_with(&format!("cannot read {}: its gzip data ends within or before line ", cut.display())),
        "{err}"
    );
    let missing = folder.join("missing");
    let err = error(&[whole.clone(), missing.clone()]);
    assert!(err.starts_with(&format!("cannot open {}: ", missing.display())), "{err}");
    let err = error(&["-".into(), whole, "-".into()]);
    assert_eq!(err, "standard input is named twice: it can be read only once");
}

#[test]
fn a_stop_reports_how_far_reading_came() {
    let file = write(folder("stop").join("a"), &lines((0..20_000).map(|number| number * 60)));
    let (read, seen) = read_some(&ensilinja_config::county(), std::slice::from_ref(&file), 6_400);
    let error = read.unwrap_err();
    let LookbackError::StoppedReading(stopped) = &error else { panic!("{error}") };
    assert_eq!(stopped.events, seen.len() as u64);
    assert!((6_400..6_500).contains(&seen.len()), "{}", seen.len());
    // Four days and some hours after 2025-09-16 10:15.
    let err = format!("stopped before the end of {}: 6400 events were read, up to 2025-09-20 19:51", file.display());
    assert_eq!(error.to_string(), err);
}

#[test]
fn an_error_of_the_receiver_ends_reading() {
    let file = [write(folder("listener").join("a"), &lines(0..1_000))];
    let (config, mut received) = (ensilinja_config::county(), 0);
    let read =
        source(&config, &file).read(&SourceDecoders::new(&config, None, KEY), &AtomicBool::new(false), &mut |_| {
            received += 1;
            if received < 10 { Ok(()) } else { Err(LookbackError::Bug("the disk is full".to_owned())) }
        });
    let error = read.unwrap_err().to_string();
    assert_eq!((error, received), ("this is a bug of the program: the disk is full".to_owned(), 10));
}

#[test]
fn only_files_are_read_twice() {
    let config = ensilinja_config::county();
    let file = write(folder("twice").join("a"), &lines(0..10));
    let twice = |files: &[PathBuf]| source(&config, files).check_twice().map_err(|error| error.to_string());
    assert_eq!((twice(&[]), twice(std::slice::from_ref(&file))), (Ok(()), Ok(())));
    let advice =
        "can be read only once, but has to be read twice: write it to a file first, and give the name of that file";
    assert_eq!(twice(&[file, "-".into()]), Err(format!("standard input {advice}")));
}

#[test]
fn records_of_a_topic_are_read_in_the_order_in_which_they_became_known() {
    let broker = EmbeddedBroker::start().unwrap();
    let mut config = ensilinja_config::county();
    broker.create_topic(&config.kafka.topic, 8).unwrap();
    config.kafka.bootstrap_servers = broker.bootstrap_servers();
    let publisher = Publisher::new(&kafka_settings(&config), &config.kafka.topic).unwrap();
    for second in 0..4_000 {
        let (value, key) = (line(second), format!("contact{second}"));
        // An hour after it happened.
        let timestamp = START.plus_millis((second + 3_600) * 1_000);
        let key = Some(key.as_bytes());
        publisher.send(&OutgoingRecord { key, headers: &[], value: Some(&value), timestamp }).unwrap();
    }
    publisher.flush(Duration::from_secs(20)).unwrap();

    let (read, seen) = read_some(&config, &[], usize::MAX);
    let read = read.unwrap();
    assert_eq!(begins(&read), START.plus_millis(3_600_000), "the stamp of its first record");
    assert_eq!(read.reached, Some(START.plus_millis(7_599_000)));
    assert!(seen.iter().map(|seen| (seen.0, seen.1)).eq((0..4_000).map(|second| (second, second + 3_600))));
    assert!(seen.iter().all(|(second, _, _, contact)| *contact == format!("contact{second}")));

    let (read, seen) = read_some(&config, &[], 100);
    let error = read.unwrap_err().to_string();
    let topic = &config.kafka.topic;
    // A hundred seconds after 2025-09-16 11:15.
    assert_eq!(error, format!("stopped before the end of {topic}: 100 events were read, up to 2025-09-16 11:16"));
    assert_eq!(seconds(&seen), (0..100).collect::<Vec<_>>());

    let mut events = 0;
    let before = EventSource { known_before: Some(START.plus_millis(3_700_000)), ..source(&config, &[]) };
    let read = before.read(&SourceDecoders::new(&config, None, KEY), &AtomicBool::new(false), &mut |_| {
        events += 1;
        Ok(())
    });
    assert_eq!((read.unwrap().events, events), (100, 100), "what was published later is not known yet");
}

/// Starts `report` over files or standard input.
fn report(events: &[&Path], stdin: Stdio) -> Child {
    let mut report = command(&["report", "--from", "2025-09-16", "--to", "2025-09-17"]);
    for file in events {
        report.arg("--events").arg(file);
    }
    report.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_signal_ends_the_reading_of_a_silent_pipe() {
    let mut child = report(&[Path::new("-")], Stdio::piped());
    let mut pipe = child.stdin.take().unwrap();
    // Several times what is read ahead: once all is written, most has been processed.
    pipe.write_all(&lines(0..20_000)).unwrap();
    let err = interrupted(child);
    assert!(
        err.contains("error: stopped before the end of standard input: ") && err.contains(", up to 2025-09-16 1"),
        "{err}"
    );
    drop(pipe);
}

#[test]
fn a_signal_ends_the_opening_of_a_pipe_without_a_writer() {
    let mut child = report(&[Path::new("-")], Stdio::piped());
    let pipe = child.stdin.take().unwrap();
    let err = interrupted(child);
    assert!(err.contains("error: stopped before the end of standard input: 0 events were read"), "{err}");
    drop(pipe);

    let folder = folder("silent");
    let (file, pipe) = (write(folder.join("file"), &lines(0..100)), folder.join("pipe"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for events in [&[pipe.as_path()][..], &[&file, &pipe]] {
        let err = interrupted(report(events, Stdio::null()));
        assert!(err.contains("error: stopped before the end of "), "{err}");
    }
}

/// Interrupts a process once it handles signals. It has to end soon and without output; returns its standard error.
#[track_caller]
fn interrupted(mut child: Child) -> String {
    assert!(poll_until(PATIENCE, || listens_to_interrupts(child.id())), "it has no handler for SIGINT");
    send_signal(&child, "INT");
    let has_ended = poll_until(Duration::from_secs(10), || child.try_wait().unwrap().is_some());
    let _ = child.kill();
    let (status, out, err) = ended(child.wait_with_output().unwrap());
    assert!(has_ended, "it goes on after SIGINT: {err}");
    assert_eq!((status, out.len()), (Some(1), 0), "{err}");
    err
}

/// Whether a process has a handler for SIGINT, which is the second bit of `SigCgt`.
fn listens_to_interrupts(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    u64::from_str_radix(caught.trim(), 16).unwrap() & 0b10 != 0
}

#[test]
fn without_a_terminal_no_escape_code_is_written() {
    let file = write(folder("plain").join("a"), &lines(0..50_000));
    let mut child = report(&[&file], Stdio::from(File::open("/dev/null").unwrap()));
    let mut err = Vec::new();
    child.stderr.take().unwrap().read_to_end(&mut err).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!err.contains(&0x1b) && !err.contains(&b'\r'), "{}", String::from_utf8_lossy(&err));
}
