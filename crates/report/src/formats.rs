//! The formats of a report: CSV and JSON for programs, tables and Markdown for people.

mod csv;
mod json;
mod machine_value;
mod markdown;
mod terminal;

use crate::report::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tables for a terminal of this many columns.
    Table {
        /// How many.
        width: usize,
    },
    /// RFC 4180: a header, then one figure a line.
    Csv,
    /// One document.
    Json,
    /// Tables for a page.
    Markdown,
}

impl Report {
    /// Writes it, with a line break at its end.
    #[must_use]
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Table { width } => terminal::write(self, width),
            Format::Csv => csv::write(self),
            Format::Json => json::write(self),
            Format::Markdown => markdown::write(self),
        }
    }
}
