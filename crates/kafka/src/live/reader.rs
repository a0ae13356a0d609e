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

mod deleted_records;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_librdkafka::{Fetched, RecordQueue, TopicId};
use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::commit::CommitFilter;
use crate::diagnostics::broker_failure::explain;
use crate::history::PartitionHistory;
use crate::live::conditions::Asker;
use crate::live::fetch_errors::FetchErrors;
use crate::live::monitor::{Monitor, UnreadPartition};
use crate::live::out_of_range::OutOfRange;
use crate::live::partition_reader::PartitionReader;
use crate::live::partition_readers::{BatchTopics, PartitionReaders};
use crate::partition_progress::PartitionProgress;
use crate::partition_start::{CommitsOf, LiveRange, LiveStarts, PartitionStart, live_starts};
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

/// How often to begin is tried together with topics that only repair the past and cannot be read. The next attempt is
/// made without them.
const ATTEMPTS_WITH_REPAIRS: u32 = 5;

/// How long after a failed recovery the next is tried.
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

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
    out_of_range: OutOfRange,
    /// How often to begin has failed since it last succeeded.
    failed_begins: u32,
    /// To begin with another log is not tried before this.
    begin_after: Instant,
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
            out_of_range: OutOfRange::default(),
            failed_begins: 0,
            begin_after: Instant::now(),
            fetch_errors: FetchErrors::default(),
        })
    }

    /// Tries to begin until that succeeds, then reads until the monitor says stop.
    pub(crate) fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        while !self.monitor.is_stopping() {
            match self.begin() {
                Ok(()) => {
                    self.monitor.set_query_error(Asker::Reader, None);
                    self.consumer().context().recent_errors().clear();
                    self.read();
                    return;
                }
                Err(error) => {
                    collect_errors(self.consumer());
                    self.monitor.set_query_error(Asker::Reader, Some(self.explain(&error)));
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
        let range = LiveRange { from: self.monitor.range_start(), now: (self.monitor.clock)() };
        let of_topic = |_: &str, id| CommitFilter::OfTopic(id);
        let starts = self.starts(range, &of_topic)?;
        let (partitions, histories) = self.assign(&starts, range.from)?;
        self.monitor.begin(starts.topics, partitions, histories);
        Ok(())
    }

    /// Begins with the log that has replaced the one that was read.
    fn begin_another_log(&mut self) -> Result<(), QueryError> {
        // What the old client knows of a topic (leaders, epochs) could keep it from reading another of the same name.
        self.queue = queue(&self.settings).map_err(QueryError::Broker)?;
        let now = (self.monitor.clock)();
        let range = LiveRange { from: self.handler.begin_another_log(self.monitor.log_number() + 1, now), now };
        let old = self.monitor.active_log();
        let starts = self.starts(range, &|topic, id| old.next_commits(topic, id))?;
        let (partitions, histories) = self.assign(&starts, range.from)?;
        self.out_of_range = OutOfRange::default();
        self.fetch_errors.begin(&self.monitor);
        // First: the frontier of a new partition must not depend on a dead letter of the old log.
        self.monitor.dead_letters.begin_another_log();
        self.monitor.begin_another_log(range.from, starts.topics, partitions, histories);
        Ok(())
    }

    fn starts(&mut self, range: LiveRange, commits: CommitsOf<'_>) -> Result<LiveStarts, QueryError> {
        let waits_for_repairs = self.failed_begins < ATTEMPTS_WITH_REPAIRS;
        let starts = live_starts(&self.queries(), &self.chooser, range, commits, waits_for_repairs);
        self.failed_begins = if starts.is_ok() { 0 } else { self.failed_begins + 1 };
        starts
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
                Fetched::Error { code: RDKafkaErrorCode::AutoOffsetReset, topic: Some(topic), .. } => {
                    out_of_range.add(topic.name());
                }
                // Once its partition is fetched again, the error comes again, and with the name of the topic.
                Fetched::Error { code: RDKafkaErrorCode::AutoOffsetReset, topic: None, .. } => partitions.refetch(),
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
        let Self { settings, monitor, queue, partitions, fetch_errors, .. } = self;
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
            // As above: it came past the queue, where it would have had the name of its topic.
            Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => partitions.refetch(),
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
        if self.monitor.has_log_change() {
            if Instant::now() >= self.begin_after
                && let Err(error) = self.begin_another_log()
            {
                self.begin_after = Instant::now() + RECOVERY_PAUSE;
                self.monitor.set_query_error(Asker::Reader, Some(self.explain(&error)));
            }
            return;
        }
        self.skip_deleted_records();
        if self.monitor.has_log_change() {
            return;
        }
        for unread in self.monitor.take_unread() {
            self.add_partition(unread);
        }
        let refetch_all = self.fetch_errors.should_refetch();
        for place in 0..self.partitions.len() {
            // A partition out of range is fetched again by its recovery.
            if !self.is_out_of_range(place)
                && (self.partitions.at(place).progress.take_refetch_request() || refetch_all)
            {
                self.fetch_from_cursor(place);
            }
        }
        for place in self.monitor.dead_letters.go_back(&self.monitor.partitions()) {
            let progress = &self.partitions.at(place).progress;
            let (topic, partition, offset) = (&progress.of.topic.name, progress.of.number, progress.cursor());
            tracing::info!(topic, partition, offset, "reading again for dead letters");
            if self.is_out_of_range(place) {
                // What still comes must not move the cursor past them.
                self.partitions.at(place).refetch();
            } else {
                self.fetch_from_cursor(place);
            }
        }
    }

    fn is_out_of_range(&mut self, place: usize) -> bool {
        self.out_of_range.has(&self.partitions.at(place).progress.of.topic.name)
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

    /// Adds a partition that was found, perhaps of a topic that was found. Until the probe found it, the log was
    /// complete without it.
    fn add_partition(&mut self, UnreadPartition { start, topic_id }: UnreadPartition) {
        let PartitionStart { partition, offset, goal, .. } = &start;
        if self.partitions.place(&partition.topic.name, partition.number).is_some() {
            return;
        }
        let (topic, records) = (&partition.topic.name, goal - offset);
        tracing::info!(topic, partition = partition.number, records, "partition added");
        let complete_until = self.monitor.complete_until().unwrap_or(self.monitor.range_start());
        let reader = partition_reader(&start, complete_until);
        self.monitor.add_partition(Arc::clone(&reader.progress), topic_id, start.history);
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
