//! Reading a stretch of the past once, for whoever reports on it; the rest of this crate reads on and on.
//!
//! ```text
//!   begin ....... from ................. end (when reading began) ....... what is published meanwhile
//!                 | handed over, once    | not read
//! ```
//! Every partition is assigned and none subscribed to, and nothing is committed: a report beside a running process
//! takes nothing from it. The settings' group is only named, because a consumer must name one and a user that may
//! read the topic for the live process may use that one.
//!
//! What cannot be read whole is an error: a report over half of the events would look like a bad month.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::history::{History, Reach, Since, history};
use crate::inquiry::{Inquiry, Obstacle};
use crate::past_error::PastError;
use crate::reader::ANSWER_TIMEOUT;
use crate::record::{HeaderBuffer, IncomingRecord, timestamp_of};
use crate::settings::Settings;
use crate::start::{Start, survey_past};

/// How long the brokers may take to say what there is to read.
pub(crate) const BEGIN_WITHIN: Duration = Duration::from_secs(15);

/// How long nothing may be read though something is left: longer than a broker takes to start again, or a leader to be
/// found.
pub(crate) const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// How often a stop is noticed while nothing comes.
const TURN: Duration = Duration::from_millis(100);

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastRead {
    /// How many records were handed over.
    pub records: u64,
    /// The log still holds all of the stretch: every partition begins before it, or still has its first record.
    pub reaches_back: bool,
    /// Since when all records are known; `start` is never before the stretch. Where `from_first_record` is false and
    /// `start` is `None`, some partition has lost all it ever held, and nothing is left that tells since when.
    pub history: History,
}

/// Reads every partition from the first record published at or after `from` to where it ended when reading began, and
/// hands each record to `handle`: in the order of its partition, partitions in any.
///
/// A record that was published before `from` may be among them, where timestamps are not in order or the broker
/// cannot look them up. Records of transactions that are open when reading begins, and what lies behind them, are
/// not: no reader gets those yet. Every record is marked as [rebuilding](IncomingRecord::rebuilding).
///
/// Nothing is committed, no group is joined. `stop` ends it within some seconds, with an error.
///
/// # Errors
/// [`PastError`]. What was handed over before is a part, and of no use.
pub fn read_past(
    settings: &Settings,
    from: EventTime,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&IncomingRecord<'_>),
) -> Result<PastRead, PastError> {
    settings.check()?;
    let consumer = settings.reader().create_with_context(ClientLog::new("past")).map_err(PastError::Client)?;
    let starts = begin(&consumer, settings, from, stop)?;
    let mut reading = Reading::new(&consumer, settings, &starts)?;
    tracing::info!(topic = settings.topic, partitions = starts.len(), offsets = reading.offsets_left(), "reading");
    let records = reading.read(stop, handle)?;
    let reaches: Vec<Reach> = reading.lanes.iter().map(|lane| lane.reach).collect();
    Ok(past_read(records, &reaches, from))
}

/// Asks until the brokers have said what there is, or have had their time.
fn begin(
    consumer: &BaseConsumer<ClientLog>,
    settings: &Settings,
    from: EventTime,
    stop: &AtomicBool,
) -> Result<Vec<Start>, PastError> {
    let deadline = Instant::now() + BEGIN_WITHIN;
    let inquiry = Inquiry { consumer, topic: &settings.topic, timeout: ANSWER_TIMEOUT };
    loop {
        let asked = Instant::now();
        match survey_past(&inquiry, from) {
            Ok(starts) => return Ok(starts),
            Err(Obstacle::TopicMissing(_)) => return Err(PastError::topic_missing(settings)),
            Err(Obstacle::Broker(error)) if is_refusal(&error) => return Err(PastError::refused(settings, &error)),
            Err(Obstacle::Broker(error)) if asked + ANSWER_TIMEOUT >= deadline => {
                return Err(PastError::unreachable(settings, &error));
            }
            Err(Obstacle::Broker(_)) => {}
        }
        // Serves the log lines of librdkafka, which say why.
        consumer.poll(TURN);
        if stop.load(Ordering::Relaxed) {
            return Err(PastError::Stopped);
        }
    }
}

/// One partition on the way to its end.
struct PastLane {
    next: i64,
    goal: i64,
    reach: Reach,
    first_record_tells: bool,
    at_goal: bool,
}

/// All partitions on the way to their ends.
struct Reading<'a> {
    consumer: &'a BaseConsumer<ClientLog>,
    settings: &'a Settings,
    lanes: Vec<PastLane>,
    /// Since when nothing has come of what is left.
    quiet_since: Option<Instant>,
    last_error: Option<KafkaError>,
}

impl<'a> Reading<'a> {
    fn new(consumer: &'a BaseConsumer<ClientLog>, settings: &'a Settings, starts: &[Start]) -> Result<Self, PastError> {
        let mut assignment = TopicPartitionList::with_capacity(starts.len());
        for (partition, start) in (0..).zip(starts).filter(|(_, start)| start.offset < start.goal) {
            assignment
                .add_partition_offset(&settings.topic, partition, Offset::Offset(start.offset))
                .map_err(PastError::Client)?;
        }
        consumer.assign(&assignment).map_err(PastError::Client)?;
        let lanes = starts.iter().map(|start| PastLane {
            next: start.offset,
            goal: start.goal,
            reach: start.reach,
            first_record_tells: start.first_record_tells,
            at_goal: start.offset >= start.goal,
        });
        Ok(Self { consumer, settings, lanes: lanes.collect(), quiet_since: None, last_error: None })
    }

    fn read(&mut self, stop: &AtomicBool, handle: &mut dyn FnMut(&IncomingRecord<'_>)) -> Result<u64, PastError> {
        let mut headers = HeaderBuffer::default();
        let mut records = 0;
        let mut left = self.lanes.iter().filter(|lane| !lane.at_goal).count();
        while left > 0 {
            if stop.load(Ordering::Relaxed) {
                return Err(PastError::Stopped);
            }
            let advanced = match self.consumer.poll(TURN) {
                Some(Ok(message)) => match self.lane(message.partition()) {
                    Some(lane) => {
                        records += u64::from(lane.take(&message, &mut headers, handle));
                        left -= usize::from(lane.at_goal);
                        true
                    }
                    None => false,
                },
                Some(Err(KafkaError::PartitionEOF(partition))) => match self.lane(partition) {
                    // Markers of transactions take offsets too: the end may be reached without its last record.
                    Some(lane) => {
                        lane.at_goal = true;
                        left -= 1;
                        true
                    }
                    None => false,
                },
                Some(Err(error)) => {
                    self.judge(error)?;
                    false
                }
                None => false,
            };
            if advanced {
                self.quiet_since = None;
            } else if self.quiet_since.get_or_insert_with(Instant::now).elapsed() >= PROGRESS_WITHIN {
                return Err(PastError::stuck(self.settings, self.offsets_left(), self.last_error.as_ref()));
            }
        }
        Ok(records)
    }

    /// The lane of a partition, unless it is at its goal.
    fn lane(&mut self, partition: i32) -> Option<&mut PastLane> {
        self.lanes.get_mut(usize::try_from(partition).ok()?).filter(|lane| !lane.at_goal)
    }

    /// Ends the reading if an error cannot pass by itself; librdkafka tries again whatever can.
    fn judge(&mut self, error: KafkaError) -> Result<(), PastError> {
        use RDKafkaErrorCode::{AutoOffsetReset, UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
        match error.rdkafka_error_code() {
            Some(AutoOffsetReset) => Err(self.cut()),
            Some(UnknownTopicOrPartition | UnknownTopic | UnknownPartition) => Err(PastError::vanished(self.settings)),
            _ if is_refusal(&error) => Err(PastError::refused(self.settings, &error)),
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
        let begins = inquiry.begins(self.lanes.len()).unwrap_or_default();
        let cut = (0..).zip(self.lanes.iter().zip(begins)).find(|(_, (lane, begin))| lane.next < *begin);
        match cut {
            Some((partition, (lane, begin))) => PastError::cut(self.settings, partition, lane.next, begin),
            None => PastError::vanished(self.settings),
        }
    }

    fn offsets_left(&self) -> i64 {
        self.lanes.iter().filter(|lane| !lane.at_goal).map(|lane| lane.goal - lane.next).sum()
    }
}

impl PastLane {
    /// Hands a record over, unless it was published after reading began: then this lane is at its goal. Says whether it
    /// did.
    fn take(
        &mut self,
        message: &BorrowedMessage<'_>,
        headers: &mut HeaderBuffer,
        handle: &mut dyn FnMut(&IncomingRecord<'_>),
    ) -> bool {
        let offset = message.offset();
        self.at_goal = offset + 1 >= self.goal;
        if offset >= self.goal {
            return false;
        }
        let list = headers.read(message);
        handle(&IncomingRecord::of(message, &list, true, false));
        headers.keep(list);
        self.next = offset + 1;
        if self.first_record_tells {
            self.first_record_tells = false;
            self.reach.since = Since::At(timestamp_of(message));
        }
        true
    }
}

fn past_read(records: u64, reaches: &[Reach], from: EventTime) -> PastRead {
    let reaches_back = reaches.iter().all(|reach| {
        reach.begins_at_zero
            || match reach.since {
                Since::BeforeRange => true,
                Since::At(at) => at <= from,
                Since::Empty => false,
            }
    });
    let history = history(reaches, from);
    // The end of time stands for a partition of which nothing is left: see `survey_past`.
    let start = history.start.filter(|start| *start < EventTime::MAX);
    PastRead { records, reaches_back, history: History { start, ..history } }
}

/// The brokers will not say more however often they are asked.
fn is_refusal(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{
        Authentication, ClusterAuthorizationFailed, SaslAuthenticationFailed, TopicAuthorizationFailed,
    };
    matches!(
        error.rdkafka_error_code(),
        Some(Authentication | ClusterAuthorizationFailed | SaslAuthenticationFailed | TopicAuthorizationFailed)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: EventTime = EventTime::from_seconds(1_000);

    fn read(reaches: &[(bool, Since)]) -> (bool, Option<i64>) {
        let reaches: Vec<Reach> =
            reaches.iter().map(|&(begins_at_zero, since)| Reach { begins_at_zero, since }).collect();
        let past = past_read(0, &reaches, FROM);
        (past.reaches_back, past.history.start.map(EventTime::floor_second))
    }

    fn at(seconds: i64) -> Since {
        Since::At(EventTime::from_seconds(seconds))
    }

    #[test]
    fn the_stretch_is_whole_where_every_partition_begins_before_it_or_has_its_first_record() {
        assert_eq!(read(&[(false, Since::BeforeRange), (true, at(5_000)), (true, Since::Empty)]), (true, Some(1_000)));
        assert_eq!(read(&[(false, at(1_000))]), (true, Some(1_000)));
        assert_eq!(read(&[(true, Since::Empty)]), (true, None), "it has never held a record");
    }

    #[test]
    fn one_partition_that_retention_has_cut_into_the_stretch_makes_it_shorter() {
        assert_eq!(read(&[(true, at(2_000)), (false, at(3_000))]), (false, Some(3_000)));
    }

    #[test]
    fn a_partition_that_has_lost_all_leaves_nothing_that_tells_since_when() {
        assert_eq!(read(&[(true, at(2_000)), (false, Since::At(EventTime::MAX))]), (false, None));
    }
}
