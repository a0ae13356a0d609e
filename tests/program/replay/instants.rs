//! The instants of a replay.

use super::{ended, replay};
use crate::command_line::{AUTUMN, command, file, printed, run, simulated};

/// The distinct times of a replay in CSV, in order.
fn times(csv: &str) -> Vec<&str> {
    let mut times: Vec<&str> = csv.lines().skip(1).map(|row| row.split(',').next().unwrap()).collect();
    times.dedup();
    times
}

fn of_one_figure(events: &str, more: &[&str]) -> String {
    let words = ["replay", "--events", events, "--line", "mipa", "--figure", "line_open", "--format", "csv"];
    printed(&[&words[..], more].concat())
}

#[test]
fn a_day_has_25_or_23_hours_when_the_clocks_change_and_repeated_hours_have_offsets() {
    let csv = of_one_figure(&AUTUMN, &["--from", "2025-10-26", "--to", "2025-10-27"]);
    let hours = times(&csv);
    assert_eq!(hours.len(), 26, "25 hours have 26 ends");
    assert_eq!(hours[3..5], ["2025-10-26T03:00:00+03:00", "2025-10-26T03:00:00+02:00"]);
    let spring = simulated("replay-spring.jsonl", "2026-03-27", "2026-03-30");
    let csv = of_one_figure(&spring, &["--from", "2026-03-29", "--to", "2026-03-30"]);
    let hours = times(&csv);
    assert_eq!(hours.len(), 24);
    assert_eq!(hours[2..4], ["2026-03-29T02:00:00+02:00", "2026-03-29T04:00:00+03:00"]);
}

#[test]
fn a_step_of_a_day_keeps_the_local_time() {
    let csv = of_one_figure(&AUTUMN, &["--from", "2025-10-24T08:00", "--to", "2025-10-27T08:00", "--step", "1d"]);
    let rows: Vec<(&str, &str)> = csv.lines().skip(1).map(|row| (&row[..25], &row[row.len() - 1..])).collect();
    assert_eq!(
        rows,
        [
            ("2025-10-24T08:00:00+03:00", "1"),
            ("2025-10-25T08:00:00+03:00", "0"),
            ("2025-10-26T08:00:00+02:00", "0"),
            ("2025-10-27T08:00:00+02:00", "1"),
        ]
    );
}

#[test]
fn a_repeated_hour_needs_an_offset_and_a_skipped_hour_is_refused() {
    let csv = of_one_figure(&AUTUMN, &["--at", "2025-10-26T03:30+02:00"]);
    assert_eq!(times(&csv), ["2025-10-26T03:30:00+02:00"]);
    for (at, why) in [
        ("2025-10-26T03:30", "the clocks go back and this time comes twice"),
        ("2025-03-30T03:30", "the clocks go forward over it"),
    ] {
        let (status, out, err) = ended(&["--at", at, "--format", "csv"]);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{err}");
        assert!(err.contains(why), "{err}");
    }
}

#[test]
fn the_default_step_is_an_hour_and_the_end_is_included_if_a_step_ends_there() {
    let words = |to| ["--from", "2025-09-15T10:00", "--to", to, "--line", "mipa", "--format", "csv"];
    assert_eq!(times(&replay(&words("2025-09-15T12:00"))).len(), 3);
    assert_eq!(times(&replay(&words("2025-09-15T11:59"))).len(), 2);
    assert_eq!(times(&replay(&words("2025-09-15T10:00"))).len(), 1);
}

#[test]
fn contradicting_arguments_are_refused_with_advice() {
    let at = ["--at", "2025-09-15"];
    let stretch = ["--from", "2025-09-15", "--to", "2025-09-16"];
    for (words, advice) in [
        (&[][..], "--from <TIME>"),
        (&["--from", "2025-09-15"], "--to <TIME>"),
        (&[&at[..], &["--to", "2025-09-16"]].concat(), "cannot be used with"),
        (&at, "use --format csv, jsonl or openmetrics"),
        (&[&stretch[..], &["--step", "1h"]].concat(), "a table sums up a period"),
        (&[&stretch[..], &["--step", "1w", "--format", "csv"]].concat(), "such as 30s, 15m, 1h or 1d"),
        (&[&stretch[..], &["--by", "hour", "--format", "csv"]].concat(), "--by is for tables: leave it out"),
        (&[&stretch[..], &["--label", "a=b", "--format", "csv"]].concat(), "--label is for OpenMetrics"),
        (&[&stretch[..], &["--no-recorded", "--format", "csv"]].concat(), "csv has no recorded series"),
        (&[&stretch[..], &["--no-recorded"]].concat(), "--no-recorded is for figures of instants"),
        (&[&stretch[..], &["--speed", "60"]].concat(), "--speed is for figures of instants"),
        (&[&stretch[..], &["--speed", "60", "--format", "openmetrics"]].concat(), "use --format csv or jsonl"),
        (
            &[&stretch[..], &["--speed", "60", "--format", "csv", "--output", "a.csv"]].concat(),
            "the file a.csv appears only once it is complete: leave out --speed",
        ),
        (&[&stretch[..], &["--label", "line=b", "--format", "openmetrics"]].concat(), "a label of this name already"),
        (&[&stretch[..], &["--known-at", "then", "--format", "csv"]].concat(), "--known-at is for topics"),
        (&[&stretch[..], &["--known-at", "2025-09-15T10:00"]].concat(), "leave out --events to read the topic"),
        (&[&stretch[..], &["--offsets", "0:1..2"]].concat(), "--offsets is for topics"),
        (&[&stretch[..], &["--offsets", "0-2"]].concat(), "such as 3:100..200"),
        (&[&stretch[..], &["--line", "mipo"]].concat(), "did you mean mipa?"),
        (&[&stretch[..], &["--figure", "contacts_ofered"]].concat(), "did you mean ensilinja_window_contacts_offered?"),
        (
            &["--from", "2025-09-16", "--to", "2025-09-15", "--format", "csv"],
            "--from 2025-09-16T00:00:00 is after --to",
        ),
        (&["--from", "2025-09-16T00:00Z", "--to", "2025-09-16", "--format", "csv"], "--from is after --to"),
        (&["--from", "1990-01-01", "--to", "2025-09-16", "--step", "1s", "--format", "csv"], "a longer --step"),
    ] {
        let (status, out, err) = ended(words);
        assert_eq!((status, out.as_str()), (Some(2), ""), "{words:?}: {err}");
        assert!(err.contains(advice), "{words:?}: {err}");
    }
}

#[test]
fn with_a_speed_each_instant_is_written_when_it_is_due() {
    use std::io::{BufRead as _, BufReader};
    use std::time::{Duration, Instant};

    let words =
        ["replay", "--events", &AUTUMN, "--from", "2025-10-25T10:00", "--to", "2025-10-25T12:00", "--format", "jsonl"];
    let began = Instant::now();
    let mut replay =
        command(&[&words[..], &["--speed", "3600"]].concat()).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(replay.stdout.take().unwrap()).lines().map(|line| (line.unwrap(), Instant::now()));
    let (_run, _first) = (lines.next().unwrap(), lines.next().unwrap());
    let (second, third) = (lines.next().unwrap(), lines.next().unwrap());
    assert!(second.0.contains("1761379200") && third.0.contains("1761382800"));
    for (instant, seconds) in [(&second, 1), (&third, 2)] {
        let after = instant.1 - began;
        assert!(after >= Duration::from_secs(seconds), "an hour takes a second: {after:?}");
    }
    assert!(lines.next().unwrap().0.contains("end"));
    assert!(replay.wait().unwrap().success());
}

/// The autumn weekend of the county, with lines of wrong clocks before it.
fn with_wrong_clocks(name: &str) -> String {
    let autumn = std::fs::read_to_string(AUTUMN.as_str()).unwrap();
    let (first, rest) = autumn.split_once('\n').unwrap();
    let dated = |time: &str| {
        let at = first.find("\"time\":\"").unwrap() + "\"time\":\"".len();
        let end = at + first[at..].find('"').unwrap();
        [&first[..at], time, &first[end..]].concat()
    };
    let path = file(name);
    let lines = [dated("1970-01-01T00:00:00Z"), dated("2025-08-01T00:00:00Z"), first.to_owned(), rest.to_owned()];
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn one_line_of_a_wrong_clock_does_not_count_as_history() {
    let path = with_wrong_clocks("replay-wrong-clocks.jsonl");
    let words = ["replay", "--events", &path, "--format", "csv", "--figure", "contacts_offered"];
    let (_, csv, err) = run(&[&words[..], &["--at", "2025-10-26T12:00"]].concat());
    assert_eq!(csv.lines().count(), 1, "no window is whole so soon after the beginning: {csv}");
    assert!(err.contains("the file begins at 2025-10-24"), "{err}");
}

#[test]
fn an_instant_outside_the_known_time_has_no_figures() {
    let words = ["replay", "--events", &AUTUMN, "--line", "mipa", "--figure", "contacts_waiting", "--format", "csv"];
    for at in ["2025-10-20T12:00", "2025-11-20T12:00"] {
        let (status, _, err) = run(&[&words[..], &["--at", at]].concat());
        assert_eq!(status, Some(1), "{at}");
        assert!(err.contains("nothing is known of the time of these instants"), "{err}");
    }
    let csv = of_one_figure(&AUTUMN, &["--from", "2025-10-20T12:00", "--to", "2025-11-20T12:00", "--step", "1d"]);
    assert_eq!(times(&csv).first().unwrap()[..10], *"2025-10-24");
    assert_eq!(times(&csv).last().unwrap()[..10], *"2025-10-27");
}
