//! The report over a period of the past: its events are read once into a historical ledger, which is then asked once.
//!
//! So a report is a function of the events, the configuration and the instant it is as of. A leg's entries are the same
//! function of its facts in the historical ledger and in the live one, so a report over a day agrees with what was
//! shown live at its end.

mod periods;
mod request;
mod tables;

pub use request::{PeriodReportRequest, PeriodReportText};
pub use tables::period_report;
