//! What a file is that is no file of events as a whole, and how to make one of it.

use ensilinja_wire::{Detail, Rejection, without_byte_order_marks};

use super::source::Compression;

/// Whether a file is one JSON array, as its first line that is not blank says. Text in brackets before an event, such
/// as a time, is none.
pub(super) fn is_array(first_line: &[u8]) -> bool {
    let text = without_byte_order_marks(first_line.trim_ascii_start()).trim_ascii_start();
    let after = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    after.is_some_and(|after| matches!(after.first(), None | Some(b'{' | b'[' | b']' | b'"')))
}

/// Of a file that is one array.
pub(super) fn array(number: u64, compression: Compression) -> anyhow::Error {
    anyhow::anyhow!(
        "from line {number} on it is one array of events ({}), and nothing of it was taken. Write one event a line: \
         `{}`",
        Detail::Batch.as_str(),
        piped(compression, "jq -c '.[]'")
    )
}

/// Of a file whose last line has no newline and is no event.
pub(super) fn broken_end(line: &[u8], number: u64, rejection: Rejection, compression: Compression) -> anyhow::Error {
    if line.ends_with(b"\0") {
        return anyhow::anyhow!(
            "from a place in line {number} NUL bytes follow to its end: the machine or the disk went down while it was \
             written, and events may be missing. Write it again; to read what is there, take them out: `{}`",
            piped(compression, r"tr -d '\000'")
        );
    }
    if has_carriage_returns_alone(line) {
        return anyhow::anyhow!(
            "from line {number} on its lines end with carriage returns alone, and its events cannot be told apart. \
             Write newlines: `{}`",
            piped(compression, r"tr '\r' '\n'")
        );
    }
    anyhow::anyhow!(
        "it ends within line {number} ({rejection}, no newline): it was cut off while it was written or copied, and \
         events are missing"
    )
}

/// Whether an object ends before a carriage return and another begins behind it.
fn has_carriage_returns_alone(line: &[u8]) -> bool {
    let parts = line.split(|byte| *byte == b'\r').map(<[u8]>::trim_ascii).filter(|part| !part.is_empty());
    let mut after_object = false;
    for part in parts {
        if after_object && part.starts_with(b"{") {
            return true;
        }
        after_object = part.ends_with(b"}");
    }
    false
}

/// A command that is given the text of the file.
fn piped(compression: Compression, command: &str) -> String {
    match compression {
        Compression::Not => format!("{command} < FILE"),
        Compression::Gzip => format!("gzip -dc FILE | {command}"),
        Compression::Zstd => format!("zstd -dc FILE | {command}"),
    }
}
