//! The context of questions about the past: the present by the wall clock, and a random key.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_config::{Config, suggestion};
use ensilinja_lookback::{ArchiveFiles, LookbackContext, Progress, usual_file_source};
use ensilinja_wire::Format;

use crate::cli::SourceArguments;
use crate::clock;
use crate::contact_key::random_key;
use crate::usage_error::UsageError;

/// The files to read instead of the topics.
#[derive(Clone, Copy)]
pub struct FileRecords<'a> {
    /// The files; none for the topics.
    pub files: &'a [PathBuf],
    /// The archives to read together with the topics, or instead of them.
    pub archives: ArchiveFiles<'a>,
    /// The name of the source whose records they have, if the user gives it.
    pub source: Option<&'a str>,
    /// Whether the user gives a configuration.
    pub is_configured: bool,
}

impl<'a> FileRecords<'a> {
    /// No files.
    pub const NONE: Self = Self { files: &[], archives: ArchiveFiles::NONE, source: None, is_configured: true };

    /// The files of these arguments.
    #[must_use]
    pub fn of(arguments: &'a SourceArguments) -> Self {
        let is_configured = arguments.config.is_some();
        let without_topics = arguments.without_topic || !is_configured;
        let archives = ArchiveFiles { files: &arguments.archive, without_topics };
        Self { files: &arguments.events, archives, source: arguments.source.as_deref(), is_configured }
    }

    /// The number of the source, as [`LookbackContext::file_source`] takes it.
    fn number(self, config: &Config) -> Result<Option<usize>, UsageError> {
        let names = || config.sources.iter().map(|source| source.name.as_str());
        match self.source {
            None if self.files.is_empty() => Ok(None),
            None => match usual_file_source(config) {
                None => Err(UsageError::SourceOfFiles(names().collect::<Vec<_>>().join(", "))),
                Some(source) => {
                    say_usual(config, source);
                    Ok(Some(source))
                }
            },
            Some(name) => match names().position(|known| known == name) {
                None if name == Format::CloudEvents.as_str() => Ok(None),
                None if !self.is_configured => Err(UsageError::SourceWithoutConfiguration(name.to_owned())),
                None => Err(UsageError::UnknownSource(name.to_owned(), suggestion(name, names()))),
                source => Ok(source),
            },
        }
    }
}

/// Says which of several sources the files are read as, if the user does not.
fn say_usual(config: &Config, source: usize) {
    let others = config.sources.iter().enumerate().filter(|(number, _)| *number != source);
    let others: Vec<&str> = others.map(|(_, source)| source.name.as_str()).collect();
    if !others.is_empty() {
        let (read_as, others) = (config.sources[source].name.as_str(), others.join(", "));
        let remedy = "give --source NAME if the files hold records of another source";
        tracing::warn!(read_as, others, remedy, "files without --source");
    }
}

/// The context of a question that is asked now.
///
/// # Errors
/// If the system provides no randomness, or it is not clear which records the files have.
pub fn lookback_context<'a>(
    config: &'a Config,
    records: FileRecords<'a>,
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
) -> anyhow::Result<LookbackContext<'a>> {
    let file_source = records.number(config)?;
    let (files, key, now) = (records.files, random_key()?, clock::wall()());
    Ok(LookbackContext { config, files, archives: records.archives, file_source, key, now, stop, progress })
}
