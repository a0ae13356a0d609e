//! The thread that reads every partition: each record once, in the order of its partition.
//!
//! It joins no group and hands over no partition: each process reads all partitions and holds the same figures. Records
//! are taken in batches from one queue for all partitions, so that the loop does less per record than a bare consumer.
//! Progress is published after each batch. Rare work is done every 100 ms.
//!
//! A topic may be deleted and recreated, and brokers may lose acknowledged records. Then another log lies under the
//! topic's name, and reading begins as at a start: with a new client, a new range, and a handler that has forgotten
//! everything. How the change is detected:
//!
//! | sign | detected by |
//! |---|---|
//! | the topic has another id | the probe, before anything it learns counts |
//! | the topic has fewer partitions | the next five probes |
//! | a partition ends before the offset that was read to | the probe |
//! | the leader's log has other records at our position (KIP-320) | librdkafka, when the leader changes |
//! | there is no record at the cursor, though the cursor lies within the log | the reader |
//!
//! Some changes cannot be detected:
//!
//! - The brokers have no topic ids (Kafka before 2.8), and the new log is at least as long in every partition before
//!   the next probe.
//! - Records are lost and replaced in a partition of which this process has read nothing.
//! - The log is restored from a copy of the disks, with the same topic ids and leader epochs, and has grown past our
//!   position.
//!
//! Then reading goes on from the same position until the process restarts. Between the recreation of a topic and the
//! next probe, records of the new log may be learnt as records of the old one. They are forgotten with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_librdkafka::{Fetched, RecordQueue, TopicId};
use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::explain;
use crate::history::{KnownSince, PartitionHistory};
use crate::live::fetch_errors::FetchErrors;
use crate::live::log_change::{LogChange, TopicChange};
use crate::live::monitor::{Monitor, UnreadPartition};
use crate::live::partition_reader::PartitionReader;
use crate::live::partition_readers::{BatchTopics, PartitionReaders};
use crate::partition_progress::PartitionProgress;
use crate::partition_start::{CommitFilter, LiveStarts, PartitionStart, live_starts};
use crate::recent_errors::collect_errors;
use crate::record::RecordHandler;
use crate::settings::Settings;
use crate::topic_choice::{ChosenPartition, ChosenTopic, TopicChooser};

/// The sleep when there is nothing to read. The thread does not wait in the client library, which waits by the wall
/// clock: set back by an hour, a wait would last an hour.
const IDLE_SLEEP: Duration = Duration::from_millis(2);

/// How many events of the consumer are taken after each batch. rdkafka does not tell when there is none left.
const MOST_EVENTS_IN_TURN: usize = 4;

/// For this long after a partition was unassigned librdkafka may detach it. Until then it is attached in every turn, so
/// that its records do not wait; afterwards as part of the rare work.
const DETACHING: Duration = Duration::from_millis(500);

/// How often the rare work is done.
const RARE_WORK_INTERVAL: Duration = Duration::from_millis(100);

/// The most records in a batch. What is done once per batch then costs nothing per record, and a batch still takes only
/// some milliseconds, which bounds how long its progress is unpublished and rare work waits.
const MOST_IN_BATCH: usize = 2048;

/// The first pause between two attempts to begin. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two attempts to begin.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long after a failed recovery the next is tried.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// For this long after deleted records were skipped, a partition without a record at its cursor is no sign of another
/// log: the client may report the partitions that were cut one after the other.
const SKIPPING: Duration = Duration::from_secs(10);

/// Reads until the monitor says stop.
pub(crate) struct Reader<H> {
    settings: Arc<Settings>,
    chooser: Arc<TopicChooser>,
    monitor: Arc<Monitor>,
    handler: H,
    /// The records of all partitions, and the consumer that fetches them. One queue, because librdkafka bounds what
    /// each queue holds.
    queue: RecordQueue<ClientLog>,
    partitions: PartitionReaders,
    /// Until then all partitions are attached in every turn.
    attach_until: Instant,
    /// Topics of which some partition has no record at its cursor.
    out_of_range: BTreeSet<String>,
    /// When deleted records were last skipped.
    skipped_at: Option<Instant>,
    /// No recovery is tried before this.
    recover_after: Instant,
    fetch_errors: FetchErrors,
}

impl<H: RecordHandler> Reader<H> {
    pub(crate) fn new(
        settings: Arc<Settings>,
        chooser: Arc<TopicChooser>,
        monitor: Arc<Monitor>,
        handler: H,
    ) -> Result<Self, KafkaError> {
        let queue = queue(&settings)?;
        Ok(Self {
            settings,
            chooser,
            monitor,
            handler,
            queue,
            partitions: PartitionReaders::default(),
            attach_until: Instant::now(),
            out_of_range: BTreeSet::new(),
            skipped_at: None,
            recover_after: Instant::now(),
            fetch_errors: FetchErrors::default(),
        })
    }

    /// Tries to begin until that succeeds, then reads until the monitor says stop.
    pub(crate) fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while !self.monitor.is_stopping() {
            match self.begin() {
                Ok(()) => {
                    self.monitor.set_query_error(None);
                    self.consumer().context().recent_errors().clear();
                    self.read();
                    return;
                }
                Err(error) => {
                    collect_errors(self.consumer());
                    self.monitor.set_query_error(Some(self.explain(&error)));
                }
            }
            let resume = Instant::now() + pause;
            while Instant::now() < resume && !self.monitor.is_stopping() {
                self.consumer().poll(Duration::ZERO);
                std::thread::sleep(RARE_WORK_INTERVAL);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn begin(&mut self) -> Result<(), QueryError> {
        let now = (self.monitor.clock)();
        let range_start = self.monitor.range_start();
        let of_topic = |_: &str, id| CommitFilter::OfTopic(id);
        let starts = live_starts(&self.queries(), &self.chooser, range_start, now, &of_topic)?;
        let (partitions, histories) = self.assign(&starts, range_start)?;
        self.monitor.begin(starts.topics, partitions, histories);
        Ok(())
    }

    /// Begins with the log that has replaced the one that was read.
    fn begin_another_log(&mut self) -> Result<(), QueryError> {
        // What the old client knows of a topic (leaders, epochs) could keep it from reading another of the same name.
        self.queue = queue(&self.settings).map_err(QueryError::Broker)?;
        let now = (self.monitor.clock)();
        let range_start = self.handler.begin_another_log(self.monitor.log_number() + 1, now);
        let old = self.monitor.active_log();
        let commits = |topic: &str, id| match (old.change_of(topic), id) {
            (None, id) => CommitFilter::OfTopic(id),
            (Some(LogChange::Recreated | LogChange::Deleted), Some(id)) => CommitFilter::Naming(id),
            (Some(_), _) => CommitFilter::None,
        };
        let starts = live_starts(&self.queries(), &self.chooser, range_start, now, &commits)?;
        let (partitions, histories) = self.assign(&starts, range_start)?;
        self.out_of_range.clear();
        self.skipped_at = None;
        self.fetch_errors.begin(&self.monitor);
        // First: the frontier of a new partition must not depend on a dead letter of the old log.
        self.monitor.dead_letters.begin_another_log();
        self.monitor.begin_another_log(range_start, starts.topics, partitions, histories);
        self.monitor.set_query_error(None);
        Ok(())
    }

    /// Begins to read the partitions. Returns their progress and histories.
    fn assign(
        &mut self,
        starts: &LiveStarts,
        complete_until: EventTime,
    ) -> Result<(Vec<Arc<PartitionProgress>>, Vec<PartitionHistory>), QueryError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.partitions.len());
        for PartitionStart { partition: ChosenPartition { topic, number }, offset, .. } in &starts.partitions {
            let added = assignment.add_partition_offset(&topic.name, *number, Offset::Offset(*offset));
            // Before the assignment: then every record goes to this queue, from the first one on.
            added.and_then(|()| self.attach(topic, *number)).map_err(QueryError::Broker)?;
        }
        self.consumer().assign(&assignment).map_err(QueryError::Broker)?;
        self.partitions = PartitionReaders::default();
        starts.partitions.iter().for_each(|start| self.partitions.push(partition_reader(start, complete_until)));
        self.log_beginning(&starts.topics);
        let progress = self.partitions.iter().map(|partition| Arc::clone(&partition.progress)).collect();
        Ok((progress, starts.partitions.iter().map(|start| start.history).collect()))
    }

    fn log_beginning(&self, topics: &[(Arc<ChosenTopic>, Option<TopicId>)]) {
        for (topic, id) in topics {
            let progress = self.partitions.iter().map(|partition| &partition.progress);
            let its = progress.filter(|progress| progress.of.topic.name == topic.name);
            let lengths: Vec<i64> = its.map(|progress| progress.goal() - progress.start).collect();
            let (partitions, records) = (lengths.len(), lengths.iter().sum::<i64>());
            let topic_id = id.map(tracing::field::display);
            tracing::info!(topic = topic.name, topic_id, partitions, records, "reading the log");
        }
    }

    fn read(&mut self) {
        let mut next_rare_work = Instant::now() + RARE_WORK_INTERVAL;
        while !self.monitor.is_stopping() {
            if self.queue.refill(MOST_IN_BATCH, Duration::ZERO) > 0 {
                self.handle_batch();
            } else {
                std::thread::sleep(IDLE_SLEEP);
            }
            for _ in 0..MOST_EVENTS_IN_TURN {
                self.poll_consumer();
            }
            let now = Instant::now();
            if now < self.attach_until {
                self.attach_all();
            }
            if now >= next_rare_work {
                self.do_rare_work();
                next_rare_work = Instant::now() + RARE_WORK_INTERVAL;
            }
        }
    }

    /// Handles the records of a batch, and publishes how far that has come. A stop leaves the rest of the batch out.
    fn handle_batch(&mut self) {
        // Borrowed apart: the records borrow from the queue while the other fields change.
        let Self { settings, monitor, handler, queue, partitions, out_of_range, fetch_errors, .. } = self;
        let mut topics = BatchTopics::default();
        for fetched in queue.iter() {
            if monitor.is_stopping() {
                break;
            }
            match fetched {
                Fetched::Record(record) => {
                    let topic = record.topic();
                    if let Some((place, partition)) = partitions.find(&mut topics, topic, record.partition()) {
                        partition.take(&record, handler, monitor, place);
                    }
                    fetch_errors.clear(topic, monitor);
                }
                Fetched::EndOfPartition { topic, partition } => {
                    if let Some((_, partition)) = partitions.find(&mut topics, topic, partition) {
                        partition.reach_end();
                    }
                    fetch_errors.clear(topic, monitor);
                }
                Fetched::Error { code: RDKafkaErrorCode::AutoOffsetReset, topic, .. } => {
                    out_of_range.extend(partitions.topics_or_all(topic.map(|topic| topic.name())));
                }
                Fetched::Error { code, reason, topic } => {
                    let context = queue.consumer().context();
                    let error = context.fetch_error(code, &reason);
                    let topic = topic.map(|topic| topic.name());
                    fetch_errors.add(topic, &error, context.recent_errors(), settings, monitor);
                }
            }
        }
        handler.end_batch();
        for (place, partition) in partitions.iter_mut().enumerate() {
            partition.publish(monitor, place);
        }
    }

    /// Takes one event of the consumer itself: its log lines, and errors that belong to no partition.
    fn poll_consumer(&mut self) {
        let Self { settings, monitor, queue, partitions, out_of_range, fetch_errors, .. } = self;
        match queue.consumer().poll(Duration::ZERO) {
            // librdkafka may forget where a partition is attached while its topic is missing. Its records then do not
            // come in order, so they are fetched again.
            Some(Ok(message)) => {
                if let Some(place) = partitions.place(message.topic(), message.partition()) {
                    partitions.at(place).refetch();
                }
            }
            // Of some topic. Fetching the partitions of the others again loses nothing.
            Some(Err(KafkaError::PartitionEOF(number))) => {
                partitions.iter_mut().filter(|its| its.progress.of.number == number).for_each(PartitionReader::refetch);
            }
            None => {}
            Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => {
                out_of_range.extend(partitions.topics_or_all(None));
            }
            Some(Err(error)) => {
                fetch_errors.add(None, &error, queue.consumer().context().recent_errors(), settings, monitor);
            }
        }
    }

    /// Leads the records of a partition to the queue.
    fn attach(&self, topic: &ChosenTopic, partition: i32) -> Result<(), KafkaError> {
        self.queue.attach(&topic.name, partition).map_err(KafkaError::Global)
    }

    /// Recovers from a lost log, adds new partitions, refetches where that was requested, and reads again what the
    /// dead-letter queue has refused.
    fn do_rare_work(&mut self) {
        self.attach_all();
        if Instant::now() >= self.recover_after
            && let Err(error) = self.recover()
        {
            self.recover_after = Instant::now() + RECOVERY_PAUSE;
            self.monitor.set_query_error(Some(self.explain(&error)));
        }
        if !self.out_of_range.is_empty() || self.monitor.has_log_change() {
            return;
        }
        for partition in self.monitor.take_unread() {
            self.add_partition(partition);
        }
        let refetch_all = self.fetch_errors.should_refetch();
        for place in 0..self.partitions.len() {
            if self.partitions.at(place).progress.take_refetch_request() || refetch_all {
                self.fetch_from_cursor(place);
            }
        }
        for place in self.monitor.dead_letters.go_back(&self.monitor.partitions()) {
            let progress = &self.partitions.at(place).progress;
            let (topic, partition, offset) = (&progress.of.topic.name, progress.of.number, progress.cursor());
            tracing::info!(topic, partition, offset, "reading again for dead letters");
            self.fetch_from_cursor(place);
        }
    }

    /// Attaches all partitions again. To fetch a partition again it is unassigned, and librdkafka then detaches it, at
    /// some time after the call.
    fn attach_all(&self) {
        for ChosenPartition { topic, number } in self.partitions.iter().map(|partition| &partition.progress.of) {
            if let Err(error) = self.attach(topic, *number) {
                tracing::warn!(topic = topic.name, partition = number, reason = %error, "partition not read");
            }
        }
    }

    /// Begins with another log or skips deleted records, if either is due.
    fn recover(&mut self) -> Result<(), QueryError> {
        if self.monitor.has_log_change() {
            return self.begin_another_log();
        }
        if !self.out_of_range.is_empty() {
            self.skip_deleted_records()?;
            self.out_of_range.clear();
        }
        Ok(())
    }

    /// Adds a partition that was found, perhaps of a topic that was found. It holds only records published since then,
    /// so all of it is read. Until the probe found it, the log was complete without it.
    fn add_partition(&mut self, unread: UnreadPartition) {
        let UnreadPartition { partition, topic_id } = unread;
        if self.partitions.place(&partition.topic.name, partition.number).is_some() {
            return;
        }
        tracing::info!(topic = partition.topic.name, partition = partition.number, "partition added");
        let complete_until = self.monitor.complete_until().unwrap_or(self.monitor.range_start());
        let history = PartitionHistory { begins_at_zero: true, since: KnownSince::Empty };
        let start =
            PartitionStart { partition, offset: 0, goal: 0, history, history_from_first_record: true, frontier: 0 };
        let reader = partition_reader(&start, complete_until);
        self.monitor.add_partition(Arc::clone(&reader.progress), topic_id, history);
        self.partitions.push(reader);
        self.fetch_from_cursor(self.partitions.len() - 1);
    }

    /// Fetches a partition again from its cursor. Reaching its end then proves that everything before the stable end
    /// known now has been read, even where offsets have no record.
    fn fetch_from_cursor(&mut self, place: usize) {
        let partition = self.partitions.at(place);
        let ChosenPartition { topic, number } = &partition.progress.of.clone();
        let offset = partition.begin_fetch();
        let mut list = TopicPartitionList::with_capacity(1);
        let done = list.add_partition_offset(&topic.name, *number, Offset::Offset(offset)).and_then(|()| {
            let consumer = self.queue.consumer();
            if consumer.assignment()?.find_partition(&topic.name, *number).is_some() {
                consumer.incremental_unassign(&list)?;
            }
            self.queue.attach(&topic.name, *number).map_err(KafkaError::Global)?;
            consumer.incremental_assign(&list)
        });
        if let Err(error) = done {
            let topic = &topic.name;
            tracing::warn!(topic, partition = number, offset, reason = %error, "partition not fetched again, retrying");
            // What still comes may follow a record that was left out.
            partition.refetch();
        }
        self.attach_until = Instant::now() + DETACHING;
    }

    /// Goes on from the first record left in each partition whose next record was deleted before it was read. If no
    /// partition was cut, other records have replaced some that were read: that is another log.
    fn skip_deleted_records(&mut self) -> Result<(), QueryError> {
        let names: Vec<ChosenPartition> =
            self.partitions.iter().map(|partition| partition.progress.of.clone()).collect();
        let (begins, ends) = (self.queries().begins(&names)?, self.queries().ends(&names)?);
        let progress = || self.partitions.iter().map(|partition| &partition.progress);
        let shorter = progress().zip(&ends).filter(|(progress, end)| progress.read_to() > **end);
        let mut lost: BTreeSet<String> = shorter.map(|(progress, _)| progress.of.topic.name.clone()).collect();
        let is_cut = progress().zip(&begins).any(|(progress, &begin)| progress.cursor() < begin);
        let was_cut = self.skipped_at.is_some_and(|at| at.elapsed() < SKIPPING);
        if !(is_cut || was_cut) {
            lost.extend(self.out_of_range.iter().cloned());
        }
        if !lost.is_empty() {
            let changes = self.changes_of(&lost)?;
            self.monitor.set_log_changes(&self.monitor.partitions(), changes);
            return Ok(());
        }
        self.skipped_at = Some(Instant::now());
        for (place, (begin, end)) in begins.into_iter().zip(ends).enumerate() {
            self.skip_deleted_records_of(place, begin, end);
            // The error does not always name the partition that has stopped. Refetching one that goes on loses nothing.
            self.fetch_from_cursor(place);
        }
        Ok(())
    }

    fn skip_deleted_records_of(&mut self, place: usize, begin: i64, end: i64) {
        let reader = self.partitions.at(place);
        let ChosenPartition { topic, number: partition } = &reader.progress.of.clone();
        let (topic, offset) = (&topic.name, reader.progress.cursor());
        if offset < begin && begin <= reader.progress.read_to() {
            // These were read before, so figures lack nothing.
            tracing::error!(topic, partition, offset, begin, "records deleted before their dead letters were written");
            reader.progress.set_cursor(begin);
        } else if offset < begin {
            let lost = "records deleted before they were read, history begins later";
            tracing::error!(topic, partition, offset, begin, end, "{lost}");
            reader.skip_to(begin, &self.monitor, place);
        }
        reader.progress.set_end(end);
    }

    /// How the log has changed: the topics whose ids are others now were recreated, and `lost` has those that have lost
    /// records otherwise.
    fn changes_of(&self, lost: &BTreeSet<String>) -> Result<Vec<TopicChange>, QueryError> {
        let (log, queries) = (self.monitor.active_log(), self.queries());
        let broker = queries.topics(&self.chooser)?.broker;
        let names: Vec<&str> = log.topics.iter().map(|active| active.topic.name.as_str()).collect();
        let mut changes = Vec::new();
        for (name, id) in names.iter().zip(queries.topic_ids(broker, &names)?) {
            let topic = (*name).to_owned();
            if !self.monitor.accept_topic_id(&log.partitions, name, id) {
                changes.push(TopicChange { topic, change: LogChange::Recreated });
            } else if lost.contains(&topic) {
                changes.push(TopicChange { topic, change: LogChange::RecordsLost });
            }
        }
        Ok(changes)
    }

    fn explain(&self, error: &QueryError) -> String {
        explain(error, self.consumer().context().recent_errors(), &self.settings)
    }

    fn consumer(&self) -> &BaseConsumer<ClientLog> {
        self.queue.consumer()
    }

    fn queries(&self) -> BrokerQueries<'_> {
        BrokerQueries { consumer: self.consumer(), timeout: ANSWER_TIMEOUT }
    }
}

/// A new consumer of the topics, with the queue of its records.
fn queue(settings: &Settings) -> Result<RecordQueue<ClientLog>, KafkaError> {
    let consumer = settings.reader().create_with_context(ClientLog::new("reader"))?;
    RecordQueue::new(&Arc::new(consumer)).map_err(KafkaError::Global)
}

fn partition_reader(start: &PartitionStart, complete_until: EventTime) -> PartitionReader {
    let progress = PartitionProgress::new(start.partition.clone(), start.offset, start.goal, complete_until);
    PartitionReader::new(Arc::new(progress), start)
}
