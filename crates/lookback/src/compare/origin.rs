//! Where the figures of a side come from, so that they can be taken apart by contact.

use std::path::{Path, PathBuf};

use ensilinja_catalogue::{FiguresDocument, Knowledge, RunHeader};
use ensilinja_config::Config;
use ensilinja_model::EventTime;

use crate::context::LookbackContext;
use crate::event_file::is_standard_stream;

/// Loads the configuration that a run names: its path (the demo's county without one) and brokers instead of its own.
/// The error is the reason in one line.
pub type ConfigLoader<'a> = &'a dyn Fn(Option<&Path>, Option<&str>) -> Result<Config, String>;

/// Where the figures of a side come from.
pub enum FiguresOrigin {
    /// Events that can be read again.
    Events {
        /// The lines and the topic.
        config: Box<Config>,
        /// The files instead of the topic.
        files: Vec<PathBuf>,
        /// The archives that are read together with the topic, or instead of it.
        archives: Vec<PathBuf>,
        /// The topic is not read.
        without_topics: bool,
        /// The number of the source whose records the files have; `None` for `CloudEvents`.
        file_source: Option<usize>,
        /// The events that counted.
        knowledge: Knowledge,
    },
    /// They cannot be read again, for this reason.
    Lost(String),
}

impl FiguresOrigin {
    /// The origin of a run, as its header says; `name` is that of the run.
    #[must_use]
    pub fn of_run(header: &RunHeader, name: &str, load: ConfigLoader<'_>) -> Self {
        let paths = |names: &[String]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let (files, archives) = (paths(&header.events), paths(&header.archives));
        if files.iter().any(|path| is_standard_stream(path)) {
            return Self::Lost(format!("{name} was made from standard input, which cannot be read again"));
        }
        match load(header.config.as_deref().map(Path::new), header.brokers.as_deref()) {
            Ok(config) => match file_source(&config, header) {
                Ok(file_source) => Self::Events {
                    config: Box::new(config),
                    files,
                    archives,
                    without_topics: header.topic.is_none(),
                    file_source,
                    knowledge: header.knowledge,
                },
                Err(source) => Self::Lost(format!("the configuration of {name} no longer has the source {source}")),
            },
            Err(why) => Self::Lost(format!("the configuration that {name} was made with cannot be read: {why}")),
        }
    }

    /// The origin of a live process that is compared with something else: its topic, up to when it was asked.
    #[must_use]
    pub fn of_live(config: Option<Config>, figures: &FiguresDocument) -> Self {
        match config.zip(figures.asked_at) {
            Some((config, asked_at)) => {
                let knowledge = Knowledge::Before(asked_at);
                let (files, archives) = (Vec::new(), Vec::new());
                let (config, without_topics, file_source) = (Box::new(config), false, None);
                Self::Events { config, files, archives, without_topics, file_source, knowledge }
            }
            None => {
                Self::Lost("a live process does not say what its figures are made of: give its --config".to_owned())
            }
        }
    }

    /// The origin of a live process that is compared with figures from the same topic. Only the process knows which
    /// contacts its own figures are made of.
    #[must_use]
    pub fn of_live_beside_its_topic() -> Self {
        Self::Lost(
            "both sides should be made of the same records, and only the process knows its contacts; its \
             configuration differs, or the process is wrong. ensilinja explain shows what the topic has of a figure"
                .to_owned(),
        )
    }

    /// The origin of figures from files, or from the topic and archives of it if there are none.
    #[must_use]
    pub fn of_context(context: &LookbackContext<'_>) -> Self {
        Self::Events {
            config: Box::new(context.config.clone()),
            files: context.files.to_vec(),
            archives: context.archives.files.to_vec(),
            without_topics: context.archives.without_topics,
            file_source: context.file_source,
            knowledge: Knowledge::All,
        }
    }
}

/// The number of the source that a run names. The error is its name, if the configuration has no such source.
fn file_source<'a>(config: &Config, header: &'a RunHeader) -> Result<Option<usize>, &'a str> {
    let Some(name) = &header.source else { return Ok(None) };
    let number = config.sources.iter().position(|source| source.name == *name);
    number.map(Some).ok_or(name)
}

/// Before when an event has to be known to count in the figures of `as_of`.
pub(super) fn known_before(knowledge: Knowledge, as_of: EventTime) -> Option<EventTime> {
    match knowledge {
        Knowledge::All => None,
        Knowledge::Before(at) => Some(at),
        Knowledge::Then => Some(as_of),
    }
}
