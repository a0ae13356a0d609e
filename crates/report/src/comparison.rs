//! Two sets of figures, and where they differ: runs of the past, or a run and what is shown live.
//!
//! ```text
//! {"run": {...}}              RunLine::Header     what the run is of, and what it was narrowed to
//! {"figures_as_of": ...}      RunLine::Figures    a document: the figures of all lines at one instant
//! {"end": {"instants": 96}}   RunLine::End        without it the run was cut off
//!
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
mod run_line;
mod shown;
mod terminal;

pub use comparison_result::{
    ComparedLeg, ComparisonResult, DifferingFigure, InstantSummary, MOST_INSTANTS_LISTED, Observation, OnlyIn,
    TracedContacts,
};
pub use differences::{ComparedValue, Difference, Differences, FigureKey, NotCompared, differences};
pub use run_line::{Known, NotARun, Run, RunLine, Scope};
pub use shown::{NotFigures, Shown};
