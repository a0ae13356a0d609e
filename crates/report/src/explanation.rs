//! An explanation as it is printed: what makes up a figure, or what became of a contact.
//!
//! It names contacts, for whoever asks at the console and may read the topic anyway; so it is written to standard
//! output and nowhere else, and nothing in it has a `Debug`. The words and numbers come from whoever explains; how they
//! stand on a page, and in a document for programs, is said here.

mod contact;
mod entry;
mod figure;
mod json;
mod terminal;

pub use contact::{ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, PromiseVerdict};
pub use entry::{Amount, ExplainedEntry, FactSource, FormattedInstant, LegIdentity, StatedFact};
pub use figure::{Contribution, ExplainedSeries, ExplainedWindow, FigureExplanation};
