//! The thread that reads: every partition, each record once, in the order of its partition.
//!
//! No group is joined and no partition is handed over: each process reads all of them and holds the same figures. The
//! loop does no more per record than a bare consumer would, and whatever is rare waits for a turn every 100 ms.
//!
//! A topic may be deleted and made anew, and brokers may lose acknowledged records. Then the log under its name is
//! another one, and reading begins as at a start: a new client, a new range, a handler that has forgotten all. What
//! shows it:
//!
//! | what is seen | by |
//! |---|---|
//! | the topic has another id | a probe, before anything that it learns counts |
//! | the topic has fewer partitions | the next probes |
//! | a partition ends before what was read of it | a probe |
//! | the leader's log has other records at our position (KIP-320) | librdkafka, when the leader changes |
//! | no record at the cursor, though it lies within the log | the reader |
//!
//! What cannot be seen: brokers that tell no ids (Kafka before 2.8), and a new log that is at least as long in every
//! partition before anybody looks; records that are lost and grown over within a partition of which this process has
//! read nothing; a log that is put back from a copy of the disks with the same topic ids and leader epochs, once it has
//! grown past our position. Then it is read on from there, until the process restarts. Between the moment at which a
//! topic is made anew and the next probe, records of the new log may be learnt as if they were of the old one; all of
//! that is forgotten with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_librdkafka::TopicId;
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
use crate::recent_errors::drain_errors;
use crate::record::{HeaderBuffer, RecordHandler};
use crate::settings::Settings;

/// How long it sleeps when there is nothing to read. It does not wait in the client library, which waits by the wall
/// clock: set back by an hour, such a wait would last for an hour.
const NAP: Duration = Duration::from_millis(2);

/// How often what is rare is looked after.
const TURN: Duration = Duration::from_millis(100);

/// How many records are handled between two looks at the clock. A look costs a few per cent of a record.
const RECORDS_BETWEEN_LOOKS: u32 = 16;

/// The longest pause between two attempts to begin.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long after an attempt to remedy a trouble the next is made.
const REST: Duration = Duration::from_secs(1);

/// For so long after records were skipped that were deleted unread, a partition without a record at its cursor shows no
/// lost records: the client may tell of each partition that was cut, one after the other.
const SKIPPING: Duration = Duration::from_secs(10);

/// Reads until it is told to stop.
pub(crate) struct Reader<H> {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    handler: H,
    consumer: BaseConsumer<ClientLog>,
    partitions: Vec<PartitionReader>,
    headers: HeaderBuffer,
    /// Some partition has no record at its cursor.
    out_of_range: bool,
    /// When records were skipped last.
    skipped_at: Option<Instant>,
    /// Before this, no remedy of a trouble is tried again.
    rest_until: Instant,
    fetch_errors: FetchErrors,
}

impl<H: RecordHandler> Reader<H> {
    pub(crate) fn new(settings: Arc<Settings>, monitor: Arc<Monitor>, handler: H) -> Result<Self, KafkaError> {
        let consumer = settings.reader().create_with_context(ClientLog::new("reader"))?;
        let headers = HeaderBuffer::default();
        Ok(Self {
            settings,
            monitor,
            handler,
            consumer,
            partitions: Vec::new(),
            headers,
            out_of_range: false,
            skipped_at: None,
            rest_until: Instant::now(),
            fetch_errors: FetchErrors::default(),
        })
    }

    /// Begins, however long that takes, and reads until the monitor says stop.
    pub(crate) fn run(mut self) {
        let mut pause = Duration::from_millis(250);
        while !self.monitor.is_stopping() {
            match self.begin() {
                Ok(()) => {
                    self.monitor.set_obstacle(None);
                    self.consumer.context().recent_errors().forget();
                    self.read();
                    return;
                }
                Err(obstacle) => {
                    drain_errors(&self.consumer);
                    self.monitor.set_obstacle(Some(self.explain(&obstacle)));
                }
            }
            let resume = Instant::now() + pause;
            while Instant::now() < resume && !self.monitor.is_stopping() {
                self.consumer.poll(Duration::ZERO);
                std::thread::sleep(TURN);
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
        let (partitions, histories) = self.partitions_of(&starts);
        self.monitor.begin(topic_id, partitions, histories);
        self.say_what_is_read(topic_id);
        Ok(())
    }

    /// Begins with the log that has taken the place of the one that was read.
    fn begin_another_log(&mut self, change: LogChange) -> Result<(), QueryError> {
        // What a client knows of a topic, leaders and epochs, may keep it from reading another of the same name.
        self.consumer =
            self.settings.reader().create_with_context(ClientLog::new("reader")).map_err(QueryError::Broker)?;
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
        let (partitions, histories) = self.partitions_of(&starts);
        (self.out_of_range, self.skipped_at) = (false, None);
        self.fetch_errors.clear(&self.monitor);
        // First: a frontier that is taken of the new partitions knows of no letter of the old log.
        self.monitor.dead_letters.begin_another_log();
        self.monitor.begin_another_log(range_start, topic_id, partitions, histories);
        self.monitor.set_obstacle(None);
        self.say_what_is_read(topic_id);
        Ok(())
    }

    fn assign(&mut self, starts: &[PartitionStart], complete_until: EventTime) -> Result<(), QueryError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for start in starts {
            let offset = Offset::Offset(start.offset);
            assignment
                .add_partition_offset(&self.settings.topic, start.partition, offset)
                .map_err(QueryError::Broker)?;
        }
        self.consumer.assign(&assignment).map_err(QueryError::Broker)?;
        self.partitions = starts.iter().map(|start| partition(start, complete_until)).collect();
        Ok(())
    }

    fn partitions_of(&self, starts: &[PartitionStart]) -> (Vec<Arc<PartitionProgress>>, Vec<PartitionHistory>) {
        let partitions = self.partitions.iter().map(|partition| Arc::clone(&partition.progress)).collect();
        (partitions, starts.iter().map(|start| start.history).collect())
    }

    fn say_what_is_read(&self, topic_id: Option<TopicId>) {
        let records: i64 =
            self.partitions.iter().map(|partition| partition.progress.goal() - partition.progress.start).sum();
        let (topic, partitions) = (&self.settings.topic, self.partitions.len());
        tracing::info!(topic, topic_id = topic_id.map(tracing::field::display), partitions, records, "reading the log");
    }

    fn read(&mut self) {
        let mut next_turn = Instant::now() + TURN;
        let mut records = 0;
        loop {
            // The consumer is borrowed by the record, and the reader is changed by it.
            let Self { settings, monitor, handler, consumer, partitions, headers, out_of_range, fetch_errors, .. } =
                self;
            match consumer.poll(Duration::ZERO) {
                Some(Ok(message)) => {
                    if let Some(partition) =
                        usize::try_from(message.partition()).ok().and_then(|p| partitions.get_mut(p))
                    {
                        partition.take(&message, handler, headers, monitor);
                    }
                    fetch_errors.clear(monitor);
                    records += 1;
                    if records < RECORDS_BETWEEN_LOOKS {
                        continue;
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    if let Some(partition) = usize::try_from(partition).ok().and_then(|p| partitions.get_mut(p)) {
                        partition.reach_end();
                    }
                    fetch_errors.clear(monitor);
                }
                Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => {
                    *out_of_range = true;
                }
                Some(Err(error)) => fetch_errors.note(&error, consumer.context().recent_errors(), settings, monitor),
                None => std::thread::sleep(NAP),
            }
            records = 0;
            if Instant::now() >= next_turn {
                if self.monitor.is_stopping() {
                    return;
                }
                self.look_after_the_rare();
                next_turn = Instant::now() + TURN;
            }
        }
    }

    /// New partitions, ends that seem not to be reached, dead letters to be made up for, and records deleted unread.
    fn look_after_the_rare(&mut self) {
        if Instant::now() >= self.rest_until
            && let Err(obstacle) = self.remedy()
        {
            self.rest_until = Instant::now() + REST;
            self.monitor.set_obstacle(Some(self.explain(&obstacle)));
        }
        if self.out_of_range || self.monitor.log_change().is_some() {
            return;
        }
        while self.partitions.len() < self.monitor.partitions_known() {
            self.read_new_partition();
        }
        let error_may_have_passed = self.fetch_errors.may_have_passed();
        for number in 0..self.partitions.len() {
            if self.partitions[number].progress.take_refetch_request() || error_may_have_passed {
                self.fetch_from_cursor(number);
            }
        }
        for number in self.monitor.dead_letters.go_back(&self.monitor.partitions()) {
            let offset = self.partitions[number].progress.cursor();
            tracing::info!("reading {}/{number} again from {offset}, for its dead letters", self.settings.topic);
            self.fetch_from_cursor(number);
        }
    }

    /// Begins with another log, or goes on past records that are gone, if either is due.
    fn remedy(&mut self) -> Result<(), QueryError> {
        if let Some(change) = self.monitor.log_change() {
            return self.begin_another_log(change);
        }
        if self.out_of_range {
            self.skip_what_is_gone()?;
            self.out_of_range = false;
        }
        Ok(())
    }

    /// A partition that was added to the topic holds nothing but what came since, so all of it is read. Until it was
    /// found, the topic was complete without it.
    fn read_new_partition(&mut self) {
        let number = self.partitions.len();
        tracing::info!("partition {number} was added to {}", self.settings.topic);
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
        let partition = partition(&start, complete_until);
        self.monitor.add_partition(Arc::clone(&partition.progress), history);
        self.partitions.push(partition);
        self.fetch_from_cursor(number);
    }

    /// Fetches a partition anew from its cursor. Its end, once seen, then proves that all up to the end known now has
    /// been read, be there records or not.
    fn fetch_from_cursor(&mut self, number: usize) {
        let partition = &mut self.partitions[number];
        let offset = Offset::Offset(partition.begin_fetch());
        let id = id_of(number);
        let mut list = TopicPartitionList::with_capacity(1);
        let done = list.add_partition_offset(&self.settings.topic, id, offset).and_then(|()| {
            if self.consumer.assignment()?.find_partition(&self.settings.topic, id).is_some() {
                self.consumer.incremental_unassign(&list)?;
            }
            self.consumer.incremental_assign(&list)
        });
        if let Err(error) = done {
            tracing::warn!("cannot read {}/{number} from its cursor, trying again: {error}", self.settings.topic);
            partition.progress.request_refetch();
        }
    }

    /// Goes on from the earliest record there is in each partition whose next record was deleted before it was read.
    /// Where none was, other records have taken the place of some that were read: that is another log.
    fn skip_what_is_gone(&mut self) -> Result<(), QueryError> {
        let (begins, ends) = {
            let queries = self.queries();
            (queries.begins(self.partitions.len())?, queries.ends(self.partitions.len())?)
        };
        let is_cut = self.partitions.iter().zip(&begins).any(|(partition, &begin)| partition.progress.cursor() < begin);
        let is_shorter = self.partitions.iter().zip(&ends).any(|(partition, &end)| partition.progress.read_to() > end);
        let was_cut = self.skipped_at.is_some_and(|at| at.elapsed() < SKIPPING);
        if is_shorter || !(is_cut || was_cut) {
            let partitions = self.monitor.partitions();
            self.monitor.set_log_change(&self.settings.topic, &partitions, self.change_of(&partitions)?);
            return Ok(());
        }
        self.skipped_at = Some(Instant::now());
        for (number, (begin, end)) in begins.into_iter().zip(ends).enumerate() {
            let partition = &mut self.partitions[number];
            let wanted = partition.progress.cursor();
            if wanted < begin && begin <= partition.progress.read_to() {
                tracing::error!(
                    "{}/{number} has lost records before their dead letters were written: those from {wanted} to {begin}; figures lack nothing",
                    self.settings.topic
                );
                partition.progress.set_cursor(begin);
            } else if wanted < begin {
                tracing::error!(
                    "the log of {}/{number} has lost records: {wanted} was next, and it has {begin} to {end}; going on from {begin}, and figures history back only to there",
                    self.settings.topic
                );
                partition.skip_to(begin, &self.monitor, number);
            }
            partition.progress.set_end(end);
            // The error does not say which partition has stopped; one that goes on from its cursor loses nothing.
            self.fetch_from_cursor(number);
        }
        Ok(())
    }

    /// What has become of the log of `partitions`, if it is not there any more.
    fn change_of(&self, partitions: &[Arc<PartitionProgress>]) -> Result<LogChange, QueryError> {
        let queries = self.queries();
        let topic_id = queries.current_topic_id()?;
        let is_same_topic = self.monitor.meet_topic_id(partitions, topic_id);
        Ok(if is_same_topic { LogChange::RecordsLost } else { LogChange::Recreated })
    }

    fn explain(&self, obstacle: &QueryError) -> String {
        explain(obstacle, self.consumer.context().recent_errors(), &self.settings)
    }

    fn queries(&self) -> BrokerQueries<'_> {
        BrokerQueries { consumer: &self.consumer, topic: &self.settings.topic, timeout: ANSWER_TIMEOUT }
    }
}

fn partition(start: &PartitionStart, complete_until: EventTime) -> PartitionReader {
    PartitionReader::new(Arc::new(PartitionProgress::new(start.offset, start.goal, complete_until)), start)
}

fn id_of(number: usize) -> i32 {
    i32::try_from(number).expect("Kafka numbers partitions by 32 bits")
}
