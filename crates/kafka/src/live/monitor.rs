//! What the threads of the live wing know together, and what the rest of the process may ask.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::dead_letters::queue::DeadLetterQueue;
use crate::diagnostics::open_transactions::OpenTransaction;
use crate::diagnostics::topic_review::TopicReview;
use crate::history::{KnownSince, PartitionHistory, TopicHistory, history};
use crate::live::active_log::{ActiveLog, ActiveTopic};
use crate::live::conditions::{Asker, Conditions};
use crate::live::log_change::TopicChange;
use crate::live::status::{IngestStatus, PartitionStatus, dead_letter_warning, ratio};
use crate::partition_progress::PartitionProgress;
use crate::partition_start::PartitionStart;
use crate::record::TimeSource;
use crate::security::SecurityWarning;
use crate::topic_choice::ChosenTopic;

/// The most memory that waiting dead letters take.
const QUEUE_BYTES: usize = 16 * 1024 * 1024;

/// The state of reading, shared by all threads. Its questions never wait for the broker or the reader.
pub struct Monitor {
    pub(crate) clock: TimeSource,
    pub(crate) dead_letters: Arc<DeadLetterQueue>,
    log: RwLock<ActiveLog>,
    rebuilt: AtomicBool,
    stopping: AtomicBool,
    failed: AtomicBool,
    state: Mutex<State>,
}

/// A partition that exists and is not being read yet.
pub(crate) struct UnreadPartition {
    pub(crate) start: PartitionStart,
    /// The id of its topic, if the brokers have topic ids.
    pub(crate) topic_id: Option<TopicId>,
}

/// What else is known of that log, and what the threads report to the operator.
struct State {
    /// Records are read from this instant on.
    range_start: EventTime,
    /// Of each partition, in the order of the log.
    histories: Vec<PartitionHistory>,
    /// Partitions that exist and are not being read yet, as of the last probe.
    unread: Vec<UnreadPartition>,
    conditions: Conditions,
}

impl Monitor {
    pub(crate) fn new(clock: TimeSource, range_start: EventTime) -> Self {
        Self {
            clock,
            dead_letters: Arc::new(DeadLetterQueue::new(QUEUE_BYTES)),
            log: RwLock::default(),
            rebuilt: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            state: Mutex::new(State {
                range_start,
                histories: Vec::new(),
                unread: Vec::new(),
                conditions: Conditions::default(),
            }),
        }
    }

    /// Every record published before this instant is known, apart from those that only repair the past; `None` until
    /// reading has begun. Never goes back while the log is the same.
    #[must_use]
    pub fn complete_until(&self) -> Option<EventTime> {
        self.log().complete_until()
    }

    /// Whether every partition of every topic has been read to where it ended when reading began. Stays true while the
    /// log is the same.
    #[must_use]
    pub fn rebuilt(&self) -> bool {
        self.is_rebuilt(&self.log())
    }

    /// The same for a log whose lock is held, so that no other log replaces it meanwhile.
    fn is_rebuilt(&self, log: &ActiveLog) -> bool {
        if !log.changes.is_empty() {
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
        if !rebuilt && !partitions.is_empty() && log.changes.is_empty() {
            not_ready.push(format!("the log is being read: {read} of {all} records"));
        }
        IngestStatus {
            log: log.number,
            log_changes: conditions.log_changes(),
            rebuilt,
            rebuild_progress: if rebuilt { 1.0 } else { ratio(read, all) },
            complete_until: log.complete_until(),
            history: history(&state.histories, state.range_start),
            partitions: PartitionStatus::of_all(partitions, now),
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

    /// The partitions being read.
    pub(crate) fn partitions(&self) -> Vec<Arc<PartitionProgress>> {
        self.log().partitions.clone()
    }

    /// The log that is being read, as of one moment.
    pub(crate) fn active_log(&self) -> ActiveLog {
        self.log().clone()
    }

    /// The id of a topic that is being read, if the brokers have topic ids.
    pub(crate) fn topic_id(&self, topic: &str) -> Option<TopicId> {
        self.log().topic(topic)?.id
    }

    /// How many logs were read before this one.
    pub(crate) fn log_number(&self) -> u32 {
        self.log().number
    }

    /// Records are read from this instant on.
    pub(crate) fn range_start(&self) -> EventTime {
        self.state().range_start
    }

    /// Reading begins with these topics and partitions. They come all at once, because some of them alone could already
    /// count as rebuilt.
    pub(crate) fn begin(
        &self,
        topics: Vec<(Arc<ChosenTopic>, Option<TopicId>)>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        self.state().histories = histories;
        let topics = topics.into_iter().map(|(topic, id)| ActiveTopic { topic, id, changed: None });
        *log = ActiveLog { number: 0, topics: topics.collect(), partitions, changes: Vec::new() };
    }

    /// Reading begins with a log that has replaced the one that was read, from `range_start` on. Nothing known of the
    /// old log holds for it.
    pub(crate) fn begin_another_log(
        &self,
        range_start: EventTime,
        topics: Vec<(Arc<ChosenTopic>, Option<TopicId>)>,
        partitions: Vec<Arc<PartitionProgress>>,
        histories: Vec<PartitionHistory>,
    ) {
        let mut log = self.log_mut();
        let mut state = self.state();
        state.range_start = range_start;
        state.histories = histories;
        state.unread.clear();
        state.conditions.forget_the_old_log();
        self.rebuilt.store(false, Ordering::Release);
        *log = log.next(topics, partitions);
    }

    /// One more partition is being read, perhaps of a new topic with this id.
    pub(crate) fn add_partition(
        &self,
        partition: Arc<PartitionProgress>,
        id: Option<TopicId>,
        history: PartitionHistory,
    ) {
        let mut log = self.log_mut();
        self.state().histories.push(history);
        let topic = &partition.of.topic;
        if log.topic(&topic.name).is_none() {
            log.topics.push(ActiveTopic { topic: Arc::clone(topic), id, changed: None });
        }
        log.partitions.push(partition);
    }

    /// What the group has committed for these topics is about the log of `partitions`. Ignored if reading has begun
    /// again since.
    pub(crate) fn mark_committed(&self, partitions: &[Arc<PartitionProgress>], topics: &[String]) {
        let has_changed = |active: &ActiveTopic| active.changed.is_some() && topics.contains(&active.topic.name);
        if !self.log().topics.iter().any(has_changed) {
            return;
        }
        let mut log = self.log_mut();
        if log.has(partitions) {
            log.topics.iter_mut().filter(|active| has_changed(active)).for_each(|active| active.changed = None);
        }
    }

    /// Whether `partitions` are still those that are being read, and no other log has replaced theirs.
    pub(crate) fn are_current(&self, partitions: &[Arc<PartitionProgress>]) -> bool {
        let log = self.log();
        log.changes.is_empty() && log.has(partitions)
    }

    /// All records of the partition at this place are known since this instant.
    pub(crate) fn set_history(&self, place: usize, begins_at_zero: bool, since: EventTime) {
        if let Some(history) = self.state().histories.get_mut(place) {
            *history = PartitionHistory {
                begins_at_zero: history.begins_at_zero && begins_at_zero,
                since: KnownSince::At(since),
            };
        }
    }

    /// While `partitions` were being read, these others were found. Ignored if reading has begun again since.
    pub(crate) fn set_unread(&self, partitions: &[Arc<PartitionProgress>], unread: Vec<UnreadPartition>) {
        let log = self.log();
        if log.has(partitions) {
            self.state().unread = unread;
        }
    }

    /// The partitions that were found and are not being read, unless they were taken before.
    pub(crate) fn take_unread(&self) -> Vec<UnreadPartition> {
        std::mem::take(&mut self.state().unread)
    }

    /// A query about a topic has given this id while `partitions` were being read. False if the id was another one
    /// before: then the partitions of the topic are of one that does not exist any more.
    pub(crate) fn accept_topic_id(
        &self,
        partitions: &[Arc<PartitionProgress>],
        topic: &str,
        found: Option<TopicId>,
    ) -> bool {
        let known = {
            let log = self.log();
            if !log.has(partitions) {
                return true;
            }
            log.topic(topic).and_then(|known| known.id)
        };
        match (known, found) {
            (Some(known), Some(found)) => known == found,
            // Brokers have topic ids once they are upgraded.
            (None, Some(found)) => {
                let mut log = self.log_mut();
                if log.has(partitions)
                    && let Some(known) = log.topics.iter_mut().find(|known| known.topic.name == topic)
                {
                    known.id.get_or_insert(found);
                }
                true
            }
            (_, None) => true,
        }
    }

    /// Another log has replaced that of `partitions`, because these topics have changed. From now on the figures count
    /// as unknown. Ignored if reading has begun again since, and of topics of which a change is known.
    pub(crate) fn set_log_changes(&self, partitions: &[Arc<PartitionProgress>], changes: Vec<TopicChange>) {
        let mut log = self.log_mut();
        if changes.is_empty() || !log.has(partitions) {
            return;
        }
        for change in changes {
            if log.changes.iter().all(|known| known.topic != change.topic) {
                let id = log.topic(&change.topic).and_then(|topic| topic.id);
                self.state().conditions.add_log_change(&change, id);
                log.changes.push(change);
            }
        }
        self.state().conditions.set_last_changes(&log.changes);
    }

    /// Whether another log has replaced the one that is being read, until the reader begins with that one.
    pub(crate) fn has_log_change(&self) -> bool {
        !self.log().changes.is_empty()
    }

    /// As [`Conditions::set_query_error`].
    pub(crate) fn set_query_error(&self, asker: Asker, error: Option<String>) {
        self.state().conditions.set_query_error(asker, error);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::CommitFilter;
    use crate::live::log_change::LogChange;
    use crate::topic_choice::{ChosenPartition, TopicChoice};

    fn second(s: i64) -> EventTime {
        EventTime::from_seconds(s)
    }

    const HISTORY: PartitionHistory = PartitionHistory { begins_at_zero: true, since: KnownSince::Empty };

    fn changed(topic: &str, change: LogChange) -> Vec<TopicChange> {
        vec![TopicChange { topic: topic.to_owned(), change }]
    }

    /// A partition of another topic, which has been read to `read_to` of 10.
    fn partition_of(topic: &str, repairs_only: bool, read_to: i64) -> Arc<PartitionProgress> {
        let choice = TopicChoice { repairs_only, ..TopicChoice::of(topic) };
        let topic = Arc::new(ChosenTopic { name: topic.to_owned(), choice });
        let partition = PartitionProgress::new(ChosenPartition { topic, number: 0 }, 0, 10, second(10));
        partition.pass(read_to);
        Arc::new(partition)
    }

    /// A monitor of one partition that has been read to its end, and that partition.
    fn reading(topic_id: Option<TopicId>) -> (Monitor, Vec<Arc<PartitionProgress>>) {
        let monitor = Monitor::new(Arc::new(|| second(100)), second(0));
        let partition = Arc::new(PartitionProgress::of_events(0, 0, second(0)));
        partition.observe(second(90), 0);
        let topics = vec![(Arc::clone(&partition.of.topic), topic_id)];
        monitor.begin(topics, vec![partition], vec![HISTORY]);
        let partitions = monitor.partitions();
        (monitor, partitions)
    }

    #[test]
    fn nothing_is_known_from_a_change_of_the_log_to_the_end_of_the_rebuild() {
        let (monitor, partitions) = reading(None);
        assert_eq!((monitor.rebuilt(), monitor.complete_until()), (true, Some(second(90))));
        for _ in 0..2 {
            monitor.set_log_changes(&partitions, changed("events", LogChange::Recreated));
        }
        let status = monitor.status();
        assert_eq!((status.log, status.rebuilt, status.complete_until), (0, false, None));
        assert_eq!(
            (status.log_changes, monitor.are_current(&partitions)),
            ([1, 0, 0], false),
            "the change is counted once"
        );
        assert!(status.not_ready[0].starts_with("the topic events was deleted and recreated"), "{status:?}");

        let partition = Arc::new(PartitionProgress::of_events(0, 5, second(50)));
        let topics = vec![(Arc::clone(&partition.of.topic), None)];
        monitor.begin_another_log(second(50), topics, vec![Arc::clone(&partition)], Vec::new());
        monitor.set_log_changes(&partitions, changed("events", LogChange::RecordsLost));
        let status = monitor.status();
        assert_eq!(
            (status.log, status.log_changes, status.rebuilt),
            (1, [1, 0, 0], false),
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
        assert!(
            monitor.accept_topic_id(&partitions, "events", id(1))
                && monitor.accept_topic_id(&partitions, "events", None)
        );
        assert!(!monitor.accept_topic_id(&partitions, "events", id(2)));
        let (monitor, partitions) = reading(None);
        assert!(monitor.accept_topic_id(&partitions, "events", id(1)), "brokers have topic ids once they are upgraded");
        assert_eq!(monitor.topic_id("events"), id(1));
        assert!(!monitor.accept_topic_id(&partitions, "events", id(2)));
        let elsewhere = reading(None).1;
        assert!(
            monitor.accept_topic_id(&elsewhere, "events", id(2)),
            "the query was about partitions that are not read any more"
        );
    }

    /// A monitor of these partitions, probed at second 90: they end at 10.
    fn probed(partitions: &[Arc<PartitionProgress>]) -> Monitor {
        let monitor = Monitor::new(Arc::new(|| second(100)), second(0));
        let topics = partitions.iter().map(|partition| (Arc::clone(&partition.of.topic), None)).collect();
        let histories = vec![HISTORY; partitions.len()];
        monitor.begin(topics, partitions.to_vec(), histories);
        assert!(monitor.rebuilt() == partitions.iter().all(|partition| partition.is_rebuilt()));
        for partition in partitions {
            partition.observe(second(90), 10);
        }
        monitor
    }

    #[test]
    fn figures_are_complete_without_what_only_repairs_the_past_and_is_read_late() {
        let [calls, repairs] = [partition_of("calls", false, 10), partition_of("repairs", true, 10)];
        let monitor = probed(&[calls, Arc::clone(&repairs)]);
        assert_eq!((monitor.rebuilt(), monitor.complete_until()), (true, Some(second(90))));
        repairs.observe(second(95), 20);
        assert_eq!(monitor.complete_until(), Some(second(90)), "a batch of repairs has come");
        assert_eq!(monitor.status().partitions[1].lag_messages, 10);

        let monitor = probed(&[partition_of("calls", false, 7), partition_of("repairs", true, 10)]);
        assert_eq!(monitor.complete_until(), Some(second(10)), "calls are missing");
        let monitor = probed(&[partition_of("calls", false, 10), partition_of("repairs", true, 7)]);
        assert!(!monitor.rebuilt(), "at the start all is read");
    }

    #[test]
    fn a_change_of_one_topic_is_a_change_of_the_whole_log_and_remembered_for_that_topic() {
        let partitions = vec![partition_of("calls", false, 10), partition_of("chats", false, 10)];
        let topics = || partitions.iter().map(|partition| (Arc::clone(&partition.of.topic), None)).collect();
        let monitor = probed(&partitions);
        monitor.set_log_changes(&partitions, changed("chats", LogChange::RecordsLost));
        assert_eq!((monitor.rebuilt(), monitor.complete_until()), (false, None));
        assert!(monitor.status().not_ready[0].starts_with("the topic chats has lost"), "{:?}", monitor.status());
        monitor.begin_another_log(second(5), topics(), partitions.clone(), vec![HISTORY; 2]);
        monitor.set_log_changes(&partitions, changed("calls", LogChange::Recreated));
        monitor.begin_another_log(second(5), topics(), partitions.clone(), vec![HISTORY; 2]);
        let log = monitor.active_log();
        let changes: Vec<_> = log.topics.iter().map(|active| active.changed).collect();
        assert_eq!((log.number, changes), (2, vec![Some(LogChange::Recreated), Some(LogChange::RecordsLost)]));
    }

    #[test]
    fn a_change_of_a_topic_is_forgotten_once_the_group_has_committed_for_its_new_log() {
        let of = |number| PartitionProgress::new(ChosenPartition::of("chats", 0), number, 10, second(10));
        let partitions = |number| vec![partition_of("calls", false, 10), Arc::new(of(number))];
        let (id, old) = (TopicId::from_bits(7), partitions(0));
        let topics = |partitions: &[Arc<PartitionProgress>]| -> Vec<_> {
            partitions.iter().map(|partition| (Arc::clone(&partition.of.topic), id)).collect()
        };
        let monitor = probed(&old);
        let commits = || monitor.active_log().next_commits("chats", id);
        assert_eq!(commits(), CommitFilter::OfTopic(id));
        monitor.set_log_changes(&old, changed("chats", LogChange::RecordsLost));
        assert_eq!(commits(), CommitFilter::None, "what is committed may be past what is left");
        let new = partitions(1);
        monitor.begin_another_log(second(5), topics(&new), new.clone(), vec![HISTORY; 2]);
        monitor.mark_committed(&new, &["calls".to_owned()]);
        monitor.mark_committed(&old, &["chats".to_owned()]);
        assert_eq!(commits(), CommitFilter::None, "nothing was committed for the new log");
        monitor.mark_committed(&new, &["chats".to_owned()]);
        assert_eq!(commits(), CommitFilter::OfTopic(id), "another change of another topic writes no letters again");
        monitor.set_log_changes(&new, changed("calls", LogChange::Recreated));
        monitor.begin_another_log(second(5), topics(&old), old.clone(), vec![HISTORY; 2]);
        assert_eq!(commits(), CommitFilter::OfTopic(id));
    }
}
