//! `ensilinja explain` on the command line: the entries of a figure, the story of a contact, and refusals.

use std::fs;
use std::sync::LazyLock;

use ensilinja_test_support::non_empty;
use serde_json::Value;

use crate::command_line::{Ended, command, file, printed, run, run_command};

/// Events from 2025-08-10 to 2025-09-17: all the history that figures of 2025-09-15 need.
static COUNTY: LazyLock<String> = LazyLock::new(|| {
    let path = file("explain-county.jsonl");
    printed(&["simulate", "--from", "2025-08-10", "--to", "2025-09-17", "--seed", "5", "--output", &path, "--force"]);
    path
});

fn logged(words: &[&str], log: &str) -> Ended {
    run_command(command(words).env("ENSILINJA_LOG", log))
}

#[track_caller]
fn explained(words: &[&str]) -> String {
    printed(&[&["explain"], words].concat())
}

fn document(words: &[&str]) -> Value {
    serde_json::from_str(&explained(&[words, &["--format", "json"]].concat())).unwrap()
}

/// A line of a file: an event of a contact.
fn event_line(contact: &str, fact: &str, time: &str, data: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"{contact} {fact} {time}","source":"/test","type":"fi.ensilinja.contact.{fact}","subject":"{contact}","time":"{time}","data":{{"line":"mipa"{data}}}}}"#
    )
}

/// A file of these lines. A first arrival long ago makes all windows complete, and events without a figure, three a
/// month until spring, show that nothing is missing in between.
fn written(name: &str, lines: &[String]) -> String {
    let path = file(name);
    let first = event_line("long-ago", "offered", "2025-01-01T10:00:00+02:00", "");
    let months = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09"];
    let months = months.into_iter().chain(["2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]);
    let days = months.flat_map(|month| ["05", "15", "25"].map(|day| format!("{month}-{day}T10:00:00+02:00")));
    let signs: Vec<String> = days.map(|at| event_line("sign-of-life", "ended", &at, "")).collect();
    fs::write(&path, [&[first], lines, &signs].concat().join("\n") + "\n").unwrap();
    path
}

/// The output, in which the file has a short name.
fn page(words: &[&str], path: &str) -> String {
    explained(&[&["--events", path], words].concat()).replace(path, "a.jsonl")
}

fn small() -> String {
    written(
        "explain-small.jsonl",
        &[
            event_line("canary-1", "offered", "2026-03-02T10:01:00+02:00", ""),
            event_line("canary-1", "abandoned", "2026-03-02T10:03:11.250+02:00", r#","stage":"queue""#),
            event_line("canary-2", "offered", "2026-03-02T10:04:00+02:00", r#","visit":"v-2""#),
            event_line("canary-2", "abandoned", "2026-03-02T10:04:03+02:00", r#","visit":"v-2","stage":"menu""#),
            event_line("canary-1", "abandoned", "2026-03-02T10:03:11.250+02:00", r#","stage":"queue""#),
            event_line("canary-3", "offered", "2026-03-02T10:05:00+02:00", ""),
            event_line("canary-3", "answered", "2026-03-02T10:06:00+02:00", ""),
            event_line("canary-4", "offered", "2026-03-02T10:14:00+02:00", ""),
        ],
    )
}

#[test]
fn a_figure_is_the_sum_of_entries_each_with_its_contact_fact_and_position() {
    let small = small();
    let of = ["--line", "mipa", "--at", "2026-03-02T10:15"];
    assert_eq!(
        page(&[&of[..], &["--figure", "abandoned", "--window", "15m"]].concat(), &small),
        include_str!("explain/abandoned.txt")
    );
    assert_eq!(
        page(&[&of[..], &["--figure", "waiting"]].concat(), &small),
        "\
waiting, line mipa, at 2026-03-02 10:15:00

ensilinja_contacts_waiting
Contacts waiting now, including those in the menu

SECOND               ADDS  CONTACT   ENTRY             CAUSE                           SOURCE
2026-03-02 10:14:00  +1    canary-4  arrived_promised  offered at 2026-03-02 10:14:00  a.jsonl:9

Result: 1, the sum of these, as shown.
"
    );
    let oldest = page(&[&of[..], &["--figure", "waiting_oldest"]].concat(), &small);
    assert!(
        oldest.contains("canary-4") && oldest.ends_with("Result: 1 min 0 s, the value of this contact, as shown.\n")
    );
    let sum = page(&[&of[..], &["--figure", "abandon_wait_sum", "--window", "1h"]].concat(), &small);
    assert!(sum.contains("  +2 min 11.250 s  ") && sum.contains("Result: 2 min 14.250 s, the sum of these"), "{sum}");
    let service = page(&[&of[..], &["--figure", "service", "--window", "today"]].concat(), &small);
    assert!(service.ends_with("Share: 1 of 3, 33.3 %.\n"), "{service}");
    let quantile =
        page(&[&of[..], &["--figure", "answer_wait_quantile{q=\"0.9\"}", "--window", "1h"]].concat(), &small);
    assert!(quantile.contains("2026-03-02 10:06:00  this one  canary-3"), "{quantile}");
    let none = page(&[&of[..], &["--figure", "purged", "--window", "1h"]].concat(), &small);
    assert!(none.ends_with("Result: 0, as shown. No entry contributes.\n"), "{none}");
}

/// Each number of a figure with the sum of its entries.
fn sums(document: &Value) -> Vec<(f64, f64)> {
    let parts = document["figures"].as_array().unwrap().iter();
    let sum =
        |part: &Value| part["entries"].as_array().unwrap().iter().map(|entry| entry["adds"].as_f64().unwrap()).sum();
    non_empty("figures", parts.map(|part| (part["number"].as_f64().unwrap(), sum(part))))
}

/// The sum of all numbers below a name of a replayed document.
fn below(value: &Value) -> f64 {
    match value {
        Value::Object(fields) => fields.values().map(below).sum(),
        number => number.as_f64().unwrap(),
    }
}

#[test]
fn explained_figures_of_the_simulated_county_equal_those_of_a_replay() {
    let mut entries = 0;
    for (line, at, windows) in [
        ("116117", "2025-09-15T10:15:00+03:00", ["15m", "open5d"]),
        ("mipa", "2025-09-15T14:59:59+03:00", ["today", "open2h"]),
        ("mipa_chat", "2025-09-16T03:00:00+03:00", ["1h", "yesterday"]),
    ] {
        let at_line = ["--events", COUNTY.as_str(), "--line", line, "--at", at];
        let replayed = printed(&[&["replay", "--format", "jsonl"], &at_line[..]].concat());
        let mut figures = replayed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let figures = figures.find(|document| document.get("lines").is_some()).unwrap()["lines"][0]["figures"].clone();
        for (name, path) in [
            ("contacts_offered", "contacts_offered"),
            ("contacts_decided", "contacts_decided"),
            ("abandoned_queue", "contacts_decided/abandoned_queue"),
            ("contacts_handled", "contacts_handled"),
            ("broken", "promises/answer/broken promises/callback/broken"),
            ("callbacks_closed{result=reached}", "callbacks_closed/reached"),
            ("outcomes", "outcomes"),
            ("handling_sum", "handling_sum_seconds"),
        ] {
            for window in windows {
                let shown: f64 = path
                    .split(' ')
                    .map(|path| below(figures["windows"][window].pointer(&format!("/{path}")).unwrap()))
                    .sum();
                let all = document(&[&at_line[..], &["--figure", name, "--window", window, "--all"]].concat());
                assert_eq!(all["figures"][0]["not_shown"], Value::Null);
                for (number, sum) in sums(&all) {
                    assert!((number - shown).abs() < 1e-6 && (sum - shown).abs() < 1e-3, "{line} {name} {window} {at}");
                }
                entries += all["figures"][0]["entries"].as_array().unwrap().len();
            }
        }
        for (name, path) in
            [("waiting", "contacts_waiting"), ("outstanding", "callbacks_outstanding"), ("pending", "promises_pending")]
        {
            let all = document(&[&at_line[..], &["--figure", name, "--all"]].concat());
            let shown = below(&figures[path]);
            for (number, sum) in sums(&all) {
                assert!(number.to_bits() == shown.to_bits() && (sum - shown).abs() < 1e-9, "{line} {name} {at}");
            }
        }
        let kept = document(&[&at_line[..], &["--figure", "promise_kept", "--window", "today"]].concat());
        let today = &figures["windows"]["today"];
        assert_eq!(kept["share"]["good"], today["indicator_good"]["promise_kept"]);
        assert_eq!(kept["share"]["valid"], today["indicator_valid"]["promise_kept"]);
    }
    assert!(entries > 1_000, "only {entries} entries were listed");
}

#[test]
fn each_position_named_holds_the_fact_it_is_named_for() {
    let lines = fs::read_to_string(COUNTY.as_str()).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let words = [
        "--events",
        &COUNTY,
        "--line",
        "116117",
        "--figure",
        "promises",
        "--window",
        "open5d",
        "--at",
        "2025-09-15T10:15",
    ];
    let promises = document(&[&words[..], &["--all"]].concat());
    let entries = promises["figures"][0]["entries"].as_array().unwrap();
    assert!(entries.len() > 300, "{}", entries.len());
    for entry in entries {
        let number = usize::try_from(entry["said"]["source"]["line"].as_u64().unwrap()).unwrap();
        let line: Value = serde_json::from_str(lines[number - 1]).unwrap();
        assert_eq!(line["subject"], entry["contact"]);
        let fact = entry["said"]["fact"].as_str().unwrap().split(' ').next().unwrap();
        let kind = line["type"].as_str().unwrap().strip_prefix("fi.ensilinja.contact.").unwrap();
        let is_reached = kind == "callback_attempted" && line["data"]["result"] == "reached";
        assert_eq!(if is_reached { "callback_reached" } else { kind }, fact);
    }
    let listed = page(&words[2..], &COUNTY);
    assert!(listed.contains(&format!("... {} more; --all lists them", entries.len() - 40)), "{listed}");
    assert!(listed.contains(&format!("\nResult: {}, the sum of these", entries.len())), "{listed}");
}

#[test]
fn a_promise_broken_over_a_weekend_is_explained_with_its_rule_and_reason() {
    let friday = written(
        "explain-friday.jsonl",
        &[
            event_line("f-1", "offered", "2026-03-06T14:30:00+02:00", ""),
            event_line("f-1", "callback_requested", "2026-03-06T14:31:10.250+02:00", ""),
            event_line("f-1", "callback_attempted", "2026-03-06T14:55:00+02:00", r#","result":"failed""#),
            event_line("f-1", "callback_requested", "2026-03-06T14:31:10.250+02:00", ""),
            event_line("f-1", "callback_requested", "2026-03-06T14:40:00+02:00", ""),
            event_line("f-1", "callback_reached", "2026-03-09T10:02:00+02:00", ""),
        ],
    );
    assert_eq!(page(&["--contact", "f-1", "--at", "2026-03-10"], &friday), include_str!("explain/weekend.txt"));
    let then = page(&["--contact", "f-1", "--at", "2026-03-06T15:00"], &friday);
    assert!(then.contains("2026-03-06 23:59:59 (future)  callback_broken"), "{then}");
    assert!(then.contains("It is not settled yet; unless an event keeps it, it will be broken at"), "{then}");
    let overdue = ["--line", "mipa", "--figure", "overdue", "--at", "2026-03-08T12:00"];
    assert!(page(&overdue, &friday).contains("+1    f-1      became_overdue  the deadline passed, after"));
    let pending = document(&["--events", &friday, "--contact", "f-1", "--at", "2026-03-06T15:00"]);
    let promise = &pending["legs"][0]["promise"];
    assert_eq!((&promise["verdict"], &promise["promise"]), (&"pending".into(), &"callback".into()));
    assert_eq!(promise["deadline"], "2026-03-06T23:59:59+02:00");
}

#[test]
fn legs_of_a_contact_are_separate_and_a_retracted_one_does_not_count() {
    let visit = |visit: &str| format!(r#","visit":"{visit}""#);
    let path = written(
        "explain-visits.jsonl",
        &[
            event_line("v", "offered", "2026-03-02T10:00:00+02:00", &visit("1")),
            event_line("v", "answered", "2026-03-02T10:00:30+02:00", &visit("1")),
            event_line("v", "retracted", "2026-03-03T08:00:00+02:00", &visit("1")),
            event_line("v", "offered", "2026-03-02T10:00:00+02:00", &visit("2")),
            event_line("v", "answered", "2026-03-02T10:20:00+02:00", &visit("2")),
            event_line("v", "answered", "2026-03-02T10:00:20+02:00", &visit("2")),
            event_line("w-7", "offered", "2026-03-02T10:00:00+02:00", ""),
        ],
    );
    let story = page(&["--contact", "v", "--at", "2026-03-04"], &path);
    let (first, second) = story.split_once("mipa, visit 2").unwrap();
    assert!(
        first.contains("mipa, visit 1") && first.contains("It was retracted: its other facts no longer count"),
        "{story}"
    );
    assert!(!first.contains("answered_within"), "{story}");
    assert!(second.contains("overridden by answered at 2026-03-02 10:00:20"), "{story}");
    assert!(second.contains("It was kept at 2026-03-02 10:00:20: the customer was answered."), "{story}");
    assert!(!story.contains("w-7"), "{story}");
    let flagged = ["--line", "mipa", "--figure", "retracted", "--window", "yesterday", "--at", "2026-03-04"];
    assert!(page(&flagged, &path).contains("v visit 1"));
}

#[test]
fn the_repeated_hour_needs_an_offset_and_the_skipped_hour_is_refused() {
    let path = written(
        "explain-fold.jsonl",
        &[
            event_line("summer", "offered", "2025-10-26T03:20:00+03:00", ""),
            event_line("winter", "offered", "2025-10-26T03:20:00+02:00", ""),
        ],
    );
    let offered = |at: &str| page(&["--line", "mipa", "--figure", "offered", "--window", "15m", "--at", at], &path);
    let (first, second) = (offered("2025-10-26T03:30+03:00"), offered("2025-10-26T03:30+02:00"));
    assert!(first.contains("2025-10-26 03:20:00+03:00  +1    summer") && !first.contains("winter"), "{first}");
    assert!(first.contains("from 2025-10-26 03:15:01+03:00 to 2025-10-26 03:30:00+03:00, both included"), "{first}");
    assert!(second.contains("2025-10-26 03:20:00+02:00  +1    winter") && !second.contains("summer"), "{second}");
    let today =
        page(&["--line", "mipa", "--figure", "offered", "--window", "today", "--at", "2025-10-26T05:00"], &path);
    assert!(today.contains("from 2025-10-26 00:00:00 to") && today.contains("Result: 2,"), "{today}");
    for (at, why) in [("2025-10-26T03:30", "comes twice"), ("2025-03-30T03:30", "this time does not exist")] {
        let words = ["explain", "--events", &path, "--line", "mipa", "--figure", "waiting", "--at", at];
        let (status, out, err) = run(&words);
        assert!(status == Some(2) && out.is_empty() && err.contains(why), "{err}");
    }
}

#[test]
fn a_figure_that_is_not_shown_is_explained_with_the_reason_and_what_is_known() {
    let path = file("explain-short.jsonl");
    fs::write(&path, event_line("s", "offered", "2026-03-02T10:01:00+02:00", "") + "\n").unwrap();
    let words = ["--line", "mipa", "--figure", "offered", "--window", "1h", "--at", "2026-03-02T10:15"];
    let short = page(&words, &path);
    assert!(
        short.contains("No figure is shown: history begins at 2026-03-02 10:01:00, and this window needs complete"),
        "{short}"
    );
    assert!(
        short.contains("The known entries make 1.") && short.ends_with("Result: 1, the sum of these.\n"),
        "{short}"
    );
    for (at, why) in [
        ("2026-03-04", "nothing is known of 2026-03-04 00:00: the files end at 2026-03-02 10:01"),
        ("2026-03-02T10:00", "nothing is known of 2026-03-02 10:00: what there is to read begins at 2026-03-02 10:01"),
    ] {
        let words = ["explain", "--events", &path, "--line", "mipa", "--figure", "waiting", "--quiet", "--at", at];
        let (status, out, err) = run(&words);
        assert!(status == Some(1) && out.is_empty() && err.contains(why), "{err}");
    }
    let at = ["--events", COUNTY.as_str(), "--line", "mipa", "--at", "2025-09-15T10:15"];
    let of_chats = explained(&[&at[..], &["--figure", "chat_not_answered", "--window", "today"]].concat());
    assert!(of_chats.contains("No figure is shown: a phone line has no such figure."), "{of_chats}");
    let at_night = ["--events", COUNTY.as_str(), "--line", "mipa", "--at", "2025-09-15T03:00"];
    let quantile = ["--figure", "answer_wait_quantile{q=0.5}", "--window", "15m"];
    let of_nothing = explained(&[&at_night[..], &quantile].concat());
    assert!(of_nothing.contains("No figure is shown: the window has no samples"), "{of_nothing}");
}

#[test]
fn a_figure_that_cannot_be_explained_is_refused_with_the_possible_ones() {
    let small = small();
    let at = "2026-03-02T10:15";
    for (words, status, expected) in [
        (vec!["--line", "mipo", "--figure", "waiting", "--at", at], 2, "did you mean mipa?"),
        (vec!["--line", "mipa", "--figure", "abandonned", "--at", at], 2, "did you mean abandoned?"),
        (
            vec!["--line", "mipa", "--figure", "reached", "--window", "1h", "--at", at],
            2,
            "callbacks_closed{result=\"reached\"}",
        ),
        (vec!["--line", "mipa", "--figure", "abandoned", "--at", at], 2, "say --window 15m, or 1h, or today"),
        (vec!["--line", "mipa", "--figure", "waiting", "--window", "1h", "--at", at], 2, "leave out --window"),
        (
            vec!["--line", "mipa", "--figure", "nps", "--window", "1h", "--at", at],
            2,
            "but for today, yesterday, open5d",
        ),
        (vec!["--line", "mipa", "--figure", "line_open", "--at", at], 2, "not from contacts"),
        (vec!["--line", "mipa", "--figure", "waiting", "--at", "2099-01-01"], 2, "in the future"),
        (vec!["--line", "mipa", "--figure", "waiting"], 2, "--at"),
        (vec!["--figure", "waiting", "--at", at], 2, "--line"),
        (vec!["--contact", "canary-1", "--line", "mipa"], 2, "cannot be used with"),
        (vec![], 2, "--figure"),
        (vec!["--contact", "canary-1", "--known-at", at], 2, "cannot be used with"),
        (vec!["--contact", "canary-99"], 1, "there is no event of this contact"),
    ] {
        let (ended_with, out, err) = run(&[&["explain", "--events", &small], words.as_slice()].concat());
        assert_eq!(ended_with, Some(status), "{words:?}: {err}");
        assert!(out.is_empty() && err.contains(expected), "{words:?}: {err}");
        assert!(!err.contains("canary-99"), "{err}");
    }
    let piped = ["explain", "--events", "-", "--line", "mipa", "--figure", "waiting", "--at", at];
    let (status, _, err) = run(&piped);
    assert!(status == Some(2) && err.contains("write it to a file first"), "{err}");
}

#[test]
fn ids_are_written_to_standard_output_only() {
    let small = small();
    for words in [
        vec!["--line", "mipa", "--figure", "decided", "--window", "1h", "--at", "2026-03-02T10:15"],
        vec!["--contact", "canary-2"],
    ] {
        let (status, out, err) = logged(&[&["explain", "--events", &small], words.as_slice()].concat(), "trace");
        assert_eq!(status, Some(0), "{err}");
        assert!(out.contains("canary-2") && out.contains("v-2"), "{out}");
        assert!(!err.is_empty() && !err.contains("canary") && !err.contains("v-2"), "{err}");
    }
}

/// An id or a visit cannot change colours, the cursor or the direction of writing of a terminal.
#[test]
fn control_characters_in_an_id_are_escaped() {
    let id = "c\u{202e}17\u{1b}[2J\u{9b}\u{200b}\u{2066}";
    let path = file("explain-obeyed.jsonl");
    let quoted = id.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    let visit = format!(r#","visit":"{quoted}""#);
    let events = [
        event_line(&quoted, "offered", "2025-09-15T07:00:00Z", &visit),
        event_line(&quoted, "answered", "2025-09-15T07:01:00Z", &visit),
    ];
    fs::write(&path, events.join("\n")).unwrap();
    let table = explained(&["--events", &path, "--contact", id, "--at", "2025-09-15T12:00"]);
    assert!(table.contains(r"c\u{202e}17\u{1b}[2J\u{9b}\u{200b}\u{2066} as of"), "{table}");
    let json = explained(&["--events", &path, "--contact", id, "--at", "2025-09-15T12:00", "--format", "json"]);
    assert!(json.contains(r"c\u202e17\u001b[2J\u009b\u200b\u2066"), "{json}");
    let document: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["contact"], id, "the data is exact");
    assert_eq!(document["legs"][0]["visit"], id);
    let (status, _, err) = run(&["explain", "--events", "no\u{202e}\u{1b}[2J.jsonl", "--contact", id]);
    assert_ne!(status, Some(0));
    for text in [table, json, err] {
        let shown = |character| ensilinja_model::is_printable(character) || character == '\n';
        assert!(text.chars().all(shown), "{text:?}");
    }
}
