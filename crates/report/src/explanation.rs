//! Explanations as they are printed: the entries behind a figure, or the history of a contact.
//!
//! An explanation contains ids of contacts. Only a user who can read the topic can request one. It is written to
//! standard output and nowhere else, so none of these types implements `Debug`. The caller supplies words and numbers;
//! this module lays them out as tables and as JSON.

mod contact;
mod entry;
mod figure;
mod json;
mod terminal;

pub use contact::{ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, PlatformRecord, PromiseVerdict};
pub use entry::{Amount, ExplainedEntry, FactSource, FormattedInstant, LegIdentity, StatedFact};
pub use figure::{Contribution, ExplainedSeries, ExplainedWindow, FigureExplanation};
