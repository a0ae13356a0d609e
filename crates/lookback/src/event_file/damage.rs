//! Files that are not event files as a whole, and how to repair each.

use std::fmt;
use std::io::{self, ErrorKind};

use ensilinja_wire::{Detail, Rejection, without_byte_order_marks};

use super::compression::Compression;

/// What is wrong with a file that cannot be read to its end. The text says what to do.
#[derive(Debug)]
pub struct EventFileDamage(DamageKind);

#[derive(Debug)]
enum DamageKind {
    /// The file is one JSON array.
    Array { line: u64, compression: Compression },
    /// NUL bytes stand where the rest of the file was to be.
    NulBytes { line: u64, compression: Compression },
    /// Lines end with carriage returns and no newlines.
    CarriageReturns { line: u64, compression: Compression },
    /// The last line is not whole and has no newline.
    CutOff { line: u64, rejection: Rejection, compression: Compression },
    /// The compressed data ends too early.
    CompressionCutOff { line: u64, compression: Compression },
    /// The compressed data is damaged, or something else follows it.
    CompressionDamaged { line: u64, compression: Compression, why: io::Error },
    /// The system cannot read the file.
    Unreadable { line: u64, why: io::Error },
}

impl EventFileDamage {
    /// The file is one JSON array, found in this line.
    pub(super) const fn array(line: u64, compression: Compression) -> Self {
        Self(DamageKind::Array { line, compression })
    }

    /// The last line has no newline and is not an event.
    pub(super) fn broken_end(text: &[u8], line: u64, rejection: Rejection, compression: Compression) -> Self {
        Self(if text.ends_with(b"\0") {
            DamageKind::NulBytes { line, compression }
        } else if has_only_carriage_returns(text) {
            DamageKind::CarriageReturns { line, compression }
        } else {
            DamageKind::CutOff { line, rejection, compression }
        })
    }

    /// Reading this line failed.
    pub(super) fn failed_read(why: io::Error, line: u64, compression: Compression) -> Self {
        Self(match compression {
            Compression::None => DamageKind::Unreadable { line, why },
            _ if why.kind() == ErrorKind::UnexpectedEof => DamageKind::CompressionCutOff { line, compression },
            _ => DamageKind::CompressionDamaged { line, compression, why },
        })
    }
}

impl fmt::Display for EventFileDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            DamageKind::Array { line, compression } => write!(
                f,
                "from line {line} on it is one array of events ({}), and nothing of it was used. Write one event a \
                 line: `{}`",
                Detail::Batch.as_str(),
                compression.pipe_to("jq -c '.[]'")
            ),
            DamageKind::NulBytes { line, compression } => write!(
                f,
                "line {line} turns into NUL bytes, which go on to the end of the file: the machine or the disk failed \
                 while the file was written, and events may be missing. Write it again; to read what is there, remove \
                 the NUL bytes: `{}`",
                compression.pipe_to(r"tr -d '\000'")
            ),
            DamageKind::CarriageReturns { line, compression } => write!(
                f,
                "from line {line} on its lines end with carriage returns alone, so its events cannot be told apart. \
                 Write newlines: `{}`",
                compression.pipe_to(r"tr '\r' '\n'")
            ),
            DamageKind::CutOff { line, rejection, compression } => write!(
                f,
                "it ends within line {line} ({rejection}, no newline): it was cut off while it was written or copied, \
                 and events are missing. Copy it again once it is complete; to read what is there, leave out the last \
                 line: `{}`",
                compression.pipe_to("sed '$d'")
            ),
            DamageKind::CompressionCutOff { line, compression } => write!(
                f,
                "its {} data ends within or before line {line}: it was cut off while it was written or copied, and \
                 events are missing. Copy it again once it is complete",
                compression.as_str()
            ),
            DamageKind::CompressionDamaged { line, compression, why } => write!(
                f,
                "from line {line} on it is not {} data ({why}): it was damaged, or something else was appended. Copy \
                 it again, or compress it again from its source",
                compression.as_str()
            ),
            DamageKind::Unreadable { line, why } => write!(f, "line {line}: {why}"),
        }
    }
}

/// Whether a file is one JSON array, judged by its first line that is not blank. Text in brackets before an event, such
/// as a time, does not make an array.
pub(super) fn is_array(first_line: &[u8]) -> bool {
    let text = without_byte_order_marks(first_line.trim_ascii_start()).trim_ascii_start();
    let after = text.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    after.is_some_and(|after| matches!(after.first(), None | Some(b'{' | b'[' | b']' | b'"')))
}

/// Whether one object ends before a carriage return and another begins after it.
fn has_only_carriage_returns(line: &[u8]) -> bool {
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
