//! What the tests and benches of several crates need: a real Kafka broker, a plain consumer, a temporary folder,
//! certificates, one HTTP request, and waiting with a deadline.
//!
//! It is a development dependency only. No crate of the product depends on it, and it depends on none of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a failed test prints the log of its broker")]

pub mod http;
mod identity;
pub mod kafka_broker;
mod non_empty;
pub mod plain_consumer;
mod polling;
mod signal;
mod temporary_folder;

pub use identity::{Identity, Purpose, now_seconds};
pub use kafka_broker::KafkaBroker;
pub use non_empty::non_empty;
pub use polling::{PATIENCE, poll_for, poll_until};
pub use signal::send_signal;
pub use temporary_folder::TemporaryFolder;
