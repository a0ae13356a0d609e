//! All partitions of a scan. Each has its own queue, so the merge always knows the next record of each.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_librdkafka::RecordQueue;
use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::BrokerFailure;
use crate::history::{PartitionHistory, TopicHistory};
use crate::partition_start::PartitionStart;
use crate::record::{IncomingRecord, RecordHeaders};
use crate::scan::error::{PROGRESS_WITHIN, ScanError, is_refusal};
use crate::scan::merge::Merge;
use crate::scan::partition_scan::{PartitionScan, Polled};
use crate::settings::Settings;

/// How far a scan is, and how far back it reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Since when all records are known: what [`ScanSummary`](crate::ScanSummary) will say, known from the first
    /// record on.
    pub history: TopicHistory,
    /// The latest timestamp of this record and of those before it in its partition: the record was known by then, as
    /// far as timestamps tell. `None` if none of them has a timestamp.
    pub latest: Option<EventTime>,
    /// Records handed over, this one included.
    pub records: u64,
    /// Offsets read.
    pub offsets_read: u64,
    /// Offsets in the range. Some may have no record.
    pub offsets: u64,
}

/// All partitions of a scan on the way to their goals.
pub(super) struct TopicScan<'a> {
    consumer: &'a BaseConsumer<ClientLog>,
    settings: &'a Settings,
    partitions: Vec<PartitionScan>,
    /// Since when no record has come.
    quiet_since: Option<Instant>,
    last_error: Option<KafkaError>,
}

impl<'a> TopicScan<'a> {
    pub(super) fn of(
        consumer: &'a Arc<BaseConsumer<ClientLog>>,
        settings: &'a Settings,
        starts: &[PartitionStart],
    ) -> Result<Self, ScanError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        let mut partitions = Vec::with_capacity(starts.len());
        for start in starts {
            let mut queue = None;
            if start.offset < start.goal {
                let offset = Offset::Offset(start.offset);
                let added = assignment.add_partition_offset(&settings.first().name, start.partition, offset);
                added.map_err(ScanError::Client)?;
                // Before the assignment: then every fetched record goes to this queue, from the first one on.
                let split = RecordQueue::of_partition(consumer, &settings.first().name, start.partition);
                queue = Some(split.map_err(|code| ScanError::Client(KafkaError::Global(code)))?);
            }
            partitions.push(PartitionScan::new(start, queue));
        }
        consumer.assign(&assignment).map_err(ScanError::Client)?;
        Ok(Self { consumer, settings, partitions, quiet_since: None, last_error: None })
    }

    /// Hands every record over and returns how many there were. `history` joins the histories of all partitions.
    pub(super) fn read(
        &mut self,
        stop: &AtomicBool,
        history: &dyn Fn(&[PartitionHistory]) -> TopicHistory,
        handle: &mut dyn FnMut(&IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
    ) -> Result<u64, ScanError> {
        let mut progress = ScanProgress { offsets: self.offsets_left(), ..ScanProgress::default() };
        let mut merge = Merge::of(self.partitions.len());
        for index in 0..self.partitions.len() {
            self.await_head(index, &mut merge, stop)?;
        }
        progress.history = history(&self.histories());
        while let Some(index) = merge.next() {
            progress.records += 1;
            progress.latest = merge.latest(index);
            let (record, passed) = self.partitions[index].take();
            progress.offsets_read += passed;
            let headers = RecordHeaders::of(record);
            let topic = (self.settings.first().name.as_str(), self.settings.first().source);
            if handle(&IncomingRecord::of(&record, &headers, topic, true, false), &progress).is_break() {
                return Err(ScanError::Stopped);
            }
            if self.await_head(index, &mut merge, stop)? {
                progress.history = history(&self.histories());
            }
        }
        Ok(progress.records)
    }

    /// Waits for the next record of a partition and adds it to the merge; a partition at its goal has none. True if the
    /// record has told where the history of the partition begins.
    fn await_head(&mut self, index: usize, merge: &mut Merge, stop: &AtomicBool) -> Result<bool, ScanError> {
        while !self.partitions[index].at_goal {
            if stop.load(Ordering::Relaxed) {
                return Err(ScanError::Stopped);
            }
            match self.partitions[index].poll() {
                Polled::Record(timestamp) => {
                    self.quiet_since = None;
                    merge.head(index, timestamp);
                    return Ok(self.partitions[index].learn_history(timestamp));
                }
                Polled::End => {
                    self.quiet_since = None;
                    self.partitions[index].at_goal = true;
                    break;
                }
                Polled::Error(error) => self.judge(error)?,
                Polled::Nothing => {}
            }
            // Errors that belong to no partition come here. The poll also lets librdkafka write its log lines.
            match self.consumer.poll(Duration::ZERO) {
                Some(Err(error)) => self.judge(error)?,
                Some(Ok(_)) => unreachable!("each partition has had its own queue since before the assignment"),
                None => {}
            }
            if self.quiet_since.get_or_insert_with(Instant::now).elapsed() >= PROGRESS_WITHIN {
                return Err(ScanError::stuck(self.settings, self.offsets_left(), self.last_error.as_ref()));
            }
        }
        Ok(false)
    }

    /// Fails if an error cannot pass. librdkafka itself retries after all others.
    fn judge(&mut self, error: KafkaError) -> Result<(), ScanError> {
        use RDKafkaErrorCode::{AutoOffsetReset, UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
        match error.rdkafka_error_code() {
            Some(AutoOffsetReset) => Err(self.cut()),
            Some(UnknownTopicOrPartition | UnknownTopic | UnknownPartition) => Err(ScanError::vanished(self.settings)),
            _ if is_refusal(&error) => {
                let reason = BrokerFailure::of(&error, self.consumer.context().recent_errors(), self.settings);
                Err(ScanError::refused(self.settings, &reason))
            }
            _ => {
                tracing::debug!(topic = self.settings.first().name, %error, "fetch failed, librdkafka retries");
                self.last_error = Some(error);
                Ok(())
            }
        }
    }

    /// Some partition has no record at its next offset. Names the partition, if the broker tells which.
    fn cut(&self) -> ScanError {
        let queries =
            BrokerQueries { consumer: self.consumer, topic: &self.settings.first().name, timeout: ANSWER_TIMEOUT };
        let index = |scan: &PartitionScan| usize::try_from(scan.partition).expect("partitions are counted from 0");
        let count = self.partitions.iter().map(|scan| index(scan) + 1).max().unwrap_or(0);
        let begins = queries.begins(count).unwrap_or_default();
        let begin = |scan: &PartitionScan| begins.get(index(scan)).copied();
        let is_cut = |scan: &&PartitionScan| !scan.at_goal && begin(scan).is_some_and(|begin| scan.next < begin);
        match self.partitions.iter().find(is_cut) {
            Some(scan) => {
                ScanError::cut(self.settings, scan.partition, scan.next, begin(scan).expect("it was just compared"))
            }
            None => ScanError::vanished(self.settings),
        }
    }

    pub(super) fn offsets_left(&self) -> u64 {
        self.partitions.iter().map(PartitionScan::offsets_left).sum()
    }

    pub(super) fn histories(&self) -> Vec<PartitionHistory> {
        self.partitions.iter().map(|scan| scan.history).collect()
    }
}
