//! The arguments for the source of past events.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::time_argument::TimeArgument;

/// The source of events, and the configuration to read them with.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(group = ArgGroup::new("where_from").args(["config", "events", "archive"]).multiple(true).required(true))]
pub struct SourceArguments {
    /// The configuration with the topic and the lines; without it, the lines of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// Read the events from this file, one a line, instead of the topic; may be given several times, - is standard
    /// input. Compression by gzip or zstd is detected
    #[arg(long, value_name = "FILE")]
    pub events: Vec<PathBuf>,
    /// Read these archives together with the topic, each record once; may be given several times
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "events")]
    pub archive: Vec<PathBuf>,
    /// Read the archives alone, and not the topic; so it is too without a configuration
    #[arg(long, requires = "archive")]
    pub without_topic: bool,
    /// The source of the configuration whose records the files have; by default events, or the only source
    #[arg(long, value_name = "NAME", requires = "events")]
    pub source: Option<String>,
    /// Treat the source as complete from this time on and as unknown before it, no matter what its records suggest
    #[arg(long, value_name = "TIME")]
    pub complete_since: Option<TimeArgument>,
}
