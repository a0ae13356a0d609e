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
use crate::live::log_change::LogChange;
use crate::live::monitor::Monitor;
use crate::live::partition_reader::PartitionReader;
use crate::partition_progress::PartitionProgress;
use crate::partition_start::{CommitFilter, PartitionStart, live_starts};
use crate::recent_errors::collect_errors;
use crate::record::RecordHandler;
use crate::settings::Settings;

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
    monitor: Arc<Monitor>,
    handler: H,
    /// The records of all partitions, and the consumer that fetches them. One queue, because librdkafka bounds what
    /// each queue holds.
    queue: RecordQueue<ClientLog>,
    partitions: Vec<PartitionReader>,
    /// Until then all partitions are attached in every turn.
    attach_until: Instant,
    /// Some partition has no record at its cursor.
    out_of_range: bool,
    /// When deleted records were last skipped.
    skipped_at: Option<Instant>,
    /// No recovery is tried before this.
    recover_after: Instant,
    fetch_errors: FetchErrors,
}

impl<H: RecordHandler> Reader<H> {
    pub(crate) fn new(settings: Arc<Settings>, monitor: Arc<Monitor>, handler: H) -> Result<Self, KafkaError> {
        let queue = queue(&settings)?;
        Ok(Self {
            settings,
            monitor,
            handler,
            queue,
            partitions: Vec::new(),
            attach_until: Instant::now(),
            out_of_range: false,
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
        let (queries, range_start) = (self.queries(), self.monitor.range_start());
        let topic_id = queries.current_topic_id()?;
        let starts = live_starts(&queries, range_start, now, CommitFilter::OfTopic(topic_id))?;
        self.assign(&starts, range_start)?;
        let (partitions, histories) = self.progress_and_histories(&starts);
        self.monitor.begin(topic_id, partitions, histories);
        self.log_beginning(topic_id);
        Ok(())
    }

    /// Begins with the log that has replaced the one that was read.
    fn begin_another_log(&mut self, change: LogChange) -> Result<(), QueryError> {
        // What the old client knows of the topic (leaders, epochs) could keep it from reading another of the same name.
        self.queue = queue(&self.settings).map_err(QueryError::Broker)?;
        let now = (self.monitor.clock)();
        let range_start = self.handler.begin_another_log(self.monitor.log_number() + 1, now);
        let queries = self.queries();
        let topic_id = queries.current_topic_id()?;
        let commits = match (change, topic_id) {
            (LogChange::Recreated, Some(topic_id)) => CommitFilter::Naming(topic_id),
            (LogChange::Recreated | LogChange::RecordsLost, _) => CommitFilter::None,
        };
        let starts = live_starts(&queries, range_start, now, commits)?;
        self.assign(&starts, range_start)?;
        let (partitions, histories) = self.progress_and_histories(&starts);
        (self.out_of_range, self.skipped_at) = (false, None);
        self.fetch_errors.clear(&self.monitor);
        // First: the frontier of a new partition must not depend on a dead letter of the old log.
        self.monitor.dead_letters.begin_another_log();
        self.monitor.begin_another_log(range_start, topic_id, partitions, histories);
        self.monitor.set_query_error(None);
        self.log_beginning(topic_id);
        Ok(())
    }

    fn assign(&mut self, starts: &[PartitionStart], complete_until: EventTime) -> Result<(), QueryError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for start in starts {
            let offset = Offset::Offset(start.offset);
            let added = assignment.add_partition_offset(&self.settings.first().name, start.partition, offset);
            added.map_err(QueryError::Broker)?;
            // Before the assignment: then every record goes to this queue, from the first one on.
            self.attach(start.partition).map_err(QueryError::Broker)?;
        }
        self.consumer().assign(&assignment).map_err(QueryError::Broker)?;
        self.partitions = starts.iter().map(|start| partition_reader(start, complete_until)).collect();
        Ok(())
    }

    fn progress_and_histories(
        &self,
        starts: &[PartitionStart],
    ) -> (Vec<Arc<PartitionProgress>>, Vec<PartitionHistory>) {
        let progress = self.partitions.iter().map(|partition| Arc::clone(&partition.progress)).collect();
        (progress, starts.iter().map(|start| start.history).collect())
    }

    fn log_beginning(&self, topic_id: Option<TopicId>) {
        let progress = self.partitions.iter().map(|partition| &partition.progress);
        let records: i64 = progress.map(|progress| progress.goal() - progress.start).sum();
        let (topic, partitions) = (&self.settings.first().name, self.partitions.len());
        tracing::info!(topic, topic_id = topic_id.map(tracing::field::display), partitions, records, "reading the log");
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
        for fetched in queue.iter() {
            if monitor.is_stopping() {
                break;
            }
            match fetched {
                Fetched::Record(record) => {
                    if let Some(partition) = at(partitions, record.partition()) {
                        partition.take(&record, handler, monitor, (&settings.first().name, settings.first().source));
                    }
                    fetch_errors.clear(monitor);
                }
                Fetched::EndOfPartition(number) => {
                    if let Some(partition) = at(partitions, number) {
                        partition.reach_end();
                    }
                    fetch_errors.clear(monitor);
                }
                Fetched::Error { code: RDKafkaErrorCode::AutoOffsetReset, .. } => *out_of_range = true,
                Fetched::Error { code, reason } => {
                    let context = queue.consumer().context();
                    let error = context.fetch_error(code, &reason);
                    fetch_errors.add(&error, context.recent_errors(), settings, monitor);
                }
            }
        }
        handler.end_batch();
        for (number, partition) in partitions.iter_mut().enumerate() {
            partition.publish(monitor, number);
        }
    }

    /// Takes one event of the consumer itself: its log lines, and errors that belong to no partition.
    fn poll_consumer(&mut self) {
        let Self { settings, monitor, queue, partitions, out_of_range, fetch_errors, .. } = self;
        match queue.consumer().poll(Duration::ZERO) {
            // librdkafka may forget where a partition is attached while the topic is missing. Its records then do not
            // come in order, so they are fetched again.
            Some(Ok(message)) => {
                if let Some(partition) = at(partitions, message.partition()) {
                    partition.refetch();
                }
            }
            Some(Err(KafkaError::PartitionEOF(number))) => {
                if let Some(partition) = at(partitions, number) {
                    partition.refetch();
                }
            }
            None => {}
            Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => *out_of_range = true,
            Some(Err(error)) => {
                fetch_errors.add(&error, queue.consumer().context().recent_errors(), settings, monitor);
            }
        }
    }

    /// Leads the records of a partition to the queue.
    fn attach(&self, partition: i32) -> Result<(), KafkaError> {
        self.queue.attach(&self.settings.first().name, partition).map_err(KafkaError::Global)
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
        if self.out_of_range || self.monitor.log_change().is_some() {
            return;
        }
        while self.partitions.len() < self.monitor.partitions_known() {
            self.add_partition();
        }
        let refetch_all = self.fetch_errors.should_refetch();
        for number in 0..self.partitions.len() {
            if self.partitions[number].progress.take_refetch_request() || refetch_all {
                self.fetch_from_cursor(number);
            }
        }
        for number in self.monitor.dead_letters.go_back(&self.monitor.partitions()) {
            let offset = self.partitions[number].progress.cursor();
            tracing::info!(
                topic = self.settings.first().name,
                partition = number,
                offset,
                "reading again for dead letters"
            );
            self.fetch_from_cursor(number);
        }
    }

    /// Attaches all partitions again. To fetch a partition again it is unassigned, and librdkafka then detaches it, at
    /// some time after the call.
    fn attach_all(&self) {
        for number in 0..self.partitions.len() {
            if let Err(error) = self.attach(id_of(number)) {
                tracing::warn!(topic = self.settings.first().name, partition = number, reason = %error, "partition not read");
            }
        }
    }

    /// Begins with another log or skips deleted records, if either is due.
    fn recover(&mut self) -> Result<(), QueryError> {
        if let Some(change) = self.monitor.log_change() {
            return self.begin_another_log(change);
        }
        if self.out_of_range {
            self.skip_deleted_records()?;
            self.out_of_range = false;
        }
        Ok(())
    }

    /// Adds the next partition of the topic. It holds only records published since it was added, so all of it is read.
    /// Until the probe found it, the topic was complete without it.
    fn add_partition(&mut self) {
        let number = self.partitions.len();
        tracing::info!(topic = self.settings.first().name, partition = number, "partition added");
        let complete_until = self.monitor.complete_until().unwrap_or(self.monitor.range_start());
        let history = PartitionHistory { begins_at_zero: true, since: KnownSince::Empty };
        let start = PartitionStart {
            partition: id_of(number),
            offset: 0,
            goal: 0,
            history,
            history_from_first_record: true,
            frontier: 0,
        };
        let partition = partition_reader(&start, complete_until);
        self.monitor.add_partition(Arc::clone(&partition.progress), history);
        self.partitions.push(partition);
        self.fetch_from_cursor(number);
    }

    /// Fetches a partition again from its cursor. Reaching its end then proves that everything before the stable end
    /// known now has been read, even where offsets have no record.
    fn fetch_from_cursor(&mut self, number: usize) {
        let partition = &mut self.partitions[number];
        let (id, topic) = (id_of(number), &self.settings.first().name);
        let offset = partition.begin_fetch();
        let mut list = TopicPartitionList::with_capacity(1);
        let done = list.add_partition_offset(topic, id, Offset::Offset(offset)).and_then(|()| {
            let consumer = self.queue.consumer();
            if consumer.assignment()?.find_partition(topic, id).is_some() {
                consumer.incremental_unassign(&list)?;
            }
            self.queue.attach(topic, id).map_err(KafkaError::Global)?;
            consumer.incremental_assign(&list)
        });
        if let Err(error) = done {
            tracing::warn!(topic, partition = number, offset, reason = %error, "partition not fetched again, retrying");
            // What still comes may follow a record that was left out.
            partition.refetch();
        }
        self.attach_until = Instant::now() + DETACHING;
    }

    /// Goes on from the first record left in each partition whose next record was deleted before it was read. If no
    /// partition was cut, other records have replaced some that were read: that is another log.
    fn skip_deleted_records(&mut self) -> Result<(), QueryError> {
        let (begins, ends) = {
            let queries = self.queries();
            (queries.begins(self.partitions.len())?, queries.ends(self.partitions.len())?)
        };
        let progress = || self.partitions.iter().map(|partition| &partition.progress);
        let is_cut = progress().zip(&begins).any(|(progress, &begin)| progress.cursor() < begin);
        let is_shorter = progress().zip(&ends).any(|(progress, &end)| progress.read_to() > end);
        let was_cut = self.skipped_at.is_some_and(|at| at.elapsed() < SKIPPING);
        if is_shorter || !(is_cut || was_cut) {
            let partitions = self.monitor.partitions();
            self.monitor.set_log_change(&self.settings.first().name, &partitions, self.change_of(&partitions)?);
            return Ok(());
        }
        self.skipped_at = Some(Instant::now());
        for (number, (begin, end)) in begins.into_iter().zip(ends).enumerate() {
            self.skip_deleted_records_of(number, begin, end);
            // The error does not name the partition that has stopped. Refetching one that goes on loses nothing.
            self.fetch_from_cursor(number);
        }
        Ok(())
    }

    fn skip_deleted_records_of(&mut self, number: usize, begin: i64, end: i64) {
        let partition = &mut self.partitions[number];
        let (topic, offset) = (&self.settings.first().name, partition.progress.cursor());
        if offset < begin && begin <= partition.progress.read_to() {
            // These were read before, so figures lack nothing.
            tracing::error!(
                topic,
                partition = number,
                offset,
                begin,
                "records deleted before their dead letters were written"
            );
            partition.progress.set_cursor(begin);
        } else if offset < begin {
            tracing::error!(
                topic,
                partition = number,
                offset,
                begin,
                end,
                "records deleted before they were read, history begins later"
            );
            partition.skip_to(begin, &self.monitor, number);
        }
        partition.progress.set_end(end);
    }

    /// How the log of `partitions` has changed.
    fn change_of(&self, partitions: &[Arc<PartitionProgress>]) -> Result<LogChange, QueryError> {
        let topic_id = self.queries().current_topic_id()?;
        let is_same_topic = self.monitor.accept_topic_id(partitions, topic_id);
        Ok(if is_same_topic { LogChange::RecordsLost } else { LogChange::Recreated })
    }

    fn explain(&self, error: &QueryError) -> String {
        explain(error, self.consumer().context().recent_errors(), &self.settings)
    }

    fn consumer(&self) -> &BaseConsumer<ClientLog> {
        self.queue.consumer()
    }

    fn queries(&self) -> BrokerQueries<'_> {
        BrokerQueries { consumer: self.consumer(), topic: &self.settings.first().name, timeout: ANSWER_TIMEOUT }
    }
}

#[inline]
fn at(partitions: &mut [PartitionReader], number: i32) -> Option<&mut PartitionReader> {
    partitions.get_mut(usize::try_from(number).ok()?)
}

/// A new consumer of the topic, with the queue of its records.
fn queue(settings: &Settings) -> Result<RecordQueue<ClientLog>, KafkaError> {
    let consumer = settings.reader().create_with_context(ClientLog::new("reader"))?;
    RecordQueue::new(&Arc::new(consumer)).map_err(KafkaError::Global)
}

fn partition_reader(start: &PartitionStart, complete_until: EventTime) -> PartitionReader {
    PartitionReader::new(Arc::new(PartitionProgress::new(start.offset, start.goal, complete_until)), start)
}

fn id_of(number: usize) -> i32 {
    i32::try_from(number).expect("Kafka numbers partitions by 32 bits")
}
