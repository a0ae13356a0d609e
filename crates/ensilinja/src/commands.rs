//! The commands: each does its work through the other crates, and prints the result.

pub mod archive;
pub mod calendar;
pub mod check;
pub mod compare;
pub mod demo;
pub mod dlq;
pub mod explain;
pub mod health;
pub mod import;
pub mod lines;
pub mod reference;
pub mod replay;
pub mod report;
pub mod run;
pub mod simulate;
pub mod support_bundle;
