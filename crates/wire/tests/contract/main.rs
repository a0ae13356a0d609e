//! The wire contract, held against the code: what is written is read, what is wrong is refused, and the documents for
//! producers say the same as the decoder.

#![expect(clippy::unwrap_used, reason = "a test stops where what it stands on is not so")]

mod arbitrary_bytes;
mod asyncapi;
mod documents;
mod malformed_records;
mod odd_and_right;
mod round_trip;
mod schema;
mod statements;
