//! Reports: figures of the past as tables for people and programs, safe to publish on request.
//!
//! ```text
//! sums --Quantity--> counts --Disclosure--> shown counts --CellValue--> tables and facts --ReportFormat--> text
//! ```
//!
//! Rows, columns and names follow the county's slides, with n beside every percentage and mean. Totals are sums of
//! counts, never means of percentages. The ledger's table of indicators defines what a figure means; this crate defines
//! which figures a table has and how they are written. All formats write the same values, and no format receives a
//! hidden one.
//!
//! [`explanation`] and [`comparison`] lay out the results of `explain` and `compare`. Other commands print a
//! [`Listing`] for people and a [`JsonDocument`] for programs.
//!
//! The crate uses no clock, no Kafka and no files. Its input is sums, and local times by their parts.

mod balances;
mod cell_value;
mod chart;
mod columns;
pub mod comparison;
pub mod disclosure;
pub mod explanation;
mod figure;
mod formats;
mod goal_comparison;
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
mod volume_goal;
mod wording;
mod wrapping;

pub use cell_value::CellValue;
pub use chart::TableChart;
pub use disclosure::FEWEST_SHOWN;
pub use figure::Figure;
pub use formats::ReportFormat;
pub use json_document::JsonDocument;
pub use language::{Language, LocalizedName};
pub use listing::{Align, Listing};
pub use moment::{Moment, Period, PeriodKind};
pub use report::{Report, ReportError};
pub use report_data::{Breakdown, FiguresOnRequest, ReportData, ReportLine, ReportRequest};
pub use report_facts::ReportFacts;
pub use report_table::{ReportCell, ReportRow, ReportTable};
pub use volume_goal::{VolumeGoal, VolumeGoalStep, VolumeGoalSubject};
pub use wrapping::fitted;
