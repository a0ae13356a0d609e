//! Records of platforms against this project's own events: the same calls have the same figures.

#[path = "../../../../tests/support/calls.rs"]
mod calls;
mod county;
mod platform;
#[path = "../../../../tests/support/queue_log.rs"]
mod queue_log;
mod writers;
