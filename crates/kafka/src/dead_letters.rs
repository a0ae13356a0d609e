//! The dead-letter wing: records that cannot be used are written to a topic of their own, read back and sent again.
//!
//! ```text
//! record --OutgoingDeadLetter--> queue --writer--> dead-letter topic --read--> DeadLetter --Redriver--> topic
//! ```
//! `headers` holds the names that the writing and the reading side share.

pub(crate) mod dead_letter;
mod headers;
pub(crate) mod outgoing;
pub(crate) mod queue;
pub(crate) mod read;
pub(crate) mod redriver;
pub(crate) mod writer;
