//! The thread that writes dead letters and then, and only then, moves the group's committed offsets.
//!
//! A letter is sent once the dead-letter topic is known to exist, waits until all replicas have it, and is sent again
//! if that fails; if it is too large, without the record's own bytes. Committed offsets never go back within a log:
//! another process of the same group may be ahead, and what it has written need not be written again. Where the log is
//! another one, they do: see `commit`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::statistics::Statistics;
use rdkafka::{Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::commit::{self, Commit};
use crate::dead_letter::DeadLetter;
use crate::inquiry::{Inquiry, Obstacle};
use crate::log_change::LogChange;
use crate::monitor::{Log, Monitor};
use crate::reader::ANSWER_TIMEOUT;
use crate::settings::Settings;

/// How long it sleeps between two looks at what is to be written.
const NAP: Duration = Duration::from_millis(10);

/// How long the last letters may take when the process ends, and then each question of the last commit.
const FAREWELL: Duration = Duration::from_millis(1_300);

/// How long after a failure the topic is looked at again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Writes dead letters until it is told to stop.
pub(crate) struct DeadLetterWriter {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    commit_interval: Duration,
    consumer: BaseConsumer<ClientLog>,
    producer: BaseProducer<Receipts>,
    /// Which log was committed for last.
    committed_log: u32,
}

/// Where the producer reports what became of each letter.
struct Receipts {
    log: ClientLog,
    monitor: Arc<Monitor>,
}

impl DeadLetterWriter {
    pub(crate) fn new(
        settings: Arc<Settings>,
        monitor: Arc<Monitor>,
        commit_interval: Duration,
    ) -> Result<Self, KafkaError> {
        let consumer = settings.reader().create_with_context(ClientLog::new("frontier"))?;
        let producer = Self::producer(&settings, &monitor)?;
        Ok(Self { settings, monitor, commit_interval, consumer, producer, committed_log: 0 })
    }

    fn producer(settings: &Settings, monitor: &Arc<Monitor>) -> Result<BaseProducer<Receipts>, KafkaError> {
        let receipts = Receipts { log: ClientLog::new("dead letters"), monitor: Arc::clone(monitor) };
        let mut config = settings.producer();
        // Each in a batch of its own, so that one which the broker finds too large takes no other with it.
        config.set("batch.num.messages", "1");
        config.create_with_context(receipts)
    }

    pub(crate) fn run(mut self) {
        let mut next_commit = Instant::now() + self.commit_interval;
        let mut next_look = Instant::now();
        let mut may_send = false;
        while !self.monitor.is_stopping() {
            // The client library waits by the wall clock: set back by an hour, a wait in it would last for an hour.
            self.producer.poll(Duration::ZERO);
            std::thread::sleep(NAP);
            self.consumer.poll(Duration::ZERO);
            if !may_send && Instant::now() >= next_look {
                may_send = self.topic_is_there();
                next_look = Instant::now() + RETRY_AFTER;
            }
            if may_send {
                may_send = self.send_all();
            }
            if Instant::now() >= next_commit {
                self.commit();
                next_commit = Instant::now() + self.commit_interval;
            }
        }
        if may_send {
            self.send_all();
        }
        if let Err(error) = self.producer.flush(FAREWELL) {
            tracing::warn!("dead letters are left for the next process: {error}");
        }
        self.commit();
    }

    fn topic_is_there(&self) -> bool {
        let topic = &self.settings.dead_letter_topic;
        let inquiry = Inquiry { consumer: &self.consumer, topic, timeout: ANSWER_TIMEOUT };
        let problem = match inquiry.partition_count() {
            Ok(_) => {
                self.monitor.outbox.clear_problem_if_idle();
                return true;
            }
            Err(Obstacle::TopicMissing(topic)) => format!("the dead-letter topic {topic} does not exist: create it"),
            Err(Obstacle::Broker(error)) => format!("cannot look at the dead-letter topic {topic}: {error}"),
        };
        self.monitor.outbox.set_problem(problem);
        false
    }

    /// Sends what waits to be sent. False if something was refused, now or since the last time.
    fn send_all(&mut self) -> bool {
        let outbox = &self.monitor.outbox;
        if outbox.take_setback() {
            return false;
        }
        if let Some((code, reason)) = self.producer.client().fatal_error() {
            tracing::warn!("the producer of dead letters has to be made anew: {code}: {reason}");
            match Self::producer(&self.settings, &self.monitor) {
                // Dropping the old one reports what it still had, so that it is sent again.
                Ok(producer) => self.producer = producer,
                Err(error) => outbox.set_problem(error.to_string()),
            }
            return false;
        }
        while let Some(letter) = outbox.next() {
            if let Err(error) = self.send(&letter) {
                if is_too_large(&error) && outbox.shorten(&letter) {
                    continue;
                }
                outbox.set_problem(error.to_string());
                outbox.put_back(letter);
                return false;
            }
        }
        true
    }

    fn send(&self, letter: &Arc<DeadLetter>) -> Result<(), KafkaError> {
        let mut record = BaseRecord::with_opaque_to(&self.settings.dead_letter_topic, Arc::clone(letter))
            .key(&letter.key)
            .timestamp(letter.first_seen.as_millis())
            .headers(letter.headers());
        record.payload = letter.value.as_ref();
        self.producer.send(record).map_err(|(error, _)| error)
    }

    /// Commits each partition's frontier, where that takes the place of what is committed.
    fn commit(&mut self) {
        let log = self.monitor.reading();
        if log.partitions.is_empty() || !self.monitor.are_current(&log.partitions) {
            return;
        }
        match self.commit_frontiers(&log) {
            Ok(()) => self.committed_log = log.number,
            Err(obstacle) => {
                tracing::debug!("offsets are not committed, which is made up for later: {obstacle}");
            }
        }
    }

    fn commit_frontiers(&self, log: &Log) -> Result<(), Obstacle> {
        let (partitions, topic_id) = (&log.partitions, log.topic_id);
        let topic = &self.settings.topic;
        let inquiry = Inquiry { consumer: &self.consumer, topic, timeout: FAREWELL };
        // The first commit of a log that has taken the place of another is not held against that one's, unless its
        // topic tells the two apart.
        let told_apart = log.begun_by == Some(LogChange::MadeAnew) && topic_id.is_some();
        let is_first = log.number != self.committed_log && !told_apart;
        let committed = inquiry.committed(partitions.len())?;
        let mut ends: Vec<i64> = partitions.iter().map(|partition| partition.end().max(partition.read_to())).collect();
        if committed.iter().zip(&ends).any(|(commit, &end)| commit.is_some_and(|commit| commit.offset > end)) {
            // Of another log, or of a process that has read on since the last probe.
            ends = inquiry.ends(partitions.len())?;
        }
        let mut due = TopicPartitionList::new();
        for (((number, partition), committed), end) in (0..).zip(partitions).zip(committed).zip(ends) {
            let frontier = self.monitor.outbox.frontier(number, partition);
            let is_old = |commit: Commit| told_apart && commit.topic_id != topic_id;
            let gives_way = |commit: Commit| is_old(commit) || commit.gives_way_to(frontier, topic_id, end);
            if is_first || committed.is_none_or(gives_way) {
                let mut element = due.add_partition(topic, number);
                element.set_offset(Offset::Offset(frontier)).map_err(Obstacle::Broker)?;
                if let Some(topic_id) = topic_id {
                    element.set_metadata(commit::metadata_of(topic_id));
                }
            }
        }
        // Of a log that is not read any more, the outbox no longer knows which letters wait.
        if due.count() == 0 || !self.monitor.are_current(partitions) {
            return Ok(());
        }
        self.consumer.commit(&due, CommitMode::Sync).map_err(Obstacle::Broker)
    }
}

fn is_too_large(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageSizeTooLarge)
}

impl ClientContext for Receipts {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.log.log(level, facility, line);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.error(error, reason);
    }
}

impl ProducerContext for Receipts {
    type DeliveryOpaque = Arc<DeadLetter>;

    fn delivery(&self, result: &DeliveryResult<'_>, letter: Self::DeliveryOpaque) {
        let outbox = &self.monitor.outbox;
        if let Err((error, _)) = result {
            if is_too_large(error) && outbox.shorten(&letter) {
                return;
            }
            outbox.set_problem(format!("the dead-letter topic does not take them: {error}"));
            outbox.put_back(letter);
        } else {
            outbox.acknowledge(&letter);
        }
    }
}
