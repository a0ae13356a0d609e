//! The formats of a report: CSV and JSON for programs, tables, Markdown and HTML for people. All write the same values.

mod csv;
mod html;
mod json;
mod machine_value;
mod markdown;
mod terminal;

use crate::report::Report;

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    /// Tables for a terminal.
    Table {
        /// The width of the terminal in columns.
        width: usize,
    },
    /// CSV according to RFC 4180: a header, then one figure on each line.
    Csv,
    /// One JSON document.
    Json,
    /// Markdown tables.
    Markdown,
    /// One self-contained page with tables and charts.
    Html,
}

impl Report {
    /// Writes the report, with a final line break.
    #[must_use]
    pub fn render(&self, format: ReportFormat) -> String {
        match format {
            ReportFormat::Table { width } => terminal::write(self, width),
            ReportFormat::Csv => csv::write(self),
            ReportFormat::Json => json::write(self),
            ReportFormat::Markdown => markdown::write(self),
            ReportFormat::Html => html::write(self),
        }
    }
}
