//! The table of commands: usage, help, completions, manual pages and docs/COMMANDS.md come from it.

use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::archive::ArchiveArguments;
use super::calendar::CalendarArguments;
use super::check::CheckArguments;
use super::compare::CompareArguments;
use super::demo::DemoArguments;
use super::dlq::DlqArguments;
use super::explain::ExplainArguments;
use super::health::HealthArguments;
use super::import::ImportArguments;
use super::lines::LinesArguments;
use super::reference::{CompletionsArguments, ManArguments};
use super::replay::ReplayArguments;
use super::report::ReportArguments;
use super::run::RunArguments;
use super::simulate;
use super::simulate::SimulateArguments;
use super::support_bundle::SupportBundleArguments;
use crate::exit_status::{self, ExitStatus};

/// The environment variables that the program reads. Those of arguments are listed beside the arguments too.
const ENVIRONMENT: &str = "\
Environment:
  ENSILINJA_CONFIG   the configuration, unless --config is given
  ENSILINJA_BROKERS  the brokers, unless --brokers is given
  ENSILINJA_LISTEN   the address to serve the figures on, unless --listen is given
  ENSILINJA_WEB_CONFIG_FILE
                     the web configuration file, unless --web.config.file is given
  ENSILINJA_HTTP_CONFIG_FILE
                     the HTTP client configuration file, unless --http.config.file is given
  ENSILINJA_SHARD    the [[shard]] of the process, unless --shard is given
  ENSILINJA_LOG      the log level, instead of log.level: debug, or info,ensilinja_kafka=debug
  ENSILINJA_CORE_DUMPS
                     on: allow core files, which hold ids of contacts, and debuggers
  SSL_CERT_FILE, SSL_CERT_DIR
                     the certificate store for https addresses, instead of that of the machine
  NO_COLOR           if set, no colours";

/// The heading of the exit statuses in help.
const EXIT_STATUS: &str = "Exit status:";

/// Live, exact figures of a contact centre from its Kafka events.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(name = "ensilinja", version, disable_help_subcommand = true)]
pub struct CommandLine {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Show a county, its events and its live figures in one process, with nothing to set up
    Demo(DemoArguments),
    /// Read the events of a Kafka topic and serve the figures of the lines
    Run(RunArguments),
    /// Publish the events of a simulated county to a Kafka topic
    Simulate(SimulateArguments),
    /// Make a file of events from files of call records, which are CSV
    Import(ImportArguments),
    /// Print the figures of a past period, from a Kafka topic or a file of events
    Report(ReportArguments),
    /// Print the figures of past instants, as they should have been shown or as they were
    Replay(ReplayArguments),
    /// Explain which contacts and events make up a figure, or what happened to a contact
    Explain(ExplainArguments),
    /// Compare the figures of two runs, of a run and a live process, or of a live process and its topic
    Compare(CompareArguments),
    /// Keep records of the topics in files, check such files, and write them to a topic again
    Archive(ArchiveArguments),
    /// Inspect the records that could not be used, and send them again after a fix
    Dlq(DlqArguments),
    /// Check the configuration, the calendar, the brokers, the topics and a sample of their records
    Check(CheckArguments),
    /// Ask a live process whether it is alive, or ready: for health checks of containers and scripts
    Health(HealthArguments),
    /// Write one text with what helps to find a fault, without secrets and personal data
    SupportBundle(SupportBundleArguments),
    /// Print what the configuration means for each line
    Lines(LinesArguments),
    /// Print the opening hours of the lines, and the holidays
    Calendar(CalendarArguments),
    /// Print shell completions
    Completions(CompletionsArguments),
    /// Print a manual page, or write all of them to a folder
    Man(ManArguments),
}

/// The table of commands, from which usage, help, completions, man pages and docs/COMMANDS.md are made.
#[must_use]
pub fn table() -> clap::Command {
    let of_all = ExitStatus::ALL.iter().map(|status| (*status, status.meaning()));
    let mut table = CommandLine::command();
    table = table.after_help(format!("{EXIT_STATUS}\n{}\n\n{ENVIRONMENT}", exit_status::list(of_all)));
    let names: Vec<String> = table.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        table = table.mut_subcommand(&name, |command| with_statuses(command, &name));
    }
    table
}

/// A command or subcommand whose help ends with its exit statuses; `words` is its name.
fn with_statuses(mut command: clap::Command, words: &str) -> clap::Command {
    let parts: Vec<String> = command.get_subcommands().map(|part| part.get_name().to_owned()).collect();
    for part in parts {
        let words = format!("{words} {part}");
        command = command.mut_subcommand(part, |part| with_statuses(part, &words));
    }
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let statuses = exit_status::list(ExitStatus::of_command(words));
    let gap = if text.is_empty() { "" } else { "\n\n" };
    command.after_help(format!("{text}{gap}{EXIT_STATUS}\n{statuses}"))
}

/// Parses a command line, the name of the program first.
///
/// # Errors
/// Bad usage; or the help or version that was asked for.
pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<CommandLine, clap::Error> {
    // The subcommand `help` is for people; the table that docs are made from does not have it.
    let table = without_empty_variables(table()).disable_help_subcommand(false);
    let matches = table.try_get_matches_from(words)?;
    let arguments = CommandLine::from_arg_matches(&matches)?;
    let (name, problem) = match &arguments.command {
        Command::Simulate(_) if of_command(&matches).is_some_and(simulate::has_two_destinations) => {
            let both = "the argument '--output <FILE>' cannot be used with '--brokers <HOST:PORT,...>'";
            return Err(refusal("simulate", ErrorKind::ArgumentConflict, both));
        }
        Command::Simulate(simulate) => ("simulate", simulate.problem()),
        Command::Report(report) => ("report", report.problem()),
        Command::Replay(replay) => ("replay", replay.problem()),
        Command::Calendar(calendar) => ("calendar", calendar.problem()),
        Command::Compare(compare) => ("compare", compare.problem()),
        _ => return Ok(arguments),
    };
    problem.map_or(Ok(arguments), |problem| Err(refusal(name, ErrorKind::ValueValidation, &problem)))
}

/// An environment variable that is empty, as in files for Compose, counts as unset.
fn without_empty_variables(mut command: clap::Command) -> clap::Command {
    let parts: Vec<String> = command.get_subcommands().map(|part| part.get_name().to_owned()).collect();
    for part in parts {
        command = command.mut_subcommand(part, without_empty_variables);
    }
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command.mut_args(|argument| match argument.get_env() {
        Some(name) if is_empty(name) => argument.env(Resettable::Reset),
        _ => argument,
    })
}

fn of_command(matches: &ArgMatches) -> Option<&ArgMatches> {
    matches.subcommand().map(|(_, matches)| matches)
}

/// An error about the arguments of a command, with the usage of that command.
fn refusal(command: &str, kind: ErrorKind, problem: &str) -> clap::Error {
    let mut table = table();
    table.build();
    table.find_subcommand_mut(command).expect("it was just read").error(kind, problem)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ensilinja_model::EventTime;

    use super::super::after_help::{Part, parts};
    use super::*;

    #[test]
    fn the_table_of_arguments_is_sound() {
        table().debug_assert();
    }

    #[test]
    fn every_command_in_the_table_of_statuses_exists() {
        let words = |command: &clap::Command| -> Vec<String> {
            let name = command.get_name().to_owned();
            let parts = command.get_subcommands().map(|part| format!("{name} {}", part.get_name()));
            parts.chain([name.clone()]).collect()
        };
        let commands: BTreeSet<String> = table().get_subcommands().flat_map(words).collect();
        for command in ExitStatus::commands() {
            assert!(commands.contains(command), "{command}");
        }
    }

    /// Every command and subcommand, with its name.
    fn all(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
        let own = (words.to_owned(), command.clone());
        let below = command.get_subcommands().flat_map(|part| all(part, &format!("{words} {}", part.get_name())));
        std::iter::once(own).chain(below).collect()
    }

    fn lines_under(heading: &str, command: &clap::Command) -> Vec<String> {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let under = parts(&text).into_iter().filter_map(|part| match part {
            Part::Lines { heading: own, lines } if own == heading => Some(lines),
            _ => None,
        });
        under.flatten().collect()
    }

    #[test]
    fn every_command_has_a_purpose_valid_examples_and_exit_statuses() {
        for (words, command) in all(&table(), "ensilinja") {
            assert!(command.get_about().is_some_and(|about| !about.to_string().is_empty()), "{words}");
            let statuses = lines_under("Exit status", &command);
            assert!(statuses.len() >= 3 && statuses[0].starts_with("0  "), "{words}: {statuses:?}");
            if command.has_subcommands() {
                continue;
            }
            let examples = lines_under("Examples", &command);
            assert!(examples.iter().any(|line| line.starts_with(&words)), "{words}: {examples:?}");
            // A pipe or a redirection is the shell's business.
            let own = |line: &&String| line.starts_with("ensilinja ") && !line.contains(['|', '>', '<']);
            for example in examples.iter().filter(own) {
                read(example.split_whitespace()).unwrap_or_else(|refusal| panic!("{example}: {refusal}"));
            }
        }
    }

    #[test]
    fn every_argument_has_help_and_names_its_environment_variable() {
        for (words, command) in all(&table(), "ensilinja") {
            for argument in command.get_arguments() {
                let name = argument.get_id().as_str();
                assert!(argument.get_help().is_some(), "{words} {name}");
                let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
                let expected = match name {
                    "config" => Some("ENSILINJA_CONFIG"),
                    "brokers" => Some("ENSILINJA_BROKERS"),
                    "listen" => Some("ENSILINJA_LISTEN"),
                    "web_config_file" => Some("ENSILINJA_WEB_CONFIG_FILE"),
                    "http_config_file" => Some("ENSILINJA_HTTP_CONFIG_FILE"),
                    "shard" => Some("ENSILINJA_SHARD"),
                    _ => None,
                };
                assert_eq!(variable.as_deref(), expected, "{words} {name}");
                assert!(variable.is_none_or(|variable| ENVIRONMENT.contains(&variable)), "{words} {name}");
            }
        }
    }

    #[test]
    fn bad_usage_is_refused() {
        for (words, kind) in [
            ("ensilinja", ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand),
            ("ensilinja run", ErrorKind::MissingRequiredArgument),
            ("ensilinja run --config a --listen localhost:9464", ErrorKind::ValueValidation),
            ("ensilinja run --config a --brokers kafka", ErrorKind::ValueValidation),
            ("ensilinja health --url ftp://127.0.0.1:9464", ErrorKind::ValueValidation),
            ("ensilinja health --url 127.0.0.1:9464", ErrorKind::ValueValidation),
            ("ensilinja health --timeout 0", ErrorKind::ValueValidation),
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
            ("ensilinja simulate --config a --from 2025-08-01[Asia/Tokyo] --to 2025-08-02", ErrorKind::ValueValidation),
            ("ensilinja simulate --config a --from 2025-08-01 --to 2025-08-01", ErrorKind::ValueValidation),
            ("ensilinja simulate --output a", ErrorKind::MissingRequiredArgument),
            ("ensilinja simulate --output a --from 2025-08-01", ErrorKind::MissingRequiredArgument),
            (
                "ensilinja simulate --output a --brokers a:1 --from 2025-08-01 --to 2025-08-02",
                ErrorKind::ArgumentConflict,
            ),
            ("ensilinja import --columns a --output b", ErrorKind::MissingRequiredArgument),
            ("ensilinja import a.csv --output b", ErrorKind::MissingRequiredArgument),
            ("ensilinja import a.csv --columns a", ErrorKind::MissingRequiredArgument),
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
            ("ensilinja demo --at 2025-10-26T03:30+02:00", 1_761_442_200),
        ] {
            let Command::Demo(demo) = read(words.split_whitespace()).unwrap().command else {
                panic!("another command")
            };
            assert_eq!(demo.at, EventTime::from_seconds(seconds), "{words}");
        }
        for (local, reason) in [
            ("2025-03-30T03:30", "this time does not exist: the clocks go forward over it"),
            ("2025-10-26T03:30", "the clocks go back and this time comes twice"),
            ("1960-01-01", "the demo's calendar covers the years 1972 to 2098"),
        ] {
            let refusal = read(["ensilinja", "demo", "--at", local]).unwrap_err().to_string();
            assert!(refusal.contains(reason), "{refusal}");
        }
    }

    #[test]
    fn arguments_override_the_configuration() {
        let Command::Simulate(simulate) = read(["ensilinja", "simulate", "--brokers", "a:1, b:2"]).unwrap().command
        else {
            panic!("another command");
        };
        let config = crate::configuration::chosen(None, simulate.brokers.as_deref()).unwrap();
        assert_eq!(config.kafka.bootstrap_servers, "a:1,b:2");
        assert_eq!(config.lines.len(), ensilinja_config::county().lines.len());
    }
}
