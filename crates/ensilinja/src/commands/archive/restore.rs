//! `archive restore`: the records of archives into a topic again.
//!
//! ```text
//! read the topic --> read the archives: does the topic hold the beginning of them? --(--execute)--> write the rest
//! ```
//!
//! Which record goes to which partition, and in which order, follows from the archives alone. So a topic that an
//! interrupted restore has left holds, in each partition, the beginning of what belongs there, and the same command
//! continues after it. A topic that holds anything else is refused.

mod partition_of_key;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_archive::{ArchivedPartition, ArchivedRecord, Manifest, TimestampType};
use ensilinja_config::Config;
use ensilinja_kafka::{
    OffsetRange, OutgoingRecord, PastRetention, RawRecord, Restorer, Settings, TopicChoice, past_retention, plan_scan,
    scan_raw,
};
use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress, ProgressUpdate, kafka_settings};
use ensilinja_model::EventTime;

use super::opened;
use crate::cli::RestoreArchiveArguments;
use crate::clock;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::print;
use crate::outcome::Outcome;
use partition_of_key::partition_of_key;

/// Progress is shown every so many records.
const SHOW_EVERY: u64 = 4_096;

/// Says what would be written, or writes it.
///
/// # Errors
/// That an archive is not sound, the topic does not fit or does not keep the records, or not all could be written.
pub(super) fn restore(arguments: &RestoreArchiveArguments, config: &Config) -> anyhow::Result<Outcome> {
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, &config.zone));
    let settings = Settings { topics: vec![TopicChoice::of(&arguments.topic)], ..kafka_settings(config) };
    let target = Target::read(&settings, &arguments.topic, &stop, &progress)?;
    let archives = Archives::open(&arguments.files)?;
    let by_number = archives.partitions() == target.held.len();
    let walk = Walk { archives: &archives, partitions: target.held.len(), by_number, stop: &stop, progress: &progress };
    let mut places = vec![0; target.held.len()];
    let (mut total, mut oldest, mut without) = (0_u64, None, 0_u64);
    walk.each("checking", &mut |partition, record| {
        let place = &mut places[partition];
        if let Some(held) = target.held[partition].get(*place) {
            anyhow::ensure!(
                *held == fingerprint(record),
                "{}/{partition} holds other records than the archives: record number {} of it is another one. Give a \
                 topic that is empty, or that the same archives were restored to",
                arguments.topic,
                *place + 1
            );
        }
        (*place, total) = (*place + 1, total + 1);
        without += u64::from(record.timestamp_type == TimestampType::None);
        oldest = [oldest, record.timestamp_ms].into_iter().flatten().min();
        headers(record).map(drop)
    })?;
    let held: u64 = target.held.iter().map(|held| held.len() as u64).sum();
    if let Some(partition) = (0..places.len()).find(|index| target.held[*index].len() > places[*index]) {
        anyhow::bail!(
            "{}/{partition} holds more records than the archives have for it: give a topic that is empty, or that the \
             same archives were restored to",
            arguments.topic
        );
    }
    check_retention(&settings, &arguments.topic, oldest, config)?;
    let mut text = format!(
        "{}: {total} records of {} archives; the topic holds {held} of them already\n",
        arguments.topic,
        archives.0.len()
    );
    text.push_str(if by_number {
        "  each record goes to its own partition\n"
    } else {
        "  the topic has another number of partitions than that of the archives: each record goes to that of its key\n"
    });
    if let Some(from) = archives.lost_before() {
        let whole = from.plus_millis(config.rules_over(&(from..from)).life_ms());
        let [from, whole] = [from, whole].map(|at| to_the_minute(at, &config.zone).replace(' ', "T"));
        writeln!(
            text,
            "  the archives lack records from before {from}, and a topic does not tell: figures of contacts that began \
             before are missing until {whole}. Give --complete-since {whole} to reports on the restored topic"
        )
        .expect("a String takes all text");
    }
    if without > 0 {
        writeln!(text, "  {without} records have no timestamp: each gets that of the record before it")
            .expect("a String takes all text");
    }
    if arguments.execute {
        let written = write(&walk, &target, arguments, &settings)?;
        writeln!(text, "  {written} records were written and are acknowledged").expect("a String takes all text");
    } else {
        writeln!(text, "  {} records would be written: --execute writes them", total - held)
            .expect("a String takes all text");
    }
    print(&text)?;
    Ok(Outcome::Done)
}

/// Writes what the topic does not hold.
fn write(
    walk: &Walk<'_>,
    target: &Target,
    arguments: &RestoreArchiveArguments,
    settings: &Settings,
) -> anyhow::Result<u64> {
    let mut restorer = Restorer::new(settings, &arguments.topic, walk.stop)?;
    let mut places = vec![0; target.held.len()];
    let sent = walk.each("restoring", &mut |partition, record| {
        places[partition] += 1;
        if places[partition] <= target.held[partition].len() {
            return Ok(());
        }
        let headers = headers(record)?;
        let timestamp = EventTime::from_millis(record.timestamp_ms.unwrap_or(0));
        let outgoing =
            OutgoingRecord { key: record.key.as_deref(), headers: &headers, value: record.value.as_deref(), timestamp };
        let number = i32::try_from(partition).context("a partition has a number of 31 bits")?;
        Ok(restorer.send(number, &outgoing)?)
    });
    let ended = sent.and_then(|()| Ok(restorer.finish()?));
    let acknowledged = restorer.acknowledged();
    ended.with_context(|| {
        format!("{acknowledged} records were written and acknowledged; the same command continues after them")
    })?;
    Ok(acknowledged)
}

/// Refuses a topic that does not keep the records, or not their timestamps.
fn check_retention(settings: &Settings, topic: &str, oldest: Option<i64>, config: &Config) -> anyhow::Result<()> {
    let oldest = oldest.map(EventTime::from_millis);
    match past_retention(settings, topic, clock::wall()()) {
        Ok(PastRetention::Since { since, retention_ms }) if oldest.is_some_and(|oldest| oldest < since) => {
            anyhow::bail!(
                "the topic {topic} deletes records from before {} (retention.ms={retention_ms}), and the archives have \
                 older ones: set retention.ms to -1 first",
                to_the_minute(since, &config.zone)
            )
        }
        Ok(PastRetention::Restamped) => anyhow::bail!(
            "the topic {topic} replaces timestamps by the present (message.timestamp.type=LogAppendTime): set it to \
             CreateTime first"
        ),
        Ok(_) => Ok(()),
        Err(reason) => {
            tracing::warn!(topic, reason, "retention of the topic unknown");
            Ok(())
        }
    }
}

/// The topic, before anything is written.
struct Target {
    /// The records that each partition holds.
    held: Vec<Vec<u64>>,
}

impl Target {
    fn read(settings: &Settings, topic: &str, stop: &AtomicBool, progress: &dyn Progress) -> anyhow::Result<Self> {
        let plan = plan_scan(settings, EventTime::from_millis(0), stop)?;
        let cut = plan.partitions.iter().find(|part| part.log_begin > 0);
        if let Some(part) = cut {
            anyhow::bail!("{topic}/{} has lost records: give a topic that is new", part.partition);
        }
        let mut held = vec![Vec::new(); plan.partitions.len()];
        let ranges = plan.partitions.iter().filter(|part| part.end > part.log_begin).map(|part| OffsetRange {
            topic: Some(topic.to_owned()),
            partition: part.partition,
            from: part.log_begin,
            to: Some(part.end),
        });
        let ranges: Vec<OffsetRange> = ranges.collect();
        if ranges.is_empty() {
            return Ok(Self { held });
        }
        progress.begin(&format!("reading {topic}"), "records");
        scan_raw(settings, &ranges, stop, &mut |record, at| {
            if at.records.is_multiple_of(SHOW_EVERY) {
                let (done, total, known) = (at.offsets_read, Some(at.offsets), at.latest);
                progress.show(&ProgressUpdate { done, total, count: at.records, at: known });
            }
            if let Some(of_it) = usize::try_from(record.partition()).ok().and_then(|index| held.get_mut(index)) {
                of_it.push(fingerprint(&as_archived(record)));
            }
            std::ops::ControlFlow::Continue(())
        })?;
        progress.end();
        Ok(Self { held })
    }
}

fn as_archived<'a>(record: &RawRecord<'a>) -> ArchivedRecord<'a> {
    ArchivedRecord {
        topic: "".into(),
        partition: 0,
        offset: 0,
        timestamp_ms: record.timestamp_ms(),
        timestamp_type: TimestampType::Create,
        key: record.key().map(Into::into),
        headers: record.headers().map(|(name, value)| (name.into(), value.map(Into::into))).collect(),
        value: record.value().map(Into::into),
    }
}

/// What a record of the topic is compared by: all but its position.
fn fingerprint(record: &ArchivedRecord<'_>) -> u64 {
    record.content_fingerprint()
}

/// The headers as the client takes them.
fn headers(record: &ArchivedRecord<'_>) -> anyhow::Result<Vec<(String, Option<Vec<u8>>)>> {
    let named = record.headers.iter().map(|(name, value)| {
        let name = std::str::from_utf8(name).ok().with_context(|| {
            let ArchivedRecord { topic, partition, offset, .. } = record;
            format!("{topic}/{partition}/{offset} has a header whose name is not UTF-8, which cannot be written")
        })?;
        Ok((name.to_owned(), value.as_deref().map(<[u8]>::to_vec)))
    });
    named.collect()
}

/// The archives, in the order of their ranges.
struct Archives<'a>(Vec<(&'a PathBuf, Manifest)>);

impl<'a> Archives<'a> {
    fn open(files: &'a [PathBuf]) -> anyhow::Result<Self> {
        let mut archives = Vec::new();
        for path in files {
            archives.push((path, opened::open(path)?.manifest().clone()));
        }
        archives.sort_by_key(|(_, manifest)| (manifest.from_ms, manifest.to_ms));
        let topics: Vec<&str> =
            archives.iter().flat_map(|(_, manifest)| &manifest.topics).map(|topic| &*topic.name).collect();
        if let Some(other) = topics.iter().find(|topic| Some(*topic) != topics.first()) {
            anyhow::bail!("the archives have records of {} and of {other}: restore one topic at a time", topics[0]);
        }
        Ok(Self(archives))
    }

    /// From when on the archives have all records, if there were earlier ones that they lack.
    fn lost_before(&self) -> Option<EventTime> {
        let (_, first) = self.0.first()?;
        let had_earlier = |part: &ArchivedPartition| part.scan_end > 0 && (part.scan_begin > 0 || part.earlier > 0);
        first.partitions.iter().any(had_earlier).then(|| first.from())
    }

    /// How many partitions the topic had.
    fn partitions(&self) -> usize {
        self.0.iter().map(|(_, manifest)| manifest.partitions.len()).max().unwrap_or(0)
    }
}

/// A walk over all records, with where each goes.
struct Walk<'a> {
    archives: &'a Archives<'a>,
    partitions: usize,
    by_number: bool,
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
}

impl Walk<'_> {
    /// Gives every record once, with its partition, and with a timestamp.
    fn each(
        &self,
        what: &str,
        give: &mut dyn FnMut(usize, &ArchivedRecord<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.progress.begin(what, "records");
        let total = self.archives.0.iter().map(|(_, manifest)| manifest.records).sum();
        let (mut done, mut latest) = (0, BTreeMap::new());
        for (index, (path, manifest)) in self.archives.0.iter().enumerate() {
            let mut reader = opened::open(path)?;
            while let Some((_, mut record)) =
                reader.next().with_context(|| format!("{} is no sound archive", path.display()))?
            {
                done += 1;
                if done % SHOW_EVERY == 0 {
                    anyhow::ensure!(!self.stop.load(Ordering::Relaxed), "stopped before the end");
                    self.progress.show(&ProgressUpdate { done, total: Some(total), count: done, at: None });
                }
                let is_covered = |(_, earlier): &(&PathBuf, Manifest)| {
                    earlier.log_id(&record.topic) == manifest.log_id(&record.topic)
                        && earlier
                            .partition(&record.topic, record.partition)
                            .is_some_and(|part| part.covers(record.offset))
                };
                if self.archives.0[..index].iter().any(is_covered) {
                    continue;
                }
                let latest = latest.entry(record.partition).or_insert(manifest.from_ms);
                *latest = record.timestamp_ms.filter(|ms| *ms > 0).unwrap_or(*latest);
                record.timestamp_ms = Some(*latest);
                give(self.partition(&record), &record)?;
            }
        }
        self.progress.end();
        Ok(())
    }

    fn partition(&self, record: &ArchivedRecord<'_>) -> usize {
        let own = usize::try_from(record.partition).unwrap_or(0);
        match &record.key {
            _ if self.by_number => own,
            Some(key) => partition_of_key(key, self.partitions),
            None => own % self.partitions,
        }
    }
}
