//! Files of call records: CSV in the dialects that offices have, one row a contact.
//!
//! ```text
//! bytes --decompressed--> --encoding--> text --RowLines--> csv --> rows with their line --CallRecordReader--> contacts
//! ```
//!
//! The syntax of CSV is the business of the crate `csv`, and the meaning of a row that of
//! [`ensilinja_wire::call_records`]. Here files are opened, rows are numbered, and what was taken and refused is
//! counted. A row is refused alone; a file whose columns cannot be found, or in which a quotation mark swallows rows,
//! is refused as a whole.

mod error;
mod file;
mod row_lines;
mod summary;

pub use error::CallRecordFileError;
pub use file::{CallRecordFile, CallRecordRow};
pub use summary::{CallRecordSummary, FaultCount};
