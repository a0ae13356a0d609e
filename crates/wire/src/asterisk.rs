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

pub use rules::{AsteriskRules, is_of_menu, site_fact};

/// Whether a word is the name of an event in `queue_log`.
pub(crate) fn is_log_word(word: &str) -> bool {
    log_event::LogEvent::of(word).is_some()
}
