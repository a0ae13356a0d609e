//! The engine of a replay: the live ledger itself, told of the past and asked at instants of it.
//!
//! ```text
//! all that is known:  event event event ... end   ask ask ask     news of an instant may lie anywhere behind it
//! known at then:      event ask event event ask   ask             each record is stamped: an instant is taken before
//!                                                                 the first that is stamped at or after it
//! ```
//!
//! What must hold: live = replay. The ledger, its rules and what it is told are the same, so its figures are; order
//! says nothing to it. Where all is told before it is asked, memory grows with the stretch that is read. A log so long
//! that this would be too much is stepped through while it is read: then an instant is taken once the log is past it by
//! as long as a contact can live and a window can be, and what is told of it even later is counted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ensilinja_ledger::{Applied, Figures, History, Ledger, Rules};
use ensilinja_model::{Event, EventTime, FactKind};

use crate::past::Told;
use crate::processor::known_since;
use crate::progress::{Position, Progress};

/// How often a replay at a speed looks whether it is told to stop.
const TURN: Duration = Duration::from_millis(50);

/// Later than any window begins, and as far from the end of time as a contact can live.
const FAR_FUTURE: EventTime = EventTime::from_seconds(253_402_300_800);

/// Where the figures of instants go.
pub type Take<'a> = &'a mut dyn FnMut(&Figures) -> anyhow::Result<()>;

/// It was told to stop.
#[derive(Debug, thiserror::Error)]
#[error("it was stopped")]
pub struct Stopped;

/// How instants are taken.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Each is taken before what was written at it or later is told.
    pub known_then: bool,
    /// With more legs than this in memory, instants are taken while the log is still being read.
    pub most_legs: usize,
    /// What is told is taken for all there ever was: a choice of offsets has no beginning.
    pub only_these: bool,
    /// Each is taken when its time comes, so many times as fast as the clock.
    pub speed: Option<u32>,
}

/// A ledger on its way through the instants.
pub struct Stepping<'a> {
    ledger: Ledger,
    instants: &'a [EventTime],
    taken: usize,
    manner: Manner,
    horizon_ms: i64,
    range_start: EventTime,
    too_late: u64,
    began: Option<Instant>,
    stop: &'a AtomicBool,
    take: Take<'a>,
}

impl<'a> Stepping<'a> {
    /// Begins before the first of the instants, of which there is at least one; they ascend.
    pub fn new(rules: Rules, instants: &'a [EventTime], manner: Manner, stop: &'a AtomicBool, take: Take<'a>) -> Self {
        Self {
            horizon_ms: rules.horizon_ms(),
            range_start: rules.range_start(instants[0]),
            ledger: Ledger::new(rules, instants[0]),
            instants,
            taken: 0,
            manner,
            too_late: 0,
            began: None,
            stop,
            take,
        }
    }

    /// Learns an event, after taking the instants whose time has come.
    ///
    /// # Errors
    /// [`Stopped`], or what the taker says.
    pub fn hear(&mut self, told: &Told<'_>) -> anyhow::Result<()> {
        while self.taken < self.instants.len() && self.has_come(self.instants[self.taken], told.known) {
            self.step(told.history)?;
        }
        let event = &told.event;
        if self.says_nothing(event) {
            return Ok(());
        }
        let shown = self.taken.checked_sub(1).map(|last| self.instants[last]);
        let applied = self.ledger.apply(event);
        let is_news_of_the_shown = match applied {
            Applied::Applied => shown.is_some_and(|shown| event.at.floor_second() <= shown.floor_second()),
            Applied::TooOld => event.at >= self.range_start,
            Applied::Unchanged | Applied::Shadowed => false,
        };
        self.too_late += u64::from(is_news_of_the_shown && !self.manner.known_then);
        Ok(())
    }

    /// Takes the instants that are left. All has been told; `history` is since when that is all there was.
    ///
    /// # Errors
    /// [`Stopped`], or what the taker says.
    pub fn finish(&mut self, history: ensilinja_kafka::History, progress: &Progress) -> anyhow::Result<()> {
        progress.begin("taking instants", "instants");
        let total = u64::try_from(self.instants.len() - self.taken).expect("memory is counted in 64 bits");
        for done in 1..=total {
            self.step(history)?;
            let at = self.instants.get(self.taken.saturating_sub(1)).copied();
            progress.show(&Position { done, total: Some(total), count: done, at });
        }
        progress.end();
        Ok(())
    }

    /// The instants that were taken.
    #[must_use]
    pub fn covered(&self) -> &'a [EventTime] {
        &self.instants[..self.taken]
    }

    /// How many events were told too late for an instant they are of, or some of whose news of them was.
    #[must_use]
    pub const fn too_late(&self) -> u64 {
        self.too_late
    }

    /// Whether an instant is to be taken before what became known at `known` is told.
    fn has_come(&self, instant: EventTime, known: EventTime) -> bool {
        if self.manner.known_then {
            return known >= instant;
        }
        self.ledger.legs() > self.manner.most_legs && known.millis_since(instant) > self.horizon_ms
    }

    /// What happened after the last instant changes none of them, unless it corrects what was said before: the law of
    /// the prefix. So a log that goes on for long after them takes no memory.
    fn says_nothing(&self, event: &Event) -> bool {
        let last = self.instants[self.instants.len() - 1];
        let corrects =
            matches!(event.fact.kind(), FactKind::OutcomeRecorded | FactKind::FeedbackReceived | FactKind::Retracted);
        event.at.floor_second() > last.floor_second() && !corrects
    }

    /// As a process that had started at the first instant would have it.
    fn known_since(&self, history: ensilinja_kafka::History) -> History {
        if self.manner.only_these {
            return History { start: EventTime::from_millis(0), from_first_record: true };
        }
        match history.start {
            // Of a partition that has lost all nothing tells since when.
            None if !history.from_first_record => History { start: FAR_FUTURE, from_first_record: false },
            _ => known_since(history, self.instants[0]),
        }
    }

    fn step(&mut self, history: ensilinja_kafka::History) -> anyhow::Result<()> {
        let instant = self.instants[self.taken];
        self.wait_for(instant)?;
        let figures = self.ledger.figures(instant, self.known_since(history));
        (self.take)(&figures)?;
        self.taken += 1;
        Ok(())
    }

    /// Until its time has come.
    fn wait_for(&mut self, instant: EventTime) -> anyhow::Result<()> {
        let began = *self.began.get_or_insert_with(Instant::now);
        let after_ms = u64::try_from(instant.millis_since(self.instants[0])).unwrap_or(0);
        let due = self.manner.speed.map(|speed| Duration::from_millis(after_ms) / speed);
        loop {
            anyhow::ensure!(!self.stop.load(Ordering::Relaxed), Stopped);
            match due.and_then(|due| due.checked_sub(began.elapsed())).filter(|left| !left.is_zero()) {
                Some(left) => thread::sleep(left.min(TURN)),
                None => return Ok(()),
            }
        }
    }
}
