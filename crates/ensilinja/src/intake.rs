//! Where records become facts: decode, apply, count.
//!
//! ```text
//! reader's thread: record --decode--> heard  ==>  learner's thread: --apply--> ledger
//!                                      `--- whoever asks applies the rest first --^
//! ```
//!
//! Decoding and applying take about as long, so they are done side by side. Order says nothing to a ledger, so what was
//! heard may be applied by whoever comes first. A question applies all that was heard before it is answered: what the
//! reader has passed is always in the figures.
//!
//! Where another log takes the place of the one that was read, a new ledger takes the place of the old one: nothing
//! of a log that is not there any more stays, not even what was heard of it last. Counters go on.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ensilinja_kafka::{IncomingRecord, RecordDisposition, RecordHandler};
use ensilinja_ledger::{Applied, Ledger, Rules};
use ensilinja_model::{Channel, Event, EventTime, Fact};
use ensilinja_serve::Pipeline;
use ensilinja_wire::{Decoded, Decoder};

use crate::clock::LiveClock;
use crate::history::FirstEvents;
use crate::past::topic::wire_record;
use crate::stamps::{AHEAD_ADVICE, AHEAD_MS, COPIED_ADVICE, StampCount};

/// The learner is woken for as many events; fewer wait for [`PATIENCE`].
const BATCH: usize = 256;
const PATIENCE: Duration = Duration::from_millis(1);

/// With so many events unlearnt the reader helps to learn them instead of reading on.
const MOST_UNLEARNT: usize = 16 * 1024;

/// The timestamps of so many records are looked at, from the first on.
const STAMPS_LOOKED_AT: u64 = 2_000;

/// Makes a ledger that knows nothing, for a first read at the instant it is given, with the rules it goes by.
pub type NewLedger = Box<dyn Fn(EventTime) -> (Ledger, Rules) + Send + Sync>;

/// What has been learnt, all of it of one log.
pub struct Learnt {
    /// Which log it is of, numbered as [`ensilinja_kafka::IngestStatus::log`] is.
    pub log: u32,
    /// When the ledger was made: the instant of its first read, or earlier.
    pub started: EventTime,
    /// The rules it goes by.
    pub rules: Rules,
    /// Every leg and every figure.
    pub ledger: Ledger,
    /// When the newest event of a contact's course happened in each channel, by [`Channel`], and no later than it came.
    /// Outcomes, feedback and retractions come from other systems, which go on when the platform is silent.
    pub newest: [Option<EventTime>; Channel::ALL.len()],
    /// Empty: the space for what is heard next.
    space: Vec<Heard>,
}

/// What has been heard and what was learnt of it: shared by the reader, the learner and those that ask.
pub struct Shared {
    learnt: Mutex<Learnt>,
    heard: Mutex<Queue>,
    much_to_learn: Condvar,
    new_ledger: NewLedger,
    channels: Vec<Channel>,
    pipeline: Arc<Pipeline>,
    clock: LiveClock,
    /// What is wrong with the timestamps of the first records.
    stamps_warning: Mutex<Option<String>>,
    /// The log has told that attempts to call back are left out.
    surplus_told: AtomicBool,
}

/// An event on its way to the ledger.
struct Heard {
    event: Event,
    /// It is new since the process began to read, and was not read before.
    is_live: bool,
    /// Its source was alive then; see [`Intake::alive_at`].
    alive_at: Option<EventTime>,
}

/// What has been heard and not learnt yet.
#[derive(Default)]
struct Queue {
    events: Vec<Heard>,
    /// What all that was heard tells of where the log begins.
    first_events: FirstEvents,
    /// Nothing more will come.
    ended: bool,
}

impl Learnt {
    fn nothing(log: u32, started: EventTime, (ledger, rules): (Ledger, Rules)) -> Self {
        Self { log, started, rules, ledger, newest: [None; Channel::ALL.len()], space: Vec::new() }
    }
}

impl Shared {
    /// Shares what a new ledger knows that is `started` now: nothing. `channels` are those of its lines; `pipeline`
    /// counts what becomes of live events, and `clock` tells how late they are.
    #[must_use]
    pub fn new(
        new_ledger: NewLedger,
        started: EventTime,
        channels: Vec<Channel>,
        pipeline: Arc<Pipeline>,
        clock: LiveClock,
    ) -> Self {
        let learnt = Mutex::new(Learnt::nothing(0, started, new_ledger(started)));
        let (heard, much_to_learn, stamps_warning) = (Mutex::default(), Condvar::new(), Mutex::default());
        let surplus_told = AtomicBool::new(false);
        Self { learnt, heard, much_to_learn, new_ledger, channels, pipeline, clock, stamps_warning, surplus_told }
    }

    /// What should be changed about the timestamps of the records; `None` if nothing is known to be wrong.
    #[must_use]
    pub fn stamps_warning(&self) -> Option<String> {
        self.stamps_said().clone()
    }

    /// Forgets all that was learnt and heard, for log number `log` takes the place of the one it is of. Returns the
    /// instant from which on its records are needed.
    fn forget(&self, log: u32, now: EventTime) -> EventTime {
        // What was heard of the old log is learnt first, so that it is counted.
        let mut learnt = self.lock();
        self.heard().first_events = FirstEvents::default();
        *self.stamps_said() = None;
        *learnt = Learnt::nothing(log, now, (self.new_ledger)(now));
        learnt.rules.range_start(now)
    }

    /// Learns all that has been heard, and locks what is known.
    ///
    /// # Panics
    /// If another thread died holding it: what is known may be half posted, and must not be shown. The reader dies of
    /// this too, which ends the process.
    pub fn lock(&self) -> MutexGuard<'_, Learnt> {
        let mut learnt = self.learnt.lock().expect("no thread dies while it changes the figures");
        // Not before: what another thread has taken out to learn is learnt when it lets go of the figures.
        let space = std::mem::take(&mut learnt.space);
        let mut events = std::mem::replace(&mut self.heard().events, space);
        for Heard { event, is_live, alive_at } in &events {
            if !matches!(event.fact, Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) | Fact::Retracted) {
                let newest = &mut learnt.newest[self.channels[event.line.as_usize()] as usize];
                *newest = (*newest).max(*alive_at);
            }
            let applied = learnt.ledger.apply(event);
            if applied == Applied::Surplus && !self.surplus_told.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    kept = "the earliest 1000 of each result of a contact",
                    counter = "ensilinja_events_total{result=\"surplus\"}",
                    "callback attempts beyond the bound are not counted"
                );
            }
            if *is_live {
                self.pipeline.event(event.fact.kind(), applied, self.clock.now().millis_since(event.at));
            }
        }
        events.clear();
        learnt.space = events;
        learnt
    }

    fn stamps_said(&self) -> MutexGuard<'_, Option<String>> {
        self.stamps_warning.lock().expect("nothing that can fail is done with a warning")
    }

    fn heard(&self) -> MutexGuard<'_, Queue> {
        self.heard.lock().expect("nothing that can fail is done with what was heard")
    }

    /// What the events tell of where the log begins.
    #[must_use]
    pub fn first_events(&self) -> FirstEvents {
        self.heard().first_events.clone()
    }

    /// Takes an event that was written at `known`, as far as that is known.
    fn hear(&self, heard_event: Heard, known: Option<EventTime>) {
        assert!(!self.learnt.is_poisoned(), "no thread dies while it changes the figures");
        let unlearnt = {
            let mut heard = self.heard();
            heard.first_events.hear(known, heard_event.event.at);
            heard.events.push(heard_event);
            heard.events.len()
        };
        match unlearnt {
            1 | BATCH => self.much_to_learn.notify_one(),
            MOST_UNLEARNT.. => drop(self.lock()),
            _ => {}
        }
    }

    /// Learns what is heard, many events at a time where many come, until nothing more will.
    fn learn(&self) {
        loop {
            let heard = self.much_to_learn.wait_while(self.heard(), |heard| heard.events.is_empty() && !heard.ended);
            let heard = heard.expect("nothing that can fail is done with what was heard");
            let few = |heard: &mut Queue| heard.events.len() < BATCH && !heard.ended;
            let heard = self.much_to_learn.wait_timeout_while(heard, PATIENCE, few);
            let ended = heard.expect("nothing that can fail is done with what was heard").0.ended;
            drop(self.lock());
            if ended {
                return;
            }
        }
    }

    fn end(&self) {
        self.heard().ended = true;
        self.much_to_learn.notify_one();
    }
}

/// Takes each record of the topic.
pub struct Intake {
    decoder: Decoder,
    shared: Arc<Shared>,
    /// The clock at some moment before now: what is older need not be compared with the clock.
    looked_at: EventTime,
    stamps: StampCount,
    learner: Option<JoinHandle<()>>,
}

impl Intake {
    /// An intake that teaches `shared`, with a thread of its own to learn.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new(decoder: Decoder, shared: Arc<Shared>) -> io::Result<Self> {
        let learning = Arc::clone(&shared);
        let learner = thread::Builder::new().name("learner".to_owned()).spawn(move || learning.learn())?;
        let looked_at = shared.clock.now();
        Ok(Self { decoder, shared, looked_at, stamps: StampCount::default(), learner: Some(learner) })
    }

    /// Looks at the timestamps of the first records. One that is ahead of the clock is told whenever it comes, once.
    fn look_at_stamp(&mut self, record: &IncomingRecord<'_>, event_at: Option<EventTime>) {
        let is_told = self.stamps.ahead > 0;
        if self.stamps.records < STAMPS_LOOKED_AT {
            if record.timestamp > Some(self.looked_at) {
                self.looked_at = self.shared.clock.now();
            }
            self.stamps.count(record, event_at, self.looked_at);
            if self.stamps.records.is_multiple_of(STAMPS_LOOKED_AT / 10)
                && let Some(copied) = self.stamps.copied_times()
                && self.shared.stamps_said().replace(format!("{copied}; {COPIED_ADVICE}")).is_none()
            {
                tracing::warn!("record timestamps copied: {copied}; {COPIED_ADVICE}");
            }
        } else if !is_told && record.timestamp.is_some_and(|stamp| stamp.millis_since(self.looked_at) > AHEAD_MS) {
            self.looked_at = self.shared.clock.now();
            self.stamps.count(record, None, self.looked_at);
        }
        if !is_told && self.stamps.ahead > 0 {
            let IncomingRecord { partition, offset, timestamp, .. } = *record;
            let ahead_seconds = timestamp.map(|stamp| stamp.millis_since(self.looked_at) / 1000);
            tracing::warn!(partition, offset, ahead_seconds, "record stamped ahead of the clock: {AHEAD_ADVICE}");
        }
    }

    /// When the source of an event was alive: when it happened, but not later than its record can have come. A record
    /// that lay in the log came at its stamp at the latest, unless that is ahead of the clock: then it is not known
    /// when it came, and it must not look alive as time passes.
    fn alive_at(&mut self, event_at: EventTime, record: &IncomingRecord<'_>) -> Option<EventTime> {
        let at = record.timestamp.filter(|_| record.rebuilding).map_or(event_at, |stamp| event_at.min(stamp));
        if at > self.looked_at {
            self.looked_at = self.shared.clock.now();
        }
        match at {
            _ if record.again => None,
            at if at <= self.looked_at => Some(at),
            _ => (!record.rebuilding).then_some(self.looked_at),
        }
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.shared.end();
        if let Some(learner) = self.learner.take() {
            // A learner that died has left the figures locked for good, which everybody sees who asks.
            let _ = learner.join();
        }
    }
}

impl RecordHandler for Intake {
    fn handle(&mut self, record: &IncomingRecord<'_>) -> RecordDisposition {
        let decoded = self.decoder.examine(&wire_record(record));
        // What lay in the log before this process is read to rebuild the figures, and was counted by another one.
        let is_live = !record.rebuilding && !record.again;
        if is_live {
            let clock = &self.shared.clock;
            self.looked_at = record.timestamp.map_or_else(|| clock.now(), |stamp| clock.observe_stamp(stamp));
        }
        self.look_at_stamp(record, decoded.as_ref().ok().map(|decoded| decoded.event.at));
        match decoded {
            Ok(Decoded { event, oddity }) => {
                if let Some(oddity) = oddity.filter(|_| is_live) {
                    self.shared.pipeline.odd(oddity.as_str());
                }
                let alive_at = self.alive_at(event.at, record);
                self.shared.hear(Heard { event, is_live, alive_at }, record.timestamp);
                RecordDisposition::Accepted
            }
            Err(rejection) => {
                if is_live {
                    self.shared.pipeline.rejected(rejection.reason.as_str());
                }
                if rejection.reason.goes_to_dead_letters() {
                    RecordDisposition::DeadLetter {
                        reason: rejection.reason.as_str(),
                        detail: rejection.detail.as_str(),
                    }
                } else {
                    RecordDisposition::Accepted
                }
            }
        }
    }

    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime {
        self.stamps = StampCount::default();
        self.shared.forget(log, now)
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{FeedbackAnswer, LegKey, LineId, LineIndex, Outcome, Survey, YesNo};

    use super::*;
    use crate::clock;

    fn shared(clock: LiveClock) -> Arc<Shared> {
        let (county, now) = (ensilinja_config::county(), clock.now());
        let pipeline = Arc::new(Pipeline::new(ensilinja_serve::Build { version: "", revision: "" }, &[], &[]));
        let channels = county.lines.iter().map(|line| line.channel).collect();
        let new_ledger: NewLedger = Box::new(|now| {
            let rules = ensilinja_config::county().rules(now);
            (Ledger::new(rules.clone(), now), rules)
        });
        Arc::new(Shared::new(new_ledger, now, channels, pipeline, clock))
    }

    #[test]
    fn a_channel_is_not_heard_by_what_other_systems_say_of_its_contacts() {
        let now = clock::wall()();
        let shared = shared(LiveClock::trusted(clock::wall()));
        let newest_after = |fact| {
            let at = now.plus_millis(if fact == Fact::Offered { -60_000 } else { 0 });
            let event = Event { leg: LegKey::new(1), line: LineIndex::new(0), at, fact };
            shared.hear(Heard { event, is_live: true, alive_at: Some(at) }, Some(at));
            shared.lock().newest[Channel::Phone as usize]
        };
        let feedback = Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes));
        assert_eq!(newest_after(feedback), None);
        let offered = newest_after(Fact::Offered);
        assert_eq!(offered, Some(now.plus_millis(-60_000)));
        for said_of_it in [Fact::OutcomeRecorded(Outcome::Handled), feedback, Fact::Retracted] {
            assert_eq!(newest_after(said_of_it), offered);
        }
    }

    #[test]
    fn a_source_was_alive_no_later_than_its_record_came() {
        const NOW_S: i64 = 1_758_006_900;
        // What becomes of an event that happened, and whose record was stamped, so many seconds from now.
        let alive = |at_s: i64, stamped_s: i64, rebuilding, again| {
            let shared = shared(LiveClock::trusted(Arc::new(|| EventTime::from_seconds(NOW_S))));
            let line = LineId::parse("mipa_chat").unwrap();
            let mut intake = Intake::new(Decoder::new(&[line], [0; 16]), shared).unwrap();
            let timestamp = Some(EventTime::from_seconds(NOW_S + stamped_s)).filter(|at| at.as_millis() > 0);
            let (partition, offset) = (0, 0);
            let (key, value, headers) = (None, None, &[][..]);
            let record = IncomingRecord { key, value, headers, timestamp, partition, offset, rebuilding, again };
            let alive_at = intake.alive_at(EventTime::from_seconds(NOW_S + at_s), &record);
            alive_at.map(|at| at.floor_second() - NOW_S)
        };
        assert_eq!(alive(-60, -55, false, false), Some(-60));
        assert_eq!(alive(3_600, 3_600, false, false), Some(0), "it came now, whatever it says");
        assert_eq!(alive(240, 0, false, false), Some(0));
        assert_eq!(alive(-60, -55, true, false), Some(-60));
        assert_eq!(alive(-20, -50, true, false), Some(-50), "it had come by then");
        assert_eq!(alive(3_600, 3_600, true, false), None, "it is not known when it came");
        assert_eq!(alive(-60, -NOW_S - 1, true, false), Some(-60), "its record bears no time");
        assert_eq!(alive(-60, -55, false, true), None, "it was heard when it came");
    }

    #[test]
    fn another_log_leaves_nothing_of_the_old_one_learnt_or_only_heard() {
        let now = clock::wall()();
        let shared = shared(LiveClock::trusted(clock::wall()));
        let offered = |leg| {
            let event = Event { leg: LegKey::new(leg), line: LineIndex::new(0), at: now, fact: Fact::Offered };
            Heard { event, is_live: true, alive_at: Some(now) }
        };
        shared.hear(offered(1), Some(now));
        {
            let learnt = shared.lock();
            assert_eq!((learnt.ledger.legs(), learnt.log), (1, 0));
        }
        shared.hear(offered(2), Some(now));
        let later = now.plus_millis(60_000);
        let range_start = ensilinja_config::county().rules(later).range_start(later);
        assert_eq!(shared.forget(1, later), range_start);
        let learnt = shared.lock();
        assert_eq!((learnt.ledger.legs(), learnt.log, learnt.started), (0, 1, later));
        assert_eq!(learnt.newest, [None; Channel::ALL.len()]);
    }
}
