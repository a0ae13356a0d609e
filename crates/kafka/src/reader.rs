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

use crate::client_log::ClientLog;
use crate::complaints::{Complaints, hear_out};
use crate::fetch_errors::FetchErrors;
use crate::history::{Reach, Since};
use crate::inquiry::{Inquiry, Obstacle};
use crate::lane::Lane;
use crate::log_change::LogChange;
use crate::monitor::Monitor;
use crate::partition::Partition;
use crate::record::{HeaderBuffer, RecordHandler};
use crate::settings::Settings;
use crate::start::{Commits, Start, survey};
use crate::trouble::Trouble;

/// How long one question to the broker may take, so that a hung broker is noticed well within 10 s.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// How long it sleeps when there is nothing to read. It does not wait in the client library, which waits by the wall
/// clock: set back by an hour, such a wait would last for an hour.
const NAP: Duration = Duration::from_millis(2);

/// How often what is rare is looked after.
const TURN: Duration = Duration::from_millis(100);

/// How many records are handled between two looks at the clock. A look costs a few per cent of a record.
const RECORDS_BETWEEN_LOOKS: u32 = 16;

/// The longest pause between two attempts to begin.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long after an attempt to cure a trouble the next is made.
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
    lanes: Vec<Lane>,
    headers: HeaderBuffer,
    /// Some partition has no record at its cursor.
    out_of_range: bool,
    /// When records were skipped last.
    skipped_at: Option<Instant>,
    /// Before this, no cure of a trouble is tried again.
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
            lanes: Vec::new(),
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
                    self.consumer.context().complaints().forget();
                    self.read();
                    return;
                }
                Err(obstacle) => {
                    hear_out(&self.consumer);
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

    fn begin(&mut self) -> Result<(), Obstacle> {
        let now = (self.monitor.clock)();
        let (inquiry, range_start) = (self.inquiry(), self.monitor.range_start());
        let topic_id = inquiry.topic_id(inquiry.partition_count_and_broker()?.1)?;
        let starts = survey(&inquiry, range_start, now, Commits::OfTopic(topic_id))?;
        self.assign(&starts, range_start)?;
        let (partitions, reaches) = self.partitions_of(&starts);
        self.monitor.begin(topic_id, partitions, reaches);
        self.say_what_is_read(topic_id);
        Ok(())
    }

    /// Begins with the log that has taken the place of the one that was read.
    fn begin_another_log(&mut self, change: LogChange) -> Result<(), Obstacle> {
        // What a client knows of a topic, leaders and epochs, may keep it from reading another of the same name.
        self.consumer =
            self.settings.reader().create_with_context(ClientLog::new("reader")).map_err(Obstacle::Broker)?;
        let now = (self.monitor.clock)();
        let range_start = self.handler.begin_another_log(self.monitor.log_number() + 1, now);
        let inquiry = self.inquiry();
        let topic_id = inquiry.topic_id(inquiry.partition_count_and_broker()?.1)?;
        let commits = match (change, topic_id) {
            (LogChange::MadeAnew, Some(topic_id)) => Commits::Naming(topic_id),
            (LogChange::MadeAnew | LogChange::RecordsLost, _) => Commits::None,
        };
        let starts = survey(&inquiry, range_start, now, commits)?;
        self.assign(&starts, range_start)?;
        let (partitions, reaches) = self.partitions_of(&starts);
        (self.out_of_range, self.skipped_at) = (false, None);
        self.fetch_errors.clear(&self.monitor);
        // First: a frontier that is taken of the new partitions knows of no letter of the old log.
        self.monitor.outbox.begin_another_log();
        self.monitor.begin_another_log(range_start, topic_id, partitions, reaches);
        self.monitor.set_obstacle(None);
        self.say_what_is_read(topic_id);
        Ok(())
    }

    fn assign(&mut self, starts: &[Start], complete_until: EventTime) -> Result<(), Obstacle> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for (partition, start) in (0..).zip(starts) {
            let offset = Offset::Offset(start.offset);
            assignment.add_partition_offset(&self.settings.topic, partition, offset).map_err(Obstacle::Broker)?;
        }
        self.consumer.assign(&assignment).map_err(Obstacle::Broker)?;
        self.lanes = starts.iter().map(|start| lane(start, complete_until)).collect();
        Ok(())
    }

    fn partitions_of(&self, starts: &[Start]) -> (Vec<Arc<Partition>>, Vec<Reach>) {
        let partitions = self.lanes.iter().map(|lane| Arc::clone(&lane.partition)).collect();
        (partitions, starts.iter().map(|start| start.reach).collect())
    }

    fn say_what_is_read(&self, topic_id: Option<TopicId>) {
        let records: i64 = self.lanes.iter().map(|lane| lane.partition.goal() - lane.partition.start).sum();
        let (topic, partitions) = (&self.settings.topic, self.lanes.len());
        tracing::info!(topic, topic_id = topic_id.map(tracing::field::display), partitions, records, "reading the log");
    }

    fn read(&mut self) {
        let mut next_turn = Instant::now() + TURN;
        let mut records = 0;
        loop {
            // The consumer is borrowed by the record, and the reader is changed by it.
            let Self { settings, monitor, handler, consumer, lanes, headers, out_of_range, fetch_errors, .. } = self;
            match consumer.poll(Duration::ZERO) {
                Some(Ok(message)) => {
                    if let Some(lane) = usize::try_from(message.partition()).ok().and_then(|p| lanes.get_mut(p)) {
                        lane.take(&message, handler, headers, monitor);
                    }
                    fetch_errors.clear(monitor);
                    records += 1;
                    if records < RECORDS_BETWEEN_LOOKS {
                        continue;
                    }
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    if let Some(lane) = usize::try_from(partition).ok().and_then(|p| lanes.get_mut(p)) {
                        lane.reach_end();
                    }
                    fetch_errors.clear(monitor);
                }
                Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => {
                    *out_of_range = true;
                }
                Some(Err(error)) => fetch_errors.note(&error, consumer.context().complaints(), settings, monitor),
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
            && let Err(obstacle) = self.cure()
        {
            self.rest_until = Instant::now() + REST;
            self.monitor.set_obstacle(Some(self.explain(&obstacle)));
        }
        if self.out_of_range || self.monitor.log_change().is_some() {
            return;
        }
        while self.lanes.len() < self.monitor.partitions_known() {
            self.read_new_partition();
        }
        let error_may_have_passed = self.fetch_errors.may_have_passed();
        for number in 0..self.lanes.len() {
            if self.lanes[number].partition.take_doubt() || error_may_have_passed {
                self.fetch_from_cursor(number);
            }
        }
        for number in self.monitor.outbox.go_back(&self.monitor.partitions()) {
            let offset = self.lanes[number].partition.cursor();
            tracing::info!("reading {}/{number} again from {offset}, for its dead letters", self.settings.topic);
            self.fetch_from_cursor(number);
        }
    }

    /// Begins with another log, or goes on past records that are gone, if either is due.
    fn cure(&mut self) -> Result<(), Obstacle> {
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
        let number = self.lanes.len();
        tracing::info!("partition {number} was added to {}", self.settings.topic);
        let complete_until = self.monitor.complete_until().unwrap_or(self.monitor.range_start());
        let reach = Reach { begins_at_zero: true, since: Since::Empty };
        let start = Start { offset: 0, goal: 0, reach, first_record_tells: true, frontier: 0 };
        let lane = lane(&start, complete_until);
        self.monitor.add_partition(Arc::clone(&lane.partition), reach);
        self.lanes.push(lane);
        self.fetch_from_cursor(number);
    }

    /// Fetches a partition anew from its cursor. Its end, once seen, then proves that all up to the end known now has
    /// been read, be there records or not.
    fn fetch_from_cursor(&mut self, number: usize) {
        let lane = &mut self.lanes[number];
        let offset = Offset::Offset(lane.begin_fetch());
        let id = i32::try_from(number).expect("Kafka numbers partitions by 32 bits");
        let mut list = TopicPartitionList::with_capacity(1);
        let done = list.add_partition_offset(&self.settings.topic, id, offset).and_then(|()| {
            if self.consumer.assignment()?.find_partition(&self.settings.topic, id).is_some() {
                self.consumer.incremental_unassign(&list)?;
            }
            self.consumer.incremental_assign(&list)
        });
        if let Err(error) = done {
            tracing::warn!("cannot read {}/{number} from its cursor, trying again: {error}", self.settings.topic);
            lane.partition.look_again();
        }
    }

    /// Goes on from the earliest record there is in each partition whose next record was deleted before it was read.
    /// Where none was, other records have taken the place of some that were read: that is another log.
    fn skip_what_is_gone(&mut self) -> Result<(), Obstacle> {
        let (begins, ends) = {
            let inquiry = self.inquiry();
            (inquiry.begins(self.lanes.len())?, inquiry.ends(self.lanes.len())?)
        };
        let is_cut = self.lanes.iter().zip(&begins).any(|(lane, &begin)| lane.partition.cursor() < begin);
        let is_shorter = self.lanes.iter().zip(&ends).any(|(lane, &end)| lane.partition.read_to() > end);
        let was_cut = self.skipped_at.is_some_and(|at| at.elapsed() < SKIPPING);
        if is_shorter || !(is_cut || was_cut) {
            let partitions = self.monitor.partitions();
            self.monitor.set_log_change(&self.settings.topic, &partitions, self.change_of(&partitions)?);
            return Ok(());
        }
        self.skipped_at = Some(Instant::now());
        for (number, (begin, end)) in begins.into_iter().zip(ends).enumerate() {
            let lane = &mut self.lanes[number];
            let wanted = lane.partition.cursor();
            if wanted < begin && begin <= lane.partition.read_to() {
                tracing::error!(
                    "{}/{number} has lost records before their dead letters were written: those from {wanted} to {begin}; figures lack nothing",
                    self.settings.topic
                );
                lane.partition.set_cursor(begin);
            } else if wanted < begin {
                tracing::error!(
                    "the log of {}/{number} has lost records: {wanted} was next, and it has {begin} to {end}; going on from {begin}, and figures reach back only to there",
                    self.settings.topic
                );
                lane.skip_to(begin, &self.monitor, number);
            }
            lane.partition.set_end(end);
            // The error does not say which partition has stopped; one that goes on from its cursor loses nothing.
            self.fetch_from_cursor(number);
        }
        Ok(())
    }

    /// What has become of the log of `partitions`, if it is not there any more.
    fn change_of(&self, partitions: &[Arc<Partition>]) -> Result<LogChange, Obstacle> {
        let inquiry = self.inquiry();
        let topic_id = inquiry.topic_id(inquiry.partition_count_and_broker()?.1)?;
        let is_same_topic = self.monitor.meet_topic_id(partitions, topic_id);
        Ok(if is_same_topic { LogChange::RecordsLost } else { LogChange::MadeAnew })
    }

    fn explain(&self, obstacle: &Obstacle) -> String {
        explain(obstacle, self.consumer.context().complaints(), &self.settings)
    }

    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry { consumer: &self.consumer, topic: &self.settings.topic, timeout: ANSWER_TIMEOUT }
    }
}

fn lane(start: &Start, complete_until: EventTime) -> Lane {
    Lane::new(Arc::new(Partition::new(start.offset, start.goal, complete_until)), start)
}

/// The obstacle, and what an operator can do about it; `complaints` are those of the client that met it.
pub(crate) fn explain(obstacle: &Obstacle, complaints: &Complaints, settings: &Settings) -> String {
    let brokers = &settings.bootstrap_servers;
    match obstacle {
        Obstacle::Broker(error) => {
            let trouble = Trouble::of(error, complaints, settings);
            format!("the broker at {brokers} is unreachable or answers with an error: {}", trouble.in_words())
        }
        Obstacle::TopicMissing(topic) => format!(
            "the topic {topic} does not exist: create it with kafka-topics.sh --bootstrap-server {brokers} --create --topic {topic} --partitions 12 --config cleanup.policy=delete"
        ),
    }
}
