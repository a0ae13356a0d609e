//! Comparison: which figures of two runs differ, or of a run and a live process, or of a live process and its topic.
//!
//! ```text
//! run file  --RunReader---------\                                   /--> table, JSON
//! live      --FiguresEndpoint----+-- a document of either side --> Comparison
//! topic     --ledger------------/       at the same instant         \--> the contacts behind a difference
//! ```
//!
//! Invariant: only figures that both sides have of the same instant are compared; what is not compared is reported.

mod comparison;
mod contacts;
mod figures_endpoint;
mod live;
mod open_run;
mod origin;
mod runs;
mod shard;
mod topic_figures;

pub use comparison::{Comparison, compare_live_with_topic, compare_run_with_live, compare_two_live};
pub use figures_endpoint::{EndpointError, FiguresEndpoint};
pub use origin::{ConfigLoader, FiguresOrigin};
pub use runs::compare_runs;
