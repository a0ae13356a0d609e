//! The reports that the program makes of the simulated county, read back from CSV.

use std::collections::BTreeMap;

use ensilinja_test_support::TemporaryFolder;

use crate::command_line::printed;

/// Events of 2025-01-01 to 2025-11-05, by when the requests of October are resolved.
pub struct EventsFile {
    folder: TemporaryFolder,
}

impl EventsFile {
    pub fn simulated() -> Self {
        let file = Self { folder: TemporaryFolder::new("published") };
        printed(&["simulate", "--from", "2025-01-01", "--to", "2025-11-05", "--output", &file.path()]);
        file
    }

    fn path(&self) -> String {
        self.folder.file("events.jsonl").to_str().expect("a temporary folder has a plain name").to_owned()
    }

    /// The report by line, group, month or quarter, from January to a date.
    pub fn report(&self, by: &str, to: &str) -> Report {
        let words = ["--from", "2025-01-01", "--to", to, "--by", by, "--format", "csv"];
        Report::read(&printed(&[&["report", "--events", &self.path()], words.as_slice()].concat()))
    }
}

/// One figure of a report.
#[derive(Clone, Copy, Default)]
pub struct Fact {
    pub value: f64,
    pub n: f64,
    pub numerator: f64,
}

/// The figures of a report by line, group or channel, first month of the period, and id of the figure.
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

    /// The arrivals on lines that are printed together.
    pub fn arrived(&self, lines: &[&str], begins: &str) -> f64 {
        lines.iter().map(|line| self.fact(line, begins, "offered").value).sum()
    }

    /// 100 x the share or score of lines that are printed together, from the sums over the lines.
    pub fn joint_percent(&self, subjects: &[&str], begins: &str, figure: &str) -> f64 {
        let facts = subjects.iter().map(|subject| self.fact(subject, begins, figure));
        let (good, n) = facts.fold((0.0, 0.0), |(good, n), fact| (good + fact.numerator, n + fact.n));
        100.0 * good / n
    }
}
