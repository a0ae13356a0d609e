//! Where the figures of a side come from, so that they can be taken apart.

use std::path::{Path, PathBuf};

use ensilinja_catalogue::{FiguresDocument, Knowledge, RunHeader};
use ensilinja_model::EventTime;

use crate::events_file::STANDARD_STREAM;
use ensilinja_config::Config;

/// Where the figures of a side come from.
pub enum Origin {
    /// Events that can be read again.
    Events {
        /// The lines, and the topic.
        config: Box<Config>,
        /// The files instead of the topic.
        files: Vec<PathBuf>,
        /// What of them was known.
        known: Knowledge,
    },
    /// They cannot be read again, for this reason.
    Lost(String),
}

impl Origin {
    /// As the head of a run says.
    #[must_use]
    pub fn of_run(run: &RunHeader, name: &str) -> Self {
        let files: Vec<PathBuf> = run.events.iter().map(PathBuf::from).collect();
        let config = run.config.as_deref().map(Path::new);
        if files.iter().any(|path| path.as_os_str() == STANDARD_STREAM) {
            return Self::Lost(format!("{name} was made of standard input, which cannot be read again"));
        }
        match crate::configuration::chosen(config, run.brokers.as_deref()) {
            Ok(config) => Self::Events { config: Box::new(config), files, known: run.knowledge },
            Err(error) => Self::Lost(format!("the configuration that {name} was made with cannot be read: {error}")),
        }
    }

    /// A live process: its topic, up to when it was asked, for whoever holds it against something else.
    #[must_use]
    pub fn of_live(config: Option<Config>, shown: &FiguresDocument) -> Self {
        match config.zip(shown.asked_at) {
            Some((config, asked_at)) => {
                Self::Events { config: Box::new(config), files: Vec::new(), known: Knowledge::Before(asked_at) }
            }
            None => {
                Self::Lost("a live process does not say what its figures are made of: give its --config".to_owned())
            }
        }
    }

    /// A live process beside what is made of the same topic: of which contacts its own figures are made only it knows.
    #[must_use]
    pub fn of_live_beside_its_topic() -> Self {
        Self::Lost(
            "both sides are to be made of the same records, and what a process has made of them only it knows; either \
             its configuration is another or it has gone wrong. ensilinja explain says what the topic has of a figure"
                .to_owned(),
        )
    }

    /// Files.
    #[must_use]
    pub fn of_files(config: Config, files: Vec<PathBuf>) -> Self {
        Self::Events { config: Box::new(config), files, known: Knowledge::All }
    }
}

/// Before when something has to be known to be in the figures of `as_of`.
#[must_use]
pub fn known_before(known: Knowledge, as_of: EventTime) -> Option<EventTime> {
    match known {
        Knowledge::All => None,
        Knowledge::Before(at) => Some(at),
        Knowledge::Then => Some(as_of),
    }
}
