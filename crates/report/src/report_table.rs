//! A table: rows and columns of typed values, before any format.

use crate::cell_value::CellValue;
use crate::chart::{TableChart, magnitude};

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
    /// The charts of the table.
    pub charts: Vec<TableChart>,
    /// Period, time zone, as-of instant, number of contacts, completeness, and source of the rules.
    pub note: String,
}

impl ReportTable {
    /// Whether a chart has something to show: a value, or a word in place of a hidden one.
    pub(crate) fn shows(&self, chart: &TableChart) -> bool {
        let is_shown = |value: &CellValue| magnitude(value).is_some() || matches!(value, CellValue::Hidden { .. });
        self.cells_of(chart).any(|value| is_shown(&value))
    }

    /// Whether the panels of a chart have scales of their own: they show counts or durations, which have no largest
    /// value.
    pub(crate) fn has_scales(&self, chart: &TableChart) -> bool {
        self.cells_of(chart).any(|value| matches!(value, CellValue::Count(_) | CellValue::Mean { .. }))
    }

    fn cells_of(&self, chart: &TableChart) -> impl Iterator<Item = CellValue> {
        let columns = chart.columns();
        self.rows.iter().flat_map(move |row| columns.iter().map(|column| row.cells[*column].value).collect::<Vec<_>>())
    }
}

impl ReportRow {
    /// Whether one of these columns applies to the row.
    pub(crate) fn applies(&self, columns: &[usize]) -> bool {
        columns.iter().any(|column| self.cells[*column].value != CellValue::NotApplicable)
    }
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
