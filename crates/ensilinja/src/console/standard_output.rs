//! Standard output: only the result of a command. If the reader closes the pipe, that is not an error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anyhow::Context as _;
use ensilinja_model::{printable_lines, vocabulary};

vocabulary! {
    /// The format of a listing.
    ListingFormat {
        /// A table for people.
        Table = "table",
        /// One document for programs.
        Json = "json",
    }
}

/// The width of tables if standard output is not a terminal, in characters.
const DEFAULT_WIDTH: u16 = 120;

/// Prints lines of text, with control characters as codes. A reader that closes the pipe is not an error.
///
/// # Errors
/// If it cannot be written, for example to a full disk.
pub fn print(text: &str) -> anyhow::Result<()> {
    print_coloured(&printable_lines(text))
}

/// Prints a text as it is: with colours, and with printable text from outside.
///
/// # Errors
/// If it cannot be written, for example to a full disk.
pub fn print_coloured(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}

/// The greatest width of a table, in characters: that of the terminal, if standard output is one.
#[must_use]
pub fn width() -> u16 {
    terminal_width().unwrap_or(DEFAULT_WIDTH)
}

/// The width of the terminal, if standard output is one.
#[must_use]
pub fn terminal_width() -> Option<u16> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout).ok())??;
    Some(size.ws_col).filter(|columns| *columns > 0)
}
