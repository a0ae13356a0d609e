//! The whole product with real servers: the built program in processes of its own, a real Apache Kafka, a real
//! Prometheus and a real Alertmanager.
//!
//! Each test has its own topics. Tests share one broker, except those that stop, freeze or reconfigure theirs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/alertmanager.rs"]
mod alertmanager;
#[path = "../support/board.rs"]
mod board;
#[path = "../support/calls.rs"]
mod calls;
#[path = "../support/command_line.rs"]
mod command_line;
#[path = "../support/deployed.rs"]
mod deployed;
#[path = "../support/feed.rs"]
mod feed;
#[path = "../support/live.rs"]
mod live;
#[path = "../support/mailbox.rs"]
mod mailbox;
#[path = "../support/pages.rs"]
mod pages;
#[path = "../support/people.rs"]
mod people;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/prometheus_server.rs"]
mod prometheus_server;
#[path = "../support/queue_log.rs"]
mod queue_log;
#[path = "../support/repository.rs"]
mod repository;
#[path = "../support/scrapes.rs"]
mod scrapes;
#[path = "../support/series.rs"]
mod series;
#[path = "../support/sharing.rs"]
mod sharing;
#[path = "../support/stage.rs"]
mod stage;

mod access_lists;
mod alerting;
mod another_log;
mod archive;
mod asterisk;
mod backfill;
mod boards;
mod broker_loss;
mod check;
mod compare;
mod dead_letter_headers;
mod disaster;
mod dlq;
mod dlq_letters;
mod ending;
mod explain;
mod false_clock;
mod history;
mod kills;
mod malformed;
mod privacy;
mod prometheus;
mod replay;
mod replay_beside;
mod report;
mod security;
mod sending;
mod shard_alerts;
mod shards;
mod shared_broker;
mod simulate;
mod start_up;
mod upgrade;
mod web_config;
