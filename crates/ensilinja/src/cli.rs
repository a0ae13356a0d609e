//! The command line: one table, from which usage, help and refusals come.

mod calendar;
mod check;
mod compare;
mod demo;
mod dlq;
mod explain;
mod lines;
mod listing;
mod one_of;
mod replay;
mod report;
mod source;
mod when;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{ArgGroup, Args, CommandFactory as _, Parser, Subcommand};
use ensilinja_sim::Scenario;
use jiff::civil::DateTime;

use crate::config::{self, Config, ConfigError};

pub use calendar::CalendarArguments;
pub use check::CheckArguments;
pub use compare::CompareArguments;
pub use demo::DemoArguments;
pub use dlq::DlqArguments;
pub use explain::ExplainArguments;
pub use lines::LinesArguments;
pub use listing::{ListingArguments, ListingFormat};
pub use replay::ReplayArguments;
pub use report::{ReportArguments, ReportFormat};
pub use source::SourceArguments;
pub use when::When;

const EXIT_STATUS: &str = "\
Exit status:
  0  ended as asked (also by SIGINT or SIGTERM)
  1  failed while running; standard error says why
  2  bad usage or configuration; nothing was started
  3  looked, and found what should not be: differences, or problems

Environment:
  ENSILINJA_LOG  what to log, instead of log.level: debug, or info,ensilinja_kafka=debug
  NO_COLOR       if set, no colours in the log";

const RUN_EXAMPLES: &str = "\
Examples:
  ensilinja run --config ensilinja.toml
  ensilinja run --config ensilinja.toml --brokers kafka:9092 --listen 0.0.0.0:9464

The configuration is checked whole before any port opens. Brokers that cannot be reached are not an error: the figures
are served as not ready, /readyz says why, and the connection is tried again.";

const SIMULATE_EXAMPLES: &str = "\
Examples:
  ensilinja simulate --config ensilinja.toml
  ensilinja simulate --brokers 127.0.0.1:9092 --volume 100
  ensilinja simulate --brokers 127.0.0.1:9092 --from 2025-08-01 --to 2025-09-16T10:15
  ensilinja simulate --brokers 127.0.0.1:9092 --disorder --scenario purge --seed 7
  ensilinja simulate --from 2025-01-01 --to 2025-10-01 --output events.jsonl";

/// Live, exact figures of a contact centre from its Kafka events.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(name = "ensilinja", version, after_help = EXIT_STATUS, disable_help_subcommand = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Show it working: a county, its events and its figures in one process, with nothing to set up
    Demo(DemoArguments),
    /// Read the events of a Kafka topic and serve the figures of the lines
    Run(RunArguments),
    /// Publish the events of a simulated county to a Kafka topic
    Simulate(SimulateArguments),
    /// Print the figures of a stretch of the past, from a Kafka topic or a file of events
    Report(ReportArguments),
    /// Give the figures of past instants, as they would be shown now or could be known then
    Replay(ReplayArguments),
    /// Say which contacts and which events make up a figure, or what became of a contact
    Explain(ExplainArguments),
    /// Say which figures of two runs differ, or of a run and the live process, and why
    Compare(CompareArguments),
    /// Look at the records that could not be used, and send them again after a fix
    Dlq(DlqArguments),
    /// Check the configuration, the calendar, the topics and a sample of their records before anything relies on them
    Check(CheckArguments),
    /// Print what the configuration means for each line
    Lines(LinesArguments),
    /// Print when the lines are open, and the holidays
    Calendar(CalendarArguments),
}

/// Arguments of `run`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub struct RunArguments {
    /// The configuration; deploy/ensilinja.toml is a commented sample
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", value_parser = config::parse_brokers)]
    pub brokers: Option<String>,
    /// Where to serve the figures, instead of server.listen
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
}

/// Arguments of `simulate`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = SIMULATE_EXAMPLES)]
#[command(group = ArgGroup::new("where_to").args(["config", "brokers", "output"]).multiple(true).required(true))]
pub struct SimulateArguments {
    /// The configuration with the lines and the topic; without it, those of the demo's county
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", value_parser = config::parse_brokers)]
    pub brokers: Option<String>,
    /// How many times the contacts of the county: 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub volume: u32,
    /// Publish the events of a past time at full speed, from this local time on; without it, live and at real speed
    #[arg(long, value_name = "LOCAL TIME", requires = "to")]
    pub from: Option<DateTime>,
    /// Until this local time, itself left out
    #[arg(long, value_name = "LOCAL TIME", requires = "from")]
    pub to: Option<DateTime>,
    /// Which of all possible counties: the same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Disturb the events as real platforms do: duplicates, delays, another order, records that cannot be read
    #[arg(long)]
    pub disorder: bool,
    /// A bad day: the platform falls silent, then says all at once; a callback queue is emptied; a line answers nobody
    #[arg(long, value_name = "WHAT", value_parser = scenario())]
    pub scenario: Option<Scenario>,
    /// Write the events of the past time to this file, one a line, instead of publishing them; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "brokers", requires_all = ["from", "to"])]
    pub output: Option<PathBuf>,
}

fn scenario() -> impl TypedValueParser<Value = Scenario> {
    let names = PossibleValuesParser::new(Scenario::ALL.iter().map(|scenario| scenario.as_str()));
    names.map(|name| Scenario::from_name(&name).expect("the possible values are the names"))
}

impl RunArguments {
    /// The configuration that the arguments ask for.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        let mut config = config::load(&self.config)?;
        if let Some(brokers) = &self.brokers {
            config.kafka.bootstrap_servers.clone_from(brokers);
        }
        if let Some(listen) = self.listen {
            config.server.listen = listen;
        }
        Ok(config)
    }
}

impl SimulateArguments {
    /// The configuration that the arguments ask for.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn configuration(&self) -> Result<Config, ConfigError> {
        let mut config = self.config.as_deref().map_or_else(|| Ok(config::county()), config::load)?;
        if let Some(brokers) = &self.brokers {
            config.kafka.bootstrap_servers.clone_from(brokers);
        }
        Ok(config)
    }

    /// The past time to publish, start and end; `None` to publish live.
    #[must_use]
    pub fn past(&self) -> Option<(DateTime, DateTime)> {
        self.from.zip(self.to)
    }

    /// What makes no sense in the arguments together.
    fn problem(&self) -> Option<String> {
        let (from, to) = self.past().filter(|(from, to)| from >= to)?;
        Some(format!("--from {from} is not before --to {to}"))
    }
}

/// Reads a command line, the name of the program first.
///
/// # Errors
/// Bad usage; and what was asked for instead of a command: help or the version.
pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Arguments, clap::Error> {
    let arguments = Arguments::try_parse_from(words)?;
    let (name, problem) = match &arguments.command {
        Command::Simulate(simulate) => ("simulate", simulate.problem()),
        Command::Report(report) => ("report", report.problem()),
        _ => return Ok(arguments),
    };
    let Some(problem) = problem else { return Ok(arguments) };
    // So that the usage which follows is that of the command.
    let mut program = Arguments::command();
    program.build();
    let command = program.find_subcommand_mut(name).expect("it was just read");
    Err(command.error(ErrorKind::ValueValidation, problem))
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;

    #[test]
    fn the_table_of_arguments_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_example_in_the_help_is_understood() {
        let examples =
            [demo::EXAMPLES, RUN_EXAMPLES, SIMULATE_EXAMPLES, report::EXAMPLES].into_iter().flat_map(str::lines);
        let examples: Vec<&str> = examples.filter(|line| line.starts_with("  ensilinja ")).collect();
        assert_eq!(examples.len(), 17);
        for example in examples {
            read(example.split_whitespace()).unwrap_or_else(|refusal| panic!("{example}: {refusal}"));
        }
    }

    #[test]
    fn usage_that_makes_no_sense_is_refused() {
        for (words, kind) in [
            ("ensilinja", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
            ("ensilinja run", ErrorKind::MissingRequiredArgument),
            ("ensilinja run --config a --listen localhost:9464", ErrorKind::ValueValidation),
            ("ensilinja run --config a --brokers kafka", ErrorKind::ValueValidation),
            ("ensilinja demo --speed 0", ErrorKind::ValueValidation),
            ("ensilinja demo --config a", ErrorKind::UnknownArgument),
            ("ensilinja demo --events a --seed 7", ErrorKind::ArgumentConflict),
            ("ensilinja demo --at noon", ErrorKind::ValueValidation),
            ("ensilinja demo --at 1971-12-31T23:59", ErrorKind::ValueValidation),
            ("ensilinja demo --at 2099-01-01", ErrorKind::ValueValidation),
            ("ensilinja demo --at 2025-03-30T03:30", ErrorKind::ValueValidation),
            ("ensilinja demo --at 2025-10-26T03:30", ErrorKind::ValueValidation),
            ("ensilinja simulate --seed 7", ErrorKind::MissingRequiredArgument),
            ("ensilinja simulate --config a --scenario flood", ErrorKind::InvalidValue),
            ("ensilinja simulate --config a --volume 0", ErrorKind::ValueValidation),
            ("ensilinja simulate --config a --from 2025-08-01", ErrorKind::MissingRequiredArgument),
            ("ensilinja simulate --config a --from 2025-08-01T00:00Z --to 2025-08-02", ErrorKind::ValueValidation),
            ("ensilinja simulate --config a --from 2025-08-01 --to 2025-08-01", ErrorKind::ValueValidation),
            ("ensilinja simulate --output a", ErrorKind::MissingRequiredArgument),
            ("ensilinja simulate --output a --from 2025-08-01", ErrorKind::MissingRequiredArgument),
            (
                "ensilinja simulate --output a --brokers a:1 --from 2025-08-01 --to 2025-08-02",
                ErrorKind::ArgumentConflict,
            ),
            ("ensilinja report --from 2025-08-01 --to 2025-08-02", ErrorKind::MissingRequiredArgument),
            ("ensilinja report --events a --from 2025-08-01", ErrorKind::MissingRequiredArgument),
            ("ensilinja report --events a --from 2025-08-01 --to 2025-08-01", ErrorKind::ValueValidation),
            ("ensilinja report --events a --from 2025-08-01 --to 2025-08-02 --by week", ErrorKind::InvalidValue),
            ("ensilinja report --events a --from 2025-08-01 --to 2025-08-02 --width 9", ErrorKind::ValueValidation),
            ("ensilinja report --events a --from 2025-08-01 --to 2025-08-02 --line ÄÄ", ErrorKind::ValueValidation),
            (
                "ensilinja report --events a --from 2025-08-01 --to 2025-08-02 --by day --public",
                ErrorKind::ValueValidation,
            ),
        ] {
            assert_eq!(read(words.split_whitespace()).unwrap_err().kind(), kind, "{words}");
        }
    }

    #[test]
    fn a_demo_starts_at_a_local_time_of_its_county() {
        for (words, seconds) in [
            ("ensilinja demo", 1_758_006_900),
            ("ensilinja demo --at 2025-09-16T10:15", 1_758_006_900),
            ("ensilinja demo --at 2025-12-24", 1_766_527_200),
            ("ensilinja demo --at 2025-03-30T04:00", 1_743_296_400),
        ] {
            let Command::Demo(demo) = read(words.split_whitespace()).unwrap().command else {
                panic!("another command")
            };
            assert_eq!(demo.at, EventTime::from_seconds(seconds), "{words}");
        }
        for (local, reason) in [
            ("2025-03-30T03:30", "the clocks go forward over this time: there is none such"),
            ("2025-10-26T03:30", "the clocks go back and this time comes twice"),
            ("1960-01-01", "the demo's calendar allows for the years 1972 to 2098"),
        ] {
            let refusal = read(["ensilinja", "demo", "--at", local]).unwrap_err().to_string();
            assert!(refusal.contains(reason), "{refusal}");
        }
    }

    #[test]
    fn arguments_decide_instead_of_the_configuration() {
        let Command::Simulate(simulate) = read(["ensilinja", "simulate", "--brokers", "a:1, b:2"]).unwrap().command
        else {
            panic!("another command");
        };
        let config = simulate.configuration().unwrap();
        assert_eq!(config.kafka.bootstrap_servers, "a:1,b:2");
        assert_eq!(config.lines.len(), config::county().lines.len());
    }
}
