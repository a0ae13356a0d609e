//! One file of call records, read row by row.

use std::cell::RefCell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;
use ensilinja_config::ColumnsFile;
use ensilinja_wire::call_records::{
    CallRecordLayout, CallRecordReader, ColumnNotFound, RowContent, RowFault, TextEncoding,
};

use super::error::CallRecordFileError;
use super::row_lines::{NumberedText, RowLines};
use crate::event_file::{EventFileBytes, stream_name};

/// A row of a file.
pub struct CallRecordRow {
    /// The line at which it begins, from 1.
    pub line: u64,
    /// What it states, or why it is refused.
    pub content: Result<RowContent, RowFault>,
}

/// A file of call records.
pub struct CallRecordFile {
    name: String,
    csv: csv::Reader<NumberedText<Box<dyn Read>>>,
    lines: Rc<RefCell<RowLines>>,
    reader: CallRecordReader,
    separator: u8,
    /// How many columns there are.
    width: usize,
    record: ByteRecord,
    /// The line of the record, if it was read and not used: the first row of a file without a header.
    unused: Option<u64>,
    /// The line of the last row, if it ends as if a quotation mark were not closed.
    may_be_unclosed: Option<u64>,
    bytes_read: Arc<AtomicU64>,
    size: Option<u64>,
}

impl CallRecordFile {
    /// Opens a file, plain or compressed with gzip or zstd, and finds its columns. The path `-` is standard input.
    ///
    /// # Errors
    /// If the file cannot be read, or lacks a column of the rules.
    pub fn open(path: &Path, columns: &ColumnsFile) -> Result<Self, CallRecordFileError> {
        let name = stream_name(path);
        match EventFileBytes::open(path) {
            Ok(bytes) => {
                let (read, size) = (bytes.bytes_read(), bytes.size());
                Self::of(name, Box::new(bytes.text), read, size, columns)
            }
            Err(why) => Err(CallRecordFileError::Open { name, why }),
        }
    }

    fn of(
        name: String,
        bytes: Box<dyn Read>,
        bytes_read: Arc<AtomicU64>,
        size: Option<u64>,
        columns: &ColumnsFile,
    ) -> Result<Self, CallRecordFileError> {
        let layout = &columns.layout;
        let decoded = decoded(bytes, layout.encoding);
        let decoded = decoded.map_err(|why| CallRecordFileError::Open { name: name.clone(), why })?;
        let (text, lines) = NumberedText::new(decoded);
        let mut csv = ReaderBuilder::new()
            .delimiter(layout.separator)
            .quoting(layout.quotes)
            .has_headers(false)
            .flexible(true)
            .from_reader(text);
        let mut record = ByteRecord::new();
        let line = first_row(&name, &mut csv, &lines, &mut record, layout)?;
        let reader = reader(&name, line, &record, columns)?;
        let (separator, width) = (layout.separator, record.len());
        let unused = (!layout.header).then_some(line);
        let may_be_unclosed = None;
        Ok(Self { name, csv, lines, reader, separator, width, record, unused, may_be_unclosed, bytes_read, size })
    }

    /// Its name in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size in bytes, as it is stored; `None` of a pipe, whose size is unknown.
    #[must_use]
    pub const fn bytes(&self) -> Option<u64> {
        self.size
    }

    /// The bytes of it read so far.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }

    /// The next row; `None` at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read, or a quotation mark swallows rows. What was delivered before is incomplete.
    pub fn next_row(&mut self) -> Result<Option<CallRecordRow>, CallRecordFileError> {
        let line = match self.unused.take() {
            Some(line) => Some(line),
            None => next_record(&self.name, &mut self.csv, &self.lines, &mut self.record)?,
        };
        let Some(line) = line else { return self.end() };
        let content = self.content();
        if self.has_swallowed_rows(content.as_ref().err()) {
            return Err(CallRecordFileError::UnclosedQuote { name: self.name.clone(), line });
        }
        let last = self.record.len().checked_sub(1).and_then(|last| self.record.get(last));
        self.may_be_unclosed = last.is_some_and(has_newline).then_some(line);
        Ok(Some(CallRecordRow { line, content }))
    }

    fn content(&self) -> Result<RowContent, RowFault> {
        let fields: Vec<&str> =
            self.record.iter().map(str::from_utf8).collect::<Result<_, _>>().map_err(|_| RowFault::NotText)?;
        self.reader.read(&fields)
    }

    /// Whether a quotation mark seems to have made one row of several: a field of more than one line leaves the row
    /// with too few fields, or one of its lines has the separators of a row.
    fn has_swallowed_rows(&self, fault: Option<&RowFault>) -> bool {
        /// Ordinary text may have the separators of a narrower row.
        const SURE_WIDTH: usize = 4;
        let is_like_row = |line: &[u8]| line.split(|byte| *byte == self.separator).count() >= self.width;
        let has_rows = |field: &[u8]| field.split(|byte| is_line_end(*byte)).skip(1).any(is_like_row);
        let mut long = self.record.iter().filter(|field| has_newline(field)).peekable();
        long.peek().is_some()
            && (fault == Some(&RowFault::FieldCount)
                || ((fault.is_some() || self.width >= SURE_WIDTH) && long.any(has_rows)))
    }

    /// The end of the file, which must not be within quotation marks.
    fn end(&self) -> Result<Option<CallRecordRow>, CallRecordFileError> {
        match self.may_be_unclosed {
            Some(line) if self.lines.borrow().last_text_byte() != b'"' => {
                Err(CallRecordFileError::UnclosedQuote { name: self.name.clone(), line })
            }
            _ => Ok(None),
        }
    }
}

fn has_newline(field: &[u8]) -> bool {
    field.iter().any(|byte| is_line_end(*byte))
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The text of a file as UTF-8. Bytes that are not UTF-8 in a file that should be stay as they are: rows with them are
/// refused.
fn decoded(mut bytes: Box<dyn Read>, encoding: TextEncoding) -> io::Result<Box<dyn Read>> {
    // The decoder takes the mark of UTF-8 for letters if it is told another encoding.
    const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";
    let mut first = Vec::new();
    bytes.by_ref().take(UTF8_MARK.len() as u64).read_to_end(&mut first)?;
    let encoding: Option<&'static Encoding> = match encoding {
        TextEncoding::Utf8 => None,
        _ if first == UTF8_MARK => None,
        TextEncoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
        TextEncoding::Iso885915 => Some(encoding_rs::ISO_8859_15),
        TextEncoding::Utf16Le => Some(encoding_rs::UTF_16LE),
    };
    let whole = io::Cursor::new(first).chain(bytes);
    let mut decoder = DecodeReaderBytesBuilder::new();
    decoder.encoding(encoding).utf8_passthru(true).strip_bom(true).bom_override(true);
    Ok(Box::new(decoder.build(whole)))
}

/// Reads the header, or the first row of a file without one, into `record`, and returns its line.
fn first_row(
    name: &str,
    csv: &mut csv::Reader<NumberedText<Box<dyn Read>>>,
    lines: &RefCell<RowLines>,
    record: &mut ByteRecord,
    layout: &CallRecordLayout,
) -> Result<u64, CallRecordFileError> {
    let mut skipped = 0;
    loop {
        let line = next_record(name, csv, lines, record)?;
        let line = line.ok_or_else(|| CallRecordFileError::Empty { name: name.to_owned() })?;
        // What spreadsheets write before the first row: `sep=;`.
        let is_separator = line == 1 && record.get(0).is_some_and(|field| field.starts_with(b"sep="));
        if is_separator {
            continue;
        }
        if skipped == layout.skipped_rows {
            return Ok(line);
        }
        skipped += 1;
    }
}

/// Reads a row into `record`, and returns its line; `None` at the end of the file.
fn next_record(
    name: &str,
    csv: &mut csv::Reader<NumberedText<Box<dyn Read>>>,
    lines: &RefCell<RowLines>,
    record: &mut ByteRecord,
) -> Result<Option<u64>, CallRecordFileError> {
    match csv.read_byte_record(record) {
        Ok(false) => Ok(None),
        Ok(true) => {
            let position = record.position().map_or(0, csv::Position::byte);
            Ok(Some(lines.borrow_mut().line_of(position)))
        }
        Err(why) => {
            let line = lines.borrow_mut().line_of(csv.position().byte());
            Err(CallRecordFileError::Read { name: name.to_owned(), line: line.saturating_sub(1), why: of_csv(why) })
        }
    }
}

/// Of the errors of the crate `csv` only those of reading can happen, because rows may have any length and are bytes.
fn of_csv(why: csv::Error) -> io::Error {
    match why.into_kind() {
        csv::ErrorKind::Io(why) => why,
        _ => io::Error::other("it is not CSV"),
    }
}

fn reader(
    name: &str,
    line: u64,
    header: &ByteRecord,
    columns: &ColumnsFile,
) -> Result<CallRecordReader, CallRecordFileError> {
    let fields: Result<Vec<&str>, _> = header.iter().map(str::from_utf8).collect();
    let Ok(fields) = fields else {
        let encoding = columns.layout.encoding.as_str();
        return Err(CallRecordFileError::HeaderNotText { name: name.to_owned(), line, encoding });
    };
    CallRecordReader::new(columns.rules.clone(), &fields).map_err(|why| {
        let hint = hint(&why, &fields, columns.layout.separator);
        CallRecordFileError::Columns { name: name.to_owned(), line, why, hint }
    })
}

/// Another separator that the row has more often, if a column is missing.
fn hint(why: &ColumnNotFound, fields: &[&str], separator: u8) -> String {
    let count = |other: char| fields.iter().map(|field| field.matches(other).count()).sum::<usize>();
    let others = [(',', ","), (';', ";"), ('\t', "tab"), ('|', "|")];
    let likely = others
        .into_iter()
        .filter(|(other, _)| *other != char::from(separator) && count(*other) >= fields.len())
        .max_by_key(|(other, _)| count(*other));
    match (why, likely) {
        (ColumnNotFound::Missing { .. } | ColumnNotFound::Beyond { .. }, Some((_, name))) => {
            format!("; perhaps separator = \"{name}\"")
        }
        (ColumnNotFound::Missing { .. }, None) => {
            "; check the spelling, separator, encoding, and skip_rows if a title comes first".to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_config::parse_columns;

    use super::*;

    const COLUMNS: &str = r#"
separator = ";"
time_zone = "Europe/Helsinki"
otherwise = "abandoned"
[formats]
date_time = "%d.%m.%Y %H:%M:%S"
duration = "hh:mm:ss"
[columns]
id = "Id"
queue = "Jono"
arrived = "Tuli"
wait = "Odotus"
[queues]
"äänestys" = "mipa"
"#;

    /// The lines of the rows of a file with their faults, or why it cannot be read.
    fn rows(columns: &str, file: &[u8]) -> Result<Vec<(u64, Option<RowFault>)>, String> {
        rows_by(&parse_columns("c.toml", columns, None).unwrap(), file)
    }

    fn rows_by(columns: &ColumnsFile, file: &[u8]) -> Result<Vec<(u64, Option<RowFault>)>, String> {
        let (bytes, read) = (Box::new(io::Cursor::new(file.to_vec())), Arc::default());
        let mut file =
            CallRecordFile::of("calls.csv".to_owned(), bytes, read, None, columns).map_err(|e| e.to_string())?;
        let mut rows = Vec::new();
        while let Some(row) = file.next_row().map_err(|error| error.to_string())? {
            rows.push((row.line, row.content.err()));
        }
        Ok(rows)
    }

    const FILE: &str = "Id;Jono;Tuli;Odotus\n1;Äänestys;16.9.2025 09:00:00;0:01:00\n\n\
                        2;äänestys;16.9.2025 09:00:00;\"0:01:00\"\n3;muu;16.9.2025 09:00:00;0:01:00\n";

    const EXPECTED: [(u64, Option<RowFault>); 3] = [(2, None), (4, None), (5, Some(RowFault::QueueNotMapped))];

    #[test]
    fn a_file_is_read_in_every_dialect() {
        let set =
            |key: &str, value: &str| format!("{key} = \"{value}\"\n{}", COLUMNS.replace("separator = \";\"\n", ""));
        for (name, separator) in [(",", ","), (";", ";"), ("|", "|"), ("tab", "\t")] {
            let file = FILE.replace(';', separator);
            let columns = set("separator", name);
            for file in [file.clone(), file.replace('\n', "\r\n"), format!("\u{feff}{file}")] {
                assert_eq!(rows(&columns, file.as_bytes()).unwrap(), EXPECTED, "{file:?}");
            }
        }
        let latin: Vec<u8> = FILE.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        for encoding in ["windows-1252", "iso-8859-15"] {
            let columns = format!("encoding = \"{encoding}\"\n{COLUMNS}");
            assert_eq!(rows(&columns, &latin).unwrap(), EXPECTED);
            assert_eq!(rows(&columns, format!("\u{feff}{FILE}").as_bytes()).unwrap(), EXPECTED, "the mark wins");
        }
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert_eq!(rows(COLUMNS, &utf16(&format!("\u{feff}{FILE}"))).unwrap(), EXPECTED);
        let columns = format!("encoding = \"utf-16le\"\n{COLUMNS}");
        assert_eq!(rows(&columns, &utf16(FILE)).unwrap(), EXPECTED);
        let refused = [(2, Some(RowFault::NotText)), (4, Some(RowFault::NotText)), EXPECTED[2]];
        assert_eq!(rows(COLUMNS, &latin).unwrap(), refused);
        let spread = rows(COLUMNS, format!("sep=;\n{FILE}").as_bytes()).unwrap();
        assert_eq!(spread.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 5, 6]);
        let titled = format!("skip_rows = 2\n{COLUMNS}");
        assert_eq!(rows(&titled, format!("Puhelut;;\n;\n{FILE}").as_bytes()).unwrap().len(), 3);
    }

    #[test]
    fn a_file_without_a_header_begins_with_a_row() {
        let columns = ["Id", "Jono", "Tuli", "Odotus"]
            .iter()
            .zip(1..)
            .fold(format!("header = false\n{COLUMNS}"), |text, (name, number)| {
                text.replace(&format!("\"{name}\""), &number.to_string())
            });
        let (_, file) = FILE.split_once('\n').unwrap();
        assert_eq!(
            rows(&columns, file.as_bytes()).unwrap().iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [1, 3, 4]
        );
        let refusal = rows(&columns, b"1;2\n").unwrap_err();
        assert_eq!(refusal, "calls.csv, line 1: there is no column number 3; there are 2 columns");
    }

    #[test]
    fn a_file_with_other_columns_is_refused_as_a_whole() {
        for (file, expected) in [
            (
                FILE.replace(';', ","),
                "line 1: there is no column \"Id\" among the 1 columns; perhaps separator = \",\"",
            ),
            (
                FILE.replace("Jono", "Queue"),
                "line 1: there is no column \"Jono\" among the 4 columns; check the spelling",
            ),
            (FILE.replace("Jono", "Id"), "line 1: there are two columns \"Id\"; refer to one by its number"),
            (String::new(), "calls.csv has no rows; check skip_rows"),
        ] {
            let refusal = rows(COLUMNS, file.as_bytes()).unwrap_err();
            assert!(refusal.contains(expected) && refusal.starts_with("calls.csv"), "{refusal}");
        }
        let latin = b"Id;Jono;Tuli;Odotus;P\xe4iv\xe4\n";
        assert!(rows(COLUMNS, latin).unwrap_err().contains("line 1: the header is not text in the encoding utf-8"));
        assert_eq!(rows(COLUMNS, b"Id;Jono;Tuli;Odotus\n").unwrap(), [], "a day without calls");
    }

    #[test]
    fn a_quotation_mark_that_swallows_rows_is_an_error_of_the_file() {
        let within = FILE.replace(";0:01:00\n\n", ";\"0:01:00\n\n");
        let at_the_end = format!("{FILE}4;äänestys;16.9.2025 09:00:00;\"0:01:00\n5;äänestys;16.9.2025 09:00:00;0:01\n");
        for (file, line) in [(within, 2), (at_the_end, 6)] {
            let refusal = rows(COLUMNS, file.as_bytes()).unwrap_err();
            assert!(refusal.starts_with(&format!("calls.csv, line {line}: a quotation mark opens here")), "{refusal}");
        }
        let note = FILE.replace("Odotus\n", "Odotus;Note\n").replace(":00\n", ":00;\"a\nb\"\"\"\n");
        let note = note.replace("\"0:01:00\"\n", "\"0:01:00\";x\n");
        assert_eq!(rows(COLUMNS, note.as_bytes()).unwrap().len(), 3, "a field may have lines");
        let plain = FILE.replace("\"0:01:00\"", "0:01:00").replace("3;muu", "\"3;muu");
        assert_eq!(rows(&format!("quotes = false\n{COLUMNS}"), plain.as_bytes()).unwrap(), EXPECTED);
    }

    #[test]
    fn arbitrary_bytes_never_panic() {
        // A small generator of its own: the bytes of files with much that means something to CSV.
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let pieces: [&[u8]; 14] = [
            b";",
            b"\n",
            b"\r",
            b"\"",
            b"\"\"",
            b"1",
            b"\xc3\xa4\xc3\xa4nestys",
            b"16.9.2025 09:00:00",
            b"0:01:00",
            b"\xe4",
            b"\0",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b" ",
        ];
        let of = |encoding: &TextEncoding| format!("encoding = \"{}\"\n{COLUMNS}", encoding.as_str());
        let columns: Vec<ColumnsFile> =
            TextEncoding::ALL.iter().map(|encoding| parse_columns("c.toml", &of(encoding), None).unwrap()).collect();
        for case in 0..20_000 {
            let mut file = if case % 3 == 0 { Vec::new() } else { b"Id;Jono;Tuli;Odotus\n".to_vec() };
            for _ in 0..next() % 40 {
                let piece = usize::try_from(next() % 14).unwrap();
                file.extend_from_slice(pieces[piece]);
            }
            // Whether it is read or refused, it ends.
            let _ = rows_by(&columns[case % columns.len()], &file);
        }
    }
}
