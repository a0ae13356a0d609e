//! The arguments of `run`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  ensilinja run --config ensilinja.toml
  ensilinja run --config ensilinja.toml --brokers kafka:9092 --listen 0.0.0.0:9464
  ensilinja run --config ensilinja.toml --web.config.file web.yml
  ensilinja run --config ensilinja.toml --shard south

The whole configuration is checked before any port opens. Brokers that cannot be reached are not an error: the figures
are served as not ready, /readyz says why, and the connection is tried again.";

/// Arguments of `run`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct RunArguments {
    /// The configuration; deploy/ensilinja.toml is a commented sample
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// The address to serve the figures on, instead of server.listen
    #[arg(long, value_name = "ADDRESS:PORT", env = "ENSILINJA_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// TLS and users of the HTTP server, in the format of Prometheus' exporter-toolkit; docs/SECURITY.md has an example
    #[arg(long = "web.config.file", value_name = "FILE", env = "ENSILINJA_WEB_CONFIG_FILE")]
    pub web_config_file: Option<PathBuf>,
    /// The shard whose lines this process has; required if the configuration has shards
    #[arg(long, value_name = "NAME", env = "ENSILINJA_SHARD")]
    pub shard: Option<String>,
}
