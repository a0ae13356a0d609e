//! What the threads of the shell know together, and what the rest of the process may ask.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::dead_letters::queue::{DeadLetterQueue, DeadLetterQueueStatus};
use crate::diagnostics::open_transactions::OpenTransaction;
use crate::diagnostics::topic_review::TopicReview;
use crate::history::{KnownSince, PartitionHistory, TopicHistory, history};
use crate::live::log_change::LogChange;
use crate::live::status::{IngestStatus, PartitionStatus, ratio};
use crate::partition_progress::PartitionProgress;
use crate::record::TimeSource;
use crate::security::SecurityWarning;

/// Dead letters that wait take at most this much memory.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

/// Dead letters that take longer to be written than this are told of, though no error has come.
const SLOW_LETTERS: Duration = Duration::from_secs(30);

/// The state of reading, shared by the shell's threads. Cheap to ask: no question waits for the broker or the reader.
pub struct Monitor {
    pub(crate) clock: TimeSource,
    pub(crate) dead_letters: Arc<DeadLetterQueue>,
    log: RwLock<ActiveLog>,
    /// Partitions of the topic as the last metadata had it; more than are being read just after some were added.
    partitions_known: AtomicUsize,
    rebuilt: AtomicBool,
    stopping: AtomicBool,
    failed: AtomicBool,
    words: Mutex<Conditions>,
}

/// The log that is being read.
#[derive(Clone, Default)]
pub(crate) struct ActiveLog {
    /// How many logs of the same name were read before it.
    pub(crate) number: u32,
    /// What had become of the one before it.
    pub(crate) begun_by: Option<LogChange>,
    /// The id of its topic, as far as the brokers tell.
    pub(crate) topic_id: Option<TopicId>,
    pub(crate) partitions: Vec<Arc<PartitionProgress>>,
    /// It was found not to be there any more; the reader has not begun with the one that is.
    change: Option<LogChange>,
}

struct Conditions {
    /// From when on records are read.
    range_start: EventTime,
    histories: Vec<PartitionHistory>,
    /// The last change of the log, with the name of the topic.
    log_change: Option<String>,
    log_changes: [u64; LogChange::ALL.len()],
    obstacle: Option<String>,
    fetch_error: Option<String>,
    held_back: Option<(OpenTransaction, String)>,
    topics: Vec<TopicReview>,
    security: Vec<SecurityWarning>,
}

impl Monitor {
    pub(crate) fn new(clock: TimeSource, range_start: EventTime) -> Self {
        Self {
            clock,
            dead_letters: Arc::new(DeadLetterQueue::new(QUEUE_BYTES)),
            log: RwLock::default(),
            partitions_known: AtomicUsize::new(0),
            rebuilt: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            words: Mutex::new(Conditions {
                range_start,
                histories: Vec::new(),
                log_change: None,
                log_changes: [0; LogChange::ALL.len()],
                obstacle: None,
                fetch_error: None,
                held_back: None,
                topics: Vec::new(),
                security: Vec::new(),
            }),
        }
    }

    /// Every record published before this is known; `None` until reading has begun. Never goes back as long as the log
    /// is the same.
    #[must_use]
    pub fn complete_until(&self) -> Option<EventTime> {
        self.log().complete_until()
    }

    /// Whether every partition has been read to where it ended when reading began. Stays true as long as the log is
    /// the same.
    #[must_use]
    pub fn rebuilt(&self) -> bool {
        self.is_rebuilt(&self.log())
    }

    /// The same of a log that is held, so that no other takes its place meanwhile.
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

    /// Whether a thread of the shell has died of a bug: nothing is read any more, and only a restart helps.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// How far back the log histories.
    #[must_use]
    pub fn history(&self) -> TopicHistory {
        let words = self.words();
        history(&words.histories, words.range_start)
    }

    /// Everything there is to say.
    #[must_use]
    pub fn status(&self) -> IngestStatus {
        let now = (self.clock)();
        // Held to the end: all that is said is of one log.
        let log = self.log();
        let rebuilt = self.is_rebuilt(&log);
        let partitions = &log.partitions;
        let (read, all) = partitions.iter().fold((0, 0), |(read, all), p| {
            (read + (p.read_to().min(p.goal()) - p.start).max(0), all + (p.goal() - p.start).max(0))
        });
        let dead_letters = self.dead_letters.status();
        let words = self.words();
        let mut not_ready: Vec<String> = words.obstacle.iter().chain(&words.fetch_error).cloned().collect();
        not_ready.extend(
            words
                .held_back
                .as_ref()
                .map(|(held, words)| format!("{words} (for {} s by now)", held.since.elapsed().as_secs())),
        );
        let failed = self.failed();
        if failed {
            not_ready.push("a thread of the Kafka reader has died of a bug: restart the process".to_owned());
        }
        not_ready.extend(words.log_change.iter().filter(|_| !rebuilt).cloned());
        if !rebuilt && !partitions.is_empty() && log.change.is_none() {
            not_ready.push(format!("the log is being read: {read} of {all} records"));
        }
        IngestStatus {
            log: log.number,
            log_changes: words.log_changes,
            rebuilt,
            rebuild_progress: if rebuilt { 1.0 } else { ratio(read, all) },
            complete_until: log.complete_until(),
            history: history(&words.histories, words.range_start),
            partitions: partitions.iter().map(|partition| PartitionStatus::of(partition, now)).collect(),
            not_ready,
            warnings: words.warnings(&dead_letters),
            topic_settings: words.topics.iter().flat_map(TopicReview::statuses).collect(),
            insecure: words.security.iter().map(|warning| warning.risk).collect(),
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

    /// The log that is being read, all of it as it was at one moment.
    pub(crate) fn active_log(&self) -> ActiveLog {
        self.log().clone()
    }

    /// The id of the topic that is being read, as far as the brokers tell.
    pub(crate) fn topic_id(&self) -> Option<TopicId> {
        self.log().topic_id
    }

    /// How many logs of the same name were read before the one that is being read.
    pub(crate) fn log_number(&self) -> u32 {
        self.log().number
    }

    /// From when on records are read.
    pub(crate) fn range_start(&self) -> EventTime {
        self.words().range_start
    }

    /// Reading begins, with these and no other partitions. They come all at once, for a few of them may be rebuilt
    /// already.
    pub(crate) fn begin(
        &self,
        topic_id: Option<TopicId>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        self.words().histories = histories;
        self.partitions_known.store(partitions.len(), Ordering::Release);
        *log = ActiveLog { topic_id, partitions, change: None, ..*log };
    }

    /// Reading begins with a log that has taken the place of the one that was read, from `range_start` on. Nothing
    /// that was known of the old one holds for it.
    pub(crate) fn begin_another_log(
        &self,
        range_start: EventTime,
        topic_id: Option<TopicId>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        let mut words = self.words();
        words.range_start = range_start;
        words.histories = histories;
        // Both were said of the topic that is not there any more.
        words.held_back = None;
        words.topics.clear();
        self.partitions_known.store(partitions.len(), Ordering::Release);
        self.rebuilt.store(false, Ordering::Release);
        *log = ActiveLog { number: log.number + 1, begun_by: log.change, topic_id, partitions, change: None };
    }

    /// One more partition is being read.
    pub(crate) fn add_partition(&self, partition: Arc<PartitionProgress>, history: PartitionHistory) {
        let mut log = self.log_mut();
        self.words().histories.push(history);
        log.partitions.push(partition);
    }

    /// Whether reading has not begun anew since `partitions` were asked for, and the log is still there.
    pub(crate) fn are_current(&self, partitions: &[Arc<PartitionProgress>]) -> bool {
        let log = self.log();
        log.change.is_none() && are_same(&log.partitions, partitions)
    }

    /// All records of a partition from `since` on are known.
    pub(crate) fn set_history(&self, partition: usize, begins_at_zero: bool, since: EventTime) {
        if let Some(history) = self.words().histories.get_mut(partition) {
            *history = PartitionHistory {
                begins_at_zero: history.begins_at_zero && begins_at_zero,
                since: KnownSince::At(since),
            };
        }
    }

    pub(crate) fn partitions_known(&self) -> usize {
        self.partitions_known.load(Ordering::Acquire)
    }

    /// The topic has `count` partitions, when `partitions` are being read. Says nothing if reading began anew since.
    pub(crate) fn set_partitions_known(&self, partitions: &[Arc<PartitionProgress>], count: usize) {
        let log = self.log();
        if are_same(&log.partitions, partitions) {
            self.partitions_known.store(count, Ordering::Release);
        }
    }

    /// The topic of `partitions` was found to have this id. False if that is another one than before: then these
    /// partitions are of a topic that is not there any more.
    pub(crate) fn meet_topic_id(&self, partitions: &[Arc<PartitionProgress>], found: Option<TopicId>) -> bool {
        let known = {
            let log = self.log();
            if !are_same(&log.partitions, partitions) {
                return true;
            }
            log.topic_id
        };
        match (known, found) {
            (Some(known), Some(found)) => known == found,
            // Brokers that are brought up to date begin to tell.
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

    /// The log of `partitions` is not there any more. From now on the figures count as unknown. Says nothing if
    /// reading began anew since, or it was said before.
    pub(crate) fn set_log_change(&self, topic: &str, partitions: &[Arc<PartitionProgress>], change: LogChange) {
        let mut log = self.log_mut();
        if log.change.is_some() || !are_same(&log.partitions, partitions) {
            return;
        }
        log.change = Some(change);
        let mut words = self.words();
        words.log_changes[change as usize] += 1;
        words.log_change = Some(format!("the topic {topic} {change}"));
        tracing::error!(
            topic,
            change = change.as_str(),
            topic_id = log.topic_id.map(tracing::field::display),
            "log replaced: {change}"
        );
    }

    /// The log that is being read was found not to be there any more.
    pub(crate) fn log_change(&self) -> Option<LogChange> {
        self.log().change
    }

    /// What keeps the shell from reading or from knowing how far it has read. Logged when it changes.
    pub(crate) fn set_obstacle(&self, obstacle: Option<String>) {
        let mut words = self.words();
        if words.obstacle != obstacle {
            if let Some(obstacle) = &obstacle {
                tracing::warn!("{obstacle}; trying again");
            } else {
                tracing::info!("the broker answers again");
            }
            words.obstacle = obstacle;
        }
    }

    /// Why records cannot be fetched, though the broker may well answer the probe; `None` once something was fetched.
    pub(crate) fn set_fetch_error(&self, fetch_error: Option<String>) {
        self.words().fetch_error = fetch_error;
    }

    /// An open transaction holds a partition back, in these words; `None` if none does. Logged when it is news.
    pub(crate) fn set_held_back(&self, held: Option<(OpenTransaction, String)>) {
        let mut words = self.words();
        match (&words.held_back, &held) {
            (Some((before, _)), Some((held, _))) if before == held => return,
            (_, Some((held, words))) => {
                tracing::warn!(partition = held.partition, offset = held.offset, "{words}");
            }
            (Some((before, _)), None) => {
                tracing::info!(partition = before.partition, offset = before.offset, "the open transaction has ended");
            }
            (None, None) => {}
        }
        words.held_back = held;
    }

    /// The settings of a topic were looked at. What is wrong is logged when it is news.
    pub(crate) fn set_topic_review(&self, review: TopicReview) {
        let mut words = self.words();
        let known = words.topics.iter().position(|known| known.role == review.role);
        let before = known.map(|place| words.topics.remove(place)).unwrap_or_default();
        for wrong in review.wrong.iter().filter(|wrong| !before.wrong.contains(wrong)) {
            tracing::warn!("{wrong}");
        }
        for right in before.wrong.iter().filter(|right| !review.wrong.iter().any(|wrong| wrong.name == right.name)) {
            tracing::info!(topic = right.topic, setting = right.name, "the setting is right now");
        }
        words.topics.push(review);
        words.topics.sort_by_key(|topic| topic.role);
    }

    /// How the connection to the brokers is less safe than it seems. Logged at the start.
    pub(crate) fn set_security(&self, warnings: Vec<SecurityWarning>) {
        for warning in &warnings {
            tracing::warn!("{warning}");
        }
        self.words().security = warnings;
    }

    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// The threads have to end: somebody asked for it, or one of them has failed.
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

    /// Where both are taken, the log is taken first.
    fn words(&self) -> MutexGuard<'_, Conditions> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveLog {
    /// Every record published before this is known.
    fn complete_until(&self) -> Option<EventTime> {
        let known = self.partitions.iter().map(|partition| partition.complete_until()).min();
        known.filter(|_| self.change.is_none())
    }
}

impl Conditions {
    fn warnings(&self, dead_letters: &DeadLetterQueueStatus) -> Vec<String> {
        let wrong = self.topics.iter().flat_map(|topic| &topic.wrong).map(ToString::to_string);
        let security = self.security.iter().map(ToString::to_string);
        let silent = dead_letters.problem.is_none() && dead_letters.blocked > SLOW_LETTERS;
        let slow = silent.then(|| {
            "the brokers take no dead letters, without an error: see that the dead-letter topic has a leader, and \
             min.insync.replicas of its replicas in sync"
                .to_owned()
        });
        let blocked = dead_letters.problem.clone().or(slow).map(|problem| match dead_letters.waiting {
            0 => problem,
            waiting => format!("{waiting} dead letters wait, for {} s: {problem}", dead_letters.blocked.as_secs()),
        });
        wrong.chain(security).chain(blocked).collect()
    }
}

/// A topic keeps its first partition as long as it is read on.
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
        let monitor = Monitor::new(Arc::new(|| second(100)), second(0));
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
    fn from_the_change_of_the_log_to_the_end_of_the_rebuild_nothing_is_known_and_it_is_said_why() {
        let (monitor, partitions) = reading(None);
        assert_eq!((monitor.rebuilt(), monitor.complete_until()), (true, Some(second(90))));
        for _ in 0..2 {
            monitor.set_log_change("events", &partitions, LogChange::Recreated);
        }
        let status = monitor.status();
        assert_eq!((status.log, status.rebuilt, status.complete_until), (0, false, None));
        assert_eq!((status.log_changes, monitor.are_current(&partitions)), ([1, 0], false), "it is counted once");
        assert!(status.not_ready[0].starts_with("the topic events was deleted and made anew"), "{status:?}");

        let partition = Arc::new(PartitionProgress::new(0, 5, second(50)));
        monitor.begin_another_log(second(50), None, vec![Arc::clone(&partition)], Vec::new());
        monitor.set_log_change("events", &partitions, LogChange::RecordsLost);
        let status = monitor.status();
        assert_eq!((status.log, status.log_changes, status.rebuilt), (1, [1, 0], false), "the old one is gone");
        assert_eq!((status.complete_until, status.not_ready.len()), (Some(second(50)), 2));
        partition.pass(5);
        let status = monitor.status();
        assert_eq!((status.rebuilt, status.not_ready), (true, Vec::new()));
    }

    #[test]
    fn another_id_is_another_topic_and_one_that_is_not_told_is_no_sign() {
        let id = TopicId::from_bits;
        let (monitor, partitions) = reading(id(1));
        assert!(monitor.meet_topic_id(&partitions, id(1)) && monitor.meet_topic_id(&partitions, None));
        assert!(!monitor.meet_topic_id(&partitions, id(2)));
        let (monitor, partitions) = reading(None);
        assert!(monitor.meet_topic_id(&partitions, id(1)), "brokers that are brought up to date begin to tell");
        assert_eq!(monitor.topic_id(), id(1));
        assert!(!monitor.meet_topic_id(&partitions, id(2)));
        let elsewhere = reading(None).1;
        assert!(monitor.meet_topic_id(&elsewhere, id(2)), "it was asked about what is not read any more");
    }
}
