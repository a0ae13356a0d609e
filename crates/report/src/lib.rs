//! The figures of the past as tables that people and programs can read, safe to publish where that is asked.
//!
//! ```text
//! sums --Quantity--> counts --Disclosure--> what may be shown --Value--> tables and facts --Format--> text
//! ```
//!
//! Rows, columns and names are those of the county's own slides, with what truth needs beside them: n at every
//! percentage and mean. Totals add up counts, never percentages. What a figure *is* comes from the ledger's table of
//! indicators; which figures stand side by side is said here, and so is how they are written. Every format writes the
//! same values, and a value that must be hidden never reaches one.
//!
//! Commands that print something else have a [`Listing`] for people and a [`Document`] for programs.
//!
//! The crate knows no clock, no Kafka and no files: it is given sums, and moments in local time by their parts.

mod balances;
mod cells;
mod columns;
pub mod comparison;
pub mod disclosure;
mod document;
pub mod explanation;
mod fact;
mod figure;
mod formats;
mod language;
mod listing;
mod moment;
mod number;
mod published;
mod quantity;
mod report;
mod subject;
mod table;
mod tables;
mod value;
mod wording;

pub use cells::{By, Cells, Question, ReportLine};
pub use disclosure::FEWEST_SHOWN;
pub use document::Document;
pub use fact::Facts;
pub use figure::Figure;
pub use formats::Format;
pub use language::{Language, Names};
pub use listing::{Align, Listing};
pub use moment::{Moment, Period, PeriodKind};
pub use report::{Report, ReportError};
pub use table::{Cell, Row, Table};
pub use value::Value;
