//! Where a report's events come from: the topic, or a file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{IncomingRecord, read_past};
use ensilinja_ledger::Chronicle;
use ensilinja_model::{Event, EventTime};
use ensilinja_wire::{Decoder, Reason, Record};

use crate::config::Config;
use crate::events_file;
use crate::local_time::in_words;

/// What is known of the past.
pub struct Past {
    /// All that was said.
    pub chronicle: Chronicle,
    /// How many events were heard of, those of no account included.
    events: u64,
    /// How many of them happened before the stretch that was read.
    too_old: u64,
    /// When the first of all happened.
    first: Option<EventTime>,
    /// When the latest happened.
    pub latest: Option<EventTime>,
    /// Whether what was read is known to hold all since then.
    pub is_complete: bool,
}

/// The past since `from`, for a chronicle that knows nothing yet.
pub struct Reading<'a> {
    past: Past,
    from: EventTime,
    config: &'a Config,
    decoder: &'a Decoder,
}

impl<'a> Reading<'a> {
    /// A reading that has not begun.
    #[must_use]
    pub fn new(chronicle: Chronicle, from: EventTime, config: &'a Config, decoder: &'a Decoder) -> Self {
        let past = Past { chronicle, events: 0, too_old: 0, first: None, latest: None, is_complete: false };
        Self { past, from, config, decoder }
    }

    /// Reads a file of events.
    ///
    /// # Errors
    /// If it cannot be read whole, or has no event.
    pub fn file(mut self, path: &Path) -> anyhow::Result<Past> {
        events_file::read(path, self.decoder, |event| self.past.hear(&event, self.from))?;
        anyhow::ensure!(self.past.events > 0, "{} has no event of these lines", path.display());
        // A file does not say since when it has all there was; but nothing that it has can be missing before its first.
        self.past.is_complete = self.past.first.is_some_and(|first| first <= self.from);
        if let Some(first) = self.past.first.filter(|_| !self.past.is_complete) {
            let [first, from] = [first, self.from].map(|at| in_words(at, &self.config.zone));
            tracing::warn!(
                "the file begins at {first}: for every figure to be right it would have to begin at {from}, for what \
                 began earlier may still have happened in the time reported on"
            );
        }
        Ok(self.finish())
    }

    /// Reads the topic of the configuration.
    ///
    /// # Errors
    /// If it cannot be read whole, or has no event.
    pub fn topic(mut self) -> anyhow::Result<Past> {
        let topic = &self.config.kafka.topic;
        let mut rejected: BTreeMap<Reason, u64> = BTreeMap::new();
        let read = read_past(&self.config.kafka, self.from, &AtomicBool::new(false), &mut |record| match self
            .decoder
            .decode(&wire_record(record))
        {
            Ok(event) => self.past.hear(&event, self.from),
            Err(rejection) => *rejected.entry(rejection.reason).or_default() += 1,
        })?;
        for (reason, count) in &rejected {
            tracing::warn!("{count} of {} records of {topic} are left out: {}", read.records, reason.as_str());
        }
        let from = in_words(self.from, &self.config.zone);
        anyhow::ensure!(self.past.events > 0, "{topic} has no event of these lines since {from}");
        self.past.is_complete = read.reaches_back;
        if !read.reaches_back {
            let begins = match read.history.start {
                Some(start) => format!("begins at {}", in_words(start, &self.config.zone)),
                None => "has lost all that some partition held".to_owned(),
            };
            tracing::warn!("{topic} {begins}: for every figure to be right it would have to begin at {from}");
        }
        Ok(self.finish())
    }

    fn finish(self) -> Past {
        let Past { events, too_old, chronicle, .. } = &self.past;
        tracing::info!(events, too_old, contacts = chronicle.legs(), "read");
        self.past
    }
}

impl Past {
    fn hear(&mut self, event: &Event, from: EventTime) {
        self.events += 1;
        self.first = Some(self.first.map_or(event.at, |first| first.min(event.at)));
        self.latest = self.latest.max(Some(event.at));
        if event.at < from {
            self.too_old += 1;
        } else {
            self.chronicle.apply(event);
        }
    }
}

fn wire_record<'a>(record: &'a IncomingRecord<'a>) -> Record<'a> {
    Record { key: record.key, value: record.value, headers: record.headers, timestamp: record.timestamp }
}
