//! The diagnostics wing: what is wrong with brokers, connections and topics, and how to fix it.
//!
//! `inspection` answers the `check` command. The live wing and the scans use the same pieces for their errors and
//! warnings: `broker_failure` names the cause of an error, `topic_rules` judges the settings of a topic.

pub(crate) mod broker_failure;
mod certificate;
pub(crate) mod failure_cause;
pub(crate) mod group_inspection;
pub(crate) mod inspection;
pub(crate) mod inspection_failure;
pub(crate) mod open_transactions;
pub(crate) mod rights;
pub(crate) mod topic_review;
pub(crate) mod topic_rules;
pub(crate) mod topic_settings;
