//! Every way we know in which a record can be wrong, each with what it must be rejected as.
//!
//! The simulator mixes these into what it publishes, so that a demo, a load test or a rehearsal meets what a real
//! source sends on a bad day; the tests hold the decoder, the JSON Schema and the whole processor to them. The cases
//! are one table, in `malformed/table.rs`; this file says how a case becomes a record.

mod draft;
mod table;

use ensilinja_model::{EventTime, LineId};

use crate::{Detail, Reason};
use draft::Draft;

/// A way to be wrong.
#[derive(Clone, Copy)]
pub struct MalformedCase {
    name: &'static str,
    detail: Detail,
    spoil: fn(Draft) -> MalformedRecord,
}

/// The parts of a record that must be rejected; unlike those of a sound one they may be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct MalformedRecord {
    /// The key; `None` is Kafka's null.
    pub key: Option<Vec<u8>>,
    /// The headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The value; `None` is Kafka's null.
    pub value: Option<Vec<u8>>,
}

impl MalformedCase {
    /// What is wrong, in a few words joined by `_`; unique.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the record must be counted under.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.detail.reason()
    }

    /// What exactly the record must be rejected as.
    #[must_use]
    pub const fn detail(&self) -> Detail {
        self.detail
    }

    /// The record: an event of this contact, line and instant that would be sound but for the one thing.
    ///
    /// It is made when asked for, because some are large (one has 10 MB). `at` must be in the years 0000 to 9998. The
    /// record must be published before 2099 and no line may be called `no_such_line`, or two of the cases are sound.
    #[must_use]
    pub fn record(&self, contact: &str, line: &LineId, at: EventTime) -> MalformedRecord {
        (self.spoil)(Draft::new(contact, line, at))
    }
}

/// All cases, in the order of the table.
#[must_use]
pub fn cases() -> Vec<MalformedCase> {
    table::CASES.iter().map(|&(name, detail, spoil)| MalformedCase { name, detail, spoil }).collect()
}
