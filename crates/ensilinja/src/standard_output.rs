//! Standard output: it has what was asked for and nothing else, and that nobody reads it any more is no error.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use anyhow::Context as _;
use ensilinja_model::printable_lines;

/// How wide a table is where nobody says and no terminal is there, in characters.
const USUAL_WIDTH: u16 = 120;

/// Prints a text in lines, with codes for what a terminal would obey instead of show. A reader that closes the pipe is
/// no error.
///
/// # Errors
/// If it cannot be written, say to a disk that is full.
pub fn print(text: &str) -> anyhow::Result<()> {
    print_coloured(&printable_lines(text))
}

/// Prints a text as it is: one with colours, in which all that comes from outside is printable.
///
/// # Errors
/// If it cannot be written, say to a disk that is full.
pub fn print_coloured(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("nothing more can be written to standard output"),
    }
}

/// How wide a table may be, in characters: as the terminal is, if standard output is one that says.
#[must_use]
pub fn width() -> u16 {
    terminal_width().unwrap_or(USUAL_WIDTH)
}

fn terminal_width() -> Option<u16> {
    let stdout = io::stdout();
    let size = stdout.is_terminal().then(|| rustix::termios::tcgetwinsize(&stdout).ok())??;
    Some(size.ws_col).filter(|columns| *columns > 0)
}
