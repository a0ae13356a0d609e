//! The binary: reads the command line and the configuration, hands over, and says how it ended.

use std::io::{self, Write as _};
use std::process::ExitCode;

use ensilinja::cli::{self, Command};
use ensilinja::config::{self, ConfigError};
use ensilinja::logging::{self, LogError};
use ensilinja::run;

const FAILED: u8 = 1;
const BAD_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = cli::read(std::env::args_os()).unwrap_or_else(|usage| usage.exit());
    let Err(error) = obey(arguments.command) else { return ExitCode::SUCCESS };
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(io::stderr(), "error: {error:#}");
    ExitCode::from(if error.is::<ConfigError>() || error.is::<LogError>() { BAD_USAGE } else { FAILED })
}

fn obey(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(_) => logging::start(config::county().log)?,
        Command::Run(arguments) => {
            let config = arguments.configuration()?;
            logging::start(config.log)?;
            run::run(&config)?;
        }
        Command::Simulate(arguments) => logging::start(arguments.configuration()?.log)?,
    }
    Ok(())
}
