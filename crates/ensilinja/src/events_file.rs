//! Files of events: JSON Lines, one `CloudEvents` event in structured mode a line, as in the value of a record.
//!
//! ```text
//! {"specversion":"1.0","id":"e-1","source":"/telephony","type":"fi.ensilinja.contact.offered", ...}\n
//! {"specversion":"1.0","id":"e-2","source":"/telephony","type":"fi.ensilinja.contact.answered", ...}\n
//! ```
//!
//! A line has at most 64 KiB before its newline, as a record's value has. Lines may be in any order and occur twice, as
//! in the topic; blank lines mean nothing. What a record has and a line has not is not judged: there is no key that
//! could be other than the `subject`, and no time of writing that an event could be ahead of, so no line is `future`.
//!
//! A byte order mark before a line means nothing. A file that is one JSON array is refused whole.
//!
//! A file may be compressed with gzip or zstd, which is found out by its first bytes.
//!
//! What must hold: a file that was cut off is told from a whole one. The last line should end with a newline; if it
//! does not, it must still be a whole event. And nothing half-written is ever found under the name of a file that is
//! being [written](write()).

mod batch;
mod form;
pub(crate) mod lines;
mod reading;
pub(crate) mod source;
mod writing;

use std::path::Path;

pub use batch::{Batch, EventLine};
pub(crate) use reading::name_of;
pub use reading::{EventsFile, FileRead, RejectedLine};
pub use writing::{Ending, Written, write};

/// Stands for standard input or output in the place of a file's name.
pub const STANDARD_STREAM: &str = "-";

pub(crate) fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == STANDARD_STREAM
}
