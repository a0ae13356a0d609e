//! The line at which a row begins.
//!
//! The crate `csv` gives the position of a row as the end of the row before: blank lines between them, and the newline
//! after a carriage return, belong to neither. So lines are numbered here, while the bytes pass, and the row begins at
//! the first line from that position on that is not blank.
//!
//! ```text
//! line 1  a;b\r\n      row 1: position 0
//! line 2  \r\n
//! line 3  c;d\r\n      row 2: position 4, which is before the newline of line 1
//! ```

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// The longest row, in bytes. Only a quotation mark that is not closed makes a longer one.
const LONGEST_ROW: u64 = 4 * 1024 * 1024;

/// Numbers the lines of the text that is read through it.
pub(super) struct NumberedText<R> {
    text: R,
    lines: Rc<RefCell<RowLines>>,
}

impl<R: Read> NumberedText<R> {
    /// The text, and the lines that have been read of it.
    pub(super) fn new(text: R) -> (Self, Rc<RefCell<RowLines>>) {
        let lines = Rc::new(RefCell::new(RowLines::new()));
        (Self { text, lines: Rc::clone(&lines) }, lines)
    }
}

impl<R: Read> Read for NumberedText<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.lines.borrow().is_too_long() {
            return Err(io::Error::other("a row is longer than 4 MiB: a quotation mark is not closed"));
        }
        let length = self.text.read(buffer)?;
        self.lines.borrow_mut().pass(&buffer[..length]);
        Ok(length)
    }
}

/// A line that has begun.
#[derive(Clone, Copy)]
struct TextLine {
    number: u64,
    /// The byte at which it begins.
    start: u64,
    is_blank: bool,
}

/// The lines of a text from the row that was asked for last.
pub(super) struct RowLines {
    /// The last is the one that is being read.
    begun: VecDeque<TextLine>,
    /// The bytes that have passed.
    length: u64,
    after_return: bool,
    /// The position of the row that was asked for last.
    asked: u64,
    last_text_byte: u8,
}

impl RowLines {
    fn new() -> Self {
        let first = TextLine { number: 1, start: 0, is_blank: true };
        Self { begun: VecDeque::from([first]), length: 0, after_return: false, asked: 0, last_text_byte: b'\n' }
    }

    fn is_too_long(&self) -> bool {
        self.length.saturating_sub(self.asked) > LONGEST_ROW
    }

    fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.length += 1;
            let ends_return = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            let last = self.begun.back_mut().expect("a line is always being read");
            if ends_return {
                last.start = self.length;
            } else if matches!(byte, b'\n' | b'\r') {
                let next = TextLine { number: last.number + 1, start: self.length, is_blank: true };
                self.begun.push_back(next);
            } else {
                last.is_blank = false;
                self.last_text_byte = byte;
            }
        }
    }

    /// The line at which the row at this position begins. Positions must not go back.
    pub(super) fn line_of(&mut self, position: u64) -> u64 {
        self.asked = position;
        while self.begun.len() > 1 && self.begun.front().is_some_and(|line| line.start < position || line.is_blank) {
            self.begun.pop_front();
        }
        self.begun.front().expect("a line is always being read").number
    }

    /// The last byte so far that ends no line.
    pub(super) fn last_text_byte(&self) -> u8 {
        self.last_text_byte
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slowly<'a>(&'a [u8]);

    impl Read for Slowly<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.0.len().min(buffer.len()).min(1);
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    fn lines_of(text: &str, slowly: bool) -> Vec<u64> {
        let source: Box<dyn Read> = if slowly { Box::new(Slowly(text.as_bytes())) } else { Box::new(text.as_bytes()) };
        let (text, lines) = NumberedText::new(source);
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(b';')
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(16)
            .from_reader(text);
        let (mut row, mut found) = (csv::ByteRecord::new(), Vec::new());
        while csv.read_byte_record(&mut row).unwrap() {
            found.push(lines.borrow_mut().line_of(row.position().unwrap().byte()));
        }
        found
    }

    #[test]
    fn rows_are_numbered_by_the_line_at_which_they_begin() {
        for (text, expected) in [
            ("a;b\nc;d\n", vec![1, 2]),
            ("a;b\n\n\nc;d\n\"x\ny\";z\ne;f", vec![1, 4, 5, 7]),
            ("\n\na;b\n", vec![3]),
            ("a;b\rc;d\r\re;f", vec![1, 2, 4]),
            ("a;b\n;\n\n", vec![1, 2]),
        ] {
            for text in [text.to_owned(), text.replace('\n', "\r\n")] {
                assert_eq!(lines_of(&text, false), expected, "{text:?}");
                assert_eq!(lines_of(&text, true), expected, "{text:?}, byte by byte");
            }
        }
    }

    #[test]
    fn a_row_without_an_end_is_not_read_for_ever() {
        let endless = io::Cursor::new(b"a;\"b").chain(io::repeat(b'x'));
        let (text, _) = NumberedText::new(endless);
        let mut csv = csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(text);
        assert!(csv.read_byte_record(&mut csv::ByteRecord::new()).is_err());
    }
}
