//! The columns of a file, and the cells of a row.

/// A column, as a columns file refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRef {
    /// By its name in the header.
    Name(String),
    /// By its number, from 1.
    Number(usize),
}

impl std::fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?}"),
            Self::Number(number) => write!(f, "number {number}"),
        }
    }
}

/// A column of a [`ColumnSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnKey(usize);

/// The columns that the rules use, each once.
#[derive(Clone, Debug, Default)]
pub struct ColumnSet(Vec<ColumnRef>);

/// A column of the rules that the file does not have, or has twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnNotFound {
    /// No column has the name.
    #[error("there is no column {name:?} among the {width} columns")]
    Missing {
        /// The name that the rules have.
        name: String,
        /// How many columns there are.
        width: usize,
    },
    /// Two columns have the name.
    #[error("there are two columns {name:?}; refer to one by its number")]
    Twice {
        /// The name that the rules have.
        name: String,
    },
    /// There are fewer columns.
    #[error("there is no column number {number}; there are {width} columns")]
    Beyond {
        /// The number that the rules have.
        number: usize,
        /// How many columns there are.
        width: usize,
    },
}

impl ColumnSet {
    /// Adds a column, unless it is there already, and returns its key.
    pub fn add(&mut self, column: ColumnRef) -> ColumnKey {
        let place = self.0.iter().position(|known| *known == column);
        ColumnKey(place.unwrap_or_else(|| {
            self.0.push(column);
            self.0.len() - 1
        }))
    }

    /// The place of each column among the fields of a file with this header, or with this first row.
    pub(super) fn places(&self, header: &[&str]) -> Result<Vec<usize>, ColumnNotFound> {
        self.0.iter().map(|column| place(column, header)).collect()
    }
}

fn place(column: &ColumnRef, header: &[&str]) -> Result<usize, ColumnNotFound> {
    let width = header.len();
    match column {
        ColumnRef::Number(number) => match number.checked_sub(1) {
            Some(place) if place < width => Ok(place),
            _ => Err(ColumnNotFound::Beyond { number: *number, width }),
        },
        ColumnRef::Name(name) => {
            let mut places = (0..width).filter(|place| trimmed(header[*place]) == trimmed(name));
            match (places.next(), places.next()) {
                (Some(place), None) => Ok(place),
                (None, _) => Err(ColumnNotFound::Missing { name: name.clone(), width }),
                (Some(_), Some(_)) => Err(ColumnNotFound::Twice { name: name.clone() }),
            }
        }
    }
}

/// The cells of one row.
#[derive(Clone, Copy)]
pub(super) struct RowCells<'a> {
    pub(super) fields: &'a [&'a str],
    /// The place of each column of the set.
    pub(super) places: &'a [usize],
    /// Words that say nothing, as an empty cell does.
    pub(super) empty: &'a [String],
}

impl<'a> RowCells<'a> {
    /// The text of a cell without spaces around it; `None` if it says nothing.
    pub(super) fn get(&self, column: ColumnKey) -> Option<&'a str> {
        let text = trimmed(self.fields.get(self.places[column.0]).copied().unwrap_or_default());
        (!text.is_empty() && self.empty.iter().all(|empty| empty != text)).then_some(text)
    }
}

/// A text without white space around it, also that of word processors and without width.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_or_number() {
        let name = |text: &str| ColumnRef::Name(text.to_owned());
        let mut set = ColumnSet::default();
        let keys = [name("Jono"), ColumnRef::Number(1), name("Jono")].map(|column| set.add(column));
        assert_eq!(keys[0], keys[2]);
        let places = set.places(&["Id", "\u{feff}Jono\u{a0}"]).unwrap();
        let empty = ["-".to_owned()];
        let get = |fields: &[&str], key: ColumnKey| {
            RowCells { fields, places: &places, empty: &empty }.get(key).map(str::to_owned)
        };
        assert_eq!(get(&["7", " a b "], keys[0]).as_deref(), Some("a b"));
        assert_eq!(get(&[" - ", "a"], keys[1]), None);
        assert_eq!(get(&["7"], keys[0]), None);
        assert_eq!(set.places(&["Id", "x"]), Err(ColumnNotFound::Missing { name: "Jono".to_owned(), width: 2 }));
        assert_eq!(set.places(&["Jono", "Jono"]), Err(ColumnNotFound::Twice { name: "Jono".to_owned() }));
        let mut beyond = ColumnSet::default();
        beyond.add(ColumnRef::Number(3));
        assert_eq!(beyond.places(&["a", "b"]), Err(ColumnNotFound::Beyond { number: 3, width: 2 }));
    }
}
