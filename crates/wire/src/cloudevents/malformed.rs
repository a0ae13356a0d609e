//! The known ways in which a record can be malformed, each with the rejection that it must get.
//!
//! The simulator mixes these records into its output, so that demos, load tests and rehearsals contain what real
//! sources send on a bad day. Tests check the decoder, the JSON Schema and the whole processor with them. The cases
//! are one table, `malformed/table.rs`.

mod draft;
mod record;
mod table;

use ensilinja_model::{EventTime, LineId};

use crate::{Detail, Reason};
use draft::EventDraft;
pub use record::MalformedRecord;

/// One kind of malformed record.
#[derive(Clone, Copy)]
pub struct MalformedCase {
    name: &'static str,
    detail: Detail,
    spoil: fn(EventDraft) -> MalformedRecord,
}

impl MalformedCase {
    /// The unique name of the case, in words joined by `_`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The reason under which the record must be counted.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.detail.reason()
    }

    /// The detail with which the record must be rejected.
    #[must_use]
    pub const fn detail(&self) -> Detail {
        self.detail
    }

    /// Builds the record: a valid event of this contact, line and instant with exactly one fault.
    ///
    /// Records are built on demand, because some are large (one has 10 MB). `at` must be in the years 0000 to 9998.
    /// Two cases are valid events if the record is published after 2098 or a line is named `no_such_line`.
    #[must_use]
    pub fn record(&self, contact: &str, line: &LineId, at: EventTime) -> MalformedRecord {
        (self.spoil)(EventDraft::new(contact, line, at))
    }
}

/// All cases, in the order of the table.
#[must_use]
pub fn cases() -> Vec<MalformedCase> {
    table::CASES.iter().map(|&(name, detail, spoil)| MalformedCase { name, detail, spoil }).collect()
}
