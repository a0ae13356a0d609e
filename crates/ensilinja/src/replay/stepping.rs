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

use ensilinja_ledger::{Applied, Effect, Figures, Ledger, Rules, Window};
use ensilinja_model::{Event, EventTime, Fact, FactKind, LineIndex};

use crate::history::{Coverage, HistoryEvidence};
use crate::past::Told;
use crate::past::reuse::ReusedIds;
use crate::progress::{Position, Progress};

/// How often a replay at a speed looks whether it is told to stop.
const TURN: Duration = Duration::from_millis(50);

/// Where the figures of instants go, each with whether they are complete.
pub type Take<'a> = &'a mut dyn FnMut(&Figures, bool) -> anyhow::Result<()>;

/// How much further a log has to be for the ledger to be told again what it may forget, in ms.
const DAY_MS: i64 = 24 * 3600 * 1000;

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
    /// The caller says that nothing is missing since then.
    pub complete_since: Option<EventTime>,
    /// Only ranges of offsets are told: no instant is complete.
    pub only_these: bool,
    /// Each is taken when its time comes, so many times as fast as the clock.
    pub speed: Option<u32>,
}

/// A ledger on its way through the instants.
pub struct Stepping<'a> {
    rules: Rules,
    ledger: Ledger,
    instants: &'a [EventTime],
    taken: usize,
    manner: Manner,
    horizon_ms: i64,
    range_start: EventTime,
    unknown: usize,
    short: usize,
    /// The lines and the windows that are asked for; all, if none are named.
    asked: (Vec<usize>, Vec<Window>),
    too_late: u64,
    out_of_order: u64,
    reused: ReusedIds,
    /// Up to when the ledger was last told to forget while it waits for the next instant.
    forgotten: EventTime,
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
            ledger: Ledger::new(rules.clone(), instants[0]),
            reused: ReusedIds::within(EventTime::MIN..instants[instants.len() - 1].plus_millis(1_000), rules.clone()),
            rules,
            instants,
            taken: 0,
            manner,
            unknown: 0,
            short: 0,
            asked: (Vec::new(), Vec::new()),
            too_late: 0,
            out_of_order: 0,
            forgotten: EventTime::MIN,
            began: None,
            stop,
            take,
        }
    }

    /// Says which lines and windows are asked for, so that only those are missed. All, if none are named.
    #[must_use]
    pub fn asked_for(self, lines: &[usize], windows: &[Window]) -> Self {
        Self { asked: (lines.to_vec(), windows.to_vec()), ..self }
    }

    /// Learns an event, after taking the instants whose time has come.
    ///
    /// # Errors
    /// [`Stopped`], or what the taker says.
    pub fn hear(&mut self, told: &Told<'_>) -> anyhow::Result<()> {
        while self.taken < self.instants.len() && self.has_come(self.instants[self.taken], told.known) {
            self.step(told.evidence)?;
        }
        let event = &told.event;
        if self.says_nothing(event) {
            return Ok(());
        }
        let Some(shown) = self.taken.checked_sub(1).map(|last| self.instants[last]) else {
            self.learn(told);
            self.forget_what_no_instant_needs(told);
            return Ok(());
        };
        if self.manner.known_then {
            self.out_of_order += u64::from(told.known < shown);
        } else if event.at.floor_second() > shown.floor_second() {
            self.too_late += u64::from(self.corrects_what_was_shown(event, shown));
        }
        let is_over = self.taken == self.instants.len();
        if is_over && (self.manner.known_then || event.at > shown) {
            return Ok(());
        }
        let effect = self.learn(told);
        let is_news_of_the_shown = match effect.applied {
            Applied::TooOld => event.at >= self.range_start,
            _ => effect.changed_facts && event.at.floor_second() <= shown.floor_second(),
        };
        self.too_late += u64::from(is_news_of_the_shown && !self.manner.known_then);
        if !is_over {
            self.forget_what_no_instant_needs(told);
        }
        Ok(())
    }

    fn learn(&mut self, told: &Told<'_>) -> Effect {
        let Self { ledger, reused, .. } = self;
        reused.hear(&told.event, told.place, |note| ledger.apply_noting(&told.event, note))
    }

    /// Whether what is said of a later instant changes one that was shown. A contact that is retracted and not known
    /// any more has been let go of; an outcome of one that is not known is that of a later contact, as all are after
    /// the last instant.
    fn corrects_what_was_shown(&self, event: &Event, shown: EventTime) -> bool {
        let was_there = self.ledger.first_fact_at(event.leg).map(|first| first <= shown);
        corrects(event) && was_there.unwrap_or(event.fact == Fact::Retracted && self.taken < self.instants.len())
    }

    /// While a log with many contacts is read, lets the ledger go of what neither the next instant nor any later one
    /// can need. Once a day of the log is enough.
    fn forget_what_no_instant_needs(&mut self, told: &Told<'_>) {
        if self.manner.known_then || self.ledger.legs() <= self.manner.most_legs {
            return;
        }
        let until = told.known.plus_millis(-self.horizon_ms).min(self.instants[self.taken]);
        if until.millis_since(self.forgotten) >= DAY_MS && until >= self.instants[0] {
            self.forgotten = until;
            self.ledger.figures(until, self.coverage(told.evidence).history());
        }
    }

    /// Takes the instants that are left, those after `until` apart. All has been told; `evidence` says how far back it
    /// counts.
    ///
    /// # Errors
    /// [`Stopped`], or what the taker says.
    pub fn finish(&mut self, evidence: &HistoryEvidence, until: EventTime, progress: &Progress) -> anyhow::Result<()> {
        progress.begin("taking instants", "instants");
        let known = self.instants.partition_point(|instant| *instant <= until);
        let total = u64::try_from(known.saturating_sub(self.taken)).expect("memory is counted in 64 bits");
        for done in 1..=total {
            self.step(evidence)?;
            let at = self.instants.get(self.taken.saturating_sub(1)).copied();
            progress.show(&Position { done, total: Some(total), count: done, at });
        }
        progress.end();
        Ok(())
    }

    /// The instants that were taken.
    #[must_use]
    pub fn covered(&self) -> &'a [EventTime] {
        &self.instants[self.unknown..self.taken]
    }

    /// How many events were told too late for an instant that they change.
    #[must_use]
    pub const fn too_late(&self) -> u64 {
        self.too_late
    }

    /// How many records lay behind one that is stamped at or after an instant, though they are stamped before it.
    #[must_use]
    pub const fn out_of_order(&self) -> u64 {
        self.out_of_order
    }

    /// How many of the instants were left out because they lie before all that is known.
    #[must_use]
    pub const fn unknown(&self) -> usize {
        self.unknown
    }

    /// How many of the instants were taken without some window, because history begins too late for it.
    #[must_use]
    pub const fn short(&self) -> usize {
        self.short
    }

    /// Ids that are used again.
    #[must_use]
    pub const fn reused(&self) -> &ReusedIds {
        &self.reused
    }

    /// How far back history counts.
    #[must_use]
    pub fn coverage(&self, evidence: &HistoryEvidence) -> Coverage {
        evidence.coverage(&self.rules, self.manner.complete_since)
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
        event.at.floor_second() > last.floor_second() && !corrects(event)
    }

    fn step(&mut self, evidence: &HistoryEvidence) -> anyhow::Result<()> {
        let instant = self.instants[self.taken];
        let coverage = self.coverage(evidence);
        let is_known = if self.manner.known_then { coverage.was_known_at(instant) } else { coverage.knows(instant) };
        if !is_known {
            // Nobody knows whether anybody waited then.
            self.unknown += 1;
            self.taken += 1;
            return Ok(());
        }
        self.wait_for(instant)?;
        let figures = self.ledger.figures(instant, coverage.history());
        self.short += usize::from(self.lacks_a_window(&figures, &coverage));
        (self.take)(&figures, instant >= coverage.whole_since && !self.manner.only_these)?;
        self.taken += 1;
        Ok(())
    }

    /// Whether history begins too late for a window that is asked for and has begun.
    fn lacks_a_window(&self, figures: &Figures, coverage: &Coverage) -> bool {
        // Long after the beginning no window is looked at.
        if figures.as_of.millis_since(coverage.whole_since) >= self.horizon_ms {
            return false;
        }
        let (lines, windows) = &self.asked;
        let windows = || Window::ALL.iter().copied().filter(|window| windows.is_empty() || windows.contains(window));
        let is_short = |line: LineIndex, window: Window| {
            let is_absent = figures.lines[line.as_usize()].window(window).is_none();
            is_absent && self.rules.window_range(line, window, figures.as_of).is_some()
        };
        let all = (0_u16..).take(figures.lines.len()).map(LineIndex::new);
        let mut asked = all.filter(|line| lines.is_empty() || lines.contains(&line.as_usize()));
        asked.any(|line| windows().any(|window| is_short(line, window)))
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

/// Whether what is said of one instant changes what is known of earlier ones.
fn corrects(event: &Event) -> bool {
    matches!(event.fact.kind(), FactKind::OutcomeRecorded | FactKind::FeedbackReceived | FactKind::Retracted)
}
