//! Faults of arguments that show only together with the configuration, the file system or the table of commands.

use ensilinja_lookback::local_time::LocalTimeError;

/// What is wrong with the arguments of a command.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A local time does not exist, or comes twice.
    #[error("{option} {why}")]
    LocalTime {
        /// The option.
        option: &'static str,
        /// What is wrong with its time.
        why: LocalTimeError,
    },
    /// There is no such command to print the page of.
    #[error("there is no command {0} to print the page of; {1}")]
    UnknownPage(String, String),
    /// The output would replace the input.
    #[error("--output {0} is the file of --events: it would take its place; give the output another name")]
    OutputIsRead(String),
    /// A file is complete at the end, so nothing in it comes at its time.
    #[error(
        "--speed is for what can be read instant by instant, and the file {0} is there when all of it is: leave out \
         --speed, or leave out --output and read standard output or a pipe"
    )]
    SpeedToFile(String),
}
