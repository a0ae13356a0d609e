//! A listing for people: headings, and rows in aligned columns.
//!
//! ```
//! use ensilinja_report::{Align, Listing};
//!
//! let mut listing = Listing::new([("LINE", Align::Left), ("CALLS", Align::Right)]);
//! listing.row(["mipa".into(), "7".into()]);
//! assert_eq!(listing.to_string(), "LINE  CALLS\nmipa      7\n");
//! ```

use std::fmt;

use unicode_width::UnicodeWidthStr as _;

/// Spaces between columns.
const GAP: &str = "  ";

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left, for words.
    Left,
    /// Right, for numbers.
    Right,
}

/// Headings and rows. Texts must not contain line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<ListingRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ListingRow {
    Cells(Vec<String>),
    /// A line below the row that it belongs to.
    Note(String),
}

impl Listing {
    /// A listing without rows.
    pub fn new(columns: impl IntoIterator<Item = (&'static str, Align)>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If the number of texts differs from the number of columns.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        assert_eq!(cells.len(), self.columns.len(), "a row has one text a column");
        self.rows.push(ListingRow::Cells(cells));
    }

    /// Adds an indented line below the last row. It does not affect the column widths.
    pub fn note(&mut self, text: String) {
        self.rows.push(ListingRow::Note(text));
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| match row {
            ListingRow::Cells(cells) => cells[column].width(),
            ListingRow::Note(_) => 0,
        });
        cells.fold(self.columns[column].0.width(), usize::max)
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = String::new();
            for (place, (cell, ((_, align), width))) in cells.zip(self.columns.iter().zip(&widths)).enumerate() {
                let padding = " ".repeat(width - cell.width());
                let gap = if place == 0 { "" } else { GAP };
                match align {
                    Align::Left => line.extend([gap, cell, &padding]),
                    Align::Right => line.extend([gap, &padding, cell]),
                }
            }
            line.trim_end().to_owned()
        };
        writeln!(f, "{}", line(&mut self.columns.iter().map(|(heading, _)| *heading)))?;
        for row in &self.rows {
            match row {
                ListingRow::Cells(cells) => writeln!(f, "{}", line(&mut cells.iter().map(String::as_str)))?,
                ListingRow::Note(text) => writeln!(f, "{GAP}{GAP}{text}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text_on_a_terminal() {
        let mut listing = Listing::new([("NIMI", Align::Left), ("N", Align::Right), ("OSA", Align::Left)]);
        listing.row(["äitiysneuvola".into(), "7".into(), "a".into()]);
        listing.note("a note about the row".into());
        listing.row(["電話".into(), "1200".into(), String::new()]);
        assert_eq!(
            listing.to_string(),
            "NIMI              N  OSA\n\
             äitiysneuvola     7  a\n    a note about the row\n\
             電話           1200\n"
        );
    }

    #[test]
    fn a_listing_without_rows_still_has_its_headings() {
        assert_eq!(Listing::new([("LINE", Align::Left), ("CALLS", Align::Right)]).to_string(), "LINE  CALLS\n");
    }
}
