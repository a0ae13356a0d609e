//! The arguments of `compare`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use ensilinja_lookback::event_file::STANDARD_STREAM;
use ensilinja_serve::ProcessAddress;

use super::time_argument::TimeArgument;
use super::values::{AccessArguments, ListingArguments};

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja compare before.jsonl after.jsonl
  ensilinja compare before.jsonl after.jsonl --contacts
  ensilinja compare --config ensilinja.toml http://127.0.0.1:9464
  ensilinja compare --config ensilinja.toml http://127.0.0.1:9464 --contacts
  ensilinja compare run.jsonl http://127.0.0.1:9464
  ensilinja compare http://10.0.0.1:9464 http://10.0.0.2:9464 --format json
  ensilinja compare --config ensilinja.toml https://a.example:9464 --http.config.file http.yml

Two runs are compared at the instants that both have. A live process alone is compared with its topic: all figures are
calculated from the topic for the instant of the live figures, with the records that it held then. Use the configuration
of the process; if figures differ, either the configuration is another one or the process is wrong.

Records in transit cause passing differences. If live figures differ, they are requested again, up to
three times in all, and the differences that remain are reported.";

/// Arguments of `compare`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareArguments {
    /// A run, as `replay --format jsonl` writes it (- is standard input), or the address of a live process, such as
    /// `http://127.0.0.1:9464`
    #[arg(value_name = "ONE")]
    pub one: Compared,
    /// Another run or process; without it, ONE is a live process and is compared with its topic
    #[arg(value_name = "OTHER")]
    pub other: Option<Compared>,
    /// The configuration with the lines and the topic of the live process; without it, the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// Compare the live process with the events of this file instead of its topic; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "other")]
    pub events: Vec<PathBuf>,
    /// Read this archive together with the topic of the live process; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with_all = ["other", "events"])]
    pub archive: Vec<PathBuf>,
    /// The source of the configuration whose records the files have; by default events, or the only source
    #[arg(long, value_name = "NAME", requires = "events")]
    pub source: Option<String>,
    /// Treat the topic or the files as complete from this time on, no matter what their records suggest
    #[arg(long, value_name = "TIME", conflicts_with = "other")]
    pub complete_since: Option<TimeArgument>,
    /// How live processes are asked.
    #[command(flatten)]
    pub access: AccessArguments,
    /// List the contacts that make the first figures differ: their ids are printed
    #[arg(long)]
    pub contacts: bool,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

/// A side of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// A run in a file.
    Run(PathBuf),
    /// A live process.
    Live(ProcessAddress),
}

impl FromStr for Compared {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return text
                .parse()
                .map(Self::Live)
                .map_err(|error: ensilinja_serve::ProcessAddressError| error.to_string());
        }
        if is_host_and_port(text) && !Path::new(text).exists() {
            return Err(format!("there is no such file; did you mean http://{text}?"));
        }
        Ok(Self::Run(text.into()))
    }
}

/// Whether a text looks like `127.0.0.1:9464`, or `[::1]:9464`.
fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

impl CompareArguments {
    /// Whether the arguments give the source of a live process.
    #[must_use]
    pub fn says_source(&self) -> bool {
        self.config.is_some() || self.brokers.is_some() || !self.events.is_empty()
    }

    /// What is wrong with the arguments together.
    pub(super) fn problem(&self) -> Option<String> {
        let is_stdin = |side: &Compared| matches!(side, Compared::Run(path) if path.as_os_str() == STANDARD_STREAM);
        match (&self.one, &self.other) {
            (Compared::Run(_), None) => {
                Some("a run is compared with OTHER: give another run or a live process".to_owned())
            }
            (Compared::Live(_), None) if !self.says_source() => Some(
                "give --config to compare the live process with its topic, or OTHER, a run or another live process"
                    .to_owned(),
            ),
            (one, Some(other)) if is_stdin(one) && is_stdin(other) => {
                Some("standard input can be read only once: give one of the runs as a file".to_owned())
            }
            _ => None,
        }
    }
}
