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
use crate::live::active_log::{ActiveLog, ActiveTopic};
use crate::live::log_change::LogChange;
use crate::live::monitor::Monitor;
use crate::settings::Settings;
use crate::topic_choice::ChosenPartition;

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
                tracing::debug!(group = self.settings.group_id, reason = %error, "offsets not committed, retrying");
            }
        }
    }

    fn commit_frontiers(&self, log: &ActiveLog) -> Result<(), QueryError> {
        let queries = BrokerQueries { consumer: &self.consumer, timeout: LAST_WRITE_WITHIN };
        let names: Vec<ChosenPartition> = log.partitions.iter().map(|partition| partition.of.clone()).collect();
        let committed = queries.committed(&names)?;
        let known_ends = log.partitions.iter().map(|partition| partition.end().max(partition.read_to()));
        let mut ends: Vec<i64> = known_ends.collect();
        if committed.iter().zip(&ends).any(|(commit, &end)| commit.is_some_and(|commit| commit.offset > end)) {
            // The commit is of another log, or of a process that has read on since the last probe.
            ends = queries.ends(&names)?;
        }
        let mut due = TopicPartitionList::new();
        for (place, (partition, (commit, end))) in
            log.partitions.iter().zip(committed.into_iter().zip(ends)).enumerate()
        {
            let ChosenPartition { topic, number } = &partition.of;
            let frontier = self.monitor.dead_letters.frontier(place, partition);
            let active = log.topic(&topic.name);
            if self.replaces(commit, frontier, end, active) {
                let mut element = due.add_partition(&topic.name, *number);
                element.set_offset(Offset::Offset(frontier)).map_err(QueryError::Broker)?;
                if let Some(topic_id) = active.and_then(|active| active.id) {
                    element.set_metadata(commit::metadata_of(topic_id));
                }
            }
        }
        // The queue does not know which dead letters of an earlier log wait.
        if due.count() == 0 || !self.monitor.are_current(&log.partitions) {
            return Ok(());
        }
        self.consumer.commit(&due, CommitMode::Sync).map_err(QueryError::Broker)
    }

    /// Whether the frontier of a partition of this topic, which ends at `end`, replaces what is committed for it.
    fn replaces(&self, committed: Option<Commit>, frontier: i64, end: i64, topic: Option<&ActiveTopic>) -> bool {
        let topic_id = topic.and_then(|topic| topic.id);
        let changed = topic.and_then(|topic| topic.changed);
        // The first commit for a topic with another log than before is not compared with what was committed for that
        // other log, unless the topic id tells the two apart.
        let id_tells_apart = changed.is_some_and(|(_, change)| change == LogChange::Recreated) && topic_id.is_some();
        let is_first = changed.is_some_and(|(log, _)| log > self.committed_log) && !id_tells_apart;
        let is_old = |commit: Commit| id_tells_apart && commit.topic_id != topic_id;
        let gives_way = |commit: Commit| is_old(commit) || commit.gives_way_to(frontier, topic_id, end);
        is_first || committed.is_none_or(gives_way)
    }
}
