//! `ensilinja compare` on the command line: differences between runs, the contacts behind them, and exit statuses.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::command_line::{Ended, command, ended, file, printed, run_command};

/// Two runs: one with and one without a contact of [`LINE`] that arrives and is answered between 10:00 and 10:15.
struct Stage {
    contact: String,
    /// A run of all events.
    before: String,
    /// A run of all events but those of the contact.
    after: String,
    /// The file of all events.
    events: String,
}

const LINE: &str = "sairaanhoitaja_chat";

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let [events, fewer, before, after] =
        ["compare.jsonl", "compare-fewer.jsonl", "compare-before.run", "compare-after.run"].map(file);
    let past = ["--from", "2025-08-01", "--to", "2025-09-16T11:00", "--seed", "1"];
    printed(&[&["simulate", "--output", &events, "--force"][..], &past].concat());
    let text = fs::read_to_string(&events).unwrap();
    let answered = text.lines().find(|event| {
        event.contains("contact.answered") && event.contains(LINE) && event.contains("\"time\":\"2025-09-16T07:1")
    });
    let answered: Value = serde_json::from_str(answered.unwrap()).unwrap();
    let contact = answered["subject"].as_str().unwrap().to_owned();
    let others: String = text.split_inclusive('\n').filter(|event| !event.contains(&contact)).collect();
    assert!(others.lines().count() < text.lines().count());
    fs::write(&fewer, others).unwrap();
    run_of(&events, &before, &[]);
    run_of(&fewer, &after, &[]);
    Stage { contact, before, after, events }
});

/// Replays 10:00 to 11:00 in steps of a quarter of an hour into the file `run`.
fn run_of(events: &str, run: &str, more: &[&str]) {
    let asked = ["--from", "2025-09-16T10:00", "--to", "2025-09-16T11:00", "--step", "15m", "--format", "jsonl"];
    printed(&[&["replay", "--events", events, "--output", run], &asked[..], more].concat());
}

fn compare(words: &[&str]) -> Ended {
    compare_with(words, Stdio::null())
}

fn compare_with(words: &[&str], stdin: impl Into<Stdio>) -> Ended {
    run_command(command(&[&["compare"], words].concat()).stdin(stdin))
}

fn json(words: &[&str]) -> Value {
    let (status, out, err) = compare(&[words, &["--format", "json"]].concat());
    assert_eq!(status, Some(3), "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_run_is_the_same_as_itself_whether_from_a_file_or_from_standard_input() {
    let Stage { before, .. } = &*STAGE;
    let compressed = file("compare-before.run.gz");
    let gzip = Command::new("gzip").args(["-c", before]).stdout(File::create(&compressed).unwrap()).status().unwrap();
    assert!(gzip.success());
    for (words, name) in [
        ([before.as_str(), before], before.as_str()),
        ([before, "-"], "standard input"),
        ([before, &compressed], &compressed),
    ] {
        let (status, out, err) = compare_with(&words, File::open(before).unwrap());
        assert_eq!((status, err.as_str()), (Some(0), ""));
        assert!(out.starts_with("no differences: "), "{out}");
        let end = format!(
            " figures at 5 instants (2025-09-16 10:00:00 to 2025-09-16 11:00:00) are equal in {before} and {name}\n"
        );
        assert!(out.ends_with(&end) && out.lines().count() == 1, "{out}");
        let figures: u64 = out["no differences: ".len()..].split(' ').next().unwrap().parse().unwrap();
        assert!(figures > 5 * 22 * 100, "{figures}");
    }
}

#[test]
fn a_missing_contact_is_found_in_its_own_figures_only_and_by_its_id() {
    let Stage { before, after, contact, events } = &*STAGE;
    let json = json(&[before, after, "--contacts"]);
    let differences = json["differences"].as_array().unwrap();
    let lines: BTreeSet<&str> = differences.iter().map(|it| it["line"].as_str().unwrap()).collect();
    assert_eq!(lines, BTreeSet::from([LINE]), "only the line of the contact differs");
    let of = |window: &str, figure: &str, label: Option<&str>| {
        let labels: Vec<&str> = label.into_iter().collect();
        let found = differences
            .iter()
            .find(|it| it["window"] == window && it["figure"] == figure && it["labels"] == serde_json::json!(labels));
        found.unwrap_or_else(|| panic!("{window} {figure} {label:?} is equal"))
    };
    let offered = of("15m", "contacts_offered", None);
    assert_eq!((&offered["instants"], &offered["most"]["by"]), (&1.into(), &(-1).into()));
    assert_eq!(offered["at"][0]["as_of_timestamp_seconds"], 1_758_006_900, "it arrives between 10:00 and 10:15");
    let answered = of("15m", "contacts_decided", Some("answered"));
    let legs = answered["contacts"]["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 1);
    assert_eq!(
        (&legs[0]["contact"], &legs[0]["one"], &legs[0]["other"]),
        (&contact.as_str().into(), &1.into(), &Value::Null)
    );
    let found = legs[0]["found_in_one"][0].as_str().unwrap();
    assert!(found.contains(&format!(", {events}:")), "{found}");
    assert!(differences.iter().all(|it| it["window"] != "yesterday"), "yesterday is over");

    let (status, out, err) = compare(&[before, after]);
    assert_eq!((status, err.as_str()), (Some(3), ""));
    assert!(!out.contains(contact.as_str()), "an id is printed only where it is asked for");
    let figures: u64 = differences.iter().map(|it| it["instants"].as_u64().unwrap()).sum();
    assert!(out.starts_with(&format!("{figures} of ")), "{out}");
    assert!(out.lines().any(|row| row.starts_with(LINE) && row.contains("  15m     contacts_offered  ")), "{out}");
}

#[test]
fn instants_windows_and_lines_of_only_one_run_are_listed_and_lines_count_as_a_difference() {
    let Stage { before, events, .. } = &*STAGE;
    let [narrow, later, apart] = ["compare-narrow.run", "compare-later.run", "compare-apart.run"].map(file);
    run_of(events, &narrow, &["--line", LINE, "--window", "1h", "--figure", "contacts_offered"]);
    let (status, out, err) = compare(&[&narrow, before]);
    assert_eq!(status, Some(3), "{err}");
    assert!(out.starts_with("only the lines differ: 5 figures at 5 in"), "{out}");
    assert!(out.contains("\nonly in other: lines 116117, aikuissosiaalityo, "), "{out}");
    let not_compared = "\nnot compared, on one side only: window";
    assert!(out.contains(&format!("{not_compared}s 15m, ")), "{out}");

    let [hour, quarter] = ["compare-hour.run", "compare-quarter.run"].map(file);
    run_of(events, &hour, &["--window", "1h"]);
    let (status, out, err) = compare(&[before, &hour]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.starts_with("no differences: ") && out.contains(&format!("{not_compared}s 15m, ")), "{out}");
    run_of(events, &quarter, &["--window", "15m"]);
    let (status, out, err) = compare(&[&quarter, &hour]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.contains(" have no window in common: "), "{err}");

    let replay = ["replay", "--events", events, "--format", "jsonl", "--output"];
    printed(
        &[&replay[..], &[&later, "--from", "2025-09-16T10:30", "--to", "2025-09-16T11:00", "--step", "10m"]].concat(),
    );
    let (status, out, err) = compare(&[&later, before]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains(" figures at 2 instants (2025-09-16 10:30:00 to 2025-09-16 11:00:00)"), "{out}");
    assert!(out.contains("\nonly in one: 2 instants (2025-09-16 10:40:00 to 2025-09-16 10:50:00)\n"), "{out}");
    assert!(out.contains("\nonly in other: 3 instants (2025-09-16 10:00:00 to 2025-09-16 10:45:00)\n"), "{out}");

    printed(&[&replay[..], &[&apart, "--at", "2025-09-16T09:59"]].concat());
    let (status, out, err) = compare(&[&apart, before]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(err.contains("the runs have no instant in common: "), "{err}");
}

#[test]
fn an_incomplete_run_ends_with_status_1_and_no_comparison() {
    let Stage { before, events, .. } = &*STAGE;
    let text = fs::read_to_string(before).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let [cut, torn, twice, swapped, empty, more] =
        ["cut", "torn", "twice", "swapped", "empty", "more"].map(|name| file(&format!("compare-{name}.run")));
    fs::write(&cut, lines[..4].concat()).unwrap();
    fs::write(&torn, &text[..text.len() * 2 / 3]).unwrap();
    fs::write(&twice, format!("{text}{text}")).unwrap();
    fs::write(&swapped, [lines[0], lines[2], lines[1]].concat()).unwrap();
    fs::write(&empty, "").unwrap();
    fs::write(&more, [&lines[..6], &["{\"end\": {\"instants\": 6}}\n"]].concat().concat()).unwrap();
    for (run, expected) in [
        (cut.as_str(), "was cut off after 3 instants: make the run again"),
        (&torn, "was cut off after 3 instants: make the run again"),
        (&twice, "continues after its end"),
        (&swapped, "instant 2 is not later than the previous one"),
        (&empty, "is not a run: a run is the output of `ensilinja replay --format jsonl`"),
        (&more, "announces 6 instants and has 5: make the run again"),
        (events, "is not a run (a run is the output of `ensilinja replay --format jsonl`)"),
        ("no/such.run", "cannot open no/such.run: No such file or directory"),
    ] {
        for words in [[run, before.as_str()], [before.as_str(), run]] {
            let (status, out, err) = compare(&words);
            assert_eq!((status, out.as_str()), (Some(1), ""), "{run}: {err}");
            assert!(err.starts_with("error: ") && err.contains(expected), "{run}: {err}");
        }
    }
}

#[test]
fn arguments_that_cannot_be_compared_end_with_status_2() {
    for (words, expected) in [
        (&["a.run"][..], "a run is compared with OTHER"),
        (&["http://127.0.0.1:1"], "give --config to compare the live process with its topic, or OTHER"),
        (&["-", "-"], "standard input can be read only once"),
        (&["127.0.0.1:9464"], "there is no such file; did you mean http://127.0.0.1:9464?"),
        (&["a.run", "ftp://127.0.0.1:1"], "it should be the address of a live process"),
        (&["a.run", "b.run", "--events", "c.jsonl"], "cannot be used with"),
    ] {
        let (status, out, err) = compare(words);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{words:?}");
        assert!(err.starts_with("error: ") && err.contains(expected), "{err}");
    }
}

#[test]
fn a_process_that_does_not_answer_ends_with_status_1_and_advice() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let other = answering("{\"lines\": 7}");
    let rebuilding = answering(
        "{\"figures_as_of_timestamp_seconds\": null, \"complete\": false, \"reasons\": [\"reading\"], \"lines\": []}",
    );
    for (address, expected) in [
        (unused, "cannot be reached: Connection refused"),
        (other, "is not a process of Ensilinja: it is JSON, but not a document of figures"),
        (rebuilding, "has no figures yet: it is still reading (reading); try again when "),
    ] {
        let address = format!("http://{address}");
        let (status, out, err) = compare(&[&STAGE.before, &address]);
        assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.starts_with(&format!("error: {address} {expected}")), "{err}");
        assert!(err.matches("refused").count() <= 1, "{err}");
    }
}

#[test]
fn differences_are_printed_even_if_their_contacts_cannot_be_read() {
    let Stage { before, after, .. } = &*STAGE;
    let moved = file("compare-moved.run");
    let text = fs::read_to_string(after).unwrap();
    fs::write(&moved, text.replacen("compare-fewer.jsonl", "compare-gone.jsonl", 1)).unwrap();
    let (status, out, err) = compare(&[before, &moved, "--contacts"]);
    assert_eq!(status, Some(3), "{err}");
    assert!(out.lines().count() > 20 && out.contains("contacts_offered"), "{out}");
    assert!(
        err.contains("contacts not listed") && err.contains("cannot open ") && err.contains("compare-gone.jsonl"),
        "{err}"
    );
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_error_of_a_comparison() {
    let Stage { before, after, .. } = &*STAGE;
    let mut compare = command(&["compare", before, after]);
    let mut child = compare.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(ended(child.wait_with_output().unwrap()), (Some(3), String::new(), String::new()));
}

#[test]
fn a_run_is_compared_with_live_figures_at_one_of_its_instants() {
    let Stage { before, after, .. } = &*STAGE;
    let [of_before, of_after] = [before, after].map(|run| live_line(run, 2));
    let live = format!("http://{}", answering(&of_before));
    let (status, out, err) = compare(&[before, &live]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.contains(" figures at 1 instant (2025-09-16 10:15:00) are equal in "), "{out}");

    let live = format!("http://{}", answering(&of_after));
    let (status, out, err) = compare(&[&live, before]);
    assert_eq!((status, err.as_str()), (Some(3), ""));
    assert!(out.contains(&format!("\none: {live}\nother: {before}\n")), "{out}");
    assert!(out.lines().any(|row| row.contains("contacts_offered") && row.ends_with("+1")), "{out}");

    let elsewhere = of_before.replacen("1758006900", "1758006901", 1);
    let live = format!("http://{}", answering(&elsewhere));
    let (status, out, err) = compare(&[before, &live]);
    assert_eq!((status, out.as_str()), (Some(1), ""));
    assert!(
        err.contains(" has no figures of 2025-09-16 10:15:01, the instant of ") && err.contains("compare --config"),
        "{err}"
    );
}

#[test]
fn live_figures_are_compared_with_a_file_at_their_instant() {
    let Stage { before, after, events, contact } = &*STAGE;
    let live = format!("http://{}", answering(&live_line(before, 3)));
    let (status, out, err) = compare(&[&live, "--events", events, "--quiet"]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains(&format!("(2025-09-16 10:30:00) are equal in {live} and {events}\n")), "{out}");

    let live = format!("http://{}", answering(&live_line(after, 3)));
    let (status, out, err) = compare(&[&live, "--events", events, "--quiet"]);
    assert_eq!(status, Some(3), "{err}");
    assert!(!out.contains(contact.as_str()), "{out}");
    let json = json(&[&live, "--events", events, "--quiet"]);
    let differences = json["differences"].as_array().unwrap().iter();
    let lines: BTreeSet<&str> = differences.map(|difference| difference["line"].as_str().unwrap()).collect();
    assert_eq!(lines, BTreeSet::from([LINE]));

    // A figure that a process of this version lacks on every line is a difference, not a figure of another version.
    let mut lacking: Value = serde_json::from_str(&live_line(before, 3)).unwrap();
    for line in lacking["lines"].as_array_mut().unwrap() {
        assert!(line["figures"].as_object_mut().unwrap().remove("contacts_waiting").is_some());
    }
    let live = format!("http://{}", answering(&lacking.to_string()));
    let (status, out, err) = compare(&[&live, "--events", events, "--quiet"]);
    assert_eq!(status, Some(3), "{err}");
    assert!(out.contains("contacts_waiting") && !out.contains("not compared"), "{out}");
}

/// A line of a run as the answer of a live process.
fn live_line(run: &str, line: usize) -> String {
    let text = fs::read_to_string(run).unwrap();
    let shown = text.lines().nth(line).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "{{\"version\": \"{version}\", \"now_timestamp_seconds\": 1789000000, \"complete\": true, \"reasons\": [], {}",
        &shown[1..]
    )
}

/// A listener that answers each request with a document.
fn answering(body: &str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let answer = head + body;
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}
