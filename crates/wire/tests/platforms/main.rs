//! Records of platforms against this project's own events: the same calls have the same figures.

#![expect(clippy::unwrap_used, reason = "a test fails if its preconditions do not hold")]

#[path = "../../../../tests/support/calls.rs"]
mod calls;
mod county;
mod platform;
#[path = "../../../../tests/support/queue_log.rs"]
mod queue_log;
mod writers;
