//! The source formats of Asterisk: lines of `queue_log`, and queue events of the Manager Interface.
//!
//! Both say which call and queue they are about, but not which stay: a call may enter the same queue twice. So they
//! give parts of stays, which [`Stays`](crate::Stays) joins.

pub(crate) mod ami;
#[cfg(test)]
mod any_input;
mod host;
mod instant;
mod log_event;
mod log_line;
pub(crate) mod queue_log;
pub(crate) mod rules;
mod stay_report;
#[cfg(test)]
mod truth;
mod wrapping;

pub use rules::{AsteriskRules, site_fact};
