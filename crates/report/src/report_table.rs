//! A table: rows and columns of typed values, before any format.

use crate::cell_value::CellValue;

/// A table with its title and note.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportTable {
    /// The title.
    pub title: String,
    /// The heading of the row labels.
    pub row_header: String,
    /// The headings of the other columns.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<ReportRow>,
    /// Period, time zone, as-of instant, number of contacts, completeness, and source of the rules.
    pub note: String,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportRow {
    /// The subject or the time.
    pub label: String,
    /// Whether it is a total over other rows.
    pub is_total: bool,
    /// One cell for each column.
    pub cells: Vec<ReportCell>,
}

/// A cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportCell {
    /// The value.
    pub value: CellValue,
    /// Whether it has the footnote mark of callback shares: a share of the contacts handled, not of those decided.
    pub marked: bool,
}

impl From<CellValue> for ReportCell {
    fn from(value: CellValue) -> Self {
        Self { value, marked: false }
    }
}
