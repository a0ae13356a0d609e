//! The exit status of the program: one table for the end of the process, every help text, the man pages and
//! docs/COMMANDS.md.

use crate::outcome::{CommandError, Outcome};

/// The exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// The command did what was asked.
    Done,
    /// The command failed.
    Failed,
    /// The command line, the configuration or the environment is wrong, and nothing was started.
    BadUsage,
    /// The command found differences or problems.
    Found,
}

/// The meaning of a status for one command, or for a subcommand such as `dlq redrive`, where it differs from the
/// general meaning. A command that is not listed with [`ExitStatus::Found`] never ends with it.
const OF_A_COMMAND: &[(&str, ExitStatus, &str)] = &[
    ("demo", ExitStatus::Done, "stopped by SIGINT or SIGTERM"),
    ("run", ExitStatus::Done, "stopped by SIGINT or SIGTERM"),
    (
        "simulate",
        ExitStatus::Done,
        "the whole period is published and held by the topic, or written; or, live, stopped by SIGINT or SIGTERM",
    ),
    (
        "simulate",
        ExitStatus::Failed,
        "not all of the period is published or written, or the topic does not keep it; standard error says what is left",
    ),
    (
        "import",
        ExitStatus::Done,
        "all rows count, are ignored by the columns file, or are of queues that it does not map (standard error counts them); \
         the events are written",
    ),
    (
        "import",
        ExitStatus::Failed,
        "a file cannot be read or has other columns, none of its rows can be read, the output cannot be written, or it was \
         stopped; the output file was not created or replaced",
    ),
    (
        "import",
        ExitStatus::Found,
        "the events are written, but rows were refused or cells left out; standard error says which and why",
    ),
    ("report", ExitStatus::Done, "the report was printed (also if the reader of standard output closed it early)"),
    (
        "report",
        ExitStatus::Failed,
        "there is no report: the events cannot be read, there are none, nothing is known of that period, or it is in the \
         future",
    ),
    (
        "report",
        ExitStatus::Found,
        "the report was printed, but 2 % or more of its events, or of the events of one day, belong to contacts whose id \
         was used again (on that day at least three contacts); standard error says how many and what to do",
    ),
    ("replay", ExitStatus::Done, "everything was written (also if the reader of standard output closed it early)"),
    (
        "replay",
        ExitStatus::Failed,
        "not everything was written, or it was stopped; the output file was not created or replaced",
    ),
    (
        "replay",
        ExitStatus::Found,
        "everything was written, but some events came too late to be counted, or 2 % or more of the \
         events, or of the events of one day, belong to contacts whose id was used again (on that day at least three \
         contacts); standard error says how many",
    ),
    ("archive create", ExitStatus::Done, "the archive is complete, and is on the disk"),
    (
        "archive create",
        ExitStatus::Failed,
        "there is no archive; standard error says whether the same command continues it",
    ),
    ("archive verify", ExitStatus::Done, "all files are sound, and nothing is missing between them"),
    ("archive verify", ExitStatus::Found, "a file is not sound, or records are missing in or between the files"),
    ("archive restore", ExitStatus::Done, "the preview was printed; or, with --execute, every record is in the topic"),
    (
        "archive restore",
        ExitStatus::Failed,
        "the topic does not hold all records; standard error says why, and whether the same command continues it",
    ),
    (
        "dlq redrive",
        ExitStatus::Done,
        "the preview was printed; or, with --execute, everything was sent and is acknowledged",
    ),
    (
        "dlq redrive",
        ExitStatus::Failed,
        "something was not read, not sent or not acknowledged; standard error says why",
    ),
    ("check", ExitStatus::Done, "there are no problems; there may be warnings, and tests that were not tried"),
    ("check", ExitStatus::Found, "there are problems"),
    ("health", ExitStatus::Done, "the process is alive, or with --ready its figures are complete"),
    (
        "health",
        ExitStatus::Failed,
        "it does not answer, or not in time, or with --ready its figures are not complete; standard error says why",
    ),
    ("health", ExitStatus::BadUsage, "bad usage or configuration; nothing was asked"),
    ("support-bundle", ExitStatus::Done, "the bundle is written and has all parts"),
    ("support-bundle", ExitStatus::Failed, "there is no bundle; the output file was not created or replaced"),
    ("support-bundle", ExitStatus::Found, "the bundle is written, but parts are missing; it says which and why"),
    ("compare", ExitStatus::Done, "there are no differences"),
    (
        "compare",
        ExitStatus::Found,
        "there are differences, or lines that only one side has (also if the reader of standard output closed it early)",
    ),
];

impl ExitStatus {
    /// All statuses, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Done, Self::Failed, Self::BadUsage, Self::Found];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::BadUsage => 2,
            Self::Found => 3,
        }
    }

    /// The general meaning.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done (also if the reader of standard output closed it early)",
            Self::Failed => "failed; standard error says why and what to do",
            Self::BadUsage => "bad usage or configuration; nothing was started",
            Self::Found => "found differences or problems",
        }
    }

    /// The commands that have meanings of their own.
    pub fn commands() -> impl Iterator<Item = &'static str> {
        OF_A_COMMAND.iter().map(|(command, _, _)| *command)
    }

    /// The statuses with which a command can end, each with its meaning.
    pub fn of_command(command: &str) -> impl Iterator<Item = (Self, &'static str)> {
        Self::ALL.iter().filter_map(move |status| {
            let own = OF_A_COMMAND.iter().find(|(name, own, _)| *name == command && own == status);
            let of_all = (*status != Self::Found).then(|| status.meaning());
            Some((*status, own.map(|(_, _, meaning)| *meaning).or(of_all)?))
        })
    }

    /// The status after a command.
    #[must_use]
    pub const fn after(ended: &Result<Outcome, CommandError>) -> Self {
        match ended {
            Ok(Outcome::Done) => Self::Done,
            Ok(Outcome::Found) => Self::Found,
            Err(CommandError::BadUsage(_)) => Self::BadUsage,
            Err(CommandError::Failed(_)) => Self::Failed,
        }
    }
}

/// Statuses with their meanings, one a line, as in help texts.
#[must_use]
pub fn list(statuses: impl IntoIterator<Item = (ExitStatus, &'static str)>) -> String {
    let lines = statuses.into_iter().map(|(status, meaning)| format!("  {}  {meaning}", status.code()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_command_that_searches_ends_with_the_status_for_findings() {
        let codes = |command| ExitStatus::of_command(command).map(|(status, _)| status.code()).collect::<Vec<_>>();
        assert_eq!(codes("check"), [0, 1, 2, 3]);
        assert_eq!(codes("run"), [0, 1, 2]);
    }

    #[test]
    fn a_bad_configuration_has_another_status_than_a_failure() {
        let refused = crate::configuration::parse("a.toml", "").unwrap_err();
        let after = |error: anyhow::Error| ExitStatus::after(&Err(error.into()));
        assert_eq!(after(refused.into()), ExitStatus::BadUsage);
        assert_eq!(after(anyhow::anyhow!("no brokers")), ExitStatus::Failed);
        assert_eq!(ExitStatus::after(&Ok(Outcome::Found)), ExitStatus::Found);
    }
}
