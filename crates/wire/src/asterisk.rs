//! The source formats of Asterisk: lines of `queue_log`, and queue events of the Manager Interface.

pub(crate) mod ami;
pub(crate) mod queue_log;
