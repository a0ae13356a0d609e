//! The county's published tables against the program's own report: ten months are simulated into a file, `report` is asked
//! as anybody would ask it, and every published cell is laid beside the reported one.
//!
//! The table of cells is printed (`cargo test --test published -- --nocapture`). Cells that contradict others, or that
//! the scan leaves in doubt, are listed with the reason and not tested; no split is claimed of what is printed together.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../crates/sim/tests/published_tables/tables.rs"]
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tables::{ARRIVALS, CHAT, CLASHES, FEEDBACK, PHONE, Row, TARGETS, TOTALS, rows};

/// How many published cells are tested: one that gets lost is missed.
const TESTED_CELLS: usize = 432;

/// How far a reported cell may be from the published one: arrivals and means in per cent, the rest in points.
const ARRIVALS_PERCENT: f64 = 1.0;
const MEAN_WAIT_PERCENT: f64 = 5.0;
const SHARE_POINTS: f64 = 1.0;
const NPS_POINTS: f64 = 2.0;

/// The nine months of the slides.
const NINE_MONTHS: &str = "2025-10-01";

/// Events of 2025-01-01 to 2025-11-05, by when what was asked for in October is resolved; gone when the test ends.
struct EventsFile(PathBuf);

impl EventsFile {
    fn simulated() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-published.jsonl", std::process::id()));
        let file = Self(path);
        run(&["simulate", "--from", "2025-01-01", "--to", "2025-11-05", "--output", file.name()]);
        file
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("the folder for the files of tests has a plain name")
    }

    fn report(&self, by: &str, to: &str) -> Report {
        let words = ["--from", "2025-01-01", "--to", to, "--by", by, "--format", "csv"];
        Report::read(&run(&[&["report", "--events", self.name()], words.as_slice()].concat()))
    }
}

impl Drop for EventsFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// What the program prints; its log is shown where it fails.
fn run(words: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ensilinja"));
    let output = program.args(words).env_remove("ENSILINJA_LOG").stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One figure of a report.
#[derive(Clone, Copy, Default)]
struct Fact {
    value: f64,
    n: f64,
    numerator: f64,
}

/// The figures of a report by line, group or channel, the month in which the period begins, and id.
struct Report(BTreeMap<[String; 3], Fact>);

impl Report {
    fn read(csv: &str) -> Self {
        let mut lines = csv.split("\r\n");
        let columns: Vec<&str> = lines.next().unwrap().split(',').collect();
        let place = |name: &str| columns.iter().position(|column| *column == name).unwrap();
        let [level, period, start, figure] = ["level", "period", "period_start", "figure"].map(place);
        let numbers = ["value", "n", "numerator"].map(place);
        let fact = |line: &str| {
            let fields: Vec<&str> = line.split(',').collect();
            let begins = if fields[period] == "whole" { "whole" } else { &fields[start][..7] };
            let subject = if fields[level] == "all" { "all" } else { fields[place(fields[level])] };
            let [value, n, numerator] = numbers.map(|number| fields[number].parse().unwrap_or_default());
            ([subject, begins, fields[figure]].map(str::to_owned), Fact { value, n, numerator })
        };
        Self(lines.filter(|line| !line.is_empty()).map(fact).collect())
    }

    fn fact(&self, subject: &str, begins: &str, figure: &str) -> Fact {
        let found = self.0.get(&[subject, begins, figure].map(str::to_owned));
        *found.unwrap_or_else(|| panic!("the report has {figure} of {subject}, {begins}"))
    }

    fn percent(&self, subject: &str, begins: &str, figure: &str) -> f64 {
        100.0 * self.fact(subject, begins, figure).value
    }

    /// How many arrived on lines that are printed together.
    fn arrived(&self, lines: &[&str], begins: &str) -> f64 {
        lines.iter().map(|line| self.fact(line, begins, "offered").value).sum()
    }

    /// 100 x the share or score of lines that are printed together: of their sums.
    fn joint_percent(&self, subjects: &[&str], begins: &str, figure: &str) -> f64 {
        let facts = subjects.iter().map(|subject| self.fact(subject, begins, figure));
        let (good, n) = facts.fold((0.0, 0.0), |(good, n), fact| (good + fact.numerator, n + fact.n));
        100.0 * good / n
    }
}

/// The lines of a published name.
fn lines(name: &str) -> Vec<&str> {
    match name {
        "neuvola" => vec!["neuvola", "perhesuunnittelu"],
        "suun_terveydenhuolto" => vec!["suun_kiireellinen", "suun_kiireeton"],
        "pth_kiireeton" | "pth_kiireettomat" => {
            vec!["pth_hameenlinna", "pth_forssa", "pth_janakkala", "pth_riihimaki"]
        }
        "kuntoutus_chat" => vec!["fysioterapia_chat"],
        line => vec![line],
    }
}

/// Published against reported.
#[derive(Default)]
struct Comparison {
    table: Vec<String>,
    tested: usize,
    off: usize,
}

impl Comparison {
    fn points(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, tolerance: f64) {
        self.cell(name, published, reported, tolerance);
    }

    fn per_cent(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, tolerance: f64) {
        self.cell(name, published, reported, published.unwrap_or_default() * tolerance / 100.0);
    }

    fn cell(&mut self, name: [&str; 3], published: Option<f64>, reported: f64, allowed: f64) {
        let clashes = rows(CLASHES);
        let clash = clashes.iter().find(|row| ["table", "line", "column"].map(|column| row.text(column)) == name);
        let name = name.join(" ");
        let state = match (published, clash) {
            (_, Some(clash)) => format!("not tested: {}", clash.text("reason")),
            (None, None) => return,
            // A share of nothing is not a number, and off.
            (Some(published), None) => {
                let is_near = (reported - published).abs() <= allowed;
                self.tested += 1;
                self.off += usize::from(!is_near);
                if is_near { String::new() } else { format!("OFF by more than {allowed:.2}") }
            }
        };
        let published = published.map_or_else(|| "in doubt".to_owned(), |published| format!("{published:.2}"));
        self.table.push(format!("{name:<66} {published:>10} {reported:>10.2} {state}").trim_end().to_owned());
    }
}

fn arrivals(by_month: &Report, by_line: &Report, comparison: &mut Comparison) {
    for row in rows(ARRIVALS) {
        for column in &row.columns()[1..] {
            let month = row.text("month");
            let reported = by_month.arrived(&lines(column), month);
            comparison.per_cent(["monthly_arrivals", column, month], row.number(column), reported, ARRIVALS_PERCENT);
        }
    }
    let column = "calls_2025_01_09";
    for row in rows(TOTALS).iter().filter(|row| row.text("line") != "all_oma_hame") {
        let (line, published) = (row.text("line"), row.number(column));
        let reported = by_line.arrived(&lines(line), "whole");
        comparison.per_cent(["call_volumes", line, column], published, reported, ARRIVALS_PERCENT);
    }
}

fn outcomes(table: &str, row: &Row, by_line: &Report, comparison: &mut Comparison) {
    let line = row.text("line");
    for (column, figure) in [
        ("first_contact_resolution_pct", "first_contact_resolution"),
        ("handled_in_contact_pct", "handled_in_contact"),
        ("continues_in_county_pct", "continues_in_county_services"),
    ] {
        let reported = by_line.percent(line, "whole", figure);
        comparison.points([table, line, column], row.number(column), reported, SHARE_POINTS);
    }
}

fn phone_figures(by_line: &Report, by_group: &Report, comparison: &mut Comparison) {
    let table = "phone_key_figures";
    for row in rows(PHONE) {
        let line = row.text("line");
        // One printed row, but for the outcomes.
        let (report, subject) = match line {
            "neuvola" | "perhesuunnittelu" => (by_group, "maternity"),
            line => (by_line, line),
        };
        // A line that only calls back is printed per contact handled.
        let only_calls_back = row.number("answered_live_pct") == Some(0.0);
        let callbacks = if only_calls_back { "callback_share_of_handled" } else { "handled_as_callback" };
        for (column, figure) in
            [("answered_live_pct", "answered_live"), ("handled_as_callback_pct", callbacks), ("service_pct", "service")]
        {
            let reported = report.percent(subject, "whole", figure);
            comparison.points([table, line, column], row.number(column), reported, SHARE_POINTS);
        }
        let wait_s = report.fact(subject, "whole", "callback_wait_mean_seconds").value;
        let published = row.number("callback_wait_s");
        comparison.per_cent([table, line, "callback_wait_s"], published, wait_s, MEAN_WAIT_PERCENT);
        outcomes(table, &row, by_line, comparison);
    }
}

fn chat_figures(by_line: &Report, comparison: &mut Comparison) {
    let table = "chat_key_figures";
    for row in rows(CHAT) {
        let (line, published) = (row.text("line"), |column| row.number(column));
        let wait_s = by_line.fact(line, "whole", "answer_wait_mean_seconds").value;
        comparison.per_cent([table, line, "mean_wait_s"], published("mean_wait_s"), wait_s, MEAN_WAIT_PERCENT);
        let (column, missed) = ("not_answered_pct", by_line.percent(line, "whole", "chat_not_answered"));
        comparison.points([table, line, column], published(column), missed, SHARE_POINTS);
        outcomes(table, &row, by_line, comparison);
    }
}

fn feedback(by_month: &Report, comparison: &mut Comparison) {
    for row in rows(FEEDBACK) {
        let (line, month) = (row.text("line"), row.text("month"));
        // Family planning has rows of its own here.
        let lines = if line == "neuvola" { vec!["neuvola"] } else { lines(line) };
        for (column, figure, tolerance) in [
            ("nps", "nps", NPS_POINTS),
            ("continues_yes_pct", "knows_how_care_continues", SHARE_POINTS),
            ("solved_yes_pct", "got_a_solution", SHARE_POINTS),
        ] {
            let reported = by_month.joint_percent(&lines, month, figure);
            let name = ["feedback", line, &format!("{month} {column}")];
            comparison.points(name, row.number(column), reported, tolerance);
        }
    }
}

/// All phone lines together, by quarter. The printed resolution is below nearly every line's own, and is what customers
/// said: see the known clashes.
fn goals(by_quarter: &Report, comparison: &mut Comparison) {
    for row in rows(TARGETS) {
        let indicator = row.text("indicator");
        let (figure, tolerance) = match indicator {
            "first_contact_in_promised_time" => ("promise_kept", SHARE_POINTS),
            "first_contact_resolution" => ("got_a_solution", SHARE_POINTS),
            "knows_how_care_continues" => ("knows_how_care_continues", SHARE_POINTS),
            "nps" => ("nps", NPS_POINTS),
            other => panic!("{other} is no goal"),
        };
        for (column, begins) in [("q1", "2025-01"), ("q2", "2025-04"), ("q3", "2025-07")] {
            let reported = by_quarter.joint_percent(&["phone"], begins, figure);
            comparison.points(["quarterly_targets", indicator, column], row.number(column), reported, tolerance);
        }
    }
}

/// 80 577 outcomes were recorded of 171 686 calls and 42 406 chats in January to August (slide 9).
fn coverage(by_month: &Report, comparison: &mut Comparison) {
    let months = (1..=8).map(|month| format!("2025-{month:02}"));
    let of_month = |month: String| {
        let of = |channel| {
            let recorded = by_month.fact(channel, &month, "coverage").numerator;
            (recorded, by_month.fact(channel, &month, "offered").value)
        };
        let (phone, chat) = (of("phone"), of("chat"));
        (phone.0 + chat.0, phone.1 + chat.1)
    };
    let sum = |a: (f64, f64), b: (f64, f64)| (a.0 + b.0, a.1 + b.1);
    let (recorded, arrived) = months.map(of_month).fold((0.0, 0.0), sum);
    let published = 100.0 * 80_577.0 / (171_686.0 + 42_406.0);
    comparison.points(["hyte", "all", "outcomes recorded"], Some(published), 100.0 * recorded / arrived, SHARE_POINTS);
}

#[test]
fn the_report_of_the_simulated_county_reproduces_every_published_cell_beyond_doubt() {
    let events = EventsFile::simulated();
    let [by_line, by_group, by_quarter] = ["line", "group", "quarter"].map(|by| events.report(by, NINE_MONTHS));
    let by_month = events.report("month", "2025-11-01");
    let mut comparison = Comparison::default();
    arrivals(&by_month, &by_line, &mut comparison);
    phone_figures(&by_line, &by_group, &mut comparison);
    chat_figures(&by_line, &mut comparison);
    feedback(&by_month, &mut comparison);
    goals(&by_quarter, &mut comparison);
    coverage(&by_month, &mut comparison);
    println!("{:<66} {:>10} {:>10}", "", "published", "reported");
    for line in &comparison.table {
        println!("{line}");
    }
    for remark in rows(CLASHES).iter().filter(|row| row.text("column").is_empty()) {
        let [table, line, reason] = ["table", "line", "reason"].map(|column| remark.text(column));
        println!("{table} {line}: {reason}");
    }
    let Comparison { tested, off, .. } = comparison;
    assert!(off == 0 && tested == TESTED_CELLS, "{off} of {tested} cells are off; the table above says which");
}
