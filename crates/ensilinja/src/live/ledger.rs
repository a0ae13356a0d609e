//! The live ledger, and the queue of events that waits for it.
//!
//! ```text
//! reader's thread: --batches--> queue  ==>  applier's thread: --apply--> ledger
//!                                `--- a question applies what is queued first --^
//! ```
//!
//! Decoding and applying take about as long, so two threads share the work. The order of events does not matter to a
//! ledger, so any thread may apply what is queued. A question applies all of it before it is answered: what the reader
//! has passed is always in the figures.
//!
//! When another log takes the place of the one that was read, a new ledger takes the place of the old one. Nothing of
//! the old log stays, not even its queued events. Counters go on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use ensilinja_ledger::{Applied, Ledger, LegCopies, Rules};
use ensilinja_lookback::FirstEvents;
use ensilinja_model::{Channel, Event, EventTime, Fact, LineIndex};
use ensilinja_serve::Pipeline;

use crate::clock::LiveClock;

/// The applier wakes up for this many events; fewer wait for [`PATIENCE`].
const BATCH: usize = 256;
const PATIENCE: Duration = Duration::from_millis(1);

/// When this many events are queued after a batch, the reader helps to apply them and does not read on.
const MOST_QUEUED: usize = 16 * 1024;

/// Makes an empty ledger for a first read at the given instant, with its rules.
pub(super) type NewLedger = Box<dyn Fn(EventTime) -> (Ledger, Rules) + Send + Sync>;

/// The ledger of one log, with all events of it that have been applied.
pub(super) struct LiveLedger {
    /// The number of the log, as in [`ensilinja_kafka::IngestStatus::log`].
    pub(super) log: u32,
    /// When the ledger was made: the instant of its first read, or earlier.
    pub(super) started: EventTime,
    /// Its rules.
    pub(super) rules: Rules,
    /// Every leg and every figure.
    pub(super) ledger: Ledger,
    /// When the newest event of a contact's course happened in each channel, by [`Channel`], but not later than its
    /// record came. Outcomes, feedback and retractions come from other systems, which go on when the platform is
    /// silent.
    pub(super) newest: [Option<EventTime>; Channel::ALL.len()],
    /// An empty buffer, for the next events to be queued.
    spare: Vec<QueuedEvent>,
}

/// The ledger and its queue, shared by the reader, the applier and all that ask.
pub(super) struct SharedLedger {
    ledger: Mutex<LiveLedger>,
    queue: Mutex<EventQueue>,
    batch_is_queued: Condvar,
    new_ledger: NewLedger,
    channels: Vec<Channel>,
    pipeline: Arc<Pipeline>,
    clock: LiveClock,
    /// What is wrong with the timestamps of the first records, by topic.
    timestamp_warnings: Mutex<BTreeMap<String, String>>,
    /// Whether the log has said that callback attempts are left out.
    surplus_is_logged: AtomicBool,
    /// Whether it is known where the history of the log begins, whatever events are still to come.
    beginning_is_settled: AtomicBool,
}

/// An event on its way to the ledger.
pub(super) struct QueuedEvent {
    /// The event.
    pub(super) event: Event,
    /// Whether it is new since the process began to read.
    pub(super) is_live: bool,
    /// When its source was certainly alive; `None` if that is not known.
    pub(super) alive_at: Option<EventTime>,
    /// When its record was written, if that is known.
    pub(super) known_at: Option<EventTime>,
}

/// The events that are decoded and not yet applied.
#[derive(Default)]
struct EventQueue {
    events: Vec<QueuedEvent>,
    /// Where the log begins, by all events that were ever queued.
    first_events: FirstEvents,
    /// Whether the reader has ended.
    ended: bool,
}

impl LiveLedger {
    fn empty(log: u32, started: EventTime, (ledger, rules): (Ledger, Rules)) -> Self {
        Self { log, started, rules, ledger, newest: [None; Channel::ALL.len()], spare: Vec::new() }
    }
}

impl SharedLedger {
    /// Starts with an empty ledger at `started`. `channels` are those of its lines; `pipeline` counts live events, and
    /// `clock` measures how late they are.
    #[must_use]
    pub(super) fn new(
        new_ledger: NewLedger,
        started: EventTime,
        channels: Vec<Channel>,
        pipeline: Arc<Pipeline>,
        clock: LiveClock,
    ) -> Self {
        Self {
            ledger: Mutex::new(LiveLedger::empty(0, started, new_ledger(started))),
            queue: Mutex::default(),
            batch_is_queued: Condvar::new(),
            new_ledger,
            channels,
            pipeline,
            clock,
            timestamp_warnings: Mutex::default(),
            surplus_is_logged: AtomicBool::new(false),
            beginning_is_settled: AtomicBool::new(false),
        }
    }

    /// Counts live events.
    pub(super) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// The trusted time.
    pub(super) const fn clock(&self) -> &LiveClock {
        &self.clock
    }

    /// What is wrong with the timestamps of the records, and what to do, by topic; empty if nothing is known to be
    /// wrong.
    pub(super) fn timestamp_warnings(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.timestamp_warnings.lock().expect("nothing that can fail is done with a warning")
    }

    /// Replaces the ledger by an empty one for log number `log`. Returns the instant from which on its records are
    /// needed.
    pub(super) fn reset(&self, log: u32, now: EventTime) -> EventTime {
        // Queued events of the old log are applied first, so that they are counted.
        let mut ledger = self.catch_up();
        self.queue().first_events = FirstEvents::default();
        self.timestamp_warnings().clear();
        self.beginning_is_settled.store(false, Ordering::Relaxed);
        *ledger = LiveLedger::empty(log, now, (self.new_ledger)(now));
        ledger.rules.range_start(now)
    }

    /// Notes whether it is known where the history of a log begins, whatever events are still to come. `ledger` is that
    /// of the log.
    pub(super) fn settle_beginning(&self, _ledger: &LiveLedger, is_settled: bool) {
        // The ledger is locked, so no other log takes its place before this is noted.
        self.beginning_is_settled.store(is_settled, Ordering::Relaxed);
    }

    /// Whether it is known where the history of the log begins, whatever events are still to come. Then events of other
    /// processes' lines say nothing about this process's figures.
    #[inline]
    pub(super) fn beginning_is_settled(&self) -> bool {
        self.beginning_is_settled.load(Ordering::Relaxed)
    }

    /// Notes events of other processes' lines: they tell where the history of the log begins, as own ones do.
    pub(super) fn note_others(&self, events: &mut Vec<(Option<EventTime>, EventTime)>) {
        if events.is_empty() {
            return;
        }
        let mut queue = self.queue();
        for (known_at, at) in events.drain(..) {
            queue.first_events.add(known_at, at);
        }
    }

    /// Applies all queued events, and locks the ledger.
    ///
    /// # Panics
    /// If another thread died holding it: an event may be half posted, and must not be shown. The reader dies of this
    /// too, which ends the process.
    pub(super) fn catch_up(&self) -> MutexGuard<'_, LiveLedger> {
        let mut ledger = self.ledger.lock().expect("no thread dies while it changes the figures");
        // Only under the lock: another thread that took events out has applied them when it releases the ledger.
        let spare = std::mem::take(&mut ledger.spare);
        let mut events = std::mem::replace(&mut self.queue().events, spare);
        for QueuedEvent { event, alive_at, .. } in &events {
            if !matches!(event.fact, Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) | Fact::Retracted) {
                let newest = &mut ledger.newest[self.channels[event.line.as_usize()] as usize];
                *newest = (*newest).max(*alive_at);
            }
        }
        // One reading for all: they are applied within milliseconds.
        let mut now = None;
        let mut are_live = events.iter().map(|queued| queued.is_live);
        ledger.ledger.apply_all(events.iter().map(|queued| &queued.event), |event, applied| {
            if applied == Applied::Surplus {
                self.log_surplus();
            }
            if are_live.next() == Some(true) {
                let now = *now.get_or_insert_with(|| self.clock.now());
                self.pipeline.event(event.fact.kind(), applied, now.millis_since(event.at));
            }
        });
        events.clear();
        ledger.spare = events;
        ledger
    }

    /// Passes copies of all legs of log number `log`, or of those of one line, to `visit`, some thousands at a time.
    /// The ledger is locked only while they are copied, so events are applied in between. Returns since when the ledger
    /// remembers, and the newest events; `None` if another log has taken the place of the one that is asked about.
    pub(super) fn copy_legs(
        &self,
        log: u32,
        line: Option<LineIndex>,
        mut visit: impl FnMut(&LegCopies),
    ) -> Option<(EventTime, [Option<EventTime>; Channel::ALL.len()])> {
        let mut copies = LegCopies::default();
        for part in 0.. {
            let applied = self.catch_up();
            if applied.log != log {
                return None;
            }
            if !applied.ledger.copy_legs(part, line, &mut copies) {
                return Some((applied.ledger.remembers_since(), applied.newest));
            }
            drop(applied);
            visit(&copies);
        }
        unreachable!("a ledger has fewer parts than there are numbers")
    }

    /// Logs once that callback attempts are left out.
    fn log_surplus(&self) {
        if !self.surplus_is_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                kept = "the earliest 1000 of each result of a contact",
                counter = "ensilinja_events_total{result=\"surplus\"}",
                "surplus callback attempts not counted"
            );
        }
    }

    fn queue(&self) -> MutexGuard<'_, EventQueue> {
        self.queue.lock().expect("nothing that can fail is done with the queue")
    }

    /// Where the log begins, by its events.
    #[must_use]
    pub(super) fn first_events(&self) -> FirstEvents {
        self.queue().first_events.clone()
    }

    /// Takes all of `events`, under one lock.
    pub(super) fn enqueue(&self, events: &mut Vec<QueuedEvent>) {
        assert!(!self.ledger.is_poisoned(), "no thread dies while it changes the figures");
        if events.is_empty() {
            return;
        }
        let length = {
            let mut queue = self.queue();
            for queued in &*events {
                queue.first_events.add(queued.known_at, queued.event.at);
            }
            if queue.events.is_empty() {
                // Both keep an allocation, and nothing is copied.
                std::mem::swap(&mut queue.events, events);
            } else {
                queue.events.append(events);
            }
            queue.events.len()
        };
        if length >= MOST_QUEUED {
            drop(self.catch_up());
        } else {
            self.batch_is_queued.notify_one();
        }
    }

    /// Applies events as they are queued, in batches, until the reader ends.
    pub(super) fn apply_until_ended(&self) {
        loop {
            let queue = self.batch_is_queued.wait_while(self.queue(), |queue| queue.events.is_empty() && !queue.ended);
            let queue = queue.expect("nothing that can fail is done with the queue");
            let is_short = |queue: &mut EventQueue| queue.events.len() < BATCH && !queue.ended;
            let queue = self.batch_is_queued.wait_timeout_while(queue, PATIENCE, is_short);
            let ended = queue.expect("nothing that can fail is done with the queue").0.ended;
            drop(self.catch_up());
            if ended {
                return;
            }
        }
    }

    /// Ends the applier.
    pub(super) fn end(&self) {
        self.queue().ended = true;
        self.batch_is_queued.notify_one();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use ensilinja_model::{FeedbackAnswer, LegKey, LineIndex, Outcome, Survey, YesNo};

    use super::*;
    use crate::clock;

    pub(crate) fn shared(clock: LiveClock) -> Arc<SharedLedger> {
        let (county, now) = (ensilinja_config::county(), clock.now());
        let pipeline = Arc::new(Pipeline::new(ensilinja_serve::Build { version: "", revision: "" }, &[], &[]));
        let channels = county.lines.iter().map(|line| line.channel).collect();
        let new_ledger: NewLedger = Box::new(|now| {
            let rules = ensilinja_config::county().rules(now);
            (Ledger::new(rules.clone(), now), rules)
        });
        Arc::new(SharedLedger::new(new_ledger, now, channels, pipeline, clock))
    }

    #[test]
    fn outcomes_feedback_and_retractions_do_not_make_a_channel_look_alive() {
        let now = clock::wall()();
        let shared = shared(LiveClock::trusted(clock::wall()));
        let newest_after = |fact| {
            let at = now.plus_millis(if fact == Fact::Offered { -60_000 } else { 0 });
            let event = Event { leg: LegKey::new(1), line: LineIndex::new(0), at, fact };
            shared.enqueue(&mut vec![QueuedEvent { event, is_live: true, alive_at: Some(at), known_at: Some(at) }]);
            shared.catch_up().newest[Channel::Phone as usize]
        };
        let feedback = Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes));
        assert_eq!(newest_after(feedback), None);
        let offered = newest_after(Fact::Offered);
        assert_eq!(offered, Some(now.plus_millis(-60_000)));
        for fact in [Fact::OutcomeRecorded(Outcome::Handled), feedback, Fact::Retracted] {
            assert_eq!(newest_after(fact), offered);
        }
    }

    #[test]
    fn another_log_leaves_nothing_of_the_old_one_applied_or_queued() {
        let now = clock::wall()();
        let shared = shared(LiveClock::trusted(clock::wall()));
        let offered = |leg| {
            let event = Event { leg: LegKey::new(leg), line: LineIndex::new(0), at: now, fact: Fact::Offered };
            vec![QueuedEvent { event, is_live: true, alive_at: Some(now), known_at: Some(now) }]
        };
        shared.enqueue(&mut offered(1));
        {
            let ledger = shared.catch_up();
            assert_eq!((ledger.ledger.legs(), ledger.log), (1, 0));
        }
        shared.enqueue(&mut offered(2));
        let later = now.plus_millis(60_000);
        let range_start = ensilinja_config::county().rules(later).range_start(later);
        assert_eq!(shared.reset(1, later), range_start);
        let ledger = shared.catch_up();
        assert_eq!((ledger.ledger.legs(), ledger.log, ledger.started), (0, 1, later));
        assert_eq!(ledger.newest, [None; Channel::ALL.len()]);
    }
}
