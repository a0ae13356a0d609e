//! What librdkafka can do and rdkafka does not expose.
//!
//! This is the only crate of the workspace with `unsafe` code, and it holds nothing else: each function is a safe one
//! around one question to the C library. What the answers mean is the business of `ensilinja-kafka`, its only user.
//!
//! The rules of this crate:
//!
//! - Every function takes rdkafka's own types by reference. A borrowed client keeps the C handle alive for the call.
//! - Every C object that a function makes is owned by a `Handle` from the line on which it is made, so it is
//!   destroyed on every path, errors included.
//! - Nothing that C owns leaves a function: answers are copied into Rust values first.
//! - Each `unsafe` block does one thing and names the invariant that makes it right.
//!
//! It is built against the librdkafka that rdkafka itself links: both name the same `rdkafka-sys`, and Cargo allows
//! one crate only to link a C library.

mod commit_metadata;
mod describe_topic;
mod handle;
mod topic_id;

pub use commit_metadata::commit_metadata;
pub use describe_topic::topic_id;
pub use topic_id::{TopicId, TopicIdError};
