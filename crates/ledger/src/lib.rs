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

mod attempts;
mod book;
mod cause;
mod chronicle;
mod collision;
mod course;
mod entries;
mod evidence;
mod facts;
mod figure;
mod figures;
mod first;
mod indicator;
mod instants;
mod ledger;
mod legs;
mod minutes;
mod nps;
mod rules;
mod story;
mod sums;
mod tally;
mod transition;
mod windows;

pub use cause::{Cause, Lapse};
pub use chronicle::Chronicle;
pub use collision::{Collision, CollisionNote, Effect, SurplusAttempt};
pub use course::{Course, SLOT_SECONDS, Slot};
pub use evidence::{Standing, Step};
pub use facts::Applied;
pub use figure::{Decision, Due, Flag, NpsGroup, Promise, Resolution, Undecided, Verdict, Window, Within};
pub use figures::{Figures, LineFigures, Quantile, Quantiles, WindowFigures};
pub use indicator::{Indicator, IndicatorRow, Ratio, ServiceLevel};
pub use ledger::Ledger;
pub use nps::{Nps, NpsBand};
pub use rules::{Bounds, Era, Limits, LineRules, Promises, Rules};
pub use story::{Claim, PromiseStory, Story};
pub use sums::{Sums, Waits};
pub use windows::History;
