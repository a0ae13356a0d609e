//! The formats of a report: CSV and JSON for programs, tables and Markdown for people.

mod csv;
mod json;
mod machine_value;
mod markdown;
mod terminal;

use crate::report::Report;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
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
    pub fn render(&self, format: ReportFormat) -> String {
        match format {
            ReportFormat::Table { width } => terminal::write(self, width),
            ReportFormat::Csv => csv::write(self),
            ReportFormat::Json => json::write(self),
            ReportFormat::Markdown => markdown::write(self),
        }
    }
}
