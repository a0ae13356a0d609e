//! The form of a file of call records, before any meaning: its letters, separators and first rows.

use ensilinja_model::vocabulary;

vocabulary! {
    /// How the letters of a file are encoded. A byte order mark at its beginning (UTF-8 or UTF-16) wins.
    TextEncoding {
        /// UTF-8.
        Utf8 = "utf-8",
        /// Windows-1252, which includes Latin-1 (ISO 8859-1): older programs of Western Europe.
        Windows1252 = "windows-1252",
        /// Latin-9, with the euro sign.
        Iso885915 = "iso-8859-15",
        /// UTF-16 without a byte order mark, little-endian.
        Utf16Le = "utf-16le",
    }
}

/// The form of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecordLayout {
    /// How letters are encoded.
    pub encoding: TextEncoding,
    /// What stands between fields.
    pub separator: u8,
    /// Whether a field may stand in quotes, which then may hold separators and newlines.
    pub quotes: bool,
    /// Rows before the header, or before the first record if there is no header, such as a title.
    pub skipped_rows: u16,
    /// Whether a row names the columns.
    pub header: bool,
}
