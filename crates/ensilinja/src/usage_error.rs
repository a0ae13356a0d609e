//! Faults of arguments that show only together with the configuration, the file system or the table of commands.

use std::net::SocketAddr;

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
    /// The process listens on any free port.
    #[error("{0} is any free port, so it is not known where the process listens: give --url")]
    AnyPort(SocketAddr),
    /// There is no such command to print the page of.
    #[error("there is no command {0} to print the page of; {1}")]
    UnknownPage(String, String),
    /// The configuration has several sources, none of them of `CloudEvents`.
    #[error("the files may have records of several sources: give --source with one of {0}")]
    SourceOfFiles(String),
    /// A source is named, but no configuration is given that could have it.
    #[error(
        "--source {0} names a [[source]] of a configuration, and none is given: add --config FILE, or leave out --source \
         if the files hold events"
    )]
    SourceWithoutConfiguration(String),
    /// The configuration has no such source.
    #[error("--source {0} is no source of the configuration: {1}")]
    UnknownSource(String, String),
    /// Two web configuration files are named.
    #[error("--web.config.file {0} contradicts server.web_config_file, which is {1}: leave out one of the two")]
    TwoWebConfigs(String, String),
    /// The output would replace the input.
    #[error("--output {0} is the file of --events and would replace it; give the output another name")]
    OutputIsRead(String),
    /// An archive is never replaced.
    #[error("--output {0} exists: an archive is never replaced; give another name, or remove the file first")]
    ArchiveExists(String),
    /// The range of an archive is not over.
    #[error("--to is in the future: an archive holds a range that is over, so that nothing is missing at its end")]
    ArchiveOfFuture,
    /// Ids can only be replaced in events.
    #[error(
        "--pseudonymise replaces ids of events, and the source {name} has records of the format {format}, which hold \
         ids, numbers and names in many places: archive it without --pseudonymise, or name a configuration without it"
    )]
    NoPseudonyms {
        /// The source.
        name: String,
        /// Its format.
        format: &'static str,
    },
    /// A key file cannot be used.
    #[error("the key file {file} cannot be used: {why}")]
    KeyFile {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// The output would replace a file that is imported, or the columns file.
    #[error("--output {0} is a file that is read and would replace it; give the output another name")]
    OutputIsImported(String),
    /// The columns file cannot be read as text.
    #[error("{file}: cannot be read: {why}; name the columns file with --columns FILE")]
    ColumnsUnreadable {
        /// The file.
        file: String,
        /// Why, as the operating system says.
        why: String,
    },
    /// A file appears only once it is complete, so its instants cannot be read at their time.
    #[error(
        "--speed is for output that is read instant by instant, and the file {0} appears only once it is complete: leave \
         out --speed, or leave out --output and read standard output or a pipe"
    )]
    SpeedToFile(String),
}
