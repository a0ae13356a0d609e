//! Functions of librdkafka that rdkafka does not expose.
//!
//! This is the only crate of the workspace with `unsafe` code, and it holds nothing else: each function is a safe
//! wrapper around a few calls of the C library. Its only user, `ensilinja-kafka`, interprets the results.
//!
//! The rules of this crate:
//!
//! - Every function takes rdkafka's own types by reference. A borrowed client keeps the C handle alive for the call.
//! - A `Handle` owns every C object from the line that creates it, so the object is destroyed on every path, including
//!   errors.
//! - Nothing that C owns leaves a function: results are copied into Rust values first. The one exception is
//!   `RecordQueue`, because copying every record would cost more than reading it: records borrow from the queue.
//! - Each `unsafe` block does one thing and names the invariant that makes it sound.
//!
//! The crate uses the librdkafka that rdkafka itself links: both depend on the same `rdkafka-sys`, and Cargo allows
//! only one crate to link a C library.

mod acl_operations;
mod admin_request;
mod commit_metadata;
mod describe_groups;
mod describe_topics;
mod fetched_record;
mod handle;
mod record_queue;
mod topic_id;

pub use acl_operations::{AclOperation, AclOperations};
pub use commit_metadata::commit_metadata;
pub use describe_groups::{GroupDescription, describe_groups};
pub use describe_topics::{OperationsAnswer, TopicIdAnswer, topic_ids, topic_operations};
pub use fetched_record::{Fetched, FetchedRecord, FetchedTopic, RawHeader, RawHeaders};
pub use record_queue::RecordQueue;
pub use topic_id::{TopicId, TopicIdError};
