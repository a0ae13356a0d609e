//! The scan wing: reads a range of the topic once, from its first record to where the log ended when the scan began.
//!
//! `run` is the entry. `starts` decides where each partition begins, `topic_scan` polls the partitions and `merge`
//! orders their records by timestamp.

pub(crate) mod error;
mod merge;
mod partition_scan;
pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod scan_range;
mod starts;
pub(crate) mod topic_scan;
