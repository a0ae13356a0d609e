//! Facts of a contact become dated entries, and entries become figures.
//!
//! Figures that are counted as events arrive drift: a duplicate, a late event, a restart or a replay changes them.
//! Here arrival only teaches *facts* about a leg. What a leg contributes, its *entries*, is a pure function of its
//! facts and its line's rules; on each event the difference between the old and the new entries is posted to the
//! minute logs of its line, and a figure is the balance of a log at `now`, where `now` is an argument of the read.
//!
//! ```text
//! Event --apply--> Facts of a leg --entries--> dated, signed postings --> minute logs --read(now)--> Figures
//! ```
//!
//! The crate is pure and deterministic: no clock, no randomness, no I/O.

mod account;
mod attempts;
mod balance;
mod cause;
mod collision;
mod derivation;
mod entries;
mod entry_kind;
mod facts;
mod figure;
mod figures;
mod historical_ledger;
mod indicator;
mod instants;
mod intraday;
mod lazy_min_queue;
mod ledger;
mod legs;
mod minutes;
mod nps;
mod provenance;
mod rules;
mod sums;
mod timeline;
mod windows;

pub use cause::{Cause, Timeout};
pub use collision::{Collision, CollisionNote, Effect, SurplusAttempt};
pub use facts::Applied;
pub use figure::{Decision, Due, Flag, NpsGroup, Promise, Resolution, Undecided, Verdict, Window, Within};
pub use figures::{Figures, LineFigures, Quantile, Quantiles, WindowFigures};
pub use historical_ledger::HistoricalLedger;
pub use indicator::{Indicator, IndicatorRow, Ratio, ServiceLevel};
pub use intraday::{INTERVAL_SECONDS, Interval, Intraday};
pub use ledger::Ledger;
pub use nps::{Nps, NpsBand};
pub use provenance::{OpenLeg, SourcedEntry};
pub use rules::{Bounds, EffectiveLimits, Limits, LineRules, Promises, Rules};
pub use sums::{Sums, Waits};
pub use timeline::{FactStatus, LegTimeline, PromiseTimeline};
pub use windows::History;
