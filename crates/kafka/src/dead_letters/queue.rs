//! Dead letters that wait to be written, and the frontier that follows from them.
//!
//! The *frontier* of a partition is the offset before which every dead letter has been acknowledged. The group commits
//! it. It is never greater than the offset of a waiting dead letter:
//!
//! ```text
//!   frontier = min(cursor, oldest waiting dead letter, first refused dead letter)
//! ```
//! The memory is bounded. When the queue is full, it *refuses* the dead letters of a partition from some offset on and
//! remembers only that offset. Reading goes on, and the frontier stays. Once all waiting dead letters have been
//! acknowledged, the reader goes back to that offset and reads the records again. So an outage of the dead-letter topic
//! costs no memory and loses nothing, and in the usual case, with few dead letters, nothing is read twice.

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
    /// The number of the log that is being read: the topic may have been recreated.
    log: u32,
    /// Of each partition, by its place in the log. In another log a place may be that of another partition; what waits
    /// there still names its own log.
    backlogs: Vec<PartitionBacklog>,
    queue: VecDeque<Arc<OutgoingDeadLetter>>,
    /// The bytes of all that wait, in the queue or sent and not acknowledged.
    waiting_bytes: usize,
    acknowledged: BTreeMap<&'static str, u64>,
    problem: Option<Problem>,
    /// A dead letter was put back.
    setback: bool,
}

/// Why dead letters cannot be written, and since when.
struct Problem {
    text: String,
    since: Instant,
}

/// The state of the queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeadLetterQueueStatus {
    /// Dead letters written by this process, by reason.
    pub(crate) acknowledged: BTreeMap<&'static str, u64>,
    /// Dead letters that wait to be written.
    pub(crate) waiting: usize,
    /// How long the oldest of them has waited, or how long none can be written; zero if neither.
    pub(crate) blocked: Duration,
    /// Why they cannot be written, if that is known.
    pub(crate) problem: Option<String>,
}

/// The dead letters of the partition at one place.
#[derive(Default)]
struct PartitionBacklog {
    /// When each was offered, by log and offset.
    waiting: BTreeMap<(u32, i64), Instant>,
    /// The first offset whose dead letter was refused.
    refused_from: Option<i64>,
}

impl DeadLetterQueue {
    pub(crate) fn new(capacity_bytes: usize) -> Self {
        Self { capacity_bytes, inner: Mutex::default() }
    }

    /// Queues the dead letter of one record of the partition at this place in the log, or refuses it for now.
    pub(crate) fn offer(&self, place: usize, mut letter: OutgoingDeadLetter) {
        let mut inner = self.lock();
        (letter.place, letter.log) = (place, inner.log);
        let room = inner.waiting_bytes + letter.bytes <= self.capacity_bytes;
        let backlog = inner.backlog(place);
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

    /// Whether the dead letters of a partition are refused at the moment, so that the caller need not create one.
    pub(crate) fn refuses(&self, place: usize) -> bool {
        self.lock().backlog(place).refused_from.is_some()
    }

    /// The next dead letter to send. It counts as waiting until it is acknowledged.
    pub(crate) fn next(&self) -> Option<Arc<OutgoingDeadLetter>> {
        self.lock().queue.pop_front()
    }

    /// A dead letter could not be written. It is retried after all others: the fault may concern it alone.
    pub(crate) fn put_back(&self, letter: Arc<OutgoingDeadLetter>) {
        let mut inner = self.lock();
        inner.queue.push_back(letter);
        inner.setback = true;
    }

    /// A dead letter is too large for its topic: queues it again without the record's bytes. False if they are missing
    /// already.
    pub(crate) fn shorten(&self, letter: &OutgoingDeadLetter) -> bool {
        let shorter = letter.without_the_record();
        let is_shorter = shorter.is_some();
        self.lock().queue.extend(shorter.map(Arc::new));
        is_shorter
    }

    /// All replicas have the dead letter.
    pub(crate) fn acknowledge(&self, letter: &OutgoingDeadLetter) {
        let mut inner = self.lock();
        if inner.backlog(letter.place).waiting.remove(&(letter.log, letter.offset)).is_some() {
            inner.waiting_bytes -= letter.bytes;
            *inner.acknowledged.entry(letter.reason).or_default() += 1;
            if inner.problem.take().is_some() {
                tracing::info!("dead letters written again");
            }
        }
    }

    /// Once no dead letter waits any more, moves the cursor of every partition with refused ones back to the first of
    /// them. Returns the partitions that have to be read again from their cursor.
    pub(crate) fn go_back(&self, partitions: &[impl AsRef<PartitionProgress>]) -> Vec<usize> {
        let mut inner = self.lock();
        if inner.waiting_bytes > 0 {
            return Vec::new();
        }
        let mut again = Vec::new();
        for (index, backlog) in inner.backlogs.iter_mut().enumerate() {
            if let Some((partition, offset)) = partitions.get(index).zip(backlog.refused_from) {
                // Under the lock: a frontier computed before sees the refusal, one computed after sees the cursor.
                partition.as_ref().set_cursor(offset);
                backlog.refused_from = None;
                again.push(index);
            }
        }
        again
    }

    /// Another log is read from now on. Waiting dead letters are still written, because their records may exist nowhere
    /// else, but their offsets no longer hold a frontier back.
    pub(crate) fn begin_another_log(&self) {
        let mut inner = self.lock();
        inner.log += 1;
        for backlog in &mut inner.backlogs {
            backlog.refused_from = None;
        }
    }

    /// The frontier of the partition at this place in the log.
    pub(crate) fn frontier(&self, place: usize, partition: &PartitionProgress) -> i64 {
        let mut inner = self.lock();
        let cursor = partition.cursor();
        let log = inner.log;
        let backlog = inner.backlog(place);
        let oldest = backlog.waiting.range((log, i64::MIN)..).next().map_or(i64::MAX, |(&(_, offset), _)| offset);
        cursor.min(oldest).min(backlog.refused_from.unwrap_or(i64::MAX))
    }

    /// Why dead letters cannot be written at the moment. Logged when it changes.
    pub(crate) fn set_problem(&self, text: String) {
        let mut inner = self.lock();
        let since = inner.problem.as_ref().map_or_else(Instant::now, |problem| problem.since);
        if inner.problem.as_ref().is_none_or(|problem| problem.text != text) {
            tracing::warn!(reason = %text, "dead letters not written, retrying");
            inner.problem = Some(Problem { text, since });
        }
    }

    /// The topic exists, so clears the problem if nothing waits. Otherwise only an acknowledgement proves that dead
    /// letters can be written.
    pub(crate) fn clear_problem_if_idle(&self) {
        let mut inner = self.lock();
        if inner.waiting_bytes == 0 {
            inner.problem = None;
        }
    }

    /// Whether a dead letter was put back since the last call.
    pub(crate) fn take_setback(&self) -> bool {
        std::mem::take(&mut self.lock().setback)
    }

    /// The state of the queue.
    pub(crate) fn status(&self) -> DeadLetterQueueStatus {
        let inner = self.lock();
        let offered = inner.backlogs.iter().flat_map(|backlog| backlog.waiting.values().copied());
        let since = offered.chain(inner.problem.as_ref().map(|problem| problem.since)).min();
        DeadLetterQueueStatus {
            acknowledged: inner.acknowledged.clone(),
            waiting: inner.backlogs.iter().map(|backlog| backlog.waiting.len()).sum(),
            blocked: since.map_or(Duration::ZERO, |since| since.elapsed()),
            problem: inner.problem.as_ref().map(|problem| problem.text.clone()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic under the lock leaves at worst a dead letter that waits, so going on loses nothing.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn backlog(&mut self, place: usize) -> &mut PartitionBacklog {
        if self.backlogs.len() <= place {
            self.backlogs.resize_with(place + 1, PartitionBacklog::default);
        }
        &mut self.backlogs[place]
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
        let partition = PartitionProgress::of_events(0, 0, EventTime::MIN);
        partition.pass(offset);
        Arc::new(partition)
    }

    #[test]
    fn the_frontier_stays_at_the_oldest_waiting_dead_letter() {
        let (queue, partition) = (DeadLetterQueue::new(1_000), read_to(10));
        assert_eq!(queue.frontier(0, &partition), 10);
        queue.offer(0, letter(3));
        queue.offer(0, letter(5));
        assert_eq!(queue.frontier(0, &partition), 3);
        queue.acknowledge(&letter(5));
        assert_eq!(queue.frontier(0, &partition), 3, "acknowledged out of order");
        queue.acknowledge(&letter(3));
        assert_eq!(queue.frontier(0, &partition), 10);
        assert_eq!(queue.status().acknowledged, BTreeMap::from([("malformed", 2)]));
    }

    #[test]
    fn a_full_queue_refuses_dead_letters_and_has_them_read_again_once_nothing_waits() {
        let (queue, partition) = (DeadLetterQueue::new(250), read_to(10));
        for offset in [1, 2, 3, 4] {
            queue.offer(0, letter(offset));
        }
        assert!(queue.refuses(0));
        assert!(queue.go_back(&[Arc::clone(&partition)]).is_empty(), "two still wait");
        queue.acknowledge(&letter(1));
        queue.acknowledge(&letter(2));
        assert_eq!(queue.frontier(0, &partition), 3);
        assert_eq!(queue.go_back(&[Arc::clone(&partition)]), [0]);
        assert_eq!((partition.cursor(), partition.read_to()), (3, 10));
        assert_eq!(queue.frontier(0, &partition), 3, "going back does not move the frontier");
        assert!(!queue.refuses(0));
    }

    #[test]
    fn dead_letters_of_an_old_log_are_written_and_hold_no_frontier_back() {
        let (queue, partition) = (DeadLetterQueue::new(250), read_to(10));
        for offset in [5, 6, 7] {
            queue.offer(0, letter(offset));
        }
        let old = [queue.next().unwrap(), queue.next().unwrap()];
        queue.begin_another_log();
        assert_eq!((queue.frontier(0, &partition), queue.refuses(0)), (10, false));
        queue.acknowledge(&old[1]);
        queue.offer(0, letter(5));
        queue.acknowledge(&old[0]);
        assert_eq!(queue.frontier(0, &partition), 5, "the dead letter of the new log at this offset waits");
        assert_eq!((queue.next().map(|letter| letter.offset), queue.status().waiting), (Some(5), 1));
    }

    #[test]
    fn a_dead_letter_that_could_not_be_written_still_waits_and_goes_after_the_others() {
        let (queue, partition) = (DeadLetterQueue::new(1_000), read_to(10));
        queue.offer(0, letter(3));
        queue.offer(0, letter(4));
        let first = queue.next().unwrap();
        assert_eq!(queue.frontier(0, &partition), 3);
        queue.put_back(first);
        assert_eq!([queue.next(), queue.next()].map(|letter| letter.unwrap().offset), [4, 3]);
        assert_eq!(queue.frontier(0, &partition), 3);
    }

    #[test]
    fn the_queue_is_blocked_since_its_oldest_dead_letter_or_its_problem_until_neither_is_left() {
        let queue = DeadLetterQueue::new(1_000);
        let is_blocked = || !queue.status().blocked.is_zero();
        assert!(!is_blocked());
        queue.offer(0, letter(3));
        queue.offer(0, letter(4));
        queue.acknowledge(&letter(4));
        assert!(is_blocked(), "the older one still waits");
        queue.acknowledge(&letter(3));
        assert!(!is_blocked());
        queue.set_problem("there is no topic".to_owned());
        assert_eq!((is_blocked(), queue.status().waiting), (true, 0), "the next dead letter could not be written");
        let before = queue.status().blocked;
        queue.set_problem("nor a broker".to_owned());
        assert!(queue.status().blocked >= before, "another problem does not restart the time");
        queue.clear_problem_if_idle();
        assert!(!is_blocked());
    }
}
