//! `archive create`: every record of the topics whose timestamp lies in a range, in one file.
//!
//! ```text
//! ask the brokers which offsets there are --> read what is left of them --> manifest --> the file has its name
//!      `-- or take over the state of an interrupted run --^   |--every 100 000 records: the state is stored
//! ```

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, IntoInnerError};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use ensilinja_archive::{
    ArchiveWriter, ArchivedPartition, ArchivedRecord, ArchivedTopic, ContentDigest, FORMAT, Manifest, PartitionTracker,
    Pseudonymisation, Pseudonymiser, RecordRange, TimestampType, UnfinishedArchive,
};
use ensilinja_config::Config;
use ensilinja_kafka::{OffsetRange, RawRecord, ScanError, ScanPlan, ScanProgress, Settings, plan_scan, scan_raw};
use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress, ProgressUpdate, RequestError, kafka_settings};
use ensilinja_model::EventTime;
use ensilinja_wire::Format;

use super::key_file;
use super::partial_file::{PartialFile, UnwrittenArchive};
use crate::cli::CreateArchiveArguments;
use crate::clock;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::print;
use crate::outcome::Outcome;
use crate::usage_error::UsageError;

/// After how many records the state is stored.
const STORE_EVERY: u64 = 100_000;

/// Progress is shown every so many records.
const SHOW_EVERY: u64 = 1_024;

/// Writes an archive.
///
/// # Errors
/// Bad usage; why the topics cannot be read or the file not be written.
pub(super) fn create(arguments: &CreateArchiveArguments, config: &Config) -> anyhow::Result<Outcome> {
    let zone = &config.zone;
    let from = arguments.from.instant_of("--from", zone)?;
    let to = arguments.to.instant_of("--to", zone)?;
    let now = clock::wall()();
    if from >= to {
        return Err(RequestError::EmptyPeriod.into());
    }
    if to > now {
        return Err(UsageError::ArchiveOfFuture.into());
    }
    if arguments.output.exists() {
        return Err(UsageError::ArchiveExists(arguments.output.display().to_string()).into());
    }
    let pseudonymiser = pseudonymiser(arguments, config)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, zone));
    let settings = kafka_settings(config);
    let range = RecordRange { from_ms: from.as_millis(), to_ms: to.as_millis() };
    let fresh = beginning(&plan_scan(&settings, from, &stop)?, range, pseudonymiser.as_ref(), config);
    let mut partial = PartialFile::open(&arguments.output)?;
    let (state, digest) = match partial.state()? {
        None => {
            partial.clear()?;
            (fresh, ContentDigest::default())
        }
        Some(state) => {
            check_same(&state, &fresh, &partial)?;
            let digest = partial.continue_after(&state)?;
            tracing::info!(records = digest.lines, "an interrupted archive is continued");
            (state, digest)
        }
    };
    let writer = ArchiveWriter::continued(BufWriter::new(partial.file()?), digest);
    let mut work = ArchiveWork { state, writer, partial, pseudonymiser, unstored: 0 };
    let read = work.read(&settings, &stop, &progress);
    progress.end();
    if let Err(error) = read {
        return Err(work.interrupted(error));
    }
    let output = arguments.output.display().to_string();
    let manifest = work.finish(now, config)?;
    print(&summary(&output, &manifest, config))?;
    Ok(Outcome::Done)
}

/// What replaces ids, if that is asked for.
fn pseudonymiser(arguments: &CreateArchiveArguments, config: &Config) -> anyhow::Result<Option<Pseudonymiser>> {
    let Some(path) = &arguments.pseudonymise else { return Ok(None) };
    if let Some(source) = config.sources.iter().find(|source| source.mapping.format != Format::CloudEvents) {
        let (name, format) = (source.name.clone(), source.mapping.format.as_str());
        return Err(UsageError::NoPseudonyms { name, format }.into());
    }
    let lines = config.lines.iter().map(|line| line.id.clone()).collect();
    Ok(Some(Pseudonymiser::new(key_file::read(path)?, lines)))
}

/// The state of an archive of which nothing has been read.
fn beginning(
    plan: &ScanPlan,
    range: RecordRange,
    pseudonymiser: Option<&Pseudonymiser>,
    config: &Config,
) -> UnfinishedArchive {
    let topic = |topic: &ensilinja_kafka::PlannedTopic| ArchivedTopic {
        name: topic.name.clone(),
        id: topic.id.map(|id| id.to_string()),
        format: config.sources[topic.source].mapping.format.as_str().to_owned(),
    };
    let partition = |part: &ensilinja_kafka::PlannedPartition| {
        PartitionTracker::new(&part.topic, part.partition, part.log_begin, (part.begin, part.end))
    };
    UnfinishedArchive {
        format: FORMAT,
        product: env!("CARGO_PKG_VERSION").to_owned(),
        cluster: plan.cluster.clone(),
        range,
        topics: plan.topics.iter().map(topic).collect(),
        partitions: plan.partitions.iter().map(partition).collect(),
        pseudonymised: pseudonymiser
            .map(|with| Pseudonymisation { key_id: with.key_id(), ..Pseudonymisation::default() }),
        file_bytes: 0,
        sha256: ContentDigest::default().sha256(),
    }
}

/// Refuses to continue what another command began.
fn check_same(state: &UnfinishedArchive, fresh: &UnfinishedArchive, partial: &PartialFile) -> anyhow::Result<()> {
    let key = |of: &UnfinishedArchive| of.pseudonymised.as_ref().map(|how| how.key_id.clone());
    let differs = [
        ("another range", state.range != fresh.range),
        ("other topics, or topics that were created again since", state.topics != fresh.topics),
        ("another key, or none", key(state) != key(fresh)),
        ("another version of the program", state.product != fresh.product),
    ];
    match differs.iter().find(|(_, differs)| *differs) {
        Some((what, _)) => anyhow::bail!("an archive of this name was begun with {what}: {}", partial.remedy()),
        None => Ok(()),
    }
}

/// An archive that is being written.
struct ArchiveWork {
    state: UnfinishedArchive,
    writer: ArchiveWriter<BufWriter<File>>,
    partial: PartialFile,
    pseudonymiser: Option<Pseudonymiser>,
    /// Records since the state was stored.
    unstored: u64,
}

impl ArchiveWork {
    /// Reads all that is left.
    fn read(&mut self, settings: &Settings, stop: &AtomicBool, progress: &dyn Progress) -> anyhow::Result<()> {
        let left = self.state.partitions.iter().filter_map(|tracker| {
            let ((topic, partition), (from, to)) = (tracker.name(), tracker.left()?);
            Some(OffsetRange { topic: Some(topic.to_owned()), partition, from, to: Some(to) })
        });
        let left: Vec<OffsetRange> = left.collect();
        if left.is_empty() {
            return Ok(());
        }
        progress.begin("archiving", "records");
        let mut failure = None;
        let read = scan_raw(settings, &left, stop, &mut |record, at| match self.take(record, at, progress) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        });
        if let Some(error) = failure {
            return Err(error);
        }
        let topics = read?.topics;
        let id =
            |name: &str| topics.iter().find(|topic| topic.name == name).map(|topic| topic.id.map(|id| id.to_string()));
        let changed = self.state.topics.iter().find(|topic| id(&topic.name).as_ref() != Some(&topic.id));
        match changed {
            Some(topic) => Err(ScanError::Vanished { topic: topic.name.clone() }.into()),
            None => Ok(()),
        }
    }

    fn take(&mut self, record: &RawRecord<'_>, at: &ScanProgress, progress: &dyn Progress) -> anyhow::Result<()> {
        if at.records.is_multiple_of(SHOW_EVERY) {
            let (done, total, known) = (at.offsets_read, Some(at.offsets), at.latest);
            progress.show(&ProgressUpdate { done, total, count: at.records, at: known });
        }
        let name = (record.topic(), record.partition());
        let tracker = self.state.partitions.iter_mut().find(|tracker| tracker.name() == name);
        let tracker = tracker.context("this is a bug of the program: a record of a partition that was not planned")?;
        let (offset, timestamp_ms) = (record.offset(), record.timestamp_ms());
        if tracker.take(offset, timestamp_ms, self.state.range) {
            let archived = archived(record);
            let replaced = self.pseudonymiser.as_ref().map(|with| with.replace(&archived));
            match replaced {
                None => self.writer.append(&archived).map_err(|why| self.partial.unwritten(why))?,
                Some(Ok(replaced)) => self.writer.append(&replaced).map_err(|why| self.partial.unwritten(why))?,
                Some(Err(reason)) => {
                    let left_out = self.state.pseudonymised.get_or_insert_default();
                    *left_out.left_out.entry(reason.to_owned()).or_default() += 1;
                    return Ok(());
                }
            }
            tracker.count_written(offset);
        }
        self.unstored += 1;
        if self.unstored >= STORE_EVERY { self.store() } else { Ok(()) }
    }

    /// Stores how far the archive is.
    fn store(&mut self) -> anyhow::Result<()> {
        let (digest, output) = self.writer.end_frame().map_err(|why| self.partial.unwritten(why))?;
        std::io::Write::flush(output).map_err(|why| self.partial.unwritten(why))?;
        self.state.sha256 = digest.sha256();
        self.unstored = 0;
        self.partial.store(&mut self.state)
    }

    /// Stores how far the archive is after an error, unless the error makes that worthless.
    fn interrupted(mut self, error: anyhow::Error) -> anyhow::Error {
        let is_lost = matches!(
            error.downcast_ref::<ScanError>(),
            Some(ScanError::Vanished { .. } | ScanError::Outside { .. } | ScanError::Cut { .. })
        );
        if is_lost {
            self.partial.abandon();
            return error.context(
                "there is no archive, and what was written is removed; the same command begins anew, with what the log \
                 has then",
            );
        }
        // After a failed write the file may have a part of the last line: what was stored before is what is continued.
        if error.downcast_ref::<UnwrittenArchive>().is_none() {
            let _ = self.store();
        }
        error.context("the archive is not complete; the same command continues it")
    }

    /// Completes the archive.
    fn finish(self, now: EventTime, config: &Config) -> anyhow::Result<Manifest> {
        let Self { state, writer, partial, .. } = self;
        let partitions: Vec<ArchivedPartition> = state.partitions.into_iter().map(PartitionTracker::finish).collect();
        let manifest = Manifest {
            format: FORMAT,
            product: state.product,
            created_ms: now.as_millis(),
            cluster: state.cluster,
            from_ms: state.range.from_ms,
            to_ms: state.range.to_ms,
            time_zone: config.zone.iana_name().unwrap_or("UTC").to_owned(),
            topics: state.topics,
            partitions,
            records: 0,
            bytes: 0,
            sha256: String::new(),
            pseudonymised: state.pseudonymised,
            erased: 0,
        };
        let written = writer
            .finish(manifest)
            .and_then(|(manifest, output)| output.into_inner().map_err(IntoInnerError::into_error).map(|_| manifest));
        let manifest = written
            .map_err(|why| partial.unwritten(why))
            .context("the archive is not complete; the same command continues it")?;
        partial.finish()?;
        Ok(manifest)
    }
}

/// A record as it is archived: every byte of it.
fn archived<'a>(record: &RawRecord<'a>) -> ArchivedRecord<'a> {
    let timestamp_type = match (record.timestamp_ms(), record.is_timestamp_of_broker()) {
        (None, _) => TimestampType::None,
        (Some(_), true) => TimestampType::LogAppend,
        (Some(_), false) => TimestampType::Create,
    };
    ArchivedRecord {
        topic: record.topic().into(),
        partition: record.partition(),
        offset: record.offset(),
        timestamp_ms: record.timestamp_ms(),
        timestamp_type,
        key: record.key().map(Into::into),
        headers: record.headers().map(|(name, value)| (name.into(), value.map(Into::into))).collect(),
        value: record.value().map(Into::into),
    }
}

/// What was archived, in words.
fn summary(output: &str, manifest: &Manifest, config: &Config) -> String {
    let [from, to] = [manifest.from(), manifest.to()].map(|at| to_the_minute(at, &config.zone));
    let mut text = format!(
        "{output}: {} records of {}, from {from} to {to}\n  sha256 of the lines: {}\n",
        manifest.records,
        config.topics_in_words(),
        manifest.sha256
    );
    let sum = |of: fn(&ArchivedPartition) -> u64| manifest.partitions.iter().map(of).sum::<u64>();
    let cut = manifest.partitions.iter().filter(|part| !part.reaches_back()).count();
    for (count, words) in [
        (cut as u64, "partitions had lost their first records before: records of this range may be missing"),
        (sum(|part| part.without_record), "offsets had no record (compaction, transactions)"),
        (sum(|part| part.without_timestamp), "records have no timestamp, and are in the range of those before them"),
    ] {
        if count > 0 {
            writeln!(text, "  {count} {words}").expect("a String takes all text");
        }
    }
    if let Some(how) = &manifest.pseudonymised {
        writeln!(text, "  ids are replaced by the key {}", how.key_id).expect("a String takes all text");
        for (reason, count) in &how.left_out {
            writeln!(text, "  {count} records left out, because no figure counts them: {reason}")
                .expect("a String takes all text");
        }
    }
    text
}
