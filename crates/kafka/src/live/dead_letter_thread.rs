//! The thread that writes dead letters and then, and only then, moves the group's committed offsets. Where another
//! process writes them, it only moves the offsets.
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
use crate::live::monitor::Monitor;
use crate::partition_progress::PartitionProgress;
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
    /// `None` where another process writes the dead letters.
    writer: Option<DeadLetterWriter>,
}

impl DeadLetterThread {
    pub(crate) fn new(
        settings: Arc<Settings>,
        monitor: Arc<Monitor>,
        commit_interval: Duration,
    ) -> Result<Self, KafkaError> {
        let consumer = settings.reader().create_with_context(ClientLog::new("frontier"))?;
        let writer = || DeadLetterWriter::new(Arc::clone(&settings), Arc::clone(&monitor.dead_letters));
        let writer = settings.writes_dead_letters.then(writer).transpose()?;
        Ok(Self { settings, monitor, commit_interval, consumer, writer })
    }

    pub(crate) fn run(mut self) {
        let mut next_commit = Instant::now() + self.commit_interval;
        while !self.monitor.is_stopping() {
            if let Some(writer) = &self.writer {
                writer.handle_reports();
            }
            std::thread::sleep(PAUSE);
            self.consumer.poll(Duration::ZERO);
            if let Some(writer) = &mut self.writer {
                writer.send_waiting(&self.consumer);
            }
            if Instant::now() >= next_commit {
                self.commit();
                next_commit = Instant::now() + self.commit_interval;
            }
        }
        if let Some(writer) = &mut self.writer {
            writer.finish(LAST_WRITE_WITHIN);
        }
        self.commit();
    }

    /// Commits the frontier of each partition where it replaces what is committed.
    fn commit(&self) {
        let log = self.monitor.active_log();
        if log.partitions.is_empty() || !self.monitor.are_current(&log.partitions) {
            return;
        }
        match self.commit_frontiers(&log) {
            Ok(topics) => self.monitor.mark_committed(&log.partitions, &topics),
            Err(error) => {
                tracing::debug!(group = self.settings.group_id, reason = %error, "offsets not committed, retrying");
            }
        }
    }

    /// Returns the topics of which what is committed now is about this log. A topic that the brokers answer with an
    /// error is left out, and keeps no other topic from being committed.
    fn commit_frontiers(&self, log: &ActiveLog) -> Result<Vec<String>, QueryError> {
        let queries = BrokerQueries { consumer: &self.consumer, timeout: LAST_WRITE_WITHIN };
        let names: Vec<ChosenPartition> = log.partitions.iter().map(|partition| partition.of.clone()).collect();
        let committed = queries.committed_answers(&names)?;
        let (mut due, mut topics) = (TopicPartitionList::new(), Vec::new());
        for active in &log.topics {
            let name = &active.topic.name;
            let all = log.partitions.iter().zip(&committed).enumerate();
            let its = all.filter(|(_, (partition, _))| partition.of.topic.name == *name);
            let its = its.map(|(place, (partition, commit))| {
                Ok(Committed { place, partition: Arc::clone(partition), commit: commit.clone()? })
            });
            let added = its.collect::<Result<Vec<_>, QueryError>>().and_then(|its| {
                let ends = ends(&queries, &its)?;
                self.add_due(&mut due, active, &its, &ends)
            });
            match added {
                Ok(()) => topics.push(name.clone()),
                Err(error) => tracing::debug!(topic = name, reason = %error, "offsets not committed, retrying"),
            }
        }
        // The queue does not know which dead letters of an earlier log wait.
        if !self.monitor.are_current(&log.partitions) {
            return Ok(Vec::new());
        }
        if due.count() > 0 {
            self.consumer.commit(&due, CommitMode::Sync).map_err(QueryError::Broker)?;
        }
        Ok(topics)
    }

    /// Adds the frontiers of the partitions of a topic, which end at `ends`, where they replace what is committed.
    fn add_due(
        &self,
        due: &mut TopicPartitionList,
        active: &ActiveTopic,
        its: &[Committed],
        ends: &[i64],
    ) -> Result<(), QueryError> {
        for (Committed { place, partition, commit }, end) in its.iter().zip(ends) {
            let frontier = self.monitor.dead_letters.frontier(*place, partition);
            if active.commits().lets_replace(*commit, frontier, active.id, *end) {
                let mut element = due.add_partition(&active.topic.name, partition.of.number);
                element.set_offset(Offset::Offset(frontier)).map_err(QueryError::Broker)?;
                if let Some(topic_id) = active.id {
                    element.set_metadata(commit::metadata_of(topic_id));
                }
            }
        }
        Ok(())
    }
}

/// A partition with its place in the log, and what is committed for it.
struct Committed {
    place: usize,
    partition: Arc<PartitionProgress>,
    commit: Option<Commit>,
}

/// Where partitions of a topic end, as far as that is needed to judge the commits.
fn ends(queries: &BrokerQueries<'_>, its: &[Committed]) -> Result<Vec<i64>, QueryError> {
    let known: Vec<i64> = its.iter().map(|its| its.partition.end().max(its.partition.read_to())).collect();
    if its.iter().zip(&known).all(|(its, &end)| its.commit.is_none_or(|commit| commit.offset <= end)) {
        return Ok(known);
    }
    // The commit is of another log, or of a process that has read on since the last probe.
    queries.ends(&its.iter().map(|its| its.partition.of.clone()).collect::<Vec<_>>())
}
