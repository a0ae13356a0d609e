//! The thread that reads: every partition, each record once, in the order of its partition.
//!
//! No group is joined and no partition is handed over: each process reads all of them and holds the same figures. The
//! loop does no more per record than a bare consumer would, and whatever is rare waits for a turn every 100 ms.
//!
//! A topic may be deleted and made anew, or its log may lose its end. Either is seen by a partition that is shorter
//! than what was read of it, or by partitions that are missing; then reading begins again as at the start, for all
//! partitions. Facts that are learnt twice change nothing. What cannot be seen is a new log that is as long as the old
//! one was in every partition before anybody looked: it is read on from the old position, until the process restarts.

use std::sync::Arc;
use std::time::{Duration, Instant};

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
use crate::monitor::Monitor;
use crate::partition::Partition;
use crate::record::{HeaderBuffer, RecordHandler};
use crate::settings::Settings;
use crate::start::{Start, survey};
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

/// Why a partition cannot be read on from its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interruption {
    /// Some partition has no record at its cursor.
    OutOfRange,
    /// The log is shorter than what was read of it.
    AnotherLog,
}

/// Reads until it is told to stop.
pub(crate) struct Reader<H> {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    handler: H,
    consumer: BaseConsumer<ClientLog>,
    lanes: Vec<Lane>,
    headers: HeaderBuffer,
    trouble: Option<Interruption>,
    /// Before this, no cure of the trouble is tried again.
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
            trouble: None,
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
        let starts = survey(&self.inquiry(), self.monitor.range_start, now)?;
        self.begin_at(&starts, self.monitor.range_start)
    }

    /// Begins with a log that has taken the place of the one that was read.
    fn begin_again(&mut self) -> Result<(), Obstacle> {
        let now = (self.monitor.clock)();
        let starts = survey(&self.inquiry(), self.monitor.range_start, now)?;
        tracing::error!(
            "the log of {} is shorter than what was read of it: it was made anew or has lost records; reading all of it again, and figures reach back only as far as it does",
            self.settings.topic
        );
        let starts: Vec<Start> = starts.into_iter().map(|start| start.of_another_log(now)).collect();
        self.begin_at(&starts, self.monitor.complete_until().unwrap_or(self.monitor.range_start))?;
        // Only now: a frontier taken before comes from partitions that are not current any more.
        self.monitor.outbox.begin_another_log();
        Ok(())
    }

    fn begin_at(&mut self, starts: &[Start], complete_until: EventTime) -> Result<(), Obstacle> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for (partition, start) in (0..).zip(starts) {
            let offset = Offset::Offset(start.offset);
            assignment.add_partition_offset(&self.settings.topic, partition, offset).map_err(Obstacle::Broker)?;
        }
        self.consumer.assign(&assignment).map_err(Obstacle::Broker)?;
        self.lanes = starts.iter().map(|start| lane(start, complete_until)).collect();
        let partitions = self.lanes.iter().map(|lane| Arc::clone(&lane.partition)).collect();
        self.monitor.begin(partitions, starts.iter().map(|start| start.reach).collect());
        let records: i64 = self.lanes.iter().map(|lane| lane.partition.goal() - lane.partition.start).sum();
        tracing::info!(topic = self.settings.topic, partitions = self.lanes.len(), records, "reading the log");
        Ok(())
    }

    fn read(&mut self) {
        let mut next_turn = Instant::now() + TURN;
        let mut records = 0;
        loop {
            // The consumer is borrowed by the record, and the reader is changed by it.
            let Self { settings, monitor, handler, consumer, lanes, headers, trouble, fetch_errors, .. } = self;
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
                    trouble.get_or_insert(Interruption::OutOfRange);
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
        if self.monitor.take_log_shrunk() {
            self.trouble = Some(Interruption::AnotherLog);
        }
        if let Some(trouble) = self.trouble.filter(|_| Instant::now() >= self.rest_until) {
            self.trouble = None;
            let cured = match trouble {
                Interruption::OutOfRange => self.skip_what_is_gone(),
                Interruption::AnotherLog => self.begin_again(),
            };
            if let Err(obstacle) = cured {
                self.trouble = Some(trouble);
                self.rest_until = Instant::now() + REST;
                self.monitor.set_obstacle(Some(self.explain(&obstacle)));
            }
        }
        if self.trouble.is_some() {
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

    /// A partition that was added to the topic holds nothing but what came since, so all of it is read. Until it was
    /// found, the topic was complete without it.
    fn read_new_partition(&mut self) {
        let number = self.lanes.len();
        tracing::info!("partition {number} was added to {}", self.settings.topic);
        let complete_until = self.monitor.complete_until().unwrap_or(self.monitor.range_start);
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
    fn skip_what_is_gone(&mut self) -> Result<(), Obstacle> {
        let (begins, ends) = {
            let inquiry = self.inquiry();
            (inquiry.begins(self.lanes.len())?, inquiry.ends(self.lanes.len())?)
        };
        if self.lanes.iter().zip(&ends).any(|(lane, &end)| lane.partition.read_to() > end) {
            self.trouble = Some(Interruption::AnotherLog);
            return Ok(());
        }
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
