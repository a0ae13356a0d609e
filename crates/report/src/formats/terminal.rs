//! Tables for a terminal of a given width.
//!
//! Headings are wrapped, figures are not. A table that does not fit is split between columns; its parts follow one
//! another, each with the row labels. Widths are those that a terminal displays. A column wider than the terminal is
//! not split.

use unicode_width::UnicodeWidthStr as _;

use crate::number;
use crate::report::Report;
use crate::report_table::{ReportRow, ReportTable};
use crate::wrapping::wrapped;

/// Spaces between columns.
const GAP: &str = "  ";

/// Row labels take at most one part in this many of the width, unless a single word is longer.
const WIDTH_TO_NAMES: usize = 3;

/// Writes the tables of a report.
pub(crate) fn write(report: &Report, width: usize) -> String {
    let mut text = String::new();
    for table in &report.tables {
        push_lines(&mut text, &wrapped(&table.title, width), "");
        text.push('\n');
        let cell =
            |cell: &crate::report_table::ReportCell| number::value(&cell.value, cell.marked, report.request.language);
        TableLayout::of(table, width, |row| row.cells.iter().map(cell).collect()).write(&mut text);
        push_lines(&mut text, &wrapped(&table.note, width), "");
        text.push('\n');
    }
    for line in &report.legend {
        push_lines(&mut text, &wrapped(line, width), "");
    }
    text
}

/// A table with its texts and column widths.
struct TableLayout<'a> {
    table: &'a ReportTable,
    /// The figures as text, by row.
    texts: Vec<Vec<String>>,
    names_width: usize,
    /// The width of each column.
    widths: Vec<usize>,
    /// The ranges of columns that fit side by side.
    parts: Vec<std::ops::Range<usize>>,
}

impl<'a> TableLayout<'a> {
    fn of(table: &'a ReportTable, width: usize, texts: impl Fn(&ReportRow) -> Vec<String>) -> Self {
        let texts: Vec<Vec<String>> = table.rows.iter().map(texts).collect();
        let names = || table.rows.iter().map(|row| row.label.as_str()).chain([table.row_header.as_str()]);
        let longest_name = names().map(text_width).max().unwrap_or(0);
        let widest_word = names().map(longest_word).max().unwrap_or(0);
        let names_width = longest_name.min(widest_word.max(width / WIDTH_TO_NAMES));
        let widths: Vec<usize> = (0..table.columns.len())
            .map(|column| {
                let figures = texts.iter().map(|row| text_width(&row[column])).max().unwrap_or(0);
                figures.max(longest_word(&table.columns[column]))
            })
            .collect();
        let parts = side_by_side(&widths, width.saturating_sub(names_width));
        Self { table, texts, names_width, widths, parts }
    }

    fn write(&self, text: &mut String) {
        for part in &self.parts {
            let columns = part.clone();
            let headings = columns.clone().map(|column| wrapped(&self.table.columns[column], self.widths[column]));
            let name = wrapped(&self.table.row_header, self.names_width);
            self.write_row(text, &name, &headings.collect::<Vec<_>>(), &columns, true);
            self.write_rule(text, &columns);
            let mut previous_is_total = true;
            for (row, texts) in self.table.rows.iter().zip(&self.texts) {
                if row.is_total && !previous_is_total {
                    self.write_rule(text, &columns);
                }
                previous_is_total = row.is_total;
                let cells: Vec<Vec<String>> = columns.clone().map(|column| vec![texts[column].clone()]).collect();
                self.write_row(text, &wrapped(&row.label, self.names_width), &cells, &columns, false);
            }
            text.push('\n');
        }
    }

    /// Writes a row of one or more lines. Headings and figures are aligned to the last line, row labels to the first.
    fn write_row(
        &self,
        text: &mut String,
        name: &[String],
        cells: &[Vec<String>],
        columns: &std::ops::Range<usize>,
        is_heading: bool,
    ) {
        let height = cells.iter().map(Vec::len).chain([name.len()]).max().unwrap_or(1);
        let name_from = if is_heading { height - name.len() } else { 0 };
        for line in 0..height {
            let name = line.checked_sub(name_from).and_then(|line| name.get(line)).map_or("", String::as_str);
            let mut written = padded_right(name, self.names_width);
            for (cell, column) in cells.iter().zip(columns.clone()) {
                let cell = (line + cell.len()).checked_sub(height).map_or("", |line| cell[line].as_str());
                written.push_str(GAP);
                written.push_str(&padded_left(cell, self.widths[column]));
            }
            text.push_str(written.trim_end());
            text.push('\n');
        }
    }

    fn write_rule(&self, text: &mut String, columns: &std::ops::Range<usize>) {
        let columns: usize = self.widths[columns.clone()].iter().map(|width| GAP.len() + width).sum();
        text.push_str(&"─".repeat(self.names_width + columns));
        text.push('\n');
    }
}

/// Splits columns into ranges that fit the width, each column with the gap before it. A range has at least one column.
fn side_by_side(widths: &[usize], width: usize) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (column, own) in widths.iter().enumerate() {
        let own = GAP.len() + own;
        if column > start && used + own > width {
            parts.push(start..column);
            (start, used) = (column, 0);
        }
        used += own;
    }
    if start < widths.len() {
        parts.push(start..widths.len());
    }
    parts
}

fn push_lines(text: &mut String, lines: &[String], indent: &str) {
    for line in lines {
        text.push_str(indent);
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

fn longest_word(text: &str) -> usize {
    text.split(' ').map(text_width).max().unwrap_or(0)
}

fn text_width(text: &str) -> usize {
    text.width()
}

fn padded_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text_width(text))))
}

fn padded_right(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text_width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_do_not_fit_follow_below() {
        assert_eq!(side_by_side(&[10, 10, 10], 24), [0..2, 2..3]);
        assert_eq!(side_by_side(&[50, 3, 3], 24), [0..1, 1..3]);
        assert_eq!(side_by_side(&[10, 10], 24).len(), 1);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(padded_left("ä", 3), "  ä");
        assert_eq!(padded_left("你", 3), " 你");
    }
}
