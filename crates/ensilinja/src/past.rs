//! The events of the past, one after the other, with where each was found: what every look back begins with.
//!
//! ```text
//! topic ---\
//!           >-- Reading::read ---> Told { event, known, place }, in the order in which they became known
//! files ---/
//! ```
//!
//! An event of a topic became known at the timestamp of its record; those of one partition come in its order, also
//! where their timestamps do not ascend. A line of a file has none: it is taken to be known when it happened, or when
//! what stands before it did. One that is dated ahead of its neighbours does not count, so lines are looked at by the
//! block. Several files are merged by it, so their order on the command line says nothing.

mod feed;
mod files;
pub mod reuse;
pub(crate) mod topic;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{OffsetRange, TopicHistory, TopicId};
use ensilinja_model::{Event, EventTime, LineId};
use ensilinja_wire::{Decoder, Record};

use crate::contact_key::random_key;
use crate::events_file::{is_standard_stream, name_of};
use crate::history::{HistoryEvidence, HistorySource};
use crate::local_time::in_words;
use crate::progress::Progress;
use ensilinja_config::Config;

/// Where an event was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A record of the topic.
    Record {
        /// Its partition.
        partition: i32,
        /// Its offset there.
        offset: i64,
    },
    /// A line of a file.
    Line {
        /// Which of the files, from 0.
        file: usize,
        /// Its number, from 1.
        number: u64,
    },
}

impl Place {
    /// As it is printed: partition and offset of the topic, or file and line.
    #[must_use]
    pub fn in_words(self, files: &[PathBuf], config: &Config) -> String {
        match self {
            Self::Record { partition, offset } => format!("{}/{partition}/{offset}", config.kafka.topic),
            Self::Line { file, number } => format!("{}:{number}", name_of(&files[file])),
        }
    }
}

/// An event, when it became known, and where it was found.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// What it says.
    pub event: Event,
    /// When it became known.
    pub known: EventTime,
    /// Where it was found.
    pub place: Place,
    /// How far back history counts, as far as can be said by now.
    pub evidence: &'a HistoryEvidence,
    /// The id of the contact, for whoever explains a figure at the console, and for nobody else.
    pub contact: Contact<'a>,
}

/// Where the raw id of a contact, and its visit, can be read. It has no `Debug`.
#[derive(Clone, Copy)]
pub enum Contact<'a> {
    /// In the record: its subject is the id, whatever its key.
    Record(Record<'a>),
    /// In the line of a file.
    Line(&'a [u8]),
}

impl Contact<'_> {
    /// The id.
    #[must_use]
    pub fn id(&self) -> String {
        Decoder::contact(&self.record()).unwrap_or_default()
    }

    /// The visit, if the source names one.
    #[must_use]
    pub fn visit(&self) -> Option<String> {
        Decoder::visit(&self.record()).ok().flatten()
    }

    fn record(&self) -> Record<'_> {
        match self {
            Self::Record(record) => *record,
            Self::Line(line) => Record::of_value(line),
        }
    }
}

/// What is to be read.
pub struct Reading<'a> {
    /// The topic, the lines and their zone.
    pub config: &'a Config,
    /// The files to read instead of the topic; `-` is standard input.
    pub files: &'a [PathBuf],
    /// What was published earlier is left out, where the source can tell.
    pub from: EventTime,
    /// Of the topic, only these stretches of their partitions, whenever they were published; empty for all.
    pub offsets: &'a [OffsetRange],
    /// Only what was known before.
    pub known_before: Option<EventTime>,
    /// Where to show how far it is.
    pub progress: &'a Progress,
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Events handed over.
    pub events: u64,
    /// When the latest happened.
    pub latest: Option<EventTime>,
    /// When the latest became known.
    pub reached: Option<EventTime>,
    /// How far back history counts.
    pub evidence: HistoryEvidence,
    /// The id of the topic that was read, as far as the brokers tell; `None` of files.
    pub topic_id: Option<TopicId>,
}

/// Reading was told to stop before the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "stopped before the end of {name}: {events} events were read{}",
    reached.as_ref().map(|reached| format!(", up to {reached}")).unwrap_or_default()
)]
pub struct Stopped {
    /// What was read.
    pub name: String,
    /// How many events were handed over.
    pub events: u64,
    /// The local time at which the latest of them became known.
    pub reached: Option<String>,
}

/// A decoder of the configured lines, under a key of its own.
///
/// # Errors
/// If the system gives no randomness.
pub fn decoder(config: &Config) -> anyhow::Result<Decoder> {
    let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
    Ok(Decoder::new(&ids, random_key()?))
}

/// Earlier than all that can be in a topic: to read all there is, whenever it was published.
pub const THE_BEGINNING: EventTime = EventTime::from_millis(0);

impl Reading<'_> {
    /// Hands every event over, and says in the log what else there was.
    ///
    /// # Errors
    /// If the source cannot be read whole or has no event; [`Stopped`] if `stop` is set. What was handed over before is
    /// a part. An error of `handle` ends it too.
    pub fn read(
        &self,
        decoder: &Decoder,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Read> {
        let evidence = HistoryEvidence::new(self.source());
        let mut read = Read { events: 0, latest: None, reached: None, evidence, topic_id: None };
        let ended = if self.files.is_empty() {
            topic::read(self, decoder, stop, &mut read, handle)
        } else {
            files::read(self, decoder, stop, &mut read, handle)
        };
        self.progress.end();
        ended?;
        tracing::info!(events = read.events, "read");
        Ok(read)
    }

    /// Reads all of it once more, after it was `first` read.
    ///
    /// # Errors
    /// As [`read`](Self::read), and where the topic was made anew since: what was learnt of one log is not to be found
    /// in the other.
    pub fn read_again(
        &self,
        first: &Read,
        decoder: &Decoder,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let again = self.read(decoder, stop, handle)?;
        anyhow::ensure!(
            again.topic_id == first.topic_id,
            "{} was deleted and made anew while it was read for the second time: run it again",
            self.name()
        );
        Ok(())
    }

    /// That all of it can be read a second time, which who wants to do so asks before the first.
    ///
    /// # Errors
    /// If it is standard input or a pipe.
    pub fn check_twice(&self) -> anyhow::Result<()> {
        for path in self.files {
            let is_file = !is_standard_stream(path) && path.metadata().is_ok_and(|found| found.is_file());
            // What is not there is an error of the reading.
            let is_missing = !is_standard_stream(path) && !path.exists();
            anyhow::ensure!(
                is_file || is_missing,
                "{} can be read only once, and is read twice: write it to a file first, and give the file's name",
                name_of(path)
            );
        }
        Ok(())
    }

    /// What it is, before it says anything of its beginning.
    const fn source(&self) -> HistorySource {
        match (self.files, self.offsets) {
            ([], []) => {
                let history = TopicHistory { start: None, from_first_record: false };
                HistorySource::Topic { history, range_start: self.from, watched_since: None }
            }
            ([], _) => HistorySource::Offsets,
            _ => HistorySource::Files,
        }
    }

    /// What is read, in a few words.
    #[must_use]
    pub fn name(&self) -> String {
        match self.files {
            [] => self.config.kafka.topic.clone(),
            [file] => name_of(file),
            files => format!("{} files", files.len()),
        }
    }

    /// The same as the subject of a sentence.
    #[must_use]
    pub fn subject(&self) -> String {
        subject(self.files, self.config)
    }
}

/// The files, or else the topic, as the subject of a sentence.
#[must_use]
pub fn subject(files: &[PathBuf], config: &Config) -> String {
    match files {
        [] => config.kafka.topic.clone(),
        [_] => "the file".to_owned(),
        _ => format!("the whole of the {} files", files.len()),
    }
}

impl Read {
    fn hear(&mut self, event: &Event, known: Option<EventTime>) {
        self.events += 1;
        self.latest = self.latest.max(Some(event.at));
        self.reached = self.reached.max(known);
        self.evidence.hear(known, event.at);
    }

    fn stopped(&self, reading: &Reading<'_>) -> Stopped {
        let reached = self.reached.map(|at| in_words(at, &reading.config.zone));
        Stopped { name: reading.name(), events: self.events, reached }
    }
}
