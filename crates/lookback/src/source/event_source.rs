//! What is to be read: a topic or files, and which part.

use std::path::PathBuf;

use ensilinja_config::Config;
use ensilinja_kafka::{OffsetRange, TopicHistory};
use ensilinja_model::EventTime;
use ensilinja_wire::Format;

use crate::coverage::HistorySource;
use crate::event_file::stream_name;
use crate::progress::Progress;

/// Earlier than every record of a topic: to read all there is, whenever it was published.
pub const THE_BEGINNING: EventTime = EventTime::from_millis(0);

/// Archives of topics.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArchiveFiles<'a> {
    /// The files, in any order; none to read the topics alone.
    pub files: &'a [PathBuf],
    /// Do not read the topics.
    pub without_topics: bool,
}

impl ArchiveFiles<'_> {
    /// No archives.
    pub const NONE: Self = Self { files: &[], without_topics: false };

    /// Whether archives are read, and no topics.
    #[must_use]
    pub const fn are_alone(&self) -> bool {
        !self.files.is_empty() && self.without_topics
    }
}

/// What is to be read.
#[derive(Clone, Copy)]
pub struct EventSource<'a> {
    /// The topic, the lines and their zone.
    pub config: &'a Config,
    /// The files to read instead of the topic; `-` is standard input.
    pub files: &'a [PathBuf],
    /// The archives to read together with the topic, or instead of it.
    pub archives: ArchiveFiles<'a>,
    /// The number of the source whose records the files have; `None` for `CloudEvents`.
    pub file_source: Option<usize>,
    /// Records published earlier are left out. Files are read whole.
    pub from: EventTime,
    /// Of the topic, only these ranges of offsets, whenever they were published; empty for all.
    pub offsets: &'a [OffsetRange],
    /// Only events that became known before this.
    pub known_before: Option<EventTime>,
    /// Receives the progress of reading.
    pub progress: &'a dyn Progress,
}

impl EventSource<'_> {
    /// Its name in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.files, self.archives.files) {
            ([], []) => self.config.topics_in_words(),
            ([], archives) => {
                let archives = counted_archives(archives);
                if self.archives.without_topics {
                    archives
                } else {
                    format!("{} with {archives}", self.config.topics_in_words())
                }
            }
            ([file], _) => stream_name(file),
            (files, _) => format!("{} files", files.len()),
        }
    }

    /// What to do about files whose records look like this format, and are read as another.
    pub(super) fn remedy_of_format(&self, format: Format) -> String {
        let read_as = self.file_source.map_or(Format::CloudEvents, |source| self.config.sources[source].mapping.format);
        let has_it = self.config.sources.iter().filter(|source| source.mapping.format == format);
        let names: Vec<&str> = has_it.map(|source| source.name.as_str()).collect();
        let advice = match names.as_slice() {
            [] => format!(
                "give --config with a [[source]] of format = \"{}\", and --source with its name",
                format.as_str()
            ),
            [name] => format!("give --source {name}"),
            names => format!("give --source with one of {}", names.join(", ")),
        };
        format!("The files were read as {}: {advice}", read_as.as_str())
    }

    /// Its name as the subject of a sentence.
    #[must_use]
    pub fn subject(&self) -> String {
        match self.archives.files {
            [] => source_subject(self.files, self.config),
            _ => self.name(),
        }
    }

    /// What the source is, before anything is known of where its log begins.
    pub(super) const fn history_source(&self) -> HistorySource {
        match (self.files, self.offsets) {
            ([], []) => self.topic_history(TopicHistory { start: None, from_first_record: false }),
            ([], _) => HistorySource::Offsets,
            _ => HistorySource::Files,
        }
    }

    /// A topic whose log says this about where it begins.
    pub(super) const fn topic_history(&self, history: TopicHistory) -> HistorySource {
        HistorySource::Topic { history, range_start: self.from, watched_since: None }
    }
}

fn counted_archives(archives: &[PathBuf]) -> String {
    match archives {
        [archive] => stream_name(archive),
        archives => format!("{} archives", archives.len()),
    }
}

/// The files, or else the topic, as the subject of a sentence.
#[must_use]
pub fn source_subject(files: &[PathBuf], config: &Config) -> String {
    match files {
        [] => config.topics_in_words(),
        [_] => "the file".to_owned(),
        _ => format!("the whole of the {} files", files.len()),
    }
}
