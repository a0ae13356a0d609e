//! The Kafka crate against librdkafka's embedded broker, and, in the tests that are ignored, against a real Apache
//! Kafka (`cargo test -p ensilinja-kafka -- --ignored`).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fixture;

mod another_log;
mod dead_letters;
mod live;
mod live_on_kafka;
mod scan;
mod scan_order;
mod sick_topics;
mod topics;
mod topics_on_kafka;
mod unknown_timestamps;
