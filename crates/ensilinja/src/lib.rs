//! The program, as a library: what its binary runs and its end-to-end tests look into.

pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod events_file;
pub mod feed;
pub mod intake;
pub mod local_time;
pub mod logging;
pub mod now;
pub mod processor;
pub mod report;
pub mod run;
pub mod simulate;
