//! How the program ends, for scripts: one table, which the end of the process, every help, the man pages and
//! docs/COMMANDS.md read.

use crate::logging::LogError;
use crate::man::UnknownPage;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;
use ensilinja_config::{ConfigError, UnknownLine};
use ensilinja_lookback::{LookbackError, RequestError};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It did what it was asked.
    Done,
    /// It could not.
    Failed,
    /// It was not asked well, and did nothing.
    BadUsage,
    /// It looked for what should not be, and found it.
    Found,
}

/// What a status means of one command, or of a part of one such as `dlq redrive`, where that is more than it means of
/// every command. A command that is not named with [`ExitStatus::Found`] never ends with it.
const OF_A_COMMAND: &[(&str, ExitStatus, &str)] = &[
    ("demo", ExitStatus::Done, "ended as asked, by SIGINT or SIGTERM"),
    ("run", ExitStatus::Done, "ended as asked, by SIGINT or SIGTERM"),
    (
        "simulate",
        ExitStatus::Done,
        "all of the past is published and held by the topic, or written; or, live, ended as asked, by SIGINT or SIGTERM",
    ),
    (
        "simulate",
        ExitStatus::Failed,
        "not all of the past is published or written, or the topic does not keep it; standard error says what is left",
    ),
    ("report", ExitStatus::Done, "there is a report (also if whoever reads standard output has had enough)"),
    (
        "report",
        ExitStatus::Failed,
        "there is none: the events cannot be read, there are none, nothing is known of that time, or \
         it is yet to come",
    ),
    (
        "report",
        ExitStatus::Found,
        "there is a report, but of its events, or of those of a day, 2 % or more are of contacts whose id was used \
         again (of a day at least three contacts); standard error says how many and what to do",
    ),
    ("replay", ExitStatus::Done, "all of it was written (also if whoever reads standard output has had enough)"),
    (
        "replay",
        ExitStatus::Failed,
        "it was not, or it was stopped; a file that was asked for is not there then, unless it was before",
    ),
    (
        "replay",
        ExitStatus::Found,
        "all of it was written, but events were found too late for instants that they change, or 2 % or more of them, \
         or of those of a day, are of contacts whose id was used again (of a day at least three contacts); \
         standard error says how many",
    ),
    (
        "dlq redrive",
        ExitStatus::Done,
        "it says what would be sent; or all that was to be sent was, and is acknowledged",
    ),
    (
        "dlq redrive",
        ExitStatus::Failed,
        "something was not sent, not acknowledged or not read; standard error says why",
    ),
    ("check", ExitStatus::Done, "there are no problems; there may be warnings, and what was not tried"),
    ("check", ExitStatus::Found, "there are problems"),
    ("compare", ExitStatus::Done, "there are no differences"),
    (
        "compare",
        ExitStatus::Found,
        "there are differences, or lines that only one side has (also if whoever reads standard output has had enough)",
    ),
];

impl ExitStatus {
    /// All of them, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Done, Self::Failed, Self::BadUsage, Self::Found];

    /// Its number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::BadUsage => 2,
            Self::Found => 3,
        }
    }

    /// What it means of every command.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "ended as asked (also if whoever reads standard output has had enough)",
            Self::Failed => "failed; standard error says why and what to do",
            Self::BadUsage => "bad usage or configuration; nothing was started",
            Self::Found => "looked, and found what should not be: differences, or problems",
        }
    }

    /// The statuses with which a command ends, each with what it means.
    pub fn of_command(command: &str) -> impl Iterator<Item = (Self, &'static str)> {
        Self::ALL.iter().filter_map(move |status| {
            let own = OF_A_COMMAND.iter().find(|(name, own, _)| *name == command && own == status);
            let of_all = (*status != Self::Found).then(|| status.meaning());
            Some((*status, own.map(|(_, _, meaning)| *meaning).or(of_all)?))
        })
    }

    /// How the program ends after a command did, or did not do, what it was asked.
    #[must_use]
    pub fn after(ended: &anyhow::Result<Outcome>) -> Self {
        match ended {
            Ok(Outcome::Done) => Self::Done,
            Ok(Outcome::Found) => Self::Found,
            Err(error) if is_bad_usage(error) => Self::BadUsage,
            Err(_) => Self::Failed,
        }
    }
}

/// Whether an error is one of the command line, the configuration or the environment.
fn is_bad_usage(error: &anyhow::Error) -> bool {
    error.is::<ConfigError>()
        || error.is::<LogError>()
        || error.is::<UsageError>()
        || error.is::<RequestError>()
        || error.downcast_ref::<LookbackError>().is_some_and(LookbackError::is_bad_usage)
        || error.is::<UnknownLine>()
        || error.is::<UnknownPage>()
}

/// Statuses with their meanings, one a line, as help shows them.
#[must_use]
pub fn list(statuses: impl IntoIterator<Item = (ExitStatus, &'static str)>) -> String {
    let lines = statuses.into_iter().map(|(status, meaning)| format!("  {}  {meaning}", status.code()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli;

    #[test]
    fn every_command_of_the_table_of_statuses_is_one() {
        let words = |command: &clap::Command| -> Vec<String> {
            let name = command.get_name().to_owned();
            let parts = command.get_subcommands().map(|part| format!("{name} {}", part.get_name()));
            parts.chain([name.clone()]).collect()
        };
        let commands: BTreeSet<String> = cli::table().get_subcommands().flat_map(words).collect();
        for (command, _, _) in OF_A_COMMAND {
            assert!(commands.contains(*command), "{command}");
        }
    }

    #[test]
    fn only_a_command_that_looks_for_something_ends_with_having_found_it() {
        let codes = |command| ExitStatus::of_command(command).map(|(status, _)| status.code()).collect::<Vec<_>>();
        assert_eq!(codes("check"), [0, 1, 2, 3]);
        assert_eq!(codes("run"), [0, 1, 2]);
    }

    #[test]
    fn a_bad_configuration_is_told_apart_from_a_failure() {
        let refused = crate::configuration::parse("a.toml", "").unwrap_err();
        assert_eq!(ExitStatus::after(&Err(refused.into())), ExitStatus::BadUsage);
        assert_eq!(ExitStatus::after(&Err(anyhow::anyhow!("no brokers"))), ExitStatus::Failed);
        assert_eq!(ExitStatus::after(&Ok(Outcome::Found)), ExitStatus::Found);
    }
}
