//! The arguments of `check`.

use std::path::PathBuf;

use clap::Args;

use super::values::ListingArguments;

const EXAMPLES: &str = "\
Examples:
  ensilinja check --config ensilinja.toml
  ensilinja check --config ensilinja.toml --brokers kafka:9092 --sample 100000
  ensilinja check --config ensilinja.toml --format json
  ensilinja check --config ensilinja.toml --shard south

Nothing is written to a topic and nothing is committed: the brokers are asked for the rights of the user. Without
--shard the consumer groups of all shards are checked. No contact id and no part of a record's value is shown.";

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
    /// TLS and users of the HTTP server, in the format of Prometheus' exporter-toolkit; docs/SECURITY.md has an example
    #[arg(long = "web.config.file", value_name = "FILE", env = "ENSILINJA_WEB_CONFIG_FILE")]
    pub web_config_file: Option<PathBuf>,
    /// The shard whose process is checked, if the configuration has shards; without it, the processes of all
    #[arg(long, value_name = "NAME", env = "ENSILINJA_SHARD")]
    pub shard: Option<String>,
    /// How many of the latest records to read and decode, of all partitions together: 0 to 10000000
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub sample: u32,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
