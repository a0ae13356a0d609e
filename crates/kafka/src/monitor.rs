//! What the threads of the shell know together, and what the rest of the process may ask.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use ensilinja_model::EventTime;

use crate::Clock;
use crate::history::{History, Reach, Since, history};
use crate::outbox::{Outbox, OutboxStatus};
use crate::partition::Partition;
use crate::preflight::{TopicReview, TopicRole};
use crate::security::{SecurityRisk, SecurityWarning};
use crate::transactions::HeldBack;

/// Dead letters that wait take at most this much memory.
const OUTBOX_BYTES: usize = 16 * 1024 * 1024;

/// Dead letters that take longer to be written than this are told of, though no error has come.
const SLOW_LETTERS: Duration = Duration::from_secs(30);

/// The state of reading, shared by the shell's threads. Cheap to ask: no question waits for the broker or the reader.
pub struct Monitor {
    pub(crate) clock: Clock,
    pub(crate) range_start: EventTime,
    pub(crate) outbox: Outbox,
    partitions: RwLock<Vec<Arc<Partition>>>,
    /// Partitions of the topic as the last metadata had it; more than are being read just after some were added.
    partitions_known: AtomicUsize,
    /// The log was found to end before what has been read of it.
    log_shrunk: AtomicBool,
    rebuilt: AtomicBool,
    stopping: AtomicBool,
    failed: AtomicBool,
    words: Mutex<Words>,
}

#[derive(Default)]
struct Words {
    reaches: Vec<Reach>,
    obstacle: Option<String>,
    fetch_error: Option<String>,
    held_back: Option<(HeldBack, String)>,
    topics: Vec<TopicReview>,
    security: Vec<SecurityWarning>,
}

/// The state of reading at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// Every partition has been read to where it ended when reading began. Stays true.
    pub rebuilt: bool,
    /// How much of that has been read: 0 to 1.
    pub rebuild_progress: f64,
    /// Every record published before this is known; `None` until reading has begun. Never goes back.
    pub complete_until: Option<EventTime>,
    /// How far back the log reaches.
    pub history: History,
    /// One for each partition being read, by number.
    pub partitions: Vec<PartitionStatus>,
    /// Why the figures are not to be relied on, in words for an operator; empty if they are, as far as this crate
    /// knows.
    pub not_ready: Vec<String>,
    /// What should be changed, though reading goes on: the topics' settings, a missing dead-letter topic, how the
    /// brokers are connected to.
    pub warnings: Vec<String>,
    /// The settings of the topics that were looked at last, each with whether it is wrong; none before that.
    pub topic_settings: Vec<TopicSettingStatus>,
    /// In what ways the connection to the brokers is not as safe as the settings seem to ask for.
    pub insecure: Vec<SecurityRisk>,
    /// Dead letters acknowledged by this process, by reason.
    pub dead_letters: BTreeMap<&'static str, u64>,
    /// Dead letters that wait to be written.
    pub dead_letters_waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written; zero if neither.
    pub dead_letters_blocked: Duration,
    /// A thread of the shell has died of a bug: nothing is read any more, and only a restart helps.
    pub failed: bool,
}

/// How far one partition has been read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartitionStatus {
    /// Offsets not read yet, as of the last probe.
    pub lag_messages: i64,
    /// Age of what has been read, if anything is unread, else 0.
    pub lag_seconds: f64,
    /// It has been read to where it ended when reading began.
    pub ready: bool,
}

/// Whether a setting of a topic is as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSettingStatus {
    /// Which topic.
    pub topic: TopicRole,
    /// The setting, by Kafka's name.
    pub setting: String,
    /// Whether it is wrong.
    pub is_wrong: bool,
}

impl Monitor {
    pub(crate) fn new(clock: Clock, range_start: EventTime) -> Self {
        Self {
            clock,
            range_start,
            outbox: Outbox::new(OUTBOX_BYTES),
            partitions: RwLock::default(),
            partitions_known: AtomicUsize::new(0),
            log_shrunk: AtomicBool::new(false),
            rebuilt: AtomicBool::new(false),
            stopping: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            words: Mutex::default(),
        }
    }

    /// Every record published before this is known; `None` until reading has begun. Never goes back.
    #[must_use]
    pub fn complete_until(&self) -> Option<EventTime> {
        self.partitions().iter().map(|partition| partition.complete_until()).min()
    }

    /// Whether every partition has been read to where it ended when reading began. Stays true.
    #[must_use]
    pub fn rebuilt(&self) -> bool {
        if self.rebuilt.load(Ordering::Acquire) {
            return true;
        }
        let partitions = self.partitions();
        let rebuilt = !partitions.is_empty() && partitions.iter().all(|partition| partition.is_rebuilt());
        self.rebuilt.fetch_or(rebuilt, Ordering::AcqRel);
        rebuilt
    }

    /// Whether a thread of the shell has died of a bug: nothing is read any more, and only a restart helps.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// How far back the log reaches.
    #[must_use]
    pub fn history(&self) -> History {
        history(&self.words().reaches, self.range_start)
    }

    /// Everything there is to say.
    #[must_use]
    pub fn status(&self) -> Status {
        let now = (self.clock)();
        let rebuilt = self.rebuilt();
        let partitions = self.partitions();
        let (read, all) = partitions.iter().fold((0, 0), |(read, all), p| {
            (read + (p.read_to().min(p.goal()) - p.start).max(0), all + (p.goal() - p.start).max(0))
        });
        let outbox = self.outbox.status();
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
        if !rebuilt && !partitions.is_empty() {
            not_ready.push(format!("the log is being read: {read} of {all} records"));
        }
        Status {
            rebuilt,
            rebuild_progress: if rebuilt { 1.0 } else { ratio(read, all) },
            complete_until: self.complete_until(),
            history: history(&words.reaches, self.range_start),
            partitions: partitions.iter().map(|partition| partition_status(partition, now)).collect(),
            not_ready,
            warnings: words.warnings(&outbox),
            topic_settings: words.topics.iter().flat_map(TopicReview::statuses).collect(),
            insecure: words.security.iter().map(|warning| warning.risk).collect(),
            dead_letters: outbox.acknowledged,
            dead_letters_waiting: outbox.waiting,
            dead_letters_blocked: outbox.blocked,
            failed,
        }
    }

    /// The partitions being read, by number.
    pub(crate) fn partitions(&self) -> Vec<Arc<Partition>> {
        self.partitions.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reading begins, with these and no other partitions. They come all at once: a few of them may be rebuilt
    /// already, and `rebuilt` stays true.
    pub(crate) fn begin(&self, partitions: Vec<Arc<Partition>>, reaches: Vec<Reach>) {
        let mut all = self.partitions.write().unwrap_or_else(PoisonError::into_inner);
        self.words().reaches = reaches;
        self.partitions_known.store(partitions.len(), Ordering::Release);
        self.log_shrunk.store(false, Ordering::Release);
        *all = partitions;
    }

    /// One more partition is being read.
    pub(crate) fn add_partition(&self, partition: Arc<Partition>, reach: Reach) {
        let mut all = self.partitions.write().unwrap_or_else(PoisonError::into_inner);
        self.words().reaches.push(reach);
        all.push(partition);
    }

    /// Whether reading has not begun anew since `partitions` were asked for.
    pub(crate) fn are_current(&self, partitions: &[Arc<Partition>]) -> bool {
        are_same(&self.partitions.read().unwrap_or_else(PoisonError::into_inner), partitions)
    }

    /// All records of a partition from `since` on are known.
    pub(crate) fn set_reach(&self, partition: usize, begins_at_zero: bool, since: EventTime) {
        if let Some(reach) = self.words().reaches.get_mut(partition) {
            *reach = Reach { begins_at_zero: reach.begins_at_zero && begins_at_zero, since: Since::At(since) };
        }
    }

    pub(crate) fn partitions_known(&self) -> usize {
        self.partitions_known.load(Ordering::Acquire)
    }

    /// The topic has `count` partitions, when `partitions` are being read. Says nothing if reading began anew since.
    pub(crate) fn set_partitions_known(&self, partitions: &[Arc<Partition>], count: usize) {
        let current = self.partitions.read().unwrap_or_else(PoisonError::into_inner);
        if are_same(&current, partitions) {
            self.partitions_known.store(count, Ordering::Release);
        }
    }

    /// The log is shorter than what was read of `partitions`. Says nothing if reading began anew since.
    pub(crate) fn set_log_shrunk(&self, partitions: &[Arc<Partition>]) {
        let current = self.partitions.read().unwrap_or_else(PoisonError::into_inner);
        if are_same(&current, partitions) {
            self.log_shrunk.store(true, Ordering::Release);
        }
    }

    pub(crate) fn take_log_shrunk(&self) -> bool {
        self.log_shrunk.swap(false, Ordering::AcqRel)
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
    pub(crate) fn set_held_back(&self, held: Option<(HeldBack, String)>) {
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

    fn words(&self) -> MutexGuard<'_, Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Words {
    fn warnings(&self, outbox: &OutboxStatus) -> Vec<String> {
        let wrong = self.topics.iter().flat_map(|topic| &topic.wrong).map(ToString::to_string);
        let security = self.security.iter().map(ToString::to_string);
        let silent = outbox.problem.is_none() && outbox.blocked > SLOW_LETTERS;
        let slow = silent.then(|| {
            "the brokers take no dead letters, without an error: see that the dead-letter topic has a leader, and \
             min.insync.replicas of its replicas in sync"
                .to_owned()
        });
        let blocked = outbox.problem.clone().or(slow).map(|problem| match outbox.waiting {
            0 => problem,
            waiting => format!("{waiting} dead letters wait, for {} s: {problem}", outbox.blocked.as_secs()),
        });
        wrong.chain(security).chain(blocked).collect()
    }
}

/// A topic keeps its first partition as long as it is read on.
fn are_same(some: &[Arc<Partition>], others: &[Arc<Partition>]) -> bool {
    some.first().zip(others.first()).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
}

fn partition_status(partition: &Partition, now: EventTime) -> PartitionStatus {
    let lag_messages = partition.lag();
    let age = EventTime::from_millis(now.millis_since(partition.complete_until()).max(0)).as_seconds_f64();
    PartitionStatus {
        lag_messages,
        lag_seconds: if lag_messages > 0 { age } else { 0.0 },
        ready: partition.is_rebuilt(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a progress bar needs no more than 53 bits")]
fn ratio(part: i64, whole: i64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
