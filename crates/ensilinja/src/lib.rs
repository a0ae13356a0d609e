//! The program, as a library: what its binary runs and its end-to-end tests look into.

pub mod calendar;
pub mod check;
pub mod cli;
pub mod clock;
pub mod compare;
pub mod config;
pub mod demo;
pub mod dlq;
pub mod draft;
pub mod events_file;
pub mod explain;
pub mod feed;
pub mod intake;
pub mod lines;
pub mod local_time;
pub mod logging;
pub mod now;
pub mod outcome;
pub mod past;
pub mod processor;
pub mod progress;
pub mod replay;
pub mod report;
pub mod run;
pub mod simulate;
pub mod stopping;
