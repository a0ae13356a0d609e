//! The arguments of `health`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ensilinja_serve::ProcessAddress;

use super::values::AccessArguments;

const EXAMPLES: &str = "\
Examples:
  ensilinja health
  ensilinja health --config /etc/ensilinja/ensilinja.toml --ready
  ensilinja health --url http://127.0.0.1:9464 --timeout 5
  ensilinja health --url https://a.example:9464 --http.config.file http.yml

The address is that of --url; otherwise of --listen; otherwise of server.listen in --config; otherwise 127.0.0.1:9464.
An address for every network of the machine, such as 0.0.0.0, is asked on this machine. Of the configuration only
server.listen and server.web_config_file are read, so a fault elsewhere in the file does not count.

Without --url, TLS is spoken if the web configuration file of the process has it. The certificate is then verified only
with --http.config.file. A process that demands client certificates needs that file.

A restart does not make a process ready that waits for Kafka: give a health check that restarts no --ready.";

/// Arguments of `health`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct HealthArguments {
    /// The configuration of the process, for its `server.listen` and `server.web_config_file`
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The address that the process listens on, instead of server.listen
    #[arg(long, value_name = "ADDRESS:PORT", env = "ENSILINJA_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// The web configuration file of the process, instead of `server.web_config_file`: whether it speaks TLS
    #[arg(long = "web.config.file", value_name = "FILE", env = "ENSILINJA_WEB_CONFIG_FILE")]
    pub web_config_file: Option<PathBuf>,
    /// How the process is asked.
    #[command(flatten)]
    pub access: AccessArguments,
    /// The address of the process, http or https, with a path if it is behind a proxy
    #[arg(long, value_name = "URL")]
    pub url: Option<ProcessAddress>,
    /// Ask whether the figures are complete (/readyz), instead of whether the process serves (/livez)
    #[arg(long)]
    pub ready: bool,
    /// How long to wait for the answer, in seconds: 1 to 60
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
}
