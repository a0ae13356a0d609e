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

use crate::wrapping::broken;

/// Spaces between columns.
const GAP: &str = "  ";

/// The narrowest column of words that a listing is wrapped to.
const NARROWEST: usize = 10;

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

    /// The listing with lines of at most this width, as a terminal displays them. Texts in columns of words are
    /// wrapped, widest columns first, and never cut; numbers are not wrapped. Columns of words keep ten characters, so
    /// a listing of many columns can be wider.
    #[must_use]
    pub fn within(&self, width: usize) -> String {
        let mut widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let gaps = GAP.len() * widths.len().saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > width {
            let can_shrink =
                |(column, own): &(usize, usize)| self.columns[*column].1 == Align::Left && *own > NARROWEST;
            let widest = widths.iter().copied().enumerate().filter(can_shrink).max_by_key(|(_, own)| *own);
            let Some((column, _)) = widest else { break };
            widths[column] -= 1;
        }
        self.laid_out(&widths, width)
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| match row {
            ListingRow::Cells(cells) => cells[column].width(),
            ListingRow::Note(_) => 0,
        });
        cells.fold(self.columns[column].0.width(), usize::max)
    }

    /// The headings, rows and notes, in columns of these widths.
    fn laid_out(&self, widths: &[usize], width: usize) -> String {
        let headings: Vec<&str> = self.columns.iter().map(|(heading, _)| *heading).collect();
        let mut text = self.row_text(&headings, widths);
        for row in &self.rows {
            match row {
                ListingRow::Cells(cells) => {
                    text += &self.row_text(&cells.iter().map(String::as_str).collect::<Vec<_>>(), widths);
                }
                ListingRow::Note(note) => {
                    for line in broken(note, width.saturating_sub(2 * GAP.len())) {
                        text.extend([GAP, GAP, &line, "\n"]);
                    }
                }
            }
        }
        text
    }

    /// A row, of as many lines as its longest text needs.
    fn row_text(&self, cells: &[&str], widths: &[usize]) -> String {
        let wrap = |(cell, width): (&&str, &usize)| {
            if cell.width() <= *width { vec![(*cell).to_owned()] } else { broken(cell, *width) }
        };
        let parts: Vec<Vec<String>> = cells.iter().zip(widths).map(wrap).collect();
        let mut text = String::new();
        for number in 0..parts.iter().map(Vec::len).max().unwrap_or(1) {
            let mut line = String::new();
            for (place, ((part, width), (_, align))) in parts.iter().zip(widths).zip(&self.columns).enumerate() {
                let cell = part.get(number).map_or("", |cell| cell.trim_end());
                let padding = " ".repeat(width.saturating_sub(cell.width()));
                let gap = if place == 0 { "" } else { GAP };
                match align {
                    Align::Left => line.extend([gap, cell, &padding]),
                    Align::Right => line.extend([gap, &padding, cell]),
                }
            }
            text.extend([line.trim_end(), "\n"]);
        }
        text
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.within(usize::MAX))
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
    fn a_narrow_listing_wraps_words_and_keeps_numbers_whole() {
        let mut listing = Listing::new([("CONTACT", Align::Left), ("N", Align::Right), ("CAUSE", Align::Left)]);
        listing.row(["a1".into(), "123456".into(), "answered at 10:15, as the agent said".into()]);
        listing.row(["0123456789abcdef".into(), "7".into(), "ended".into()]);
        listing.note("see the documents of the source".into());
        assert_eq!(
            listing.within(36),
            "CONTACT             N  CAUSE\na1             123456  answered at\n                       10:15, as the\n                       agent said\n\
             0123456789abc       7  ended\ndef\n    see the documents of the source\n"
        );
        for width in 30..120 {
            let text = listing.within(width);
            assert!(text.lines().all(|line| line.width() <= width), "{width}:\n{text}");
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).count();
            assert_eq!(letters(&text), letters(&listing.to_string()), "nothing is left out");
        }
    }

    #[test]
    fn a_listing_without_rows_still_has_its_headings() {
        assert_eq!(Listing::new([("LINE", Align::Left), ("CALLS", Align::Right)]).to_string(), "LINE  CALLS\n");
    }
}
