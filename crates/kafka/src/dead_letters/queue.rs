//! Dead letters that wait to be written, and the frontier that follows from them.
//!
//! The *frontier* of a partition is the offset before which every dead letter has been acknowledged. It is what the
//! group commits, and it never lies past a dead letter that waits:
//!
//! ```text
//!   frontier = min(cursor, oldest waiting dead letter, first refused dead letter)
//! ```
//! The space is bounded. When it is full, a partition's dead letters are *refused* from some offset on, without being
//! remembered one by one; reading goes on and the frontier stays. Once all others have been acknowledged, the reader
//! goes back to that offset and reads the stretch again. So an outage of the dead-letter topic costs no memory, loses
//! nothing, and in the usual case, a few letters, nothing is read twice.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::dead_letters::outgoing::OutgoingDeadLetter;
use crate::partition_progress::PartitionProgress;

/// Dead letters that wait to be written, of all partitions.
pub(crate) struct DeadLetterQueue {
    capacity_bytes: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Which log of the topic is being read: it may have been made anew.
    log: u32,
    backlogs: Vec<PartitionBacklog>,
    queue: VecDeque<Arc<OutgoingDeadLetter>>,
    /// Of all that wait, in the queue or on their way.
    waiting_bytes: usize,
    acknowledged: BTreeMap<&'static str, u64>,
    problem: Option<Problem>,
    setback: bool,
}

/// Why dead letters cannot be written, and since when.
struct Problem {
    words: String,
    since: Instant,
}

/// What there is to say of dead letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeadLetterQueueStatus {
    /// Acknowledged by this process, by reason.
    pub(crate) acknowledged: BTreeMap<&'static str, u64>,
    /// How many wait to be written.
    pub(crate) waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written; zero if neither.
    pub(crate) blocked: Duration,
    /// Why they cannot be written, if that is known.
    pub(crate) problem: Option<String>,
}

/// One partition's part.
#[derive(Default)]
struct PartitionBacklog {
    /// By log and offset: when each was offered.
    waiting: BTreeMap<(u32, i64), Instant>,
    refused_from: Option<i64>,
}

impl DeadLetterQueue {
    pub(crate) fn new(capacity_bytes: usize) -> Self {
        Self { capacity_bytes, inner: Mutex::default() }
    }

    /// Takes in the dead letter of one record, or refuses it for now.
    pub(crate) fn offer(&self, mut letter: OutgoingDeadLetter) {
        let mut inner = self.lock();
        letter.log = inner.log;
        let room = inner.waiting_bytes + letter.bytes <= self.capacity_bytes;
        let backlog = inner.backlog(letter.partition);
        if backlog.refused_from.is_some() {
            return;
        }
        if !room {
            backlog.refused_from = Some(letter.offset);
            return;
        }
        if let Entry::Vacant(place) = backlog.waiting.entry((letter.log, letter.offset)) {
            place.insert(Instant::now());
            inner.waiting_bytes += letter.bytes;
            inner.queue.push_back(Arc::new(letter));
        }
    }

    /// Whether the dead letters of `partition` are being refused, so that none needs to be made.
    pub(crate) fn refuses(&self, partition: i32) -> bool {
        self.lock().backlog(partition).refused_from.is_some()
    }

    /// The next one to be sent. It still waits until it is acknowledged.
    pub(crate) fn next(&self) -> Option<Arc<OutgoingDeadLetter>> {
        self.lock().queue.pop_front()
    }

    /// It could not be written, and will be tried again after all others: what is wrong may be wrong with it alone.
    pub(crate) fn put_back(&self, letter: Arc<OutgoingDeadLetter>) {
        let mut inner = self.lock();
        inner.queue.push_back(letter);
        inner.setback = true;
    }

    /// It is too large for its topic: what is left of it without the record waits instead. False if that is too
    /// large itself.
    pub(crate) fn shorten(&self, letter: &OutgoingDeadLetter) -> bool {
        let shorter = letter.without_the_record();
        let is_shorter = shorter.is_some();
        self.lock().queue.extend(shorter.map(Arc::new));
        is_shorter
    }

    /// It has been written to all replicas.
    pub(crate) fn acknowledge(&self, letter: &OutgoingDeadLetter) {
        let mut inner = self.lock();
        if inner.backlog(letter.partition).waiting.remove(&(letter.log, letter.offset)).is_some() {
            inner.waiting_bytes -= letter.bytes;
            *inner.acknowledged.entry(letter.reason).or_default() += 1;
            if inner.problem.take().is_some() {
                tracing::info!("dead letters are written again");
            }
        }
    }

    /// Moves the cursor of every partition with refused dead letters back to the first of them, once none waits any
    /// more. Returns which partitions have to be read again from their cursor.
    pub(crate) fn go_back(&self, partitions: &[impl AsRef<PartitionProgress>]) -> Vec<usize> {
        let mut inner = self.lock();
        if inner.waiting_bytes > 0 {
            return Vec::new();
        }
        let mut again = Vec::new();
        for (index, backlog) in inner.backlogs.iter_mut().enumerate() {
            if let Some((partition, offset)) = partitions.get(index).zip(backlog.refused_from) {
                // Under the lock: a frontier taken before sees the refusal, one taken after sees the cursor.
                partition.as_ref().set_cursor(offset);
                backlog.refused_from = None;
                again.push(index);
            }
        }
        again
    }

    /// The log is another one from now on. What waits is still written, for its records may be nowhere else, but its
    /// offsets say nothing any more.
    pub(crate) fn begin_another_log(&self) {
        let mut inner = self.lock();
        inner.log += 1;
        for backlog in &mut inner.backlogs {
            backlog.refused_from = None;
        }
    }

    /// How far the dead letters of a partition have been acknowledged.
    pub(crate) fn frontier(&self, index: i32, partition: &PartitionProgress) -> i64 {
        let mut inner = self.lock();
        let cursor = partition.cursor();
        let log = inner.log;
        let backlog = inner.backlog(index);
        let oldest = backlog.waiting.range((log, i64::MIN)..).next().map_or(i64::MAX, |(&(_, offset), _)| offset);
        cursor.min(oldest).min(backlog.refused_from.unwrap_or(i64::MAX))
    }

    /// Dead letters cannot be written at the moment. Logged when it is news.
    pub(crate) fn set_problem(&self, words: String) {
        let mut inner = self.lock();
        let since = inner.problem.as_ref().map_or_else(Instant::now, |problem| problem.since);
        if inner.problem.as_ref().is_none_or(|problem| problem.words != words) {
            tracing::warn!("dead letters wait: {words}");
            inner.problem = Some(Problem { words, since });
        }
    }

    /// Nothing is known to be in the way. If letters wait, it takes the next acknowledgement to prove it.
    pub(crate) fn clear_problem_if_idle(&self) {
        let mut inner = self.lock();
        if inner.waiting_bytes == 0 {
            inner.problem = None;
        }
    }

    /// Whether a letter was put back since this was last asked.
    pub(crate) fn take_setback(&self) -> bool {
        std::mem::take(&mut self.lock().setback)
    }

    /// What there is to say.
    pub(crate) fn status(&self) -> DeadLetterQueueStatus {
        let inner = self.lock();
        let offered = inner.backlogs.iter().flat_map(|backlog| backlog.waiting.values().copied());
        let since = offered.chain(inner.problem.as_ref().map(|problem| problem.since)).min();
        DeadLetterQueueStatus {
            acknowledged: inner.acknowledged.clone(),
            waiting: inner.backlogs.iter().map(|backlog| backlog.waiting.len()).sum(),
            blocked: since.map_or(Duration::ZERO, |since| since.elapsed()),
            problem: inner.problem.as_ref().map(|problem| problem.words.clone()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while the lock was held left at worst a dead letter waiting: nothing is lost by going on.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn backlog(&mut self, partition: i32) -> &mut PartitionBacklog {
        let index = usize::try_from(partition).expect("partitions are numbered from 0");
        if self.backlogs.len() <= index {
            self.backlogs.resize_with(index + 1, PartitionBacklog::default);
        }
        &mut self.backlogs[index]
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::EventTime;

    use super::*;

    fn letter(offset: i64) -> OutgoingDeadLetter {
        OutgoingDeadLetter::at(offset)
    }

    fn read_to(offset: i64) -> Arc<PartitionProgress> {
        let partition = PartitionProgress::new(0, 0, EventTime::MIN);
        partition.pass(offset);
        Arc::new(partition)
    }

    #[test]
    fn the_frontier_stays_at_the_oldest_dead_letter_that_waits() {
        let (dead_letters, partition) = (DeadLetterQueue::new(1_000), read_to(10));
        assert_eq!(dead_letters.frontier(0, &partition), 10);
        dead_letters.offer(letter(3));
        dead_letters.offer(letter(5));
        assert_eq!(dead_letters.frontier(0, &partition), 3);
        dead_letters.acknowledge(&letter(5));
        assert_eq!(dead_letters.frontier(0, &partition), 3, "acknowledged out of order");
        dead_letters.acknowledge(&letter(3));
        assert_eq!(dead_letters.frontier(0, &partition), 10);
        assert_eq!(dead_letters.status().acknowledged, BTreeMap::from([("malformed", 2)]));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_read_again_once_nothing_waits() {
        let (dead_letters, partition) = (DeadLetterQueue::new(250), read_to(10));
        for offset in [1, 2, 3, 4] {
            dead_letters.offer(letter(offset));
        }
        assert!(dead_letters.refuses(0));
        assert!(dead_letters.go_back(&[Arc::clone(&partition)]).is_empty(), "two still wait");
        dead_letters.acknowledge(&letter(1));
        dead_letters.acknowledge(&letter(2));
        assert_eq!(dead_letters.frontier(0, &partition), 3);
        assert_eq!(dead_letters.go_back(&[Arc::clone(&partition)]), [0]);
        assert_eq!((partition.cursor(), partition.read_to()), (3, 10));
        assert_eq!(dead_letters.frontier(0, &partition), 3, "going back does not move it");
        assert!(!dead_letters.refuses(0));
    }

    #[test]
    fn dead_letters_of_a_log_that_is_gone_are_written_and_hold_no_frontier() {
        let (dead_letters, partition) = (DeadLetterQueue::new(250), read_to(10));
        for offset in [5, 6, 7] {
            dead_letters.offer(letter(offset));
        }
        let old = [dead_letters.next().unwrap(), dead_letters.next().unwrap()];
        dead_letters.begin_another_log();
        assert_eq!((dead_letters.frontier(0, &partition), dead_letters.refuses(0)), (10, false));
        dead_letters.acknowledge(&old[1]);
        dead_letters.offer(letter(5));
        dead_letters.acknowledge(&old[0]);
        assert_eq!(dead_letters.frontier(0, &partition), 5, "the new one at this offset waits");
        assert_eq!((dead_letters.next().map(|letter| letter.offset), dead_letters.status().waiting), (Some(5), 1));
    }

    #[test]
    fn one_that_could_not_be_written_still_waits_and_lets_the_others_go_first() {
        let (dead_letters, partition) = (DeadLetterQueue::new(1_000), read_to(10));
        dead_letters.offer(letter(3));
        dead_letters.offer(letter(4));
        let first = dead_letters.next().unwrap();
        assert_eq!(dead_letters.frontier(0, &partition), 3);
        dead_letters.put_back(first);
        assert_eq!([dead_letters.next(), dead_letters.next()].map(|letter| letter.unwrap().offset), [4, 3]);
        assert_eq!(dead_letters.frontier(0, &partition), 3);
    }

    #[test]
    fn it_is_blocked_from_its_oldest_letter_or_its_problem_on_until_neither_is_left() {
        let dead_letters = DeadLetterQueue::new(1_000);
        let is_blocked = || !dead_letters.status().blocked.is_zero();
        assert!(!is_blocked());
        dead_letters.offer(letter(3));
        dead_letters.offer(letter(4));
        dead_letters.acknowledge(&letter(4));
        assert!(is_blocked(), "the older one waits, whatever else is written");
        dead_letters.acknowledge(&letter(3));
        assert!(!is_blocked());
        dead_letters.set_problem("there is no topic".to_owned());
        assert_eq!((is_blocked(), dead_letters.status().waiting), (true, 0), "the next one could not be written");
        let before = dead_letters.status().blocked;
        dead_letters.set_problem("nor a broker".to_owned());
        assert!(dead_letters.status().blocked >= before, "another reason is no other beginning");
        dead_letters.clear_problem_if_idle();
        assert!(!is_blocked());
    }
}
