//! A table as it is to be read: rows and columns of typed values, before any format.

use crate::cell_value::CellValue;

/// A table with a title, and what has to be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportTable {
    /// What it shows.
    pub title: String,
    /// What its rows are.
    pub row_header: String,
    /// The headings of the columns, without that of the rows.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<ReportRow>,
    /// Period, time zone, as of when, from how many contacts, how complete, and whose rules.
    pub note: String,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    /// Whom or when it is about.
    pub label: String,
    /// Whether other rows add up to it.
    pub is_total: bool,
    /// One cell a column.
    pub cells: Vec<ReportCell>,
}

/// A cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportCell {
    /// What it says.
    pub value: CellValue,
    /// Whether it carries the sign of the note on callback shares: it is a share of the handled, not of all decided,
    /// for nobody was answered live.
    pub marked: bool,
}

impl From<CellValue> for ReportCell {
    fn from(value: CellValue) -> Self {
        Self { value, marked: false }
    }
}
