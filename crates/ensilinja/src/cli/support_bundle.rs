//! The arguments of `support-bundle`.

use std::path::PathBuf;

use clap::Args;
use ensilinja_serve::ProcessAddress;

use super::values::AccessArguments;

const EXAMPLES: &str = "\
Examples:
  ensilinja support-bundle --config ensilinja.toml --output bundle.txt
  journalctl --unit ensilinja | ensilinja support-bundle --config ensilinja.toml --log - --output bundle.txt
  ensilinja support-bundle --config ensilinja.toml --process http://10.0.0.1:9464 --output bundle.txt
  ensilinja support-bundle --config ensilinja.toml --http.config.file http.yml --output bundle.txt

The bundle is one text: read it before you pass it on. It holds the versions, the machine, the configuration without
secrets and comments, what `check` finds, what the live process says of itself with its metrics, and the end of the log.
It has no record, no contact and no dead letter. What cannot be had is named in its place. The log is the text that you
give: lines that Ensilinja did not write are not examined.";

/// Arguments of `support-bundle`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct SupportBundleArguments {
    /// The configuration of the process
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// The shard whose process is checked, if the configuration has shards; without it, the processes of all
    #[arg(long, value_name = "NAME", env = "ENSILINJA_SHARD")]
    pub shard: Option<String>,
    /// A live process to ask; may be given several times; without it, the one that listens at server.listen
    #[arg(long, value_name = "URL")]
    pub process: Vec<ProcessAddress>,
    /// How live processes are asked.
    #[command(flatten)]
    pub access: AccessArguments,
    /// The log of the process, of which the last 2000 lines are taken (- is standard input)
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// The file to write; without it, standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the output file if it exists
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}
