//! What the threads of the live wing know together, and what the rest of the process may ask.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::dead_letters::queue::DeadLetterQueue;
use crate::diagnostics::open_transactions::OpenTransaction;
use crate::diagnostics::topic_review::TopicReview;
use crate::history::{KnownSince, PartitionHistory, TopicHistory, history};
use crate::live::conditions::Conditions;
use crate::live::log_change::LogChange;
use crate::live::status::{IngestStatus, PartitionStatus, dead_letter_warning, ratio};
use crate::partition_progress::PartitionProgress;
use crate::record::TimeSource;
use crate::security::SecurityWarning;

/// The most memory that waiting dead letters take.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

/// The state of reading, shared by all threads. Its questions never wait for the broker or the reader.
pub struct Monitor {
    topic: Arc<str>,
    pub(crate) clock: TimeSource,
    pub(crate) dead_letters: Arc<DeadLetterQueue>,
    log: RwLock<ActiveLog>,
    /// Partitions in the latest metadata: more than are being read just after partitions were added.
    partitions_known: AtomicUsize,
    rebuilt: AtomicBool,
    stopping: AtomicBool,
    failed: AtomicBool,
    state: Mutex<State>,
}

/// The log that is being read.
#[derive(Clone, Default)]
pub(crate) struct ActiveLog {
    /// How many logs of the same topic name were read before this one.
    pub(crate) number: u32,
    /// How this log came to replace the one before it.
    pub(crate) begun_by: Option<LogChange>,
    /// The topic id, if the brokers have topic ids.
    pub(crate) topic_id: Option<TopicId>,
    pub(crate) partitions: Vec<Arc<PartitionProgress>>,
    /// Another log has replaced this one, and the reader has not begun with that one yet.
    change: Option<LogChange>,
}

/// What else is known of that log, and what the threads report to the operator.
struct State {
    /// Records are read from this instant on.
    range_start: EventTime,
    histories: Vec<PartitionHistory>,
    conditions: Conditions,
}

impl Monitor {
    pub(crate) fn new(topic: &str, clock: TimeSource, range_start: EventTime) -> Self {
        Self {
            topic: Arc::from(topic),
            clock,
            dead_letters: Arc::new(DeadLetterQueue::new(QUEUE_BYTES)),
            log: RwLock::default(),
            partitions_known: AtomicUsize::new(0),
            rebuilt: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            state: Mutex::new(State { range_start, histories: Vec::new(), conditions: Conditions::default() }),
        }
    }

    /// Every record published before this instant is known; `None` until reading has begun. Never goes back while the
    /// log is the same.
    #[must_use]
    pub fn complete_until(&self) -> Option<EventTime> {
        self.log().complete_until()
    }

    /// Whether every partition has been read to where it ended when reading began. Stays true while the log is the
    /// same.
    #[must_use]
    pub fn rebuilt(&self) -> bool {
        self.is_rebuilt(&self.log())
    }

    /// The same for a log whose lock is held, so that no other log replaces it meanwhile.
    fn is_rebuilt(&self, log: &ActiveLog) -> bool {
        if log.change.is_some() {
            return false;
        }
        if self.rebuilt.load(Ordering::Acquire) {
            return true;
        }
        let rebuilt = !log.partitions.is_empty() && log.partitions.iter().all(|partition| partition.is_rebuilt());
        self.rebuilt.fetch_or(rebuilt, Ordering::AcqRel);
        rebuilt
    }

    /// Whether a thread has panicked. Then nothing is read any more, and only a restart helps.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// How far back the log reaches.
    #[must_use]
    pub fn history(&self) -> TopicHistory {
        let state = self.state();
        history(&state.histories, state.range_start)
    }

    /// The whole state at this moment.
    #[must_use]
    pub fn status(&self) -> IngestStatus {
        let now = (self.clock)();
        // Held to the end, so that the whole status is about one log.
        let log = self.log();
        let rebuilt = self.is_rebuilt(&log);
        let partitions = &log.partitions;
        let (read, all) = partitions.iter().fold((0, 0), |(read, all), p| {
            (read + (p.read_to().min(p.goal()) - p.start).max(0), all + (p.goal() - p.start).max(0))
        });
        let dead_letters = self.dead_letters.status();
        let failed = self.failed();
        let state = self.state();
        let conditions = &state.conditions;
        let mut not_ready = conditions.not_ready(failed, rebuilt);
        if !rebuilt && !partitions.is_empty() && log.change.is_none() {
            not_ready.push(format!("the log is being read: {read} of {all} records"));
        }
        IngestStatus {
            log: log.number,
            log_changes: conditions.log_changes(),
            rebuilt,
            rebuild_progress: if rebuilt { 1.0 } else { ratio(read, all) },
            complete_until: log.complete_until(),
            history: history(&state.histories, state.range_start),
            partitions: (0..)
                .zip(partitions)
                .map(|(number, partition)| PartitionStatus::of((&self.topic, number), partition, now))
                .collect(),
            not_ready,
            warnings: conditions.warnings().chain(dead_letter_warning(&dead_letters)).collect(),
            topic_settings: conditions.topic_settings(),
            insecure: conditions.risks(),
            dead_letters: dead_letters.acknowledged,
            dead_letters_waiting: dead_letters.waiting,
            dead_letters_blocked: dead_letters.blocked,
            failed,
        }
    }

    /// The partitions being read, by number.
    pub(crate) fn partitions(&self) -> Vec<Arc<PartitionProgress>> {
        self.log().partitions.clone()
    }

    /// The log that is being read, as of one moment.
    pub(crate) fn active_log(&self) -> ActiveLog {
        self.log().clone()
    }

    /// The id of the topic that is being read, if the brokers have topic ids.
    pub(crate) fn topic_id(&self) -> Option<TopicId> {
        self.log().topic_id
    }

    /// How many logs of the same topic name were read before this one.
    pub(crate) fn log_number(&self) -> u32 {
        self.log().number
    }

    /// Records are read from this instant on.
    pub(crate) fn range_start(&self) -> EventTime {
        self.state().range_start
    }

    /// Reading begins with these partitions. They come all at once, because some of them alone could already count as
    /// rebuilt.
    pub(crate) fn begin(
        &self,
        topic_id: Option<TopicId>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        self.state().histories = histories;
        self.partitions_known.store(partitions.len(), Ordering::Release);
        *log = ActiveLog { topic_id, partitions, change: None, ..*log };
    }

    /// Reading begins with a log that has replaced the one that was read, from `range_start` on. Nothing known of the
    /// old log holds for it.
    pub(crate) fn begin_another_log(
        &self,
        range_start: EventTime,
        topic_id: Option<TopicId>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        let mut state = self.state();
        state.range_start = range_start;
        state.histories = histories;
        state.conditions.forget_the_old_log();
        self.partitions_known.store(partitions.len(), Ordering::Release);
        self.rebuilt.store(false, Ordering::Release);
        *log = ActiveLog { number: log.number + 1, begun_by: log.change, topic_id, partitions, change: None };
    }

    /// One more partition is being read.
    pub(crate) fn add_partition(&self, partition: Arc<PartitionProgress>, history: PartitionHistory) {
        let mut log = self.log_mut();
        self.state().histories.push(history);
        log.partitions.push(partition);
    }

    /// Whether `partitions` are still those that are being read, and no other log has replaced theirs.
    pub(crate) fn are_current(&self, partitions: &[Arc<PartitionProgress>]) -> bool {
        let log = self.log();
        log.change.is_none() && are_same(&log.partitions, partitions)
    }

    /// All records of a partition since this instant are known.
    pub(crate) fn set_history(&self, partition: usize, begins_at_zero: bool, since: EventTime) {
        if let Some(history) = self.state().histories.get_mut(partition) {
            *history = PartitionHistory {
                begins_at_zero: history.begins_at_zero && begins_at_zero,
                since: KnownSince::At(since),
            };
        }
    }

    pub(crate) fn partitions_known(&self) -> usize {
        self.partitions_known.load(Ordering::Acquire)
    }

    /// The topic has `count` partitions while `partitions` are being read. Ignored if reading has begun again since.
    pub(crate) fn set_partitions_known(&self, partitions: &[Arc<PartitionProgress>], count: usize) {
        let log = self.log();
        if are_same(&log.partitions, partitions) {
            self.partitions_known.store(count, Ordering::Release);
        }
    }

    /// A query about the topic of `partitions` has given this id. False if the id was another one before: then these
    /// partitions are of a topic that does not exist any more.
    pub(crate) fn accept_topic_id(&self, partitions: &[Arc<PartitionProgress>], found: Option<TopicId>) -> bool {
        let known = {
            let log = self.log();
            if !are_same(&log.partitions, partitions) {
                return true;
            }
            log.topic_id
        };
        match (known, found) {
            (Some(known), Some(found)) => known == found,
            // Brokers have topic ids once they are upgraded.
            (None, Some(found)) => {
                let mut log = self.log_mut();
                if are_same(&log.partitions, partitions) {
                    log.topic_id.get_or_insert(found);
                }
                true
            }
            (_, None) => true,
        }
    }

    /// Another log has replaced that of `partitions`. From now on the figures count as unknown. Ignored if reading has
    /// begun again since, or if the change is known.
    pub(crate) fn set_log_change(&self, topic: &str, partitions: &[Arc<PartitionProgress>], change: LogChange) {
        let mut log = self.log_mut();
        if log.change.is_some() || !are_same(&log.partitions, partitions) {
            return;
        }
        log.change = Some(change);
        self.state().conditions.add_log_change(topic, change, log.topic_id);
    }

    /// How another log has replaced the one that is being read, until the reader begins with that one.
    pub(crate) fn log_change(&self) -> Option<LogChange> {
        self.log().change
    }

    /// As [`Conditions::set_query_error`].
    pub(crate) fn set_query_error(&self, query_error: Option<String>) {
        self.state().conditions.set_query_error(query_error);
    }

    /// As [`Conditions::set_fetch_error`].
    pub(crate) fn set_fetch_error(&self, fetch_error: Option<String>) {
        self.state().conditions.set_fetch_error(fetch_error);
    }

    /// As [`Conditions::set_open_transaction`].
    pub(crate) fn set_open_transaction(&self, open: Option<(OpenTransaction, String)>) {
        self.state().conditions.set_open_transaction(open);
    }

    /// As [`Conditions::set_topic_review`].
    pub(crate) fn set_topic_review(&self, review: TopicReview) {
        self.state().conditions.set_topic_review(review);
    }

    /// As [`Conditions::set_security`].
    pub(crate) fn set_security(&self, warnings: Vec<SecurityWarning>) {
        self.state().conditions.set_security(warnings);
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Whether the threads have to end: the process stops, or one of them has panicked.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire) || self.failed.load(Ordering::Acquire)
    }

    pub(crate) fn set_failed(&self) {
        self.failed.store(true, Ordering::Release);
    }

    fn log(&self) -> RwLockReadGuard<'_, ActiveLog> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn log_mut(&self) -> RwLockWriteGuard<'_, ActiveLog> {
        self.log.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A thread that takes both locks takes the log's first.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveLog {
    /// Every record published before this instant is known.
    fn complete_until(&self) -> Option<EventTime> {
        let known = self.partitions.iter().map(|partition| partition.complete_until()).min();
        known.filter(|_| self.change.is_none())
    }
}

/// Two lists of one log have the same first partition.
fn are_same(some: &[Arc<PartitionProgress>], others: &[Arc<PartitionProgress>]) -> bool {
    some.first().zip(others.first()).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(s: i64) -> EventTime {
        EventTime::from_seconds(s)
    }

    /// A monitor of one partition that has been read to its end, and that partition.
    fn reading(topic_id: Option<TopicId>) -> (Monitor, Vec<Arc<PartitionProgress>>) {
        let monitor = Monitor::new("events", Arc::new(|| second(100)), second(0));
        let partition = Arc::new(PartitionProgress::new(0, 0, second(0)));
        partition.observe(second(90), 0);
        monitor.begin(
            topic_id,
            vec![partition],
            vec![PartitionHistory { begins_at_zero: true, since: KnownSince::Empty }],
        );
        let partitions = monitor.partitions();
        (monitor, partitions)
    }

    #[test]
    fn nothing_is_known_from_a_change_of_the_log_to_the_end_of_the_rebuild() {
        let (monitor, partitions) = reading(None);
        assert_eq!((monitor.rebuilt(), monitor.complete_until()), (true, Some(second(90))));
        for _ in 0..2 {
            monitor.set_log_change("events", &partitions, LogChange::Recreated);
        }
        let status = monitor.status();
        assert_eq!((status.log, status.rebuilt, status.complete_until), (0, false, None));
        assert_eq!(
            (status.log_changes, monitor.are_current(&partitions)),
            ([1, 0], false),
            "the change is counted once"
        );
        assert!(status.not_ready[0].starts_with("the topic events was deleted and recreated"), "{status:?}");

        let partition = Arc::new(PartitionProgress::new(0, 5, second(50)));
        monitor.begin_another_log(second(50), None, vec![Arc::clone(&partition)], Vec::new());
        monitor.set_log_change("events", &partitions, LogChange::RecordsLost);
        let status = monitor.status();
        assert_eq!(
            (status.log, status.log_changes, status.rebuilt),
            (1, [1, 0], false),
            "the old log does not count any more"
        );
        assert_eq!((status.complete_until, status.not_ready.len()), (Some(second(50)), 2));
        partition.pass(5);
        let status = monitor.status();
        assert_eq!((status.rebuilt, status.not_ready), (true, Vec::new()));
    }

    #[test]
    fn another_id_is_another_topic_and_a_missing_id_proves_nothing() {
        let id = TopicId::from_bits;
        let (monitor, partitions) = reading(id(1));
        assert!(monitor.accept_topic_id(&partitions, id(1)) && monitor.accept_topic_id(&partitions, None));
        assert!(!monitor.accept_topic_id(&partitions, id(2)));
        let (monitor, partitions) = reading(None);
        assert!(monitor.accept_topic_id(&partitions, id(1)), "brokers have topic ids once they are upgraded");
        assert_eq!(monitor.topic_id(), id(1));
        assert!(!monitor.accept_topic_id(&partitions, id(2)));
        let elsewhere = reading(None).1;
        assert!(
            monitor.accept_topic_id(&elsewhere, id(2)),
            "the query was about partitions that are not read any more"
        );
    }
}
