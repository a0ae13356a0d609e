//! The binary: reads the command line and the configuration, hands over, and says how it ended.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use ensilinja::cli::{self, Command};
use ensilinja::colour::{self, Colour};
use ensilinja::exit_status::ExitStatus;
use ensilinja::logging;
use ensilinja::outcome::Outcome;
use ensilinja::{
    calendar, check, clock, compare, completions, core_dumps, demo, dlq, explain, lines, man, replay, report, run,
    simulate,
};
use ensilinja_config::{LogFormat, LogLevel, LogSettings};
use ensilinja_model::{is_printable, printable_lines};

fn main() -> ExitCode {
    let arguments = match cli::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(usage) => return refuse(&usage),
    };
    let ended = core_dumps::forbid_unless_allowed().and_then(|()| obey(arguments.command));
    if let Err(error) = &ended {
        let mut stderr = io::stderr();
        let sign = Colour::Bad.paint("error:", colour::wanted_on(&stderr));
        // Nobody is left to tell if standard error is gone.
        let _ = writeln!(stderr, "{sign} {}", printable_lines(&format!("{error:#}")));
    }
    ExitCode::from(ExitStatus::after(&ended).code())
}

/// Says what is wrong with the words of the command line, or what they ask for: help or the version. Words that a
/// terminal would obey are said without colours, as codes.
fn refuse(usage: &clap::Error) -> ExitCode {
    let is_odd = |word: OsString| !word.to_string_lossy().chars().all(is_printable);
    let said = usage.render().to_string();
    let shown = printable_lines(&said);
    // If the stream is gone, there is no one left to tell.
    if usage.use_stderr() && (shown != said || std::env::args_os().any(is_odd)) {
        let _ = io::stderr().write_all(shown.as_bytes());
    } else {
        let _ = usage.print();
    }
    u8::try_from(usage.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn obey(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(arguments) => {
            // Whoever looks at the demo wants to see where it is, and not how it is made.
            logging::start(LogSettings { format: LogFormat::Text, level: LogLevel::Error })?;
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
            let config = arguments.source.configuration()?;
            logging::start(config.log)?;
            report::report(&arguments, &config)
        }
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Dlq(arguments) => dlq::dlq(&arguments),
        Command::Check(arguments) => {
            let config = arguments.configuration()?;
            // What is wrong is found and told; a log beside it would tell it twice.
            logging::start(LogSettings { format: LogFormat::Text, level: LogLevel::Error })?;
            check::check(&arguments, &config, clock::wall()())
        }
        Command::Lines(arguments) => lines::lines(&arguments, &arguments.configuration()?, clock::wall()()),
        Command::Calendar(arguments) => calendar::calendar(&arguments, &arguments.configuration()?, clock::wall()()),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Man(arguments) => man::man(&arguments),
    }
}
