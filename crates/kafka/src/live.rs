//! The live wing: four threads that read the topics for as long as the process runs.
//!
//! | thread | what it does | where |
//! |---|---|---|
//! | reader | polls all partitions and hands each record to the handler | `reader`, `partition_reader(s)` |
//! | probe | asks once a second where the log ends, so that completeness can be proven | `probe`, `stalls` |
//! | dead letters | writes dead letters, then commits the frontier | `dead_letter_thread` |
//! | topic settings | checks the settings of all topics every minute | `topic_settings_watch` |
//!
//! The threads share one [`Monitor`](monitor::Monitor), which is also what the rest of the process asks.

mod active_log;
mod conditions;
mod dead_letter_thread;
mod fetch_errors;
pub(crate) mod ingest;
pub(crate) mod log_change;
pub(crate) mod monitor;
mod out_of_range;
mod partition_reader;
mod partition_readers;
mod probe;
mod probes_in_a_row;
mod reader;
mod repairs;
mod stalls;
pub(crate) mod status;
mod topic_settings_watch;
mod waiting_for_repairs;
