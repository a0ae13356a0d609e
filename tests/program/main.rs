//! The program end to end, without Kafka, Prometheus or other servers: one module a topic. A topic runs alone by its
//! name:
//!
//!     cargo test --workspace --test program explain

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/board.rs"]
mod board;
#[path = "../support/calls.rs"]
mod calls;
#[path = "../support/command_line.rs"]
mod command_line;
#[path = "../support/live.rs"]
mod live;
#[path = "../support/pages.rs"]
mod pages;
#[path = "../support/queue_log.rs"]
mod queue_log;
#[path = "../support/repository.rs"]
mod repository;
#[path = "../support/rules.rs"]
mod rules;
#[path = "../support/series.rs"]
mod series;
#[path = "../support/sharing.rs"]
mod sharing;
#[path = "../support/stage.rs"]
mod stage;

mod alerts;
mod archive;
mod clocks;
mod commands;
mod compare;
mod compose;
mod configuration;
#[cfg(target_os = "linux")]
mod core_dumps;
mod documented_commands;
mod event_files;
mod explain;
mod grafana;
mod groups;
mod health;
mod http_config;
mod import;
mod look_back;
mod native;
mod native_messages;
mod oracle;
mod published;
mod reading;
mod released;
mod replay;
mod report;
mod routing;
mod sample_configuration;
mod secrets;
mod shards;
mod support_bundle;
mod web_config;
