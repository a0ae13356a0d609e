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
//! Commands that print something else have a [`Listing`] for people and a [`JsonDocument`] for programs.
//!
//! The crate knows no clock, no Kafka and no files: it is given sums, and moments in local time by their parts.

mod balances;
mod cell_value;
mod columns;
pub mod comparison;
pub mod disclosure;
pub mod explanation;
mod figure;
mod formats;
mod json_document;
mod language;
mod listing;
mod moment;
mod number;
mod published_figures;
mod quantity;
mod report;
mod report_data;
mod report_facts;
mod report_table;
mod subject;
mod table_builder;
mod wording;

pub use cell_value::CellValue;
pub use disclosure::FEWEST_SHOWN;
pub use figure::Figure;
pub use formats::ReportFormat;
pub use json_document::JsonDocument;
pub use language::{Language, LocalizedName};
pub use listing::{Align, Listing};
pub use moment::{Moment, Period, PeriodKind};
pub use report::{Report, ReportError};
pub use report_data::{Breakdown, ReportData, ReportLine, ReportRequest};
pub use report_facts::ReportFacts;
pub use report_table::{ReportCell, ReportRow, ReportTable};
