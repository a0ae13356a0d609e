//! The arguments of `check`.

use std::path::PathBuf;

use clap::Args;

use super::listing::ListingArguments;
use ensilinja_config::{Config, ConfigError};

const EXAMPLES: &str = "\
Examples:
  ensilinja check --config ensilinja.toml
  ensilinja check --config ensilinja.toml --brokers kafka:9092 --sample 100000
  ensilinja check --config ensilinja.toml --format json

Nothing is written to any topic and nothing is committed: what cannot be tried without that is listed as not tried. No
contact id and nothing of a record's value is shown.";

/// Arguments of `check`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArguments {
    /// The configuration to check
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// How many of the latest records to read and decode, of all partitions together: 0 to 10000000
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub sample: u32,
    /// Do not show how far it is
    #[arg(long)]
    pub quiet: bool,
    /// How it is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

impl CheckArguments {
    /// The configuration that the arguments ask for.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        crate::configuration::chosen(Some(&self.config), self.brokers.as_deref())
    }
}
