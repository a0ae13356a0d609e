//! Findings for people: what differs first, and how often.

use std::fmt::Write as _;

use ensilinja_model::EventTime;
use unicode_width::UnicodeWidthStr as _;

use super::differences::{Place, Said};
use super::findings::{Finding, Findings, Instants, OnlyIn};

/// More rows nobody reads; programs get all.
const MOST_ROWS: usize = 200;

/// Spaces between columns.
const GAP: &str = "  ";

/// What stands in the first columns; the others are numbers, and end where their headings end.
const TEXTS: usize = 4;

impl Findings {
    /// As a table, with what was compared above it and what could not be below. `names` are those of the sides, and
    /// `local` writes an instant.
    #[must_use]
    pub fn text(&self, names: [&str; 2], local: &dyn Fn(EventTime) -> String) -> String {
        let mut text = String::new();
        let [one, other] = names;
        let (figures, instants) = (counted(self.compared, "figure"), counted(self.instants.count, "instant"));
        let span = self.instants.words(local);
        if self.is_same() {
            let _ =
                writeln!(text, "nothing differs: {figures} at {instants} ({span}) are the same in {one} and {other}");
        } else {
            let differing = counted(self.rows.values().map(|finding| finding.count).sum(), "figure");
            let _ = writeln!(text, "{differing} of {} at {instants} ({span}) differ", self.compared);
            let _ = writeln!(text, "one: {one}\nother: {other}\n");
            self.push_table(&mut text, local);
        }
        for (side, only) in [("one", &self.only_in_one), ("other", &self.only_in_other)] {
            only.push(&mut text, side, local);
        }
        text
    }

    fn push_table(&self, text: &mut String, local: &dyn Fn(EventTime) -> String) {
        let is_over_time = self.instants.count > 1;
        let mut rows = vec![["line", "window", "figure", "first at", "one", "other", "by"].map(str::to_owned).to_vec()];
        if is_over_time {
            rows[0].extend(["instants", "last at"].map(str::to_owned));
        }
        for (place, finding) in self.rows.iter().take(MOST_ROWS) {
            let mut row = first(place, finding, local);
            if is_over_time {
                row.extend([finding.count.to_string(), local(finding.last.as_of)]);
            }
            rows.push(row);
        }
        push_aligned(text, &rows);
        if let Some(more) = self.rows.len().checked_sub(MOST_ROWS).filter(|more| *more > 0) {
            let _ = writeln!(text, "and {more} more rows: --format json has them all");
        }
    }
}

impl OnlyIn {
    fn push(&self, text: &mut String, side: &str, local: &dyn Fn(EventTime) -> String) {
        if !self.lines.is_empty() {
            let lines = self.lines.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            let _ = writeln!(text, "only {side} has {} {lines}", if self.lines.len() == 1 { "line" } else { "lines" });
        }
        if self.instants.count > 0 {
            let _ = writeln!(text, "only {side} has {} ({})", counted(self.instants.count, "instant"), {
                self.instants.words(local)
            });
        }
    }
}

impl Instants {
    fn words(&self, local: &dyn Fn(EventTime) -> String) -> String {
        match self.span {
            None => "none".to_owned(),
            Some((first, last)) if first == last => local(first),
            Some((first, last)) => format!("{} to {}", local(first), local(last)),
        }
    }
}

/// A row: which figure, and what the sides say where it first differs.
fn first(place: &Place, finding: &Finding, local: &dyn Fn(EventTime) -> String) -> Vec<String> {
    let is_instant = place.figure.as_ref().is_some_and(|name| name.ends_with("_timestamp_seconds"));
    let written = |said: Said| match said {
        Said::Nothing => "nothing".to_owned(),
        Said::Figures => "figures".to_owned(),
        Said::Number(seconds) if is_instant => local(super::document::seconds(seconds)),
        Said::Number(number) => number.to_string(),
    };
    let seen = finding.first;
    let by = seen.by().map_or_else(String::new, |by| format!("{by:+}"));
    let window = place.window.clone().unwrap_or_else(|| "now".to_owned());
    vec![place.line.clone(), window, place.name(), local(seen.as_of), written(seen.one), written(seen.other), by]
}

fn counted(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn push_aligned(text: &mut String, rows: &[Vec<String>]) {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            let fill = " ".repeat(width - cell.width());
            if column < TEXTS { format!("{cell}{fill}") } else { format!("{fill}{cell}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join(GAP).trim_end());
        text.push('\n');
    }
}
