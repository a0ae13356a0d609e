//! The reports that the program makes of the simulated county, read back from CSV.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Events of 2025-01-01 to 2025-11-05, by when what was asked for in October is resolved; gone when the test ends.
pub struct EventsFile(PathBuf);

impl EventsFile {
    pub fn simulated() -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-published.jsonl", std::process::id()));
        let file = Self(path);
        run(&["simulate", "--from", "2025-01-01", "--to", "2025-11-05", "--output", file.name()]);
        file
    }

    fn name(&self) -> &str {
        self.0.to_str().expect("the folder for the files of tests has a plain name")
    }

    /// The report by lines, groups, months or quarters, from January until a date.
    pub fn report(&self, by: &str, to: &str) -> Report {
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
pub struct Fact {
    pub value: f64,
    pub n: f64,
    pub numerator: f64,
}

/// The figures of a report by line, group or channel, the month in which the period begins, and id.
pub struct Report(BTreeMap<[String; 3], Fact>);

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

    pub fn fact(&self, subject: &str, begins: &str, figure: &str) -> Fact {
        let found = self.0.get(&[subject, begins, figure].map(str::to_owned));
        *found.unwrap_or_else(|| panic!("the report has {figure} of {subject}, {begins}"))
    }

    pub fn percent(&self, subject: &str, begins: &str, figure: &str) -> f64 {
        100.0 * self.fact(subject, begins, figure).value
    }

    /// How many arrived on lines that are printed together.
    pub fn arrived(&self, lines: &[&str], begins: &str) -> f64 {
        lines.iter().map(|line| self.fact(line, begins, "offered").value).sum()
    }

    /// 100 x the share or score of lines that are printed together: of their sums.
    pub fn joint_percent(&self, subjects: &[&str], begins: &str, figure: &str) -> f64 {
        let facts = subjects.iter().map(|subject| self.fact(subject, begins, figure));
        let (good, n) = facts.fold((0.0, 0.0), |(good, n), fact| (good + fact.numerator, n + fact.n));
        100.0 * good / n
    }
}
