//! The commands: each takes plain values or its arguments, does its work through the other crates, and prints the result.

pub mod calendar;
pub mod check;
pub mod compare;
pub mod completions;
pub mod demo;
pub mod dlq;
pub mod explain;
pub mod lines;
pub mod man;
pub mod replay;
pub mod report;
pub mod run;
pub mod simulate;
