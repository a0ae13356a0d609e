//! `ensilinja replay` over files on the command line: its output in each format, its instants, refusals, and how it
//! ends when something fails.

mod history;
mod instants;
mod laws;
mod obstacles;
mod oracle;
use std::sync::LazyLock;

use crate::command_line::{self, Ended, file, printed};

/// Events from 2025-08-04 to 2025-09-17: from 2025-09-10 on every window has all the history it needs.
static EVENTS: LazyLock<String> =
    LazyLock::new(|| command_line::simulated("replay-county.jsonl", "2025-08-04", "2025-09-17"));

/// The arguments for Monday 2025-09-15 at 10:15.
const AT: [&str; 2] = ["--at", "2025-09-15T10:15"];

/// Runs a replay of the events.
fn ended(more: &[&str]) -> Ended {
    command_line::run(&[&["replay", "--events", EVENTS.as_str()], more].concat())
}

/// The output of a replay of the events.
#[track_caller]
fn replay(more: &[&str]) -> String {
    printed(&[&["replay", "--events", EVENTS.as_str()], more].concat())
}

/// The lines of a run, parsed.
fn run(more: &[&str]) -> Vec<serde_json::Value> {
    let text = replay(&[&["--format", "jsonl"], more].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_table_equals_the_report_of_the_same_time() {
    let monday = ["--events", EVENTS.as_str(), "--from", "2025-09-15", "--to", "2025-09-16"];
    for words in [&["--format", "table"][..], &["--format", "markdown", "--language", "sv", "--by", "hour"]] {
        let report = printed(&[&["report"], &monday[..], words].concat());
        let replay = printed(&[&["replay"], &monday[..], words].concat());
        assert!(replay.len() > 1_000);
        assert_eq!(replay, report, "{words:?}");
    }
}

#[test]
fn a_run_has_its_arguments_then_the_figures_of_each_instant_and_then_their_number() {
    let lines = run(&["--from", "2025-09-15T10:00", "--to", "2025-09-15T10:40", "--step", "15m", "--line", "mipa"]);
    let run = serde_json::json!({ "run": {
        "from": 1_757_919_600, "to": 1_757_922_000, "step_seconds": 900, "known_at": null,
        "config": null, "topic": null, "brokers": null, "events": [EVENTS.as_str()], "archives": [],
        "lines": ["mipa"], "windows": ["15m", "1h", "today", "yesterday", "open2h", "open5d"], "figures": null,
        "version": "0.2.0",
    }});
    assert_eq!(lines[0], run);
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[4], serde_json::json!({ "end": { "instants": 3 } }));
    for (place, line) in lines[1..4].iter().enumerate() {
        assert_eq!(line["figures_as_of_timestamp_seconds"], 1_757_919_600 + 900 * place);
        assert_eq!(line["time_zone"], "Europe/Helsinki");
        let of_line = line["lines"].as_array().unwrap();
        assert_eq!((of_line.len(), &of_line[0]["line"], &of_line[0]["channel"]), (1, &"mipa".into(), &"phone".into()));
        let figures = &of_line[0]["figures"];
        assert_eq!(figures["line_open"], 1);
        assert!(figures["windows"]["today"]["contacts_offered"].as_i64().unwrap() > 0, "{figures}");
    }
}

/// All figures of one instant have the same numbers in all three formats.
#[test]
fn the_formats_agree_to_the_digit_figure_by_figure() {
    let csv = replay(&[&AT[..], &["--format", "csv"]].concat());
    let open_metrics = replay(&[&AT[..], &["--format", "openmetrics"]].concat());
    let mut rows = csv.split("\r\n").filter(|row| !row.is_empty());
    assert_eq!(rows.next(), Some("time,line,channel,metric,window,labels,value"));
    let mut series = std::collections::BTreeMap::new();
    for row in rows {
        let [time, line, channel, metric, window, labels, value] = row.split(',').collect::<Vec<_>>()[..] else {
            panic!("{row}");
        };
        assert_eq!(time, "2025-09-15T10:15:00+03:00");
        let own = labels.split(' ').filter(|label| !label.is_empty()).map(|label| label.split_once('=').unwrap());
        let (bounds, own): (Vec<_>, Vec<_>) = own.partition(|(name, _)| *name == "le");
        let window = (!window.is_empty()).then_some(("window", window));
        let labels = [("line", line), ("channel", channel)].into_iter().chain(own).chain(window).chain(bounds);
        let labels: Vec<String> = labels.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        series.insert(format!("{metric}{{{}}}", labels.join(",")), value.to_owned());
    }
    assert!(series.len() > 5_000, "{}", series.len());
    let mut beyond = std::collections::BTreeSet::new();
    for sample in open_metrics.lines().filter(|line| !line.starts_with('#')) {
        let (sample, stamp) = sample.rsplit_once(' ').unwrap();
        let (name, value) = sample.rsplit_once(' ').unwrap();
        assert_eq!(stamp, "1757920500");
        match series.remove(name) {
            Some(in_csv) => assert_eq!(in_csv, value, "{name}"),
            // Recorded series are tested with a Prometheus (tests/real/backfill.rs).
            None if name.starts_with("ensilinja:") => {}
            None => drop(beyond.insert(name.split('{').next().unwrap().to_owned())),
        }
    }
    assert!(series.is_empty(), "only in CSV: {series:?}");
    let about_lines_and_itself = [
        "ensilinja_alert_floor_ratio",
        "ensilinja_day_start_timestamp_seconds",
        "ensilinja_figures_as_of_timestamp_seconds",
        "ensilinja_figures_complete",
        "ensilinja_line_info",
        "ensilinja_target_contacts_per_month",
        "ensilinja_target_ratio",
        "process_start_time_seconds",
    ];
    assert_eq!(beyond, about_lines_and_itself.map(str::to_owned).into());

    let promises =
        &run(&[&AT[..], &["--line", "neuvola"]].concat())[1]["lines"][0]["figures"]["windows"]["today"]["promises"];
    let in_csv = csv
        .lines()
        .find(|row| row.contains("neuvola,phone,ensilinja_window_promises,today,promise=answer result=kept,"));
    assert_eq!(promises["answer"]["kept"].to_string(), in_csv.unwrap().rsplit(',').next().unwrap().trim_end());
}

#[test]
fn a_replay_has_only_the_requested_lines_windows_and_figures() {
    let asked = ["--line", "mipa", "--line", "neuvola", "--window", "today", "--figure", "promises"];
    let asked = [&AT[..], &asked, &["--figure", "ensilinja_contacts_waiting"]].concat();
    let csv = replay(&[&asked[..], &["--format", "csv"]].concat());
    let rows: Vec<Vec<&str>> = csv.lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 2 * (2 * 3 + 1), "{csv}");
    for row in rows {
        let figure = (row[3], row[4]);
        assert!(["mipa", "neuvola"].contains(&row[1]), "{row:?}");
        assert!(
            [("ensilinja_window_promises", "today"), ("ensilinja_contacts_waiting", "")].contains(&figure),
            "{row:?}"
        );
    }
    let lines = run(&asked);
    assert_eq!(
        lines[0]["run"]["figures"],
        serde_json::json!(["ensilinja_window_promises", "ensilinja_contacts_waiting"])
    );
    assert_eq!(lines[0]["run"]["windows"], serde_json::json!(["today"]));
    let figures = lines[1]["lines"][1]["figures"].as_object().unwrap();
    assert_eq!(figures.keys().collect::<Vec<_>>(), ["contacts_waiting", "windows"]);
    assert_eq!(figures["windows"]["today"].as_object().unwrap().keys().collect::<Vec<_>>(), ["promises"]);
}

#[test]
fn a_family_of_open_metrics_is_contiguous_with_ascending_instants_and_the_given_labels_first() {
    let labels = ["--label", "job=ensilinja", "--label", "instance=a \"replay\""];
    let text = replay(
        &[&["--from", "2025-09-15T10:00", "--to", "2025-09-15T12:00", "--format", "openmetrics"][..], &labels].concat(),
    );
    assert!(text.ends_with(" 1757926800\n# EOF\n"), "{}", &text[text.len() - 200..]);
    let (mut families, mut current, mut latest) = (std::collections::BTreeSet::new(), "", "");
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            current = family.split(' ').next().unwrap();
            assert!(families.insert(current), "{current} begins twice");
            latest = "";
        } else if !line.starts_with('#') {
            let begins = line.strip_prefix(current).unwrap_or_else(|| panic!("{line} is not of {current}"));
            let is_of_no_process = current.starts_with("ensilinja:") && current != "ensilinja:source";
            let labels = if is_of_no_process { "" } else { r#",instance="a \"replay\"""# };
            assert!(begins.contains(&format!(r#"{{job="ensilinja"{labels}"#)), "{line}");
            assert_eq!(begins.contains("instance="), !is_of_no_process, "{line}");
            let stamp = line.rsplit(' ').next().unwrap();
            assert!(latest <= stamp, "{line}");
            latest = stamp;
        }
    }
    assert!(families.len() > 30, "{families:?}");
}

#[test]
fn windows_beyond_the_history_are_absent_and_reported() {
    let words = [&AT[..], &["--line", "mipa", "--format", "jsonl"]].concat();
    let begins_late = file("replay-late.jsonl");
    let events = std::fs::read_to_string(EVENTS.as_str()).unwrap();
    let late: Vec<&str> = events.lines().filter(|line| line.contains("\"time\":\"2025-09-")).collect();
    std::fs::write(&begins_late, late.join("\n")).unwrap();
    let (_, out, err) = command_line::run(&[&["replay", "--events", &begins_late], &words[..]].concat());
    let document: serde_json::Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
    let figures = &document["lines"][0]["figures"];
    assert_eq!(figures["line_open"], 1, "what follows from the calendar is known");
    for (window, figures) in figures["windows"].as_object().unwrap() {
        assert!(figures.is_null(), "{window}: {figures}");
    }
    assert!(err.contains("begins at 2025-09-01") && err.contains("needed_since=2025-08-"), "{err}");
}
