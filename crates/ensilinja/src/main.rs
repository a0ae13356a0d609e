//! The binary: reads the command line and the configuration, hands over, and says how it ended.

use std::io::{self, Write as _};
use std::process::ExitCode;

use ensilinja::cli::{self, Command};
use ensilinja::config::{ConfigError, Log, LogFormat, LogLevel};
use ensilinja::logging::{self, LogError};
use ensilinja::outcome::Outcome;
use ensilinja::report::QuestionError;
use ensilinja::{calendar, check, compare, demo, dlq, explain, lines, replay, report, run, simulate};

const FAILED: u8 = 1;
const BAD_USAGE: u8 = 2;
const FOUND: u8 = 3;

fn main() -> ExitCode {
    let arguments = cli::read(std::env::args_os()).unwrap_or_else(|usage| usage.exit());
    let error = match obey(arguments.command) {
        Ok(Outcome::Done) => return ExitCode::SUCCESS,
        Ok(Outcome::Found) => return ExitCode::from(FOUND),
        Err(error) => error,
    };
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    let is_bad_usage = error.is::<ConfigError>() || error.is::<LogError>() || error.is::<QuestionError>();
    ExitCode::from(if is_bad_usage { BAD_USAGE } else { FAILED })
}

fn obey(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(arguments) => {
            // Whoever looks at the demo wants to see where it is, and not how it is made.
            logging::start(Log { format: LogFormat::Text, level: LogLevel::Error })?;
            demo::demo(&arguments)?;
            Ok(Outcome::Done)
        }
        Command::Run(arguments) => {
            let config = arguments.configuration()?;
            logging::start(config.log)?;
            run::run(&config)?;
            Ok(Outcome::Done)
        }
        Command::Simulate(arguments) => {
            let config = arguments.configuration()?;
            logging::start(config.log)?;
            simulate::simulate(&arguments, &config)?;
            Ok(Outcome::Done)
        }
        Command::Report(arguments) => {
            let config = arguments.configuration()?;
            logging::start(config.log)?;
            report::report(&arguments, &config)?;
            Ok(Outcome::Done)
        }
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Dlq(arguments) => dlq::dlq(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Lines(arguments) => lines::lines(&arguments),
        Command::Calendar(arguments) => calendar::calendar(&arguments),
    }
}
