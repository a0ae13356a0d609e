//! The events of the past, one after the other, with where each was found: what every look back begins with.
//!
//! ```text
//! topic ---\
//!           >-- Reading::read ---> Told { event, known, place }, in the order in which they became known
//! files ---/
//! ```
//!
//! An event of a topic became known at the timestamp of its record. A line of a file has none: it is taken to be known
//! when it happened, or when what stands before it did.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{History, IncomingRecord, OffsetRange, Stretch, read_past};
use ensilinja_model::{Event, EventTime, LineId};
use ensilinja_wire::{Decoder, Reason, Record};

use crate::config::Config;
use crate::events_file;
use crate::local_time::in_words;
use crate::processor::random_key;
use crate::progress::Progress;

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

/// An event, when it became known, and where it was found.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// What it says.
    pub event: Event,
    /// When it became known.
    pub known: EventTime,
    /// Where it was found.
    pub place: Place,
    /// Since when all is known, as far as can be said by now.
    pub history: History,
    /// The id of the contact, for whoever explains a figure at the console, and for nobody else.
    pub contact: Contact<'a>,
}

/// Where the raw id of a contact can be read. It has no `Debug`.
#[derive(Clone, Copy)]
pub enum Contact<'a> {
    /// It is the key of the record.
    Key(&'a [u8]),
    /// It is within the line of a file.
    Value(&'a [u8]),
}

impl Contact<'_> {
    /// The id.
    #[must_use]
    pub fn id(&self) -> Vec<u8> {
        match self {
            Self::Key(key) => key.to_vec(),
            Self::Value(value) => Decoder::record_key(value).unwrap_or_default(),
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
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Events handed over.
    pub events: u64,
    /// When the earliest of them happened.
    pub first: Option<EventTime>,
    /// When the latest happened.
    pub latest: Option<EventTime>,
    /// Whether what was read is known to hold all since `from`.
    pub is_complete: bool,
    /// Since when all is known. Of a file that is said by its earliest event: nothing tells what was before it.
    pub history: History,
}

/// A decoder of the configured lines, under a key of its own.
///
/// # Errors
/// If the system gives no randomness.
pub fn decoder(config: &Config) -> anyhow::Result<Decoder> {
    let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
    Ok(Decoder::new(&ids, random_key()?))
}

impl Reading<'_> {
    /// Hands every event over, and says in the log what else there was.
    ///
    /// # Errors
    /// If the source cannot be read whole, has no event, or `stop` is set. What was handed over before is a part.
    pub fn read(
        &self,
        decoder: &Decoder,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<Read> {
        let mut read = Read::default();
        if self.files.is_empty() {
            self.topic(decoder, stop, &mut read, handle)?;
        } else {
            self.lines(decoder, &mut read, handle)?;
        }
        tracing::info!(events = read.events, "read");
        Ok(read)
    }

    fn lines(
        &self,
        decoder: &Decoder,
        read: &mut Read,
        handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        anyhow::ensure!(self.known_before.is_none(), "lines of a file do not say when they became known");
        for (file, path) in self.files.iter().enumerate() {
            let (mut number, mut failed) = (0, None);
            events_file::read(path, decoder, |event| {
                number += 1;
                read.hear(&event);
                let (place, contact) = (Place::Line { file, number }, Contact::Value(&[]));
                let told = Told { event, known: event.at, place, history: read.history, contact };
                failed = failed.take().or_else(|| handle(&told).err());
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        let names: Vec<_> = self.files.iter().map(|path| path.display().to_string()).collect();
        anyhow::ensure!(read.events > 0, "{} has no event of these lines", names.join(" + "));
        // A file does not say since when it has all there was; but nothing that it has can be missing before its first.
        read.is_complete = read.first.is_some_and(|first| first <= self.from);
        if let Some(first) = read.first.filter(|_| !read.is_complete) {
            let [first, from] = [first, self.from].map(|at| in_words(at, &self.config.zone));
            tracing::warn!(
                "the file begins at {first}: for every figure to be right it would have to begin at {from}, for what \
                 began earlier may still have happened in the time reported on"
            );
        }
        Ok(())
    }

    fn topic(
        &self,
        decoder: &Decoder,
        stop: &AtomicBool,
        read: &mut Read,
        handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let topic = &self.config.kafka.topic;
        let (mut rejected, mut failed) = (BTreeMap::<Reason, u64>::new(), None);
        let stretch = Stretch { from: self.from, offsets: self.offsets };
        let past = read_past(&self.config.kafka, &stretch, stop, &mut |record, position| {
            if self.known_before.is_some_and(|before| record.timestamp >= before) {
                return ControlFlow::Continue(());
            }
            match decoder.decode(&wire_record(record)) {
                Ok(event) => {
                    read.hear(&event);
                    let place = Place::Record { partition: record.partition, offset: record.offset };
                    let contact = Contact::Key(record.key.unwrap_or_default());
                    let (known, history) = (record.timestamp, position.history);
                    let told = Told { event, known, place, history, contact };
                    failed = failed.take().or_else(|| handle(&told).err());
                }
                Err(rejection) => *rejected.entry(rejection.reason).or_default() += 1,
            }
            ControlFlow::Continue(())
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        for (reason, count) in &rejected {
            tracing::warn!("{count} of {} records of {topic} are left out: {}", past.records, reason.as_str());
        }
        let from = in_words(self.from, &self.config.zone);
        anyhow::ensure!(read.events > 0, "{topic} has no event of these lines since {from}");
        (read.is_complete, read.history) = (past.reaches_back, past.history);
        if !past.reaches_back {
            let begins = match past.history.start {
                Some(start) => format!("begins at {}", in_words(start, &self.config.zone)),
                None => "has lost all that some partition held".to_owned(),
            };
            tracing::warn!("{topic} {begins}: for every figure to be right it would have to begin at {from}");
        }
        Ok(())
    }
}

impl Read {
    fn hear(&mut self, event: &Event) {
        self.events += 1;
        self.first = Some(self.first.map_or(event.at, |first| first.min(event.at)));
        self.latest = self.latest.max(Some(event.at));
        self.history = History { start: self.first, from_first_record: false };
    }
}

fn wire_record<'a>(record: &'a IncomingRecord<'a>) -> Record<'a> {
    Record { key: record.key, value: record.value, headers: record.headers, timestamp: record.timestamp }
}
