//! How a replay ends when something fails: with a message, a status, and no file that looks complete.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::Stdio;

use ensilinja_test_support::{PATIENCE, poll_until, send_signal};

use super::{AT, EVENTS, ended};
use crate::command_line::{self, command, file, run, run_command, shell};

/// The files in the folder of `path` whose names contain its name, complete or not.
fn leavings(path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    files.filter(|found| found.contains(name)).collect()
}

#[test]
fn an_output_file_appears_once_complete_and_equals_standard_output() {
    for format in ["csv", "jsonl", "openmetrics", "markdown"] {
        let path = file(&format!("replay-whole.{format}"));
        let when = if format == "markdown" { &["--from", "2025-09-15", "--to", "2025-09-16"][..] } else { &AT };
        let words = [when, &["--format", format, "--line", "mipa"]].concat();
        let (status, out, err) = ended(&[&words[..], &["--output", &path]].concat());
        assert_eq!((status, out.as_str()), (Some(0), ""), "{err}");
        assert_eq!(fs::read_to_string(&path).unwrap(), ended(&words).1, "{format}");
        assert_eq!(leavings(&path).len(), 1, "{:?}", leavings(&path));
    }
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    for format in ["csv", "jsonl", "openmetrics"] {
        let words = ["--from", "2025-09-15", "--to", "2025-09-16", "--format", format];
        let (status, _, err) = ended(&[&words[..], &["--output", "/dev/full"]].concat());
        assert_eq!(status, Some(1), "{err}");
        assert!(err.contains("error: cannot write /dev/full: No space left on device"), "{err}");

        // Files may have 256 KiB, which is less than the output.
        let path = file(&format!("replay-too-large.{format}"));
        let mut limited = shell("ulimit -f 256; trap '' XFSZ; exec \"$0\" \"$@\"");
        limited.args(["replay", "--events", &EVENTS]).args(words).args(["--output", &path]);
        let (status, _, err) = run_command(&mut limited);
        assert_eq!(status, Some(1), "{err}");
        assert!(err.contains("error: ") && err.contains("File too large"), "{err}");
        assert_eq!(leavings(&path), [""; 0], "{err}");
    }
}

#[test]
fn a_failed_replay_leaves_the_existing_file() {
    let path = file("replay-before.csv");
    fs::write(&path, "before").unwrap();
    let words = ["replay", "--events", "no/such.jsonl", "--output", &path, "--format", "csv"];
    assert_eq!(run(&[&words[..], &AT].concat()).0, Some(1));
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(leavings(&path), ["replay-before.csv"]);
}

#[test]
fn a_replay_never_replaces_its_events() {
    let events = file("replay-of-itself.jsonl");
    fs::write(&events, "events").unwrap();
    let link = file("replay-link-to-itself.jsonl");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(&events, &link).unwrap();
    for (read, output) in [(events.as_str(), &events), (&events, &link), (&link, &events), ("-", &events)] {
        let words = ["replay", "--events", read, "--output", output, "--format", "jsonl"];
        let mut replay = command(&[&words[..], &AT].concat());
        let (status, _, err) = run_command(replay.stdin(fs::File::open(&events).unwrap()));
        assert_eq!(status, Some(2), "{err}");
        assert!(err.contains("is the file of --events and would replace it"), "{err}");
        assert_eq!(fs::read_to_string(&events).unwrap(), "events");
    }
}

#[test]
fn a_missing_output_folder_is_reported_before_anything_is_read() {
    let stretch = ["--from", "2025-09-15", "--to", "2025-09-16"];
    for format in ["csv", "openmetrics", "table"] {
        let (status, _, err) = ended(&[&stretch[..], &["--format", format, "--output", "no/such/folder"]].concat());
        assert_eq!(status, Some(1));
        assert!(err.contains("error: cannot write ") && err.contains("no/such"), "{err}");
        assert!(!err.contains("read "), "{err}");
    }
}

#[test]
fn a_reader_that_closes_the_pipe_ends_a_replay_without_an_error() {
    for format in ["csv", "jsonl", "openmetrics", "table"] {
        let stretch = ["--from", "2025-09-15", "--to", "2025-09-17"];
        let words = [&["replay", "--events", EVENTS.as_str(), "--format", format], &stretch[..]].concat();
        let mut replay = command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(replay.stdout.take().unwrap()).read_line(&mut first).unwrap();
        assert!(!first.is_empty(), "{format}");
        let (status, _, err) = command_line::ended(replay.wait_with_output().unwrap());
        assert!(status == Some(0) && !err.contains("error"), "{format}: {err}");
    }
}

#[test]
fn a_truncated_file_is_reported_and_nothing_is_written() {
    let whole = fs::read(EVENTS.as_str()).unwrap();
    let cut = file("replay-cut.jsonl");
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let path = file("replay-of-the-cut.csv");
    for output in [&["--output", path.as_str()][..], &[]] {
        let words = [&["replay", "--events", &cut, "--format", "csv"], &AT[..], output].concat();
        let (status, _, err) = run(&words);
        assert_eq!(status, Some(1), "{err}");
        assert!(err.contains("none of the 1 instants was covered") && err.contains("it was cut off"), "{err}");
    }
    assert!(!Path::new(&path).exists());
}

#[test]
fn a_stopped_replay_reports_what_was_covered_and_leaves_no_file() {
    let path = file("replay-stopped.jsonl");
    // One replay is slow, the other has many instants.
    let slow = ["--to", "2025-09-15T20:00", "--speed", "3600"];
    let many = ["--to", "2025-09-16T20:00", "--step", "1s", "--output", &path];
    for (more, instants, what) in [(&slow[..], 11, "have been written"), (&many, 122_401, "were covered, and")] {
        let words = ["replay", "--events", EVENTS.as_str(), "--from", "2025-09-15T10:00", "--format", "jsonl"];
        let words = [&words[..], more].concat();
        let mut replay = command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(replay.stdout.take().unwrap()).lines();
        if more == slow {
            let begun: Vec<String> = lines.by_ref().take(3).map(Result::unwrap).collect();
            assert!(begun[2].contains("1757923200"), "{}", begun[2]);
        } else {
            // The first instants are in the file that does not have its final name yet.
            let folder = Path::new(&path).parent().unwrap();
            let length = |found: &String| fs::metadata(folder.join(found)).map_or(0, |found| found.len());
            let has_begun = || leavings(&path).iter().any(|found| found.ends_with(".partial") && length(found) > 0);
            assert!(poll_until(PATIENCE, has_begun), "nothing is written");
        }
        send_signal(&replay, "INT");
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(rest.iter().all(|line| !line.contains("\"end\"")), "the run does not look complete");
        let mut err = String::new();
        replay.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!(replay.wait().unwrap().code(), Some(1), "{err}");
        let covered = format!("of the {instants} instants, from 2025-09-15 10:00 to ");
        assert!(err.contains(&covered) && err.contains(what), "{err}");
        assert!(err.contains("it was stopped"), "{err}");
        assert_eq!(leavings(&path), [""; 0]);
    }
}
