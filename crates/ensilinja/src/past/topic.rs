//! A stretch of the topic: records become events, those known too late are left out.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{IncomingRecord, ScanError, ScanRange, ScanSummary, TopicHistory, scan_topic};
use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Reason, Record};

use super::{Contact, Place, Read, Reading, Told};
use crate::history::HistorySource;
use crate::kafka_settings::kafka_settings;
use crate::local_time::in_words;
use crate::progress::Position;

/// Progress is looked at every so many records.
const LOOK_EVERY: u64 = 256;

pub(super) fn read(
    reading: &Reading<'_>,
    decoder: &Decoder,
    stop: &AtomicBool,
    read: &mut Read,
    handle: &mut dyn FnMut(&Told<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (mut rejected, mut failed, mut unstamped) = (BTreeMap::<Reason, u64>::new(), None, 0);
    let stretch = ScanRange { from: reading.from, offsets: reading.offsets };
    reading.progress.begin(&format!("reading {}", reading.name()), "records");
    let past = scan_topic(&kafka_settings(&reading.config.kafka), &stretch, stop, &mut |record, position| {
        if position.records % LOOK_EVERY == 0 {
            reading.progress.show(&Position {
                done: position.offsets_read,
                total: Some(position.offsets),
                count: position.records,
                at: record.timestamp,
            });
        }
        unstamped += u64::from(record.timestamp.is_none());
        // Without one it was known when the record before it in its partition was, the first of a partition always.
        let known = record.timestamp.or(position.latest).unwrap_or(EventTime::MIN);
        if reading.known_before.is_some_and(|before| known >= before) {
            return ControlFlow::Continue(());
        }
        let record_alone = wire_record(record);
        match decoder.decode(&record_alone) {
            Ok(event) => {
                read.hear(&event, record.timestamp);
                let place = Place::Record { partition: record.partition, offset: record.offset };
                let contact = Contact::Record(record_alone);
                if reading.offsets.is_empty() {
                    read.evidence.see(source(reading, position.history));
                }
                if let Err(error) = handle(&Told { event, known, place, evidence: &read.evidence, contact }) {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
            Err(rejection) => *rejected.entry(rejection.reason).or_default() += 1,
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let past = match past {
        Err(ScanError::Stopped) => return Err(read.stopped(reading).into()),
        past => past?,
    };
    read.topic_id = past.topic_id;
    let topic = &reading.config.kafka.topic;
    for (reason, count) in &rejected {
        tracing::warn!("{count} of {} records of {topic} are left out: {}", past.records, reason.as_str());
    }
    if unstamped > 0 {
        tracing::warn!(
            "{unstamped} of {} records of {topic} have no timestamp: each counts as known when the record before it in its \
             partition was; have the producers stamp them",
            past.records
        );
    }
    judge(reading, &past, read)
}

/// Whether that was all there should be.
fn judge(reading: &Reading<'_>, past: &ScanSummary, read: &mut Read) -> anyhow::Result<()> {
    let topic = &reading.config.kafka.topic;
    if !reading.offsets.is_empty() {
        let ranges: Vec<String> = reading.offsets.iter().map(ToString::to_string).collect();
        anyhow::ensure!(read.events > 0, "{topic} has no event of these lines at {}", ranges.join(", "));
        tracing::warn!("only {} of {topic} were read: the figures are those of these records alone", ranges.join(", "));
        return Ok(());
    }
    let from = in_words(reading.from, &reading.config.zone);
    let before = reading.known_before.map(|before| in_words(before, &reading.config.zone));
    anyhow::ensure!(
        read.events > 0,
        "{topic} has no event of these lines since {from}{}",
        before.map(|before| format!(" that was known before {before}")).unwrap_or_default()
    );
    read.evidence.see(source(reading, past.history));
    Ok(())
}

/// A topic whose log tells this of its beginning.
const fn source(reading: &Reading<'_>, history: TopicHistory) -> HistorySource {
    HistorySource::Topic { history, range_start: reading.from, watched_since: None }
}

/// A record as the decoder takes it.
pub(crate) fn wire_record<'a>(record: &'a IncomingRecord<'a>) -> Record<'a> {
    let timestamp = record.timestamp.unwrap_or(Record::UNKNOWN_TIME);
    Record { key: record.key, value: record.value, headers: record.headers, timestamp }
}
