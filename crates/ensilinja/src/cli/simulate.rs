//! The arguments of `simulate`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args};
use ensilinja_sim::Scenario;

use super::time_argument::TimeArgument;

const EXAMPLES: &str = "\
Examples:
  ensilinja simulate --config ensilinja.toml
  ensilinja simulate --brokers 127.0.0.1:9092 --volume 100
  ensilinja simulate --brokers 127.0.0.1:9092 --from 2025-08-01 --to 2025-09-16T10:15
  ensilinja simulate --brokers 127.0.0.1:9092 --disorder --scenario purge --seed 7
  ensilinja simulate --from 2025-01-01 --to 2025-10-01 --output events.jsonl";

/// Arguments of `simulate`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("where_to").args(["config", "brokers", "output"]).multiple(true).required(true))]
pub struct SimulateArguments {
    /// The configuration with the topic and the lines; without it, those of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// The volume of contacts, as a multiple of the county's: 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub volume: u32,
    /// Publish the events of a past period at full speed, from this local time on; without it, publish live, in real
    /// time
    #[arg(long, value_name = "TIME", requires = "to")]
    pub from: Option<TimeArgument>,
    /// The end of the period, itself excluded
    #[arg(long, value_name = "TIME", requires = "from")]
    pub to: Option<TimeArgument>,
    /// The seed of the simulation: the same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Disturb the events as real platforms do: duplicates, delays, changed order, records that cannot be read
    #[arg(long)]
    pub disorder: bool,
    /// A bad day: the platform is silent and then sends everything at once; a callback queue is emptied; a line answers
    /// no calls
    #[arg(long, value_name = "WHAT", value_parser = scenario())]
    pub scenario: Option<Scenario>,
    /// Write the events of the period to this file, one a line, instead of publishing them; - is standard output
    #[arg(long, value_name = "FILE", requires_all = ["from", "to"])]
    pub output: Option<PathBuf>,
    /// Replace an existing file of --output once the new one is complete
    #[arg(long, requires = "output")]
    pub force: bool,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

fn scenario() -> impl TypedValueParser<Value = Scenario> {
    let names = PossibleValuesParser::new(Scenario::ALL.iter().map(|scenario| scenario.as_str()));
    names.map(|name| Scenario::from_name(&name).expect("the possible values are the names"))
}

impl SimulateArguments {
    /// The start and end of the past period to publish; `None` to publish live.
    #[must_use]
    pub fn past(&self) -> Option<(TimeArgument, TimeArgument)> {
        self.from.zip(self.to)
    }

    /// What is wrong with the arguments together.
    pub(super) fn problem(&self) -> Option<String> {
        self.past().filter(|(from, to)| from >= to).map(|_| "--from is not before --to".to_owned())
    }
}

/// Whether both a file and brokers are given on the command line. Brokers from the environment, which are meant for all
/// commands, do not count: nothing is published to them.
pub(super) fn has_two_destinations(matches: &ArgMatches) -> bool {
    let is_written = |name| matches.value_source(name) == Some(ValueSource::CommandLine);
    is_written("output") && is_written("brokers")
}
