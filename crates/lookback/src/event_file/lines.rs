//! Lines of any length, ended by a newline or by the end of the file.

use std::io::{self, BufRead, ErrorKind, Read as _};

/// How much is read from a file at once, in bytes.
pub const BUFFER_BYTES: usize = 256 * 1024;

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// A newline.
    Newline,
    /// The end of the file: only the last line can end so.
    EndOfFile,
}

/// Reads the next line into `line`, without its end; `None` after the last. Of a line that is longer than `most` bytes,
/// only as much is kept as shows that it is too long.
///
/// # Errors
/// If the source cannot be read.
pub fn next_line(source: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<Option<LineEnd>> {
    /// A carriage return and a newline.
    const LONGEST_END: usize = 2;
    line.clear();
    let room = most + LONGEST_END;
    let read = source.by_ref().take(room as u64).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        return Ok(Some(LineEnd::Newline));
    }
    if read < room {
        return Ok((read > 0).then_some(LineEnd::EndOfFile));
    }
    skip_line(source).map(Some)
}

fn skip_line(source: &mut impl BufRead) -> io::Result<LineEnd> {
    loop {
        let buffer = match source.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        let (length, newline) = (buffer.len(), buffer.iter().position(|&byte| byte == b'\n'));
        source.consume(newline.map_or(length, |at| at + 1));
        if newline.is_some() {
            return Ok(LineEnd::Newline);
        }
        if length == 0 {
            return Ok(LineEnd::EndOfFile);
        }
    }
}
