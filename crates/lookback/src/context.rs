//! What every question about the past is asked with.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_config::Config;
use ensilinja_kafka::OffsetRange;
use ensilinja_model::EventTime;

use crate::progress::Progress;
use crate::source::{ArchiveFiles, EventSource, SourceDecoders};

/// The surroundings of a question: the program gives them, and nothing here asks the system for them.
#[derive(Clone, Copy)]
pub struct LookbackContext<'a> {
    /// The lines, their zone and the topic.
    pub config: &'a Config,
    /// The files to read instead of the topics; empty for the topics.
    pub files: &'a [PathBuf],
    /// The archives to read together with the topics, or instead of them.
    pub archives: ArchiveFiles<'a>,
    /// The number of the source whose records the files have; `None` for `CloudEvents`.
    pub file_source: Option<usize>,
    /// The key of the hash of contact ids: random, and never shown.
    pub key: [u8; 16],
    /// The present.
    pub now: EventTime,
    /// Ends the work when it is set.
    pub stop: &'a AtomicBool,
    /// Receives the progress of the work.
    pub progress: &'a dyn Progress,
}

impl<'a> LookbackContext<'a> {
    /// The files or the topic, from `from` on.
    #[must_use]
    pub fn source(
        &self,
        from: EventTime,
        offsets: &'a [OffsetRange],
        known_before: Option<EventTime>,
    ) -> EventSource<'a> {
        let Self { config, files, archives, file_source, progress, .. } = *self;
        EventSource { config, files, archives, file_source, from, offsets, known_before, progress }
    }

    /// Whether topics are read, perhaps with archives of them. What is not in a topic by now has not happened; files
    /// and archives have an end.
    #[must_use]
    pub const fn reads_topics(&self) -> bool {
        self.files.is_empty() && !self.archives.are_alone()
    }

    /// The decoders of the configured sources.
    #[must_use]
    pub fn decoders(&self) -> SourceDecoders {
        SourceDecoders::new(self.config, self.file_source, self.key)
    }
}
