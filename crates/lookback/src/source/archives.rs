//! Archives of topics, read together with the topics or alone.
//!
//! ```text
//! archives   | 2026-09 | 2026-10 | 2026-11 |
//! topic                          | 2026-11 .. now      what an archive covers is read from the archive, once
//! ```
//!
//! Manifests say which offsets of which topic an archive covers. A record of the topic that an archive covers is passed
//! over, and a record that two archives cover counts from the first of them. So each record counts once, although
//! archives and topic overlap. An archive whose range ends before reading begins is not read.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ensilinja_archive::{ArchiveReader, ArchivedPartition, ArchivedRecord, Manifest};
use ensilinja_config::Config;
use ensilinja_kafka::{EarlierPartitions, EarlierRecords, ScanPlan};
use ensilinja_model::{EventTime, Header, Headers};
use ensilinja_wire::Record;

use super::archive_error::ArchiveFileError;
use super::decoders::SourceDecoders;
use super::event_source::EventSource;
use super::position::SourcePosition;
use super::record_intake::{EventHandler, RecordIntake};
use super::summary::{SourceError, SourceSummary};
use crate::error::LookbackError;
use crate::kafka_settings::kafka_settings;
use crate::progress::ProgressUpdate;

/// Progress is shown every so many records.
const SHOW_EVERY: u64 = 1_024;

/// The number of the source of the configuration that reads a topic of an archive: the one that claims the topic, or
/// the only one of its format.
#[must_use]
pub fn archived_source(config: &Config, topic: &str, format: &str) -> Option<usize> {
    let has_format = |source: &usize| config.sources[*source].mapping.format.as_str() == format;
    let claimed = kafka_settings(config).source_of(topic).filter(has_format);
    claimed.or_else(|| {
        let mut of_it = (0..config.sources.len()).filter(has_format);
        of_it.next().filter(|_| of_it.next().is_none())
    })
}

/// Reads archives alone.
pub(super) fn read(
    source: &EventSource<'_>,
    decoders: &SourceDecoders,
    stop: &AtomicBool,
    summary: &mut SourceSummary,
    handle: EventHandler<'_>,
) -> Result<(), LookbackError> {
    let mut archives = OpenArchives::open(source)?;
    source.progress.begin(&format!("reading {}", source.name()), "records");
    let history = EarlierPartitions(&archives.earlier_records()).history(source.from);
    let mut intake = RecordIntake::new(source, decoders, summary, handle);
    intake.history = Some(history);
    archives.take_until(EventTime::MAX, stop, &mut intake)?;
    intake.finish();
    if summary.events == 0 {
        let (name, part, hint) = (source.name(), String::new(), summary.hint(source));
        return Err(SourceError::NoEvents { name, part, hint }.into());
    }
    summary.evidence.set_source(source.topic_history(history));
    Ok(())
}

/// Archives that are being read side by side, in the order of their ranges.
pub(super) struct OpenArchives<'a> {
    source: &'a EventSource<'a>,
    archives: Vec<OpenArchive>,
    records: u64,
    total: u64,
}

/// An archive that is being read.
struct OpenArchive {
    file: Arc<str>,
    manifest: Manifest,
    topics: Vec<TopicOfArchive>,
    /// `None` after the last record, and of an archive that is not needed.
    reader: Option<ArchiveReader<File>>,
    next: Option<NextRecord>,
    /// When the last record became known.
    latest: EventTime,
}

/// A topic of an archive.
struct TopicOfArchive {
    name: Arc<str>,
    /// The number of the source that reads it.
    source: usize,
    /// The topic that is read together with the archive is this one, and not one of the same name that came later.
    is_present: bool,
}

/// The next record of an archive.
struct NextRecord {
    record: ArchivedRecord<'static>,
    timestamp: Option<EventTime>,
    known_at: EventTime,
}

impl<'a> OpenArchives<'a> {
    /// Opens the archives of a source and reads their manifests.
    pub(super) fn open(source: &'a EventSource<'a>) -> Result<Self, LookbackError> {
        let files = source.archives.files;
        if !files.is_empty() && !source.offsets.is_empty() {
            return Err(ArchiveFileError::Offsets.into());
        }
        let opened = files.iter().map(|path| OpenArchive::open(path, source));
        let mut archives = opened.collect::<Result<Vec<_>, _>>()?;
        archives.sort_by_key(|archive| (archive.manifest.from_ms, archive.manifest.to_ms));
        check_keys(&archives, source)?;
        let needed = archives.iter().filter(|archive| archive.reader.is_some());
        let total = needed.map(|archive| archive.manifest.records).sum();
        let mut archives = Self { source, archives, records: 0, total };
        for index in 0..archives.archives.len() {
            archives.advance(index)?;
        }
        Ok(archives)
    }

    /// Whether an archive covers an offset, in the topic as it is now.
    pub(super) fn cover(&self, topic: &str, partition: i32, offset: i64) -> bool {
        let is_present = |archive: &OpenArchive| archive.topic(topic).is_some_and(|topic| topic.is_present);
        self.archives.iter().any(|archive| is_present(archive) && archive.covers(topic, partition, offset))
    }

    /// Learns which topics of the archives are those that are read now. A topic that was created again since, or one of
    /// another cluster, has other records at the same offsets.
    pub(super) fn learn_topics(&mut self, plan: &ScanPlan) {
        let mut of_others: BTreeMap<[String; 3], Vec<String>> = BTreeMap::new();
        for OpenArchive { file, manifest, topics: archived, .. } in &mut self.archives {
            for archived in archived {
                let Some(present) = plan.topics.iter().find(|topic| *topic.name == *archived.name) else { continue };
                let id = present.id.map(|id| id.to_string()).or_else(|| plan.cluster.clone());
                let archived_id = manifest.log_id(&archived.name);
                archived.is_present = archived_id == id.as_deref();
                if !archived.is_present {
                    let [archived_id, id] = [archived_id, id.as_deref()].map(|id| id.unwrap_or("none").to_owned());
                    of_others.entry([archived.name.to_string(), archived_id, id]).or_default().push(file.to_string());
                }
            }
        }
        for ([topic, archived_id, present_id], files) in of_others {
            tracing::warn!(
                archives = files.join(", "),
                topic,
                archived_id,
                present_id,
                effect = "their records count, but history begins with the topic's own",
                remedy = "if nothing is missing, say since when: --complete-since TIME. An empty topic takes archives \
                          in: ensilinja archive restore",
                "archives of an earlier topic of this name"
            );
        }
    }

    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.archives.is_empty()
    }

    /// Takes all records that became known at `until` or before.
    pub(super) fn take_until(
        &mut self,
        until: EventTime,
        stop: &AtomicBool,
        intake: &mut RecordIntake<'_>,
    ) -> Result<(), LookbackError> {
        loop {
            let next = |archive: &OpenArchive| archive.next.as_ref().map(|next| next.known_at);
            let known = self.archives.iter().enumerate().filter_map(|(index, archive)| Some((next(archive)?, index)));
            let Some((known_at, index)) = known.min().filter(|(known_at, _)| *known_at <= until) else {
                return Ok(());
            };
            if stop.load(Ordering::Relaxed) {
                return Err(intake.summary.stopped(self.source).into());
            }
            let archive = &mut self.archives[index];
            let Some(next) = archive.next.take() else { unreachable!("it was just looked at") };
            self.records += 1;
            if self.source.archives.without_topics && self.records.is_multiple_of(SHOW_EVERY) {
                let (done, total, at) = (self.records, Some(self.total), Some(known_at));
                self.source.progress.show(&ProgressUpdate { done, total, count: done, at });
            }
            let NextRecord { record, timestamp, known_at } = next;
            let archive = &self.archives[index];
            let is_covered = |earlier: &OpenArchive| {
                earlier.manifest.log_id(&record.topic) == archive.manifest.log_id(&record.topic)
                    && earlier.covers(&record.topic, record.partition, record.offset)
            };
            let is_early = timestamp.is_some_and(|at| at < self.source.from);
            if !is_early && !self.archives[..index].iter().any(is_covered) {
                take(&record, archive, timestamp, known_at, intake)?;
            }
            self.advance(index)?;
        }
    }

    /// Reads the next record of an archive.
    fn advance(&mut self, index: usize) -> Result<(), ArchiveFileError> {
        let archive = &mut self.archives[index];
        let Some(reader) = &mut archive.reader else { return Ok(()) };
        let read = reader.next();
        let read = read.map_err(|why| ArchiveFileError::Unsound { file: archive.file.to_string(), why })?;
        let Some((_, record)) = read else {
            archive.reader = None;
            return Ok(());
        };
        let timestamp = record.timestamp_ms.filter(|ms| *ms > 0).map(EventTime::from_millis);
        let known_at = timestamp.unwrap_or(archive.latest);
        archive.latest = known_at;
        archive.next = Some(NextRecord { record, timestamp, known_at });
        Ok(())
    }

    /// What the archives say about records before those of the log: of the topics that are read now, or of all if
    /// archives are read alone.
    pub(super) fn earlier_records(&self) -> Vec<EarlierRecords> {
        let is_alone = self.source.archives.without_topics;
        let of_archive = |archive: &'_ OpenArchive| {
            let parts = archive.manifest.partitions.iter();
            let parts = parts.filter(|part| is_alone || archive.topic(&part.topic).is_some_and(|it| it.is_present));
            parts.filter_map(|part| earlier_records(&archive.manifest, part)).collect::<Vec<_>>()
        };
        self.archives.iter().flat_map(of_archive).collect()
    }
}

/// Takes one record.
fn take(
    record: &ArchivedRecord<'_>,
    archive: &OpenArchive,
    timestamp: Option<EventTime>,
    known_at: EventTime,
    intake: &mut RecordIntake<'_>,
) -> Result<(), LookbackError> {
    let Some(topic) = archive.topic(&record.topic) else {
        let (file, topic) = (archive.file.to_string(), record.topic.to_string());
        return Err(ArchiveFileError::Unclaimed { file, topic, format: "unknown".to_owned() }.into());
    };
    // A header whose name is not UTF-8 is left out, as of a record of the log.
    let named =
        record.headers.iter().filter_map(|(name, value)| Some((std::str::from_utf8(name).ok()?, value.as_deref())));
    let headers: Vec<Header<'_>> = named.collect();
    let wire = Record {
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: Headers::known(&headers),
        timestamp: timestamp.unwrap_or(Record::UNKNOWN_TIME),
    };
    let (file, partition, offset) = (Arc::clone(&archive.file), record.partition, record.offset);
    let position = SourcePosition::Archived { file, topic: Arc::clone(&topic.name), partition, offset };
    intake.take(topic.source, &wire, timestamp, known_at, &position)
}

impl OpenArchive {
    fn open(path: &Path, source: &EventSource<'_>) -> Result<Self, ArchiveFileError> {
        let file = path.display().to_string();
        let opened = File::open(path).map_err(|why| ArchiveFileError::Open { file: file.clone(), why })?;
        let reader = ArchiveReader::open(opened);
        let reader = reader.map_err(|why| ArchiveFileError::Unsound { file: file.clone(), why })?;
        let manifest = reader.manifest().clone();
        let topics = manifest.topics.iter().map(|topic| {
            let of_it = archived_source(source.config, &topic.name, &topic.format);
            let found = of_it.map(|source| TopicOfArchive { name: (&*topic.name).into(), source, is_present: false });
            found.ok_or_else(|| ArchiveFileError::Unclaimed {
                file: file.clone(),
                topic: topic.name.clone(),
                format: topic.format.clone(),
            })
        });
        let topics = topics.collect::<Result<_, _>>()?;
        let reader = (manifest.to() > source.from).then_some(reader);
        Ok(Self { file: file.into(), manifest, topics, reader, next: None, latest: EventTime::MIN })
    }

    fn topic(&self, name: &str) -> Option<&TopicOfArchive> {
        self.topics.iter().find(|topic| *topic.name == *name)
    }

    fn covers(&self, topic: &str, partition: i32, offset: i64) -> bool {
        self.manifest.partition(topic, partition).is_some_and(|part| part.covers(offset))
    }

    fn key(&self) -> Option<&str> {
        self.manifest.pseudonymised.as_ref().map(|how| how.key_id.as_str())
    }
}

/// Refuses sources in which one contact has two ids.
fn check_keys(archives: &[OpenArchive], source: &EventSource<'_>) -> Result<(), ArchiveFileError> {
    let Some(first) = archives.first() else { return Ok(()) };
    let owned = |key: Option<&str>| key.map(str::to_owned);
    if let Some(other) = archives.iter().find(|other| other.key() != first.key()) {
        return Err(ArchiveFileError::OtherKey {
            file: first.file.to_string(),
            key: owned(first.key()),
            other: other.file.to_string(),
            other_key: owned(other.key()),
        });
    }
    if first.key().is_some() && !source.archives.without_topics {
        let other = format!("the topic {}", source.config.topics_in_words());
        let (file, key) = (first.file.to_string(), owned(first.key()));
        return Err(ArchiveFileError::OtherKey { file, key, other, other_key: None });
    }
    Ok(())
}

/// What a partition of an archive says about records before those of the log; `None` if it never had a record.
fn earlier_records(manifest: &Manifest, part: &ArchivedPartition) -> Option<EarlierRecords> {
    if part.scan_end == 0 {
        return None;
    }
    let from_first_record = part.scan_begin == 0 && part.earlier == 0;
    let first = part.first_timestamp_ms.map_or(manifest.to(), EventTime::from_millis);
    let from = if part.reaches_back() && !from_first_record { manifest.from() } else { first };
    Some(EarlierRecords {
        topic: part.topic.clone(),
        log_id: manifest.log_id(&part.topic).map(str::to_owned),
        partition: part.partition,
        from,
        to: manifest.to(),
        scan_begin: part.scan_begin,
        scan_end: part.scan_end,
        from_first_record,
        left_out_later: part.later > 0,
    })
}
