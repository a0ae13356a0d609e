//! All partitions of a scan. Each has its own queue, so the merge always knows the next record of each.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_librdkafka::{FetchedRecord, RecordQueue};
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
use crate::topic_choice::ChosenPartition;

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
                let ChosenPartition { topic, number } = &start.partition;
                let added = assignment.add_partition_offset(&topic.name, *number, Offset::Offset(start.offset));
                added.map_err(ScanError::Client)?;
                // Before the assignment: then every fetched record goes to this queue, from the first one on.
                let split = RecordQueue::of_partition(consumer, &topic.name, *number);
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
        handle: &mut dyn FnMut(&FetchedRecord<'_>, &IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
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
            let topic = Arc::clone(&self.partitions[index].partition.topic);
            let (record, passed) = self.partitions[index].take();
            progress.offsets_read += passed;
            let headers = RecordHeaders::of(record);
            let topic = (topic.name.as_str(), topic.choice.source);
            let incoming = IncomingRecord::of(&record, &headers, topic, true, false);
            if handle(&record, &incoming, &progress).is_break() {
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
                Polled::Error(error) => self.judge(error, &self.partitions[index].partition.topic.name.clone())?,
                Polled::Nothing => {}
            }
            // Errors that belong to no partition come here. The poll also lets librdkafka write its log lines.
            match self.consumer.poll(Duration::ZERO) {
                Some(Err(error)) => self.judge(error, &self.topics())?,
                Some(Ok(_)) => unreachable!("each partition has had its own queue since before the assignment"),
                None => {}
            }
            if self.quiet_since.get_or_insert_with(Instant::now).elapsed() >= PROGRESS_WITHIN {
                return Err(ScanError::Stuck {
                    brokers: self.settings.bootstrap_servers.clone(),
                    topic: self.topics(),
                    left: self.offsets_left(),
                    reason: self.last_error.as_ref().map(ToString::to_string),
                });
            }
        }
        Ok(false)
    }

    /// Fails if an error about these topics cannot pass. librdkafka itself retries after all others.
    fn judge(&mut self, error: KafkaError, topic: &str) -> Result<(), ScanError> {
        use RDKafkaErrorCode::{AutoOffsetReset, UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
        let topic = topic.to_owned();
        match error.rdkafka_error_code() {
            Some(AutoOffsetReset) => Err(self.cut(topic)),
            Some(UnknownTopicOrPartition | UnknownTopic | UnknownPartition) => Err(ScanError::Vanished { topic }),
            _ if is_refusal(&error) => {
                let reason = BrokerFailure::of(&error, self.consumer.context().recent_errors(), self.settings);
                Err(ScanError::Refused { brokers: self.settings.bootstrap_servers.clone(), topic, reason })
            }
            _ => {
                tracing::debug!(topic, %error, "fetch failed, librdkafka retries");
                self.last_error = Some(error);
                Ok(())
            }
        }
    }

    /// Some partition of these topics has no record at its next offset. Names the partition, if the broker tells which.
    fn cut(&self, topic: String) -> ScanError {
        let queries = BrokerQueries { consumer: self.consumer, timeout: ANSWER_TIMEOUT };
        let unfinished: Vec<&PartitionScan> = self.partitions.iter().filter(|scan| !scan.at_goal).collect();
        let names: Vec<ChosenPartition> = unfinished.iter().map(|scan| scan.partition.clone()).collect();
        let begins = queries.begins(&names).unwrap_or_default();
        match unfinished.iter().zip(begins).find(|(scan, begin)| scan.next < *begin) {
            Some((scan, begin)) => {
                let ChosenPartition { topic, number } = &scan.partition;
                ScanError::Cut { topic: topic.name.clone(), partition: *number, wanted: scan.next, begin }
            }
            None => ScanError::Vanished { topic },
        }
    }

    /// The names of the topics.
    fn topics(&self) -> String {
        let mut names: Vec<&str> = self.partitions.iter().map(|scan| scan.partition.topic.name.as_str()).collect();
        names.dedup();
        names.join(", ")
    }

    pub(super) fn offsets_left(&self) -> u64 {
        self.partitions.iter().map(PartitionScan::offsets_left).sum()
    }

    pub(super) fn histories(&self) -> Vec<PartitionHistory> {
        self.partitions.iter().map(|scan| scan.history).collect()
    }
}
