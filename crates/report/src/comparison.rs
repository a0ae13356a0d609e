//! Two sets of figures, and where they differ: runs of the past, or a run and what is shown live.
//!
//! ```text
//! document --\
//!             >-- differences --> Differences --gather--> Findings --> text for people, JSON for programs
//! document --/
//! ```
//!
//! A figure is told by line, window (or none), name, and its labels, as the names below that say them. What both sides
//! have is compared as numbers, exactly. What only one side has is a difference of its own kind, unless the other side
//! was narrowed to less. Two documents are in memory at a time, and one row for each figure that ever differed.

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
