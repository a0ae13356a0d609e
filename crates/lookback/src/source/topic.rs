//! Reading a part of the topic, merged with archives of it: records become events.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{IncomingRecord, ScanError, ScanRange, ScanSummary, plan_scan, scan_topics_after};
use ensilinja_model::EventTime;
use ensilinja_wire::Record;

use super::archives::OpenArchives;
use super::decoders::SourceDecoders;
use super::event::SourcedEvent;
use super::event_source::EventSource;
use super::position::SourcePosition;
use super::record_intake::RecordIntake;
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
    let mut archives = OpenArchives::open(source)?;
    let settings = kafka_settings(source.config);
    if !archives.is_empty() {
        archives.learn_topics(&plan_scan(&settings, source.from, stop)?);
    }
    let earlier = archives.earlier_records();
    let mut intake = RecordIntake::new(source, decoders, summary, handle);
    let mut failure = None;
    let mut topic: Arc<str> = "".into();
    let range = ScanRange { from: source.from, offsets: source.offsets };
    source.progress.begin(&format!("reading {}", source.name()), "records");
    let read = scan_topics_after(&settings, &range, &earlier, stop, &mut |record, progress| {
        if progress.records % SHOW_EVERY == 0 {
            let (done, total) = (progress.offsets_read, Some(progress.offsets));
            source.progress.show(&ProgressUpdate { done, total, count: progress.records, at: record.timestamp });
        }
        // A record without a timestamp became known when the one before it in its partition did; the first of a
        // partition was always known.
        let known_at = record.timestamp.or(progress.latest).unwrap_or(EventTime::MIN);
        intake.history = Some(progress.history);
        let taken = archives.take_until(known_at, stop, &mut intake).and_then(|()| {
            if archives.cover(record.topic, record.partition, record.offset) {
                return Ok(());
            }
            if *topic != *record.topic {
                topic = record.topic.into();
            }
            let (partition, offset) = (record.partition, record.offset);
            let position = SourcePosition::Record { topic: Arc::clone(&topic), partition, offset };
            intake.take(record.source, &wire_record(record), record.timestamp, known_at, &position)
        });
        match taken {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    let read = match read {
        Err(ScanError::Stopped) => return Err(intake.summary.stopped(source).into()),
        read => read?,
    };
    intake.history = Some(read.history);
    archives.take_until(EventTime::MAX, stop, &mut intake)?;
    intake.finish();
    summary.topics.clone_from(&read.topics);
    check_part(source, &read, summary)
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
