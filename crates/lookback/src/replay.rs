//! Replay: the figures of past instants, as the live ledger has them.
//!
//! ```text
//! topic, files --> EventSource --> ReplayEngine (the live ledger) --> FiguresOutput (csv, jsonl, openmetrics) --> sink
//! ```

mod engine;
mod instants;
mod metric_families;
mod output;
mod request;
mod run;
mod sink;

pub use engine::{FiguresReceiver, ReplayEngine, ReplayGaps, ReplayOptions};
pub use instants::{MOST_INSTANTS, ReplayStep, replay_instants};
pub use output::FiguresFormat;
pub use request::{ReplayDestination, ReplayRequest};
pub use run::{ReplayOutcome, replay};
pub use sink::{OutputError, OutputSink};
