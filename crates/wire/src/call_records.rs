//! Rows of call record files, which offices export at the end of a day: what one row says about a contact.
//!
//! ```text
//! fields of a row --RowCells--> text, times, durations --CallTimeline--> facts at instants --> CallRecord
//!                        `--> a RowFault: the row is refused, or one cell of it is left out
//! ```
//!
//! The reading of files and the syntax of CSV are elsewhere. Here are the rules of a columns file
//! ([`CallRecordRules`]), and their application to the fields of a row ([`CallRecordReader`]).
//!
//! Invariants:
//! - A row means the same in any order and in any file, so a file that is imported twice states the same facts with the
//!   same ids, and files that overlap agree.
//! - No instant is invented. A wait that a row does not state is unknown, and not zero.
//! - A fault repeats no text of the row.

mod cells;
mod contact_id;
mod duration;
mod layout;
mod local_time;
mod reader;
mod row_fault;
mod rules;
mod timeline;
mod word_table;

pub use cells::{ColumnKey, ColumnNotFound, ColumnRef, ColumnSet};
pub use duration::DurationFormat;
pub use layout::{CallRecordLayout, TextEncoding};
pub use local_time::{RepeatedTime, TimeColumn, TimePattern, TimePatternKind};
pub use reader::{CallRecord, CallRecordReader, RowContent, RowNotes};
pub use row_fault::RowFault;
pub use rules::{
    CallDuration, CallRecordColumns, CallRecordRules, CallText, CallTime, CallbackWord, DurationColumn, LineRule,
    RowResult, VisitRule,
};
pub use word_table::WordTable;
