//! A comparison as text for people: the first difference of each figure, and how often it differs.

use std::fmt::Write as _;

use ensilinja_catalogue::from_seconds;
use ensilinja_model::EventTime;

use super::comparison_result::{
    ComparedLeg, ComparisonResult, DifferingFigure, InstantSummary, OnlyIn, TracedContacts,
};

use super::differences::{ComparedValue, FigureKey, NotCompared};
use crate::listing::{Align, Listing};
use crate::wrapping::fitted;

/// Rows in the table at most. JSON has all of them.
const MOST_ROWS: usize = 200;

/// Lines, windows or figures outside the comparison that are named at most.
const MOST_NAMED: usize = 8;

/// The columns of the table.
const COLUMNS: [(&str, Align); 7] = [
    ("LINE", Align::Left),
    ("WINDOW", Align::Left),
    ("FIGURE", Align::Left),
    ("FIRST AT", Align::Left),
    ("ONE", Align::Right),
    ("OTHER", Align::Right),
    ("DIFFERENCE", Align::Right),
];

/// Further columns for a comparison of several instants.
const OVER_TIME: [(&str, Align); 2] = [("INSTANTS", Align::Right), ("LAST AT", Align::Left)];

impl ComparisonResult {
    /// Writes a table. A summary stands above it, and what was not compared below. `names` are the names of the sides;
    /// `local` writes an instant in local time. Lines are wrapped to `width`.
    #[must_use]
    pub fn text(&self, names: [&str; 2], local: &dyn Fn(EventTime) -> String, width: usize) -> String {
        let mut text = String::new();
        let [one, other] = names;
        let at = format!("{} ({})", counted(self.instants.count, "instant"), self.instants.words(local));
        if self.rows.is_empty() {
            let (figures, summary) = (counted(self.compared, "figure"), self.summary_without_differences());
            let _ = writeln!(text, "{summary}: {figures} at {at} are equal in {one} and {other}");
        } else {
            let differing: u64 = self.rows.values().map(|figure| figure.count).sum();
            let _ = writeln!(text, "{differing} of {} at {at} differ", counted(self.compared, "figure"));
            let _ = write!(text, "one: {one}\nother: {other}\n\n{}", self.listing(local).within(width));
            if self.rows.len() > MOST_ROWS {
                let more = counted((self.rows.len() - MOST_ROWS) as u64, "more row");
                let _ = writeln!(text, "{more}: --format json lists all");
            }
        }
        let traced = self.rows.values().filter(|figure| figure.contacts.is_some()).count();
        if traced > 0 && traced < self.rows.len() {
            let figures = counted(traced as u64, "figure");
            let _ = writeln!(text, "contacts are listed for the first {figures} only");
        }
        if self.passing > 0 {
            let figures = counted(self.passing, "figure");
            let _ = writeln!(text, "{figures} differed while records were in flight, and no longer differ");
        }
        for (side, only) in [("one", &self.only_in_one), ("other", &self.only_in_other)] {
            only.push(&mut text, side, local);
        }
        self.not_compared.push(&mut text);
        fitted(&text, width)
    }

    fn summary_without_differences(&self) -> &'static str {
        if self.is_same() { "no differences" } else { "only the lines differ" }
    }

    fn listing(&self, local: &dyn Fn(EventTime) -> String) -> Listing {
        let over_time = if self.instants.count > 1 { OVER_TIME.as_slice() } else { &[] };
        let mut listing = Listing::new(COLUMNS.iter().chain(over_time).copied());
        for (key, figure) in self.rows.iter().take(MOST_ROWS) {
            let mut row = first(key, figure, local);
            if !over_time.is_empty() {
                row.extend([figure.count.to_string(), local(figure.last.as_of)]);
            }
            listing.row(row);
            if let Some(traced) = &figure.contacts {
                for note in notes(traced) {
                    listing.note(note);
                }
            }
        }
        listing
    }
}

impl OnlyIn {
    fn push(&self, text: &mut String, side: &str, local: &dyn Fn(EventTime) -> String) {
        if !self.lines.is_empty() {
            let lines: Vec<&str> = self.lines.iter().map(String::as_str).collect();
            let _ = writeln!(text, "only in {side}: line{} {}", plural(lines.len() as u64), lines.join(", "));
        }
        if self.instants.count > 0 {
            let instants = counted(self.instants.count, "instant");
            let _ = writeln!(text, "only in {side}: {instants} ({})", self.instants.words(local));
        }
    }
}

impl NotCompared {
    fn push(&self, text: &mut String) {
        for (what, names, why) in [
            ("line", &self.lines, "of other shards"),
            ("window", &self.windows, "on one side only"),
            ("figure", &self.figures, "on one side only"),
        ] {
            let count = names.len();
            if count == 0 {
                continue;
            }
            let mut named = names.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
            if count > MOST_NAMED {
                let _ = write!(named, " and {} more", count - MOST_NAMED);
            }
            let what = format!("{what}{}", plural(count as u64));
            let _ = writeln!(text, "not compared, {why}: {what} {named}");
        }
    }
}

impl InstantSummary {
    fn words(&self, local: &dyn Fn(EventTime) -> String) -> String {
        match self.span {
            None => "none".to_owned(),
            Some((first, last)) if first == last => local(first),
            Some((first, last)) => format!("{} to {}", local(first), local(last)),
        }
    }
}

/// A row: the figure, and the values of both sides at the first instant at which it differs.
fn first(key: &FigureKey, figure: &DifferingFigure, local: &dyn Fn(EventTime) -> String) -> Vec<String> {
    let is_instant = key.figure.as_ref().is_some_and(|name| name.ends_with("_timestamp_seconds"));
    let written = |said: ComparedValue| match said {
        ComparedValue::Missing => "none".to_owned(),
        ComparedValue::Figures => "figures".to_owned(),
        ComparedValue::Number(seconds) if is_instant => local(from_seconds(seconds)),
        ComparedValue::Number(number) => number.to_string(),
    };
    let seen = figure.first;
    let by = seen.by().map_or_else(String::new, |by| format!("{by:+}"));
    let window = key.window.clone().unwrap_or_else(|| "now".to_owned());
    vec![key.line.clone(), window, key.name(), local(seen.as_of), written(seen.one), written(seen.other), by]
}

/// The contacts that contribute differently to a figure, one to a line.
fn notes(traced: &TracedContacts) -> Vec<String> {
    let number = |number: Option<f64>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
    let leg = |leg: &ComparedLeg| {
        let sides = [("one", &leg.found_in_one), ("other", &leg.found_in_other)];
        let found = sides.iter().flat_map(|(side, found)| found.iter().map(move |found| format!("; {side}: {found}")));
        let found: String = found.collect();
        format!("{}: one {}, other {}{found}", leg.contact, number(leg.one), number(leg.other))
    };
    let mut notes: Vec<String> = traced.legs.iter().map(leg).collect();
    if traced.more > 0 {
        notes.push(format!("and {}", counted(traced.more, "more contact")));
    }
    if traced.legs.is_empty() {
        notes.push(
            "every contact contributes the same on both sides: the configurations or the histories differ".into(),
        );
    }
    notes
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", plural(count))
}

const fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}
