//! Event files: JSON Lines, one `CloudEvents` event in structured mode a line, as in the value of a record.
//!
//! ```text
//! {"specversion":"1.0","id":"e-1","source":"/telephony","type":"fi.ensilinja.contact.offered", ...}\n
//! {"specversion":"1.0","id":"e-2","source":"/telephony","type":"fi.ensilinja.contact.answered", ...}\n
//! ```
//!
//! A line has at most 64 KiB before its newline, as the value of a record has. Lines may be in any order and occur
//! twice, as in the topic. Blank lines are skipped. Two checks of records do not apply to lines: a line has no key that
//! could differ from its `subject`, and no time of writing, so no line is rejected as `future`.
//!
//! A byte order mark before a line is skipped. A file that is one JSON array is refused as a whole.
//!
//! A file may be compressed with gzip or zstd. Its first bytes tell, not its name.
//!
//! Invariant: a file that was cut off is never taken for a whole one. The last line should end with a newline; if it
//! does not, it must still be a whole event.

mod batch;
mod compression;
mod damage;
mod error;
mod lines;
mod name;
mod read_ahead;
mod reader;

pub use batch::{BLOCK, EventBatch, EventLine};
pub use compression::EventFileBytes;
pub use damage::EventFileDamage;
pub use error::EventFileError;
pub use lines::{BUFFER_BYTES, LineEnd, next_line};
pub use name::{STANDARD_STREAM, is_standard_stream, stream_name};
pub(crate) use read_ahead::{ReadAhead, ReadAheadItem};
pub use reader::{EventFile, EventFileSummary, RejectedLine};
