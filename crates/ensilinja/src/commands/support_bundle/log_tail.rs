//! The last lines of a log.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context as _;
use ensilinja_lookback::event_file::is_standard_stream;

/// The most lines.
const LINES: usize = 2_000;

/// The most bytes of a line; the rest of it is left out.
const LONGEST_LINE: u64 = 4_096;

/// The last lines of a log.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read(log: &Path) -> anyhow::Result<String> {
    let text = if is_standard_stream(log) {
        last_lines(io::stdin().lock())
    } else {
        File::open(log).and_then(|file| last_lines(BufReader::new(file)))
    };
    text.context("the log cannot be read")
}

fn last_lines(mut log: impl BufRead) -> io::Result<String> {
    let mut lines: VecDeque<String> = VecDeque::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if log.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            log.skip_until(b'\n')?;
        }
        lines.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        if lines.len() > LINES {
            lines.pop_front();
        }
    }
    Ok(lines.into_iter().collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_a_long_line_is_cut() {
        let cut = "x".repeat(10_000);
        let text = format!("first\n{cut}\n{}last", "line\n".repeat(LINES - 2));
        let text = last_lines(text.as_bytes()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((lines.len(), lines[0].len(), lines[LINES - 1]), (LINES, 4_096, "last"));
    }
}
