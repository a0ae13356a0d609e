//! The thread that writes dead letters and then, and only then, moves the group's committed offsets.
//!
//! Committed offsets never go back within a log: another process of the group may be ahead, and what it has written
//! need not be written again. They do go back for another log; see `commit`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::{Offset, TopicPartitionList};

use crate::broker_queries::{BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::commit::{self, Commit};
use crate::dead_letters::writer::DeadLetterWriter;
use crate::live::log_change::LogChange;
use crate::live::monitor::{ActiveLog, Monitor};
use crate::settings::Settings;

/// The pause between two looks at the queue.
const PAUSE: Duration = Duration::from_millis(10);

/// How long the last dead letters may take when the process ends, and then each question of the last commit.
const LAST_WRITE_WITHIN: Duration = Duration::from_millis(1_300);

/// Writes dead letters and commits the frontier until the monitor says stop.
pub(crate) struct DeadLetterThread {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    commit_interval: Duration,
    consumer: BaseConsumer<ClientLog>,
    writer: DeadLetterWriter,
    /// The number of the log of the last commit.
    committed_log: u32,
}

impl DeadLetterThread {
    pub(crate) fn new(
        settings: Arc<Settings>,
        monitor: Arc<Monitor>,
        commit_interval: Duration,
    ) -> Result<Self, KafkaError> {
        let consumer = settings.reader().create_with_context(ClientLog::new("frontier"))?;
        let writer = DeadLetterWriter::new(Arc::clone(&settings), Arc::clone(&monitor.dead_letters))?;
        Ok(Self { settings, monitor, commit_interval, consumer, writer, committed_log: 0 })
    }

    pub(crate) fn run(mut self) {
        let mut next_commit = Instant::now() + self.commit_interval;
        while !self.monitor.is_stopping() {
            self.writer.handle_reports();
            std::thread::sleep(PAUSE);
            self.consumer.poll(Duration::ZERO);
            self.writer.send_waiting(&self.consumer);
            if Instant::now() >= next_commit {
                self.commit();
                next_commit = Instant::now() + self.commit_interval;
            }
        }
        self.writer.finish(LAST_WRITE_WITHIN);
        self.commit();
    }

    /// Commits the frontier of each partition where it replaces what is committed.
    fn commit(&mut self) {
        let log = self.monitor.active_log();
        if log.partitions.is_empty() || !self.monitor.are_current(&log.partitions) {
            return;
        }
        match self.commit_frontiers(&log) {
            Ok(()) => self.committed_log = log.number,
            Err(error) => {
                tracing::debug!(topic = self.settings.first().name, reason = %error, "offsets not committed, retrying");
            }
        }
    }

    fn commit_frontiers(&self, log: &ActiveLog) -> Result<(), QueryError> {
        let (partitions, topic_id) = (&log.partitions, log.topic_id);
        let topic = &self.settings.first().name;
        let queries = BrokerQueries { consumer: &self.consumer, topic, timeout: LAST_WRITE_WITHIN };
        // The first commit for a log that has replaced another is not compared with what was committed for that other
        // log, unless the topic id tells the two apart.
        let id_tells_apart = log.begun_by == Some(LogChange::Recreated) && topic_id.is_some();
        let is_first = log.number != self.committed_log && !id_tells_apart;
        let committed = queries.committed(partitions.len())?;
        let mut ends: Vec<i64> = partitions.iter().map(|partition| partition.end().max(partition.read_to())).collect();
        if committed.iter().zip(&ends).any(|(commit, &end)| commit.is_some_and(|commit| commit.offset > end)) {
            // The commit is of another log, or of a process that has read on since the last probe.
            ends = queries.ends(partitions.len())?;
        }
        let mut due = TopicPartitionList::new();
        for (((number, partition), committed), end) in (0..).zip(partitions).zip(committed).zip(ends) {
            let frontier = self.monitor.dead_letters.frontier(number, partition);
            let is_old = |commit: Commit| id_tells_apart && commit.topic_id != topic_id;
            let gives_way = |commit: Commit| is_old(commit) || commit.gives_way_to(frontier, topic_id, end);
            if is_first || committed.is_none_or(gives_way) {
                let mut element = due.add_partition(topic, number);
                element.set_offset(Offset::Offset(frontier)).map_err(QueryError::Broker)?;
                if let Some(topic_id) = topic_id {
                    element.set_metadata(commit::metadata_of(topic_id));
                }
            }
        }
        // The queue does not know which dead letters of an earlier log wait.
        if due.count() == 0 || !self.monitor.are_current(partitions) {
            return Ok(());
        }
        self.consumer.commit(&due, CommitMode::Sync).map_err(QueryError::Broker)
    }
}
