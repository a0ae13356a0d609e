//! The arguments that say where events of the past come from.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::when::When;
use ensilinja_config::{Config, ConfigError};

/// Where events come from, and what they are held against.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(group = ArgGroup::new("where_from").args(["config", "events"]).multiple(true).required(true))]
pub struct SourceArguments {
    /// The configuration with the lines and the topic; without it, the lines are those of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// Read the events from this file, one a line, instead of the topic; may be given several times, - is standard
    /// input. What is compressed by gzip or zstd is found out
    #[arg(long, value_name = "FILE")]
    pub events: Vec<PathBuf>,
    /// Treat the source as complete from this time on and as unknown before it, whatever its records suggest
    #[arg(long, value_name = "TIME")]
    pub complete_since: Option<When>,
}

impl SourceArguments {
    /// The configuration that the arguments ask for.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        crate::configuration::chosen(self.config.as_deref(), self.brokers.as_deref())
    }
}
