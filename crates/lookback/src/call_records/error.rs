//! Why a file of call records cannot be read.

use std::io;

use ensilinja_wire::call_records::ColumnNotFound;

/// Why a file of call records cannot be read as a whole. Nothing in the text repeats what the file holds.
#[derive(Debug, thiserror::Error)]
pub enum CallRecordFileError {
    /// The file does not exist or cannot be opened.
    #[error("cannot open {name}: {why}")]
    Open {
        /// The file.
        name: String,
        /// The error of the system.
        why: io::Error,
    },
    /// The file cannot be read to its end.
    #[error("cannot read {name} after line {line}: {why}")]
    Read {
        /// The file.
        name: String,
        /// The last line that was read.
        line: u64,
        /// What is wrong.
        why: io::Error,
    },
    /// The file ends before its first row.
    #[error("{name} has no rows; check skip_rows")]
    Empty {
        /// The file.
        name: String,
    },
    /// The header, or the first row, is not text.
    #[error("{name}, line {line}: the header is not text in the encoding {encoding}; set encoding to that of the file")]
    HeaderNotText {
        /// The file.
        name: String,
        /// The line of the header.
        line: u64,
        /// The encoding of the rules.
        encoding: &'static str,
    },
    /// The file does not have a column that the rules use.
    #[error("{name}, line {line}: {why}{hint}")]
    Columns {
        /// The file.
        name: String,
        /// The line of the header, or of the first row.
        line: u64,
        /// What is wrong.
        why: ColumnNotFound,
        /// What may be the cause.
        hint: String,
    },
    /// A quotation mark swallows rows.
    #[error(
        "{name}, line {line}: a quotation mark opens here and closes in another row, or never; mend the row, or set \
         quotes = false if quotation marks in this file are ordinary text"
    )]
    UnclosedQuote {
        /// The file.
        name: String,
        /// The line at which the row begins.
        line: u64,
    },
}
