//! The program, as a library: what its binary runs and its end-to-end tests look into.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod configuration;
pub mod console;
pub mod contact_key;
pub mod core_dumps;
pub mod dispatch;
pub mod exit_status;
pub mod feed;
pub mod http_file;
pub mod live;
pub mod lookback_context;
pub mod named_file;
pub mod open_days;
pub mod outcome;
pub mod usage_error;
pub mod web_file;
