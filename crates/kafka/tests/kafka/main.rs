//! The Kafka crate against librdkafka's embedded broker, and, in the tests that are ignored, against a real Apache
//! Kafka (`cargo test -p ensilinja-kafka -- --ignored`).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod stand;

mod another_log;
mod letters;
mod mock;
mod past;
mod past_order;
mod real;
mod unknown_timestamps;
