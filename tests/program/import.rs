//! `ensilinja import` on the command line: files of call records become events, whole or not at all, and nothing of a
//! refused row is repeated.

mod county;
mod example;

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_until, send_signal};

use crate::command_line::{Ended, command, ended, run, run_command, shell};

const COLUMNS: &str = r#"
separator = ";"
time_zone = "Europe/Helsinki"
otherwise = "abandoned"
[formats]
date_time = "%d.%m.%Y %H:%M:%S"
duration = "hh:mm:ss"
[columns]
id = "Id"
queue = "Jono"
arrived = "Tuli"
wait = "Odotus"
[queues]
"Palvelu" = "mipa"
"#;

const CALLS: &str = "Id;Jono;Tuli;Odotus\n\
                     c-1;Palvelu;16.9.2025 09:00:00;0:01:00\n\
                     c-2;Palvelu;16.9.2025 09:05:00;0:02:00\n";

/// Rows that are refused, each with a secret.
const REFUSED: &str = "c-3;secret-queue;16.9.2025 09:00:00;0:01:00\n\
                       +358401234567;Palvelu;16.9.2025 09:00:00;0:01:00\n\
                       c-4;Palvelu;secret-time;0:01:00\n\
                       c-5;Palvelu;16.9.2025 09:00:00;secret-wait\n\
                       c-6;Palvelu;16.9.2025 09:00:00;0:01:00;secret-field\n";

/// A folder with a file of calls and the columns file.
struct Office(TemporaryFolder);

impl Office {
    fn new(calls: &str) -> Self {
        let folder = TemporaryFolder::new("import");
        folder.write("calls.csv", calls);
        folder.write("calls.toml", COLUMNS);
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.file(name).to_str().unwrap().to_owned()
    }

    fn import(&self, more: &[&str]) -> Ended {
        let [calls, columns, output] = ["calls.csv", "calls.toml", "events.jsonl"].map(|name| self.path(name));
        run(&[&["import", &calls, "--columns", &columns, "--output", &output], more].concat())
    }

    fn events(&self) -> Option<String> {
        fs::read_to_string(self.0.file("events.jsonl")).ok()
    }

    /// The names of all files in the folder, sorted.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn calls_become_events_with_status_0_and_the_same_file_the_same_events() {
    let office = Office::new(CALLS);
    let (status, out, err) = office.import(&[]);
    assert_eq!((status, out.as_str()), (Some(0), ""), "{err}");
    assert!(err.contains("call records read rows=2 taken=2 facts=4 ignored=0 unmapped=0 refused=0"), "{err}");
    assert!(err.contains("written events=4"), "{err}");
    let events = office.events().unwrap();
    assert_eq!(events.lines().count(), 4);
    assert!(
        events.contains("\"source\":\"/ensilinja/import\",\"type\":\"fi.ensilinja.contact.abandoned\""),
        "{events}"
    );
    assert!(events.contains("\"time\":\"2025-09-16T06:01:00Z\""), "{events}");

    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(1));
    assert!(err.contains("events.jsonl exists already: name another file, or replace it with --force"), "{err}");
    assert_eq!(office.import(&["--force"]).0, Some(0));
    assert_eq!(office.events().unwrap(), events);
}

#[test]
fn standard_input_and_standard_output_are_streams() {
    let office = Office::new(CALLS);
    assert_eq!(office.import(&[]).0, Some(0));
    let mut child = command(&["import", "-", "--columns", &office.path("calls.toml"), "--output", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(CALLS.as_bytes()).unwrap();
    let (status, out, err) = ended(child.wait_with_output().unwrap());
    assert_eq!((status, Some(out)), (Some(0), office.events()), "{err}");
    assert_eq!(office.names(), ["calls.csv", "calls.toml", "events.jsonl"]);
}

#[test]
fn several_files_plain_or_compressed_are_one_import() {
    let office = Office::new(CALLS);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(CALLS.replace("c-", "d-").as_bytes()).unwrap();
    fs::write(office.0.file("more.csv"), gzip.finish().unwrap()).unwrap();
    let more = office.path("more.csv");
    assert_eq!(office.import(&[&more]).0, Some(0));
    assert_eq!(office.events().unwrap().lines().count(), 8);
    let again = office.path("calls.csv");
    let (status, _, err) = office.import(&["--force", &again]);
    assert_eq!(status, Some(0), "a file may be named twice");
    assert!(err.contains("rows repeat the contact, line and start of an earlier row rows=2"), "{err}");
}

#[test]
fn refused_rows_are_named_by_line_and_reason_and_nothing_of_them_is_repeated() {
    let office = Office::new(&(CALLS.to_owned() + REFUSED));
    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(3), "{err}");
    assert!(err.contains("rows=7 taken=2 facts=4 ignored=0 unmapped=1 refused=4"), "{err}");
    assert!(err.contains("rows of queues without a line rows=1 lines=\"4\" remedy="), "{err}");
    for (reason, line) in [("personal_id", 5), ("bad_time", 6), ("bad_duration", 7), ("field_count", 8)] {
        let expected = format!("rows refused reason=\"{reason}\" rows=1 lines=\"{line}\" remedy=");
        assert!(err.contains(&expected), "{expected}\n{err}");
    }
    assert!(!err.contains("secret") && !err.contains("358") && !err.contains("c-"), "{err}");
    assert_eq!(office.events().unwrap().lines().count(), 4);

    let header = CALLS.lines().next().unwrap();
    let office = Office::new(&format!("{header}\n{REFUSED}"));
    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(1));
    assert!(err.contains("error: none of the 5 rows could be read; ") && !err.contains("secret"), "{err}");
    assert_eq!(office.names(), ["calls.csv", "calls.toml"]);
}

#[test]
fn a_queue_without_a_line_is_said_and_is_no_fault_as_with_records_of_platforms() {
    let office = Office::new(&(CALLS.to_owned() + REFUSED.lines().next().unwrap()));
    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(0), "{err}");
    let expected =
        "rows of queues without a line rows=1 lines=\"4\" remedy=\"add the queue to [queues], or to ignore\"";
    assert!(err.contains(expected) && !err.contains("rows refused"), "{err}");
    let header = CALLS.lines().next().unwrap();
    let office = Office::new(&format!("{header}\n{REFUSED}").lines().take(2).collect::<Vec<_>>().join("\n"));
    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(1), "nothing is left to write: {err}");
}

#[test]
fn a_file_that_does_not_fit_or_is_damaged_leaves_no_output() {
    for (calls, expected) in [
        (CALLS.replace(';', ","), "line 1: there is no column \"Id\" among the 1 columns; perhaps separator = \",\""),
        (CALLS.replace("Tuli", "secret"), "line 1: there is no column \"Tuli\" among the 4 columns"),
        (CALLS.replace("c-2;Palvelu", "c-2;\"secret"), "line 3: a quotation mark opens here"),
        (String::new(), "calls.csv has no rows; check skip_rows"),
    ] {
        let office = Office::new(&calls);
        let (status, out, err) = office.import(&[]);
        assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(expected) && !err.contains("secret"), "{err}");
        assert_eq!(office.names(), ["calls.csv", "calls.toml"]);
    }
    let office = Office::new(CALLS);
    let missing = office.path("missing.csv");
    let (status, _, err) = office.import(&[&missing]);
    assert_eq!(status, Some(1));
    assert!(err.contains("error: cannot open ") && err.contains("missing.csv"), "{err}");
    assert_eq!(office.names(), ["calls.csv", "calls.toml"], "the first file alone is not written");
}

#[test]
fn a_wrong_columns_file_is_bad_usage_and_starts_nothing() {
    let office = Office::new(CALLS);
    for (from, to, expected) in [
        ("\"mipa\"", "\"mippa\"", "queues.\"Palvelu\" is \"mippa\"; it should be the id of a line: did you mean mipa?"),
        ("arrived =", "arived =", "columns.arived is unknown; did you mean arrived?"),
    ] {
        office.0.write("calls.toml", COLUMNS.replace(from, to));
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/ensilinja.toml");
        let (status, _, err) = office.import(&["--config", sample]);
        assert_eq!(status, Some(2));
        assert!(err.contains("calls.toml:") && err.contains(expected), "{err}");
    }
    fs::remove_file(office.0.file("calls.toml")).unwrap();
    let (status, _, err) = office.import(&[]);
    assert_eq!(status, Some(2));
    assert!(err.contains("cannot be read: ") && err.contains("--columns FILE"), "{err}");
    office.0.write("calls.toml", COLUMNS);
    let [calls, columns] = ["calls.csv", "calls.toml"].map(|name| office.path(name));
    for output in [&calls, &columns] {
        let (status, _, err) = run(&["import", &calls, "--columns", &columns, "--output", output, "--force"]);
        assert_eq!(status, Some(2));
        assert!(err.contains("is a file that is read and would replace it"), "{err}");
    }
    assert_eq!(fs::read_to_string(&calls).unwrap(), CALLS);
}

#[test]
fn a_silent_pipe_does_not_keep_an_import_from_stopping() {
    let office = Office::new(CALLS);
    let output = office.path("events.jsonl");
    let mut child = command(&["import", "-", "--columns", &office.path("calls.toml"), "--output", &output])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = child.stdin.take().unwrap();
    assert!(poll_until(PATIENCE, || office.names().len() == 3), "it has not begun to write");
    send_signal(&child, "TERM");
    let (status, _, err) = ended(child.wait_with_output().unwrap());
    drop(pipe);
    assert_eq!(status, Some(1));
    assert!(err.contains("error: stopped before the end; "), "{err}");
    assert_eq!(office.names(), ["calls.csv", "calls.toml"]);
}

#[test]
fn a_reader_that_closes_the_pipe_ends_an_import_without_an_error() {
    let rows = (0..200_000).map(|row| format!("c-{row};Palvelu;16.9.2025 09:00:00;0:01:00\n"));
    let office = Office::new(&("Id;Jono;Tuli;Odotus\n".to_owned() + &rows.collect::<String>()));
    let line = "\"$0\" import \"$1\" --columns \"$2\" --output - | head -n 1 > /dev/null; exit \"${PIPESTATUS[0]}\"";
    let (status, _, err) = run_command(shell(line).args([office.path("calls.csv"), office.path("calls.toml")]));
    assert_eq!((status, err.as_str()), (Some(0), ""));
}
