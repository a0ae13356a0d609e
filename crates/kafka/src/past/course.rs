//! The partitions on the way to their ends, each with a queue of its own, so that the next record of each is at hand.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};

use super::error::PastError;
use super::merge::Merge;
use super::survey::Start;
use super::{PROGRESS_WITHIN, PastPosition, TURN, is_refusal};
use crate::client_log::ClientLog;
use crate::history::{History, Reach, Since};
use crate::inquiry::Inquiry;
use crate::reader::ANSWER_TIMEOUT;
use crate::record::{HeaderBuffer, IncomingRecord, timestamp_of};
use crate::settings::Settings;
use crate::trouble::Trouble;

/// One partition on the way to its end.
struct Lane {
    partition: i32,
    /// `None` where there is nothing to read.
    queue: Option<PartitionQueue<ClientLog>>,
    next: i64,
    goal: i64,
    reach: Reach,
    first_record_tells: bool,
    at_goal: bool,
}

/// What came of a partition.
enum Came<'a> {
    /// Its next record.
    Record(BorrowedMessage<'a>),
    /// It is at its goal.
    End,
    Error(KafkaError),
    Nothing,
}

/// The way of all partitions to their ends.
pub(super) struct Course<'a> {
    consumer: &'a BaseConsumer<ClientLog>,
    settings: &'a Settings,
    lanes: Vec<Lane>,
    /// Since when nothing has come of what is left.
    quiet_since: Option<Instant>,
    last_error: Option<KafkaError>,
}

impl<'a> Course<'a> {
    pub(super) fn of(
        consumer: &'a Arc<BaseConsumer<ClientLog>>,
        settings: &'a Settings,
        starts: &[Start],
    ) -> Result<Self, PastError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        let mut lanes = Vec::with_capacity(starts.len());
        for start in starts {
            let Start { partition, offset, goal, reach, first_record_tells } = *start;
            let at_goal = offset >= goal;
            let mut queue = None;
            if !at_goal {
                let place = assignment.add_partition_offset(&settings.topic, partition, Offset::Offset(offset));
                place.map_err(PastError::Client)?;
                // Before it is assigned: what is fetched goes to this queue from the first record on.
                queue = consumer.split_partition_queue(&settings.topic, partition);
            }
            lanes.push(Lane { partition, queue, next: offset, goal, reach, first_record_tells, at_goal });
        }
        consumer.assign(&assignment).map_err(PastError::Client)?;
        Ok(Self { consumer, settings, lanes, quiet_since: None, last_error: None })
    }

    /// Hands every record over; says how many there were. `history` tells what the reaches of all partitions mean.
    pub(super) fn read(
        &mut self,
        stop: &AtomicBool,
        history: &dyn Fn(&[Reach]) -> History,
        handle: &mut dyn FnMut(&IncomingRecord<'_>, &PastPosition) -> ControlFlow<()>,
    ) -> Result<u64, PastError> {
        let mut position = PastPosition { offsets: self.offsets_left(), ..PastPosition::default() };
        let (mut merge, mut headers) = (Merge::of(self.lanes.len()), HeaderBuffer::default());
        // The queues are taken out, for the heads borrow from them.
        let queues: Vec<_> = self.lanes.iter_mut().map(|lane| lane.queue.take()).collect();
        let mut heads: Vec<Option<BorrowedMessage<'_>>> = Vec::new();
        for (lane, queue) in queues.iter().enumerate() {
            let head = self.await_head(lane, queue.as_ref(), &mut merge, stop)?;
            self.lanes[lane].learn_reach(head.as_ref());
            heads.push(head);
        }
        position.history = history(&self.reaches());
        while let Some(lane) = merge.next() {
            let message = heads[lane].take().expect("the merge names a lane that has a head");
            position.records += 1;
            position.latest = merge.latest(lane);
            position.offsets_read += self.lanes[lane].pass(&message);
            let list = headers.read(&message);
            let flow = handle(&IncomingRecord::of(&message, &list, true, false), &position);
            headers.keep(list);
            if flow.is_break() {
                return Err(PastError::Stopped);
            }
            drop(message);
            heads[lane] = self.await_head(lane, queues[lane].as_ref(), &mut merge, stop)?;
            if self.lanes[lane].learn_reach(heads[lane].as_ref()) {
                position.history = history(&self.reaches());
            }
        }
        Ok(position.records)
    }

    /// Waits for the next record of a lane and tells the merge of it; `None` if the lane is at its goal.
    fn await_head<'q>(
        &mut self,
        lane: usize,
        queue: Option<&'q PartitionQueue<ClientLog>>,
        merge: &mut Merge,
        stop: &AtomicBool,
    ) -> Result<Option<BorrowedMessage<'q>>, PastError> {
        let Some(queue) = queue else { return Ok(None) };
        while !self.lanes[lane].at_goal {
            if stop.load(Ordering::Relaxed) {
                return Err(PastError::Stopped);
            }
            match self.lanes[lane].poll(queue) {
                Came::Record(message) => {
                    self.quiet_since = None;
                    merge.head(lane, timestamp_of(&message));
                    return Ok(Some(message));
                }
                Came::End => {
                    self.quiet_since = None;
                    self.lanes[lane].at_goal = true;
                    break;
                }
                Came::Error(error) => self.judge(error)?,
                Came::Nothing => {}
            }
            // What does not belong to a partition comes here, with the log lines of librdkafka.
            match self.consumer.poll(Duration::ZERO) {
                Some(Err(error)) => self.judge(error)?,
                Some(Ok(_)) => unreachable!("each partition has a queue of its own since before it was assigned"),
                None => {}
            }
            if self.quiet_since.get_or_insert_with(Instant::now).elapsed() >= PROGRESS_WITHIN {
                return Err(PastError::stuck(self.settings, self.offsets_left(), self.last_error.as_ref()));
            }
        }
        Ok(None)
    }

    /// Ends the reading if an error cannot pass by itself; librdkafka tries again whatever can.
    fn judge(&mut self, error: KafkaError) -> Result<(), PastError> {
        use RDKafkaErrorCode::{AutoOffsetReset, UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
        match error.rdkafka_error_code() {
            Some(AutoOffsetReset) => Err(self.cut()),
            Some(UnknownTopicOrPartition | UnknownTopic | UnknownPartition) => Err(PastError::vanished(self.settings)),
            _ if is_refusal(&error) => {
                let trouble = Trouble::of(&error, self.consumer.context().complaints(), self.settings);
                Err(PastError::refused(self.settings, &trouble))
            }
            _ => {
                tracing::debug!(topic = self.settings.topic, %error, "librdkafka tries again by itself");
                self.last_error = Some(error);
                Ok(())
            }
        }
    }

    /// The next record of some partition is not there: says which, as far as the broker tells.
    fn cut(&self) -> PastError {
        let inquiry = Inquiry { consumer: self.consumer, topic: &self.settings.topic, timeout: ANSWER_TIMEOUT };
        let place = |lane: &Lane| usize::try_from(lane.partition).expect("partitions are counted from 0");
        let count = self.lanes.iter().map(|lane| place(lane) + 1).max().unwrap_or(0);
        let begins = inquiry.begins(count).unwrap_or_default();
        let begin = |lane: &Lane| begins.get(place(lane)).copied();
        let cut = |lane: &&Lane| !lane.at_goal && begin(lane).is_some_and(|begin| lane.next < begin);
        match self.lanes.iter().find(cut) {
            Some(lane) => {
                PastError::cut(self.settings, lane.partition, lane.next, begin(lane).expect("it was just compared"))
            }
            None => PastError::vanished(self.settings),
        }
    }

    pub(super) fn offsets_left(&self) -> u64 {
        self.lanes.iter().filter(|lane| !lane.at_goal).map(|lane| distance(lane.next, lane.goal)).sum()
    }

    pub(super) fn reaches(&self) -> Vec<Reach> {
        self.lanes.iter().map(|lane| lane.reach).collect()
    }
}

impl Lane {
    fn poll<'q>(&self, queue: &'q PartitionQueue<ClientLog>) -> Came<'q> {
        match queue.poll(TURN) {
            // What was published after reading began.
            Some(Ok(message)) if message.offset() >= self.goal => Came::End,
            Some(Ok(message)) => Came::Record(message),
            // Markers of transactions take offsets too: the end may be reached without its last record.
            Some(Err(KafkaError::PartitionEOF(_))) => Came::End,
            Some(Err(error)) => Came::Error(error),
            None => Came::Nothing,
        }
    }

    /// Learns how far back the partition reaches from its first record of known time; says whether this is it.
    fn learn_reach(&mut self, head: Option<&BorrowedMessage<'_>>) -> bool {
        let first = head.and_then(timestamp_of).filter(|_| self.first_record_tells);
        if let Some(first) = first {
            self.first_record_tells = false;
            self.reach.since = Since::At(first);
        }
        first.is_some()
    }

    /// Goes past a record; says how many offsets that was.
    fn pass(&mut self, message: &BorrowedMessage<'_>) -> u64 {
        let passed = distance(self.next, message.offset() + 1);
        self.next = message.offset() + 1;
        self.at_goal = self.next >= self.goal;
        passed
    }
}

fn distance(from: i64, to: i64) -> u64 {
    u64::try_from(to - from).unwrap_or(0)
}
