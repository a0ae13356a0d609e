//! The live process: Kafka on one side, HTTP on the other, the ledger in between.
//!
//! ```text
//! Kafka reader --record--> Intake --event--> SharedLedger --> LiveSource --snapshot--> HTTP server
//!                             `--timestamp--> LiveClock --------'
//! ```

mod intake;
mod ledger;
mod memory;
mod open_files;
mod processor;
mod snapshots;
mod web_watch;

pub use processor::Processor;
