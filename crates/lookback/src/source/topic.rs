//! Reading a part of the topic: records become events; those that became known too late are left out.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{IncomingRecord, ScanError, ScanRange, ScanSummary, scan_topics};
use ensilinja_model::EventTime;
use ensilinja_wire::{Reason, Record, Stays};

use super::decoders::SourceDecoders;
use super::event::{RawContact, SourcedEvent};
use super::event_source::EventSource;
use super::joining::join;
use super::position::SourcePosition;
use super::summary::{SourceError, SourceSummary};
use crate::error::LookbackError;
use crate::kafka_settings::kafka_settings;
use crate::local_time::to_the_minute;
use crate::progress::ProgressUpdate;

/// Progress is shown every so many records.
const SHOW_EVERY: u64 = 256;

/// A record as the decoder takes it.
#[inline]
#[must_use]
pub fn wire_record<'a>(record: &'a IncomingRecord<'a>) -> Record<'a> {
    let timestamp = record.timestamp.unwrap_or(Record::UNKNOWN_TIME);
    Record { key: record.key, value: record.value, headers: record.headers, timestamp }
}

pub(super) fn read(
    source: &EventSource<'_>,
    decoders: &SourceDecoders,
    stop: &AtomicBool,
    summary: &mut SourceSummary,
    handle: &mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>,
) -> Result<(), LookbackError> {
    let (mut rejected, mut failure, mut without_timestamp) = (BTreeMap::<Reason, u64>::new(), None, 0);
    let (mut stays, mut stated, mut events) = (Stays::default(), Vec::new(), Vec::new());
    let mut topic: Arc<str> = "".into();
    let range = ScanRange { from: source.from, offsets: source.offsets };
    source.progress.begin(&format!("reading {}", source.name()), "records");
    let read = scan_topics(&kafka_settings(source.config), &range, stop, &mut |record, progress| {
        if progress.records % SHOW_EVERY == 0 {
            let (done, total) = (progress.offsets_read, Some(progress.offsets));
            source.progress.show(&ProgressUpdate { done, total, count: progress.records, at: record.timestamp });
        }
        without_timestamp += u64::from(record.timestamp.is_none());
        // A record without a timestamp became known when the one before it in its partition did; the first of a
        // partition was always known.
        let known_at = record.timestamp.or(progress.latest).unwrap_or(EventTime::MIN);
        if source.known_before.is_some_and(|before| known_at >= before) {
            return ControlFlow::Continue(());
        }
        let wire = wire_record(record);
        let decoder = decoders.of_source(record.source);
        stated.clear();
        let unmapped = &mut summary.unmapped;
        let mut note = |table, key: &str, name: Option<&str>| unmapped.add(table, key, name);
        if let Err(rejection) = decoder.read_noting(&wire, &mut stated, &mut note) {
            *rejected.entry(rejection.reason).or_default() += 1;
        }
        for stated in stated.drain(..) {
            join(stated, &mut stays, &mut |event, call| events.push((event, call)));
        }
        if events.is_empty() {
            return ControlFlow::Continue(());
        }
        if *topic != *record.topic {
            topic = record.topic.into();
        }
        let (partition, offset) = (record.partition, record.offset);
        let position = SourcePosition::Record { topic: Arc::clone(&topic), partition, offset };
        for (event, call) in events.drain(..) {
            summary.add(&event, record.timestamp);
            if source.offsets.is_empty() {
                summary.evidence.set_source(source.topic_history(progress.history));
            }
            let contact = RawContact { decoder, record: wire, leg: event.leg, call };
            let sourced = SourcedEvent { event, known_at, position: &position, evidence: &summary.evidence, contact };
            if let Err(error) = handle(&sourced) {
                failure = Some(error);
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = failure {
        return Err(error);
    }
    let read = match read {
        Err(ScanError::Stopped) => return Err(summary.stopped(source).into()),
        read => read?,
    };
    summary.topics.clone_from(&read.topics);
    summary.without_entry = stays.calls_without_entry();
    log_left_out(source, &read, &rejected, without_timestamp);
    check_part(source, &read, summary)
}

/// Logs which records were not used, and which have no timestamp.
fn log_left_out(
    source: &EventSource<'_>,
    read: &ScanSummary,
    rejected: &BTreeMap<Reason, u64>,
    without_timestamp: u64,
) {
    let (topic, records) = (source.name(), read.records);
    for (reason, count) in rejected {
        tracing::warn!(topic, records, left_out = count, reason = reason.as_str(), "records left out");
    }
    if without_timestamp > 0 {
        tracing::warn!(
            topic,
            records,
            without_timestamp,
            effect = "each counts as known when the record before it in its partition was",
            remedy = "have the producers set timestamps",
            "records without a timestamp"
        );
    }
}

/// Checks that there was something to read, and takes over what the log says about where it begins.
fn check_part(source: &EventSource<'_>, read: &ScanSummary, summary: &mut SourceSummary) -> Result<(), LookbackError> {
    let topic = source.name();
    let is_empty = summary.events == 0;
    if !source.offsets.is_empty() {
        let ranges: Vec<String> = source.offsets.iter().map(ToString::to_string).collect();
        let offsets = ranges.join(", ");
        if is_empty {
            let (part, hint) = (format!(" at {offsets}"), summary.hint(source));
            return Err(SourceError::NoEvents { name: topic, part, hint }.into());
        }
        tracing::warn!(topic, offsets, "only these offsets were read; the figures are those of their records alone");
        return Ok(());
    }
    if is_empty {
        let local = |at| to_the_minute(at, &source.config.zone);
        let before = source.known_before.map(|before| format!(" that was known before {}", local(before)));
        let part = format!(" since {}{}", local(source.from), before.unwrap_or_default());
        let hint = summary.hint(source);
        return Err(SourceError::NoEvents { name: topic, part, hint }.into());
    }
    summary.evidence.set_source(source.topic_history(read.history));
    Ok(())
}
