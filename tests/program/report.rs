//! `ensilinja report` on the command line: its output, its log and its exit statuses.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::Stdio;
use std::sync::LazyLock;

use crate::command_line::{AUTUMN, command, ended, file, printed, run, run_command, simulated};

/// Events from 2025-08-15 to 2025-09-17: all the history that a report from 2025-09-15 on needs.
static EVENTS: LazyLock<String> = LazyLock::new(|| simulated("report-county.jsonl", "2025-08-15", "2025-09-17"));

/// The arguments for the report of Monday 2025-09-15, and further ones.
fn monday<'a>(events: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["report", "--events", events, "--from", "2025-09-15", "--to", "2025-09-16"], more].concat()
}

/// A column of a report in CSV, by its name.
fn column(csv: &str, name: &str) -> Vec<String> {
    let mut lines = csv.split("\r\n").filter(|line| !line.is_empty());
    let place = lines.next().unwrap().split(',').position(|column| column == name).unwrap();
    lines.map(|line| line.split(',').nth(place).unwrap().to_owned()).collect()
}

#[test]
fn a_report_is_printed_alone_in_every_format_and_language() {
    for (language, heading, line) in [
        ("fi", "Avainlukuja puheluista", "Ikäihmisten Ensilinja"),
        ("sv", "Nyckeltal för samtal", "Tjänster för äldre"),
        ("en", "Key figures for calls", "Services for older people"),
    ] {
        for (format, begins) in
            [("table", heading.to_owned()), ("markdown", format!("## {heading}")), ("html", format!("<h2>{heading}"))]
        {
            let text = printed(&monday(&EVENTS, &["--language", language, "--format", format]));
            assert!(text.contains(&begins) && text.contains(line), "{language}, {format}:\n{text}");
            assert!(text.ends_with('\n') && !text.contains("INFO"), "{text}");
        }
    }
    assert_eq!(
        printed(&monday(&EVENTS, &[])),
        printed(&monday(&EVENTS, &["--language", "fi", "--by", "line", "--width", "120"])),
        "the defaults"
    );
}

#[test]
fn no_line_of_a_table_is_wider_than_requested() {
    let width = |words: &[&str]| printed(&monday(&EVENTS, words)).lines().map(|line| line.chars().count()).max();
    for (asked, least) in [("80", 60), ("200", 150)] {
        let widest = width(&["--width", asked]).unwrap();
        assert!((least..=asked.parse().unwrap()).contains(&widest), "asked for {asked}, {widest} wide");
    }
}

#[test]
fn listings_follow_the_width_too() {
    let lines = printed(&["lines", "--line", "neuvola", "--width", "60"]);
    assert!(lines.lines().all(|line| line.chars().count() <= 60), "{lines}");
    assert!(lines.contains("Neuvola ja perhesuunnittelu\n") || lines.contains("(maternity)"), "{lines}");
    let whole = printed(&["lines", "--line", "neuvola"]);
    assert!(whole.lines().any(|line| line.chars().count() > 120), "a pipe has whole lines: {whole}");
}

#[test]
fn programs_get_the_same_figures_as_csv_and_as_json() {
    let csv = printed(&monday(&EVENTS, &["--format", "csv", "--line", "116117"]));
    let offered = csv.lines().find(|line| line.contains("line,116117") && line.contains(",offered,")).unwrap();
    let offered: f64 = offered.split(',').nth(8).unwrap().parse().unwrap();
    assert!((100.0..400.0).contains(&offered), "a Monday has {offered} calls");

    let json = printed(&monday(&EVENTS, &["--format", "json", "--line", "116117"]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json.to_string().contains(&format!("{offered}")), "{json}");
}

#[test]
fn a_report_has_the_requested_lines_or_all() {
    let lines = |more: &[&str]| -> BTreeSet<String> {
        let csv = printed(&monday(&EVENTS, &[&["--format", "csv"], more].concat()));
        column(&csv, "line").into_iter().filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(
        lines(&["--line", "neuvola", "--line", "mipa_chat"]),
        ["mipa_chat", "neuvola"].map(str::to_owned).into()
    );
    assert_eq!(lines(&[]).len(), 22);
}

#[test]
fn a_day_has_as_many_hours_as_the_clock_shows() {
    let hours = |from: &str, to: &str| {
        let words = ["report", "--events", &AUTUMN, "--from", from, "--to", to, "--by", "hour", "--format", "csv"];
        let csv = printed(&words);
        let (kinds, starts) = (column(&csv, "period"), column(&csv, "period_start"));
        kinds
            .into_iter()
            .zip(starts)
            .filter(|(kind, _)| kind == "hour")
            .map(|(_, start)| start)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(hours("2025-10-25", "2025-10-26").len(), 24);
    let sunday = hours("2025-10-26", "2025-10-27");
    assert_eq!(sunday.len(), 25);
    for three in ["2025-10-26T03:00:00+03:00", "2025-10-26T03:00:00+02:00"] {
        assert!(sunday.contains(three), "{sunday:?}");
    }
    for (from, n) in [("2025-10-26T03:00+03:00", 3), ("2025-10-26T03:00+02:00", 2), ("2025-10-26T00:00+00:00", 3)] {
        assert_eq!(hours(from, "2025-10-26T05:00").len(), n, "from {from}");
    }
}

#[test]
fn days_add_up_to_their_months() {
    let offered = |by: &str| -> (usize, f64) {
        let words = ["--from", "2025-08-15", "--to", "2025-09-15", "--by", by, "--format", "csv"];
        let csv = printed(&[&["report", "--events", EVENTS.as_str()], words.as_slice()].concat());
        let rows = csv
            .split("\r\n")
            .filter(|line| line.starts_with("all,") && line.contains(&format!(",{by},")) && line.contains(",offered,"));
        rows.fold((0, 0.0), |(n, sum), row| (n + 1, sum + row.split(',').nth(8).unwrap().parse::<f64>().unwrap()))
    };
    let (days, by_day) = offered("day");
    let (months, by_month) = offered("month");
    assert_eq!((days, months), (31, 2));
    assert!(by_day > 20_000.0 && (by_day - by_month).abs() < 0.5, "{by_day} {by_month}");
}

#[test]
fn a_file_that_begins_too_late_is_reported_in_the_log_and_in_the_report() {
    let of = |from: &str| {
        let words = ["report", "--events", &EVENTS, "--from", from, "--to", "2025-09-16", "--language", "en"];
        let (status, out, err) = run(&words);
        assert_eq!(status, Some(0), "{err}");
        (out, err)
    };
    let (whole, err) = of("2025-09-15");
    assert!(!err.contains("WARN"), "{err}");
    let (short, err) = of("2025-08-20");
    let warning = err.lines().find(|line| line.contains("WARN")).unwrap();
    assert!(warning.contains("the file begins at 2025-08-15 00:") && warning.contains("needed_since=2025-0"));
    let note = "The event history does not reach back far enough";
    assert_eq!([&whole, &short].map(|report| report.replace('\n', " ").contains(note)), [false, true], "{short}");
}

#[test]
fn a_public_report_shows_no_count_below_five() {
    let csv = printed(&monday(&EVENTS, &["--by", "group", "--public", "--format", "csv"]));
    let states = column(&csv, "state");
    assert!(states.iter().any(|state| state == "hidden"), "{csv}");
    for (figure, value) in column(&csv, "figure").iter().zip(column(&csv, "value")) {
        let few = value.parse::<f64>().is_ok_and(|count| (1.0..5.0).contains(&count));
        assert!(figure != "offered" || !few, "{value} arrived");
    }
}

#[test]
fn events_on_standard_input_make_the_same_report() {
    let words = monday("-", &[]);
    let (_, out, err) = run_command(command(&words).stdin(File::open(&*EVENTS).unwrap()));
    assert_eq!(out, printed(&monday(&EVENTS, &[])), "{err}");
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_error_of_a_report() {
    let mut report = command(&monday(&EVENTS, &["--by", "hour", "--format", "csv"]));
    let mut child = report.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let (status, _, err) = ended(child.wait_with_output().unwrap());
    assert_eq!(status, Some(0), "{err}");
    assert!(!err.contains("error") && !err.contains("panicked"), "{err}");
}

#[test]
fn invalid_arguments_end_with_status_2_before_anything_is_read() {
    for (more, expected) in [
        (["--line", "nuevola"].as_slice(), "error: --line nuevola is not a configured line; did you mean neuvola?\n"),
        (
            &["--line", "fire_brigade"],
            "error: --line fire_brigade is not a configured line; there are 116117, mipa, neuvola",
        ),
        (&["--by", "day", "--public"], "error: --public cannot be used with --by day: a public report must be by line"),
        (&["--width", "20"], "error: invalid value '20' for '--width <N>'"),
    ] {
        let (status, out, err) = run(&monday("no/such.jsonl", more));
        assert_eq!((status, out.as_str()), (Some(2), ""), "{err}");
        assert!(err.starts_with(expected), "{err}");
    }
    for (from, to, by, expected) in [
        (
            "2024-01-01",
            "2026-01-01",
            "hour",
            "--by hour makes more than 10000 rows of this time; ask for less time or for longer periods",
        ),
        (
            "2026-03-29T03:30",
            "2026-03-29T04:15",
            "line",
            "--from 2026-03-29T03:30: this time does not exist: the clocks go forward over it",
        ),
        (
            "2025-10-26T02:00",
            "2025-10-26T03:30",
            "line",
            "--to 2025-10-26T03:30: the clocks go back and this time comes twice: give it with its offset, \
             2025-10-26T03:30+03:00 or 2025-10-26T03:30+02:00",
        ),
        ("2025-09-15T08:00", "2025-09-15T05:00Z", "line", "--from is not before --to"),
    ] {
        let words = ["report", "--events", "no/such.jsonl", "--from", from, "--to", to, "--by", by];
        assert_eq!(run(&words), (Some(2), String::new(), format!("error: {expected}\n")));
    }
}

#[test]
fn incomplete_or_missing_events_end_with_status_1_and_no_report() {
    let [empty, strange, cut] = ["report-empty.jsonl", "report-strange.jsonl", "report-cut.jsonl"].map(file);
    fs::write(&empty, "").unwrap();
    fs::write(&strange, "{\"specversion\":\"1.0\"}\nno json\n").unwrap();
    fs::write(&cut, &fs::read(&*EVENTS).unwrap()[..1_000]).unwrap();
    for (events, expected) in [
        ("no/such.jsonl", "cannot open no/such.jsonl: No such file or directory"),
        (empty.as_str(), "has no event of these lines"),
        (&strange, "has no event of these lines"),
        (&cut, "it was cut off while it was written or copied, and events are missing"),
    ] {
        let (status, out, err) = run(&monday(events, &[]));
        assert_eq!((status, out.as_str()), (Some(1), ""), "{events}: {err}");
        let last = err.lines().last().unwrap();
        assert!(last.starts_with("error: ") && last.contains(expected), "{err}");
    }
}

#[test]
fn a_time_without_events_has_a_report_of_zeros() {
    let words = ["report", "--events", &EVENTS, "--from", "2025-12-08", "--to", "2025-12-09", "--format", "csv"];
    let csv = printed(&words);
    let (figures, values) = (column(&csv, "figure"), column(&csv, "value"));
    let offered = figures.iter().zip(&values).filter(|(figure, _)| *figure == "offered");
    assert!(offered.clone().count() > 22 && offered.into_iter().all(|(_, value)| value == "0"), "{csv}");
}

#[test]
fn a_future_time_has_no_report() {
    let words = ["report", "--events", &EVENTS, "--from", "9025-09-15", "--to", "9025-09-16"];
    let (status, out, err) = run(&words);
    assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
    let expected = "error: nothing is known of the time from 9025-09-15 00:00 on: it is in the future";
    assert_eq!(err.lines().last(), Some(expected));
}

/// A file of events of one line, which is always open and promises callbacks on the same day, and a file of its
/// configuration.
fn of_one_line(name: &str, told: &[(&str, &str, &str, &str)]) -> [String; 2] {
    let [events, config] = ["jsonl", "toml"].map(|ending| file(&format!("report-{name}.{ending}")));
    let line = |(number, (contact, kind, time, more)): (usize, &(&str, &str, &str, &str))| {
        format!(
            "{{\"specversion\":\"1.0\",\"id\":\"{number}\",\"source\":\"/test\",\"type\":\"fi.ensilinja.contact.{kind}\",\
             \"subject\":\"{contact}\",\"time\":\"{time}+03:00\",\"data\":{{\"line\":\"h\"{more}}}}}\n"
        )
    };
    fs::write(&events, told.iter().enumerate().map(line).collect::<String>()).unwrap();
    let rules = "time_zone = \"Europe/Helsinki\"\n[kafka]\nbrokers = \"127.0.0.1:1\"\n[defaults]\npromise.callback = \"same \
                 day\"\n[[line]]\nid = \"h\"\nchannel = \"phone\"\nname.fi = \"h\"\ngroup = \"g\"\nservice_area = \"x\"\nhours = \
                 \"24/7\"\n";
    fs::write(&config, rules).unwrap();
    [events, config]
}

/// Value, n and numerator of a figure, in each row of a level and kind of period.
fn rows(csv: &str, level: &str, period: &str, figure: &str) -> Vec<[String; 3]> {
    let fields = csv.split("\r\n").map(|line| line.split(',').collect::<Vec<_>>()).filter(|fields| fields.len() > 10);
    let of_it = fields.filter(|fields| fields[0] == level && fields[4] == period && fields[7] == figure);
    of_it.map(|fields| [fields[8], fields[9], fields[10]].map(str::to_owned)).collect()
}

/// The platform cancels the place in the queue just before 11:00 and creates the callback just after.
#[test]
fn a_callback_created_just_after_leaving_the_queue_counts_as_service_in_its_hour() {
    let [events, config] = of_one_line(
        "superseded",
        &[
            ("c", "offered", "2026-06-03T10:55:00", ""),
            ("c", "abandoned", "2026-06-03T10:59:59.900", ",\"stage\":\"queue\""),
            ("c", "callback_requested", "2026-06-03T11:00:00.080", ""),
            ("c", "callback_reached", "2026-06-03T11:40:00", ""),
            ("c", "ended", "2026-06-03T11:45:00", ""),
        ],
    );
    let by = |by: &str| {
        let dates = ["--from", "2026-06-03", "--to", "2026-06-04", "--by", by, "--format", "csv"];
        let source = ["report", "--events", &events, "--config", &config, "--complete-since", "2026-01-01"];
        printed(&[&source, dates.as_slice()].concat())
    };
    let (hours, day) = (by("hour"), by("day"));
    let requested = rows(&hours, "channel", "hour", "handled_as_callback");
    assert_eq!(
        (requested.len(), &requested[10], &requested[11]),
        (24, &["", "0", ""].map(str::to_owned), &["1", "1", "1"].map(str::to_owned))
    );
    for (figure, expected) in
        [("service", ["1", "1", "1"]), ("promise_kept", ["1", "1", "1"]), ("offered", ["1", "", ""])]
    {
        assert_eq!(rows(&day, "channel", "day", figure), [expected.map(str::to_owned)], "{figure}");
        assert_eq!(rows(&day, "channel", "whole", figure), rows(&day, "channel", "day", figure), "{figure}");
    }
    let explained =
        |at: &str| printed(&["explain", "--events", &events, "--config", &config, "--contact", "c", "--at", at]);
    let shown = explained("2026-06-03T12:00");
    assert!(shown.contains("superseded by callback_requested at 2026-06-03 11:00:00.080"), "{shown}");
    assert!(!shown.contains("abandoned_queue_"), "{shown}");
    let before = explained("2026-06-03T10:59:59");
    assert!(before.contains("abandoned_queue_beyond") && !before.contains("superseded by"), "{before}");
}

#[test]
fn a_report_of_a_single_period_has_a_row_for_that_period() {
    let words = |by: &'static str| {
        monday(&EVENTS, &["--by", by, "--format", "csv"]).iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    for (by, rows_of_it) in [("day", 1), ("month", 1), ("quarter", 1), ("hour", 24)] {
        let words = words(by);
        let csv = printed(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(rows(&csv, "all", by, "offered").len(), rows_of_it, "{by}");
        assert_eq!(rows(&csv, "all", "whole", "offered").len(), 1, "{by}");
    }
}
