//! The thread that reads: every partition, each record once, in the order of its partition.
//!
//! No group is joined and no partition is handed over: each process reads all of them and holds the same figures. The
//! loop does no more per record than a bare consumer would, and whatever is rare waits for a turn every 100 ms.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::fetch_errors::FetchErrors;
use crate::history::{Reach, Since};
use crate::inquiry::{Inquiry, Obstacle};
use crate::lane::Lane;
use crate::monitor::Monitor;
use crate::partition::Partition;
use crate::record::{HeaderBuffer, RecordHandler};
use crate::settings::Settings;
use crate::start::{Start, survey};

/// How long one question to the broker may take, so that a hung broker is noticed well within 10 s.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// How often what is rare is looked after.
const TURN: Duration = Duration::from_millis(100);

/// How many records are handled between two looks at the clock. A look costs a few per cent of a record.
const RECORDS_BETWEEN_LOOKS: u32 = 16;

/// The longest pause between two attempts to begin.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Reads until it is told to stop.
pub(crate) struct Reader<H> {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    handler: H,
    consumer: BaseConsumer<ClientLog>,
    lanes: Vec<Lane>,
    headers: HeaderBuffer,
    out_of_range: bool,
    fetch_errors: FetchErrors,
}

impl<H: RecordHandler> Reader<H> {
    pub(crate) fn new(settings: Arc<Settings>, monitor: Arc<Monitor>, handler: H) -> Result<Self, KafkaError> {
        let consumer = settings.reader().create_with_context(ClientLog::new("reader"))?;
        let headers = HeaderBuffer::default();
        let (lanes, fetch_errors) = (Vec::new(), FetchErrors::default());
        Ok(Self { settings, monitor, handler, consumer, lanes, headers, out_of_range: false, fetch_errors })
    }

    /// Begins, however long that takes, and reads until the monitor says stop.
    pub(crate) fn run(mut self) {
        let mut pause = Duration::from_millis(250);
        while !self.monitor.is_stopping() {
            match self.begin() {
                Ok(()) => {
                    self.monitor.set_obstacle(None);
                    self.read();
                    return;
                }
                Err(obstacle) => self.monitor.set_obstacle(Some(explain(&obstacle, &self.settings))),
            }
            let resume = Instant::now() + pause;
            while Instant::now() < resume && !self.monitor.is_stopping() {
                self.consumer.poll(TURN);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn begin(&mut self) -> Result<(), Obstacle> {
        let now = (self.monitor.clock)();
        let starts = survey(&self.inquiry(), self.monitor.range_start, now)?;
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for (partition, start) in (0..).zip(&starts) {
            let offset = Offset::Offset(start.offset);
            assignment.add_partition_offset(&self.settings.topic, partition, offset).map_err(Obstacle::Broker)?;
        }
        self.consumer.assign(&assignment).map_err(Obstacle::Broker)?;
        self.add_lanes(&starts, self.monitor.range_start);
        let records: i64 = self.lanes.iter().map(|lane| lane.partition.goal() - lane.partition.start).sum();
        tracing::info!(topic = self.settings.topic, partitions = self.lanes.len(), records, "reading the log");
        Ok(())
    }

    fn add_lanes(&mut self, starts: &[Start], complete_until: EventTime) {
        let partition = |start: &Start| Arc::new(Partition::new(start.offset, start.goal, complete_until));
        let partitions: Vec<_> = starts.iter().map(partition).collect();
        self.lanes
            .extend(partitions.iter().zip(starts).map(|(partition, start)| Lane::new(Arc::clone(partition), start)));
        self.monitor.add_partitions(partitions, starts.iter().map(|start| start.reach));
    }

    fn read(&mut self) {
        let mut next_turn = Instant::now() + TURN;
        let mut records = 0;
        loop {
            // The consumer is borrowed by the record, and the reader is changed by it.
            let Self { settings, monitor, handler, consumer, lanes, headers, out_of_range, fetch_errors } = self;
            match consumer.poll(TURN) {
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
                Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => *out_of_range = true,
                Some(Err(error)) => fetch_errors.note(&error, &settings.topic, monitor),
                None => {}
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
        if self.out_of_range || self.monitor.take_log_shrunk() {
            self.out_of_range = true;
            match self.skip_what_is_gone() {
                Ok(()) => self.out_of_range = false,
                Err(obstacle) => self.monitor.set_obstacle(Some(explain(&obstacle, &self.settings))),
            }
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
        self.add_lanes(&[start], complete_until);
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
        for (number, (begin, end)) in begins.into_iter().zip(ends).enumerate() {
            let lane = &mut self.lanes[number];
            let wanted = lane.partition.cursor();
            if wanted < begin || wanted > end {
                tracing::error!(
                    "the log of {}/{number} has lost records: {wanted} was next, and it has {begin} to {end}; going on from {begin}, and figures reach back only to there",
                    self.settings.topic
                );
                lane.skip_to(begin, wanted > end, &self.monitor, number);
            }
            lane.partition.set_end(end);
            // The error does not say which partition has stopped; one that goes on from its cursor loses nothing.
            self.fetch_from_cursor(number);
        }
        Ok(())
    }

    fn inquiry(&self) -> Inquiry<'_> {
        Inquiry { consumer: &self.consumer, topic: &self.settings.topic, timeout: ANSWER_TIMEOUT }
    }
}

/// The obstacle, and what an operator can do about it.
pub(crate) fn explain(obstacle: &Obstacle, settings: &Settings) -> String {
    let brokers = &settings.bootstrap_servers;
    match obstacle {
        Obstacle::Broker(error) => format!("the broker at {brokers} is unreachable or answers with an error: {error}"),
        Obstacle::TopicMissing(topic) => format!(
            "the topic {topic} does not exist: create it with kafka-topics.sh --bootstrap-server {brokers} --create --topic {topic} --partitions 12 --config cleanup.policy=delete"
        ),
    }
}
