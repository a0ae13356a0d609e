//! Compares two sets of figures: two runs of the past, or a run and a live process.
//!
//! ```text
//! document --\
//!             >-- differences --> Differences --add--> ComparisonResult --> text for people, JSON for programs
//! document --/
//! ```
//!
//! A [`FigureKey`] identifies a figure: its line, window (or none), name and label values. Figures on both sides are
//! compared as numbers, exactly. A figure on one side only is a difference too, unless the scope of a run excludes it.
//! Memory holds two documents at a time, and one row for each figure that differs at any instant.

mod comparison_result;
mod differences;
mod in_flight;
mod json;
mod terminal;

pub use comparison_result::{
    ComparedLeg, ComparisonResult, DifferingFigure, InstantSummary, MOST_INSTANTS_LISTED, Observation, OnlyIn,
    TracedContacts,
};
pub use differences::{ComparedValue, Difference, Differences, FigureKey, NotCompared, differences};
