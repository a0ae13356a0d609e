//! Tests of the wire contract: encoded events decode to the same event, malformed records are rejected, and the
//! documents for producers agree with the decoder.

#![expect(clippy::unwrap_used, reason = "a test fails if its preconditions do not hold")]

mod arbitrary_bytes;
mod asyncapi;
mod content_modes;
mod documents;
mod malformed_records;
mod odd_and_right;
mod round_trip;
mod schema;
mod statements;
