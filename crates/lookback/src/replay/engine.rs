//! The engine of a replay: the live ledger itself, given the events of the past and asked at past instants.
//!
//! ```text
//! all that is known:  event event event ... end   ask ask ask     events of an instant may come at any time after it
//! known at then:      event ask event event ask   ask             records have timestamps: an instant is asked before
//!                                                                 the first record that is stamped at or after it
//! ```
//!
//! Invariant: live = replay. The ledger, its rules and its events are the same, so its figures are; the order of events
//! does not matter to it. Where all events are applied before the first question, memory grows with the range that is
//! read. A log with more legs than fit is asked while it is read: each instant once the log is past it by the horizon,
//! which is as long as a contact can live and a window can be. Events of that instant that come even later are counted.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ensilinja_ledger::{Applied, Effect, Figures, Ledger, Rules, Window};
use ensilinja_model::{Event, EventTime, Fact, FactKind, LineIndex};

use crate::coverage::{Coverage, HistoryEvidence};
use crate::error::LookbackError;
use crate::lookback::Lookback;
use crate::progress::{Progress, ProgressUpdate};
use crate::reused_ids::ReusedIds;
use crate::source::SourcedEvent;

/// How often a replay at a speed looks at the stop flag.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Receives the figures of each instant, with whether they are complete.
pub type FiguresReceiver<'a> = &'a mut dyn FnMut(&Figures, bool) -> Result<(), LookbackError>;

/// How much further a log has to be before the ledger is told again to forget, in ms.
const FORGET_EVERY_MS: i64 = 24 * 3600 * 1000;

/// How instants are asked.
#[derive(Clone, Copy, Debug)]
pub struct ReplayOptions {
    /// Each instant is asked before events that became known at it or later are applied.
    pub known_then: bool,
    /// With more legs than this in memory, instants are asked while the log is still being read.
    pub most_legs: usize,
    /// The user's statement that nothing is missing since then.
    pub complete_since: Option<EventTime>,
    /// Only ranges of offsets are applied, so no instant is complete.
    pub is_partial: bool,
    /// Each instant is asked when its time comes, this many times as fast as the clock; `None` for as fast as possible.
    pub speed: Option<u32>,
}

/// What the figures of a replay lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayGaps {
    /// Events that were found too late for an instant that they change.
    pub too_late: u64,
    /// Records that came after one stamped at or after an instant, though they are stamped before it.
    pub out_of_order: u64,
    /// Instants left out because they are before everything that is known.
    pub unknown_instants: usize,
    /// Instants that lack a window because history begins too late for it.
    pub short_instants: usize,
}

/// A ledger on its way through the instants.
pub struct ReplayEngine<'a> {
    lookback: Lookback,
    horizon_ms: i64,
    ledger: Ledger,
    instants: &'a [EventTime],
    /// How many of the instants are done.
    done: usize,
    options: ReplayOptions,
    /// The lines and the windows that are asked for; all, if none are named.
    wanted: (Vec<usize>, Vec<Window>),
    gaps: ReplayGaps,
    reused: ReusedIds,
    /// Up to when the ledger was last told to forget while it waits for the next instant.
    forgotten: EventTime,
    began: Option<Instant>,
    stop: &'a AtomicBool,
    receiver: FiguresReceiver<'a>,
}

impl<'a> ReplayEngine<'a> {
    /// An engine before the first of the instants, which ascend. There is at least one.
    pub fn new(
        rules: Rules,
        instants: &'a [EventTime],
        options: ReplayOptions,
        stop: &'a AtomicBool,
        receiver: FiguresReceiver<'a>,
    ) -> Self {
        let until = instants[instants.len() - 1].plus_millis(1_000);
        Self {
            horizon_ms: rules.horizon_ms(),
            ledger: Ledger::new(rules.clone(), instants[0]),
            reused: ReusedIds::within(EventTime::MIN..until, rules.clone()),
            lookback: Lookback::to_instant(rules, instants[0], options.complete_since),
            instants,
            done: 0,
            options,
            wanted: (Vec::new(), Vec::new()),
            gaps: ReplayGaps::default(),
            forgotten: EventTime::MIN,
            began: None,
            stop,
            receiver,
        }
    }

    /// Sets which lines and windows are asked for, so that only those can be missing. All, if none are named.
    #[must_use]
    pub fn wanted(self, lines: &[usize], windows: &[Window]) -> Self {
        Self { wanted: (lines.to_vec(), windows.to_vec()), ..self }
    }

    /// What has to be read.
    #[must_use]
    pub const fn lookback(&self) -> &Lookback {
        &self.lookback
    }

    /// Applies an event, after asking the instants whose time has come.
    ///
    /// # Errors
    /// [`LookbackError::Stopped`], or the error of the receiver.
    pub fn apply(&mut self, sourced: &SourcedEvent<'_>) -> Result<(), LookbackError> {
        while self.done < self.instants.len() && self.has_come(self.instants[self.done], sourced.known_at) {
            self.step(sourced.evidence)?;
        }
        let event = &sourced.event;
        if self.changes_nothing(event) {
            return Ok(());
        }
        let Some(shown) = self.done.checked_sub(1).map(|last| self.instants[last]) else {
            self.learn(sourced);
            self.forget_what_no_instant_needs(sourced);
            return Ok(());
        };
        if self.options.known_then {
            self.gaps.out_of_order += u64::from(sourced.known_at < shown);
        } else if event.at.floor_second() > shown.floor_second() {
            self.gaps.too_late += u64::from(self.corrects_what_was_shown(event, shown));
        }
        let is_over = self.done == self.instants.len();
        if is_over && (self.options.known_then || event.at > shown) {
            return Ok(());
        }
        let effect = self.learn(sourced);
        let changes_what_was_shown = match effect.applied {
            Applied::TooOld => self.lookback.counts(event),
            _ => effect.changed_facts && event.at.floor_second() <= shown.floor_second(),
        };
        self.gaps.too_late += u64::from(changes_what_was_shown && !self.options.known_then);
        if !is_over {
            self.forget_what_no_instant_needs(sourced);
        }
        Ok(())
    }

    fn learn(&mut self, sourced: &SourcedEvent<'_>) -> Effect {
        let Self { ledger, reused, .. } = self;
        reused.count(&sourced.event, sourced.position, |note| ledger.apply_noting(&sourced.event, note))
    }

    /// Whether a fact of a later instant changes one that was shown. A contact that is retracted and no longer known
    /// has been forgotten; an outcome of an unknown contact is that of a later one, as all are after the last instant.
    fn corrects_what_was_shown(&self, event: &Event, shown: EventTime) -> bool {
        let was_there = self.ledger.first_fact_at(event.leg).map(|first| first <= shown);
        is_correction(event) && was_there.unwrap_or(event.fact == Fact::Retracted && self.done < self.instants.len())
    }

    /// While a log with many contacts is read, lets the ledger forget what neither the next instant nor any later one
    /// can need. Once a day of the log is enough.
    fn forget_what_no_instant_needs(&mut self, sourced: &SourcedEvent<'_>) {
        if self.options.known_then || self.ledger.legs() <= self.options.most_legs {
            return;
        }
        let until = sourced.known_at.plus_millis(-self.horizon_ms).min(self.instants[self.done]);
        if until.millis_since(self.forgotten) >= FORGET_EVERY_MS && until >= self.instants[0] {
            self.forgotten = until;
            self.ledger.figures(until, self.coverage(sourced.evidence).history());
        }
    }

    /// Asks the instants that are left and not after `until`. All events have been applied; `evidence` says where
    /// history begins.
    ///
    /// # Errors
    /// [`LookbackError::Stopped`], or the error of the receiver.
    pub fn finish(
        &mut self,
        evidence: &HistoryEvidence,
        until: EventTime,
        progress: &dyn Progress,
    ) -> Result<(), LookbackError> {
        progress.begin("taking instants", "instants");
        let known = self.instants.partition_point(|instant| *instant <= until);
        let total = u64::try_from(known.saturating_sub(self.done)).expect("memory is counted in 64 bits");
        for done in 1..=total {
            self.step(evidence)?;
            let at = self.instants.get(self.done.saturating_sub(1)).copied();
            progress.show(&ProgressUpdate { done, total: Some(total), count: done, at });
        }
        progress.end();
        Ok(())
    }

    /// The instants that were asked.
    #[must_use]
    pub fn covered(&self) -> &'a [EventTime] {
        &self.instants[self.gaps.unknown_instants..self.done]
    }

    /// What their figures lack.
    #[must_use]
    pub const fn gaps(&self) -> ReplayGaps {
        self.gaps
    }

    /// The contact ids that are used again.
    #[must_use]
    pub const fn reused(&self) -> &ReusedIds {
        &self.reused
    }

    /// Since when history is known.
    #[must_use]
    pub fn coverage(&self, evidence: &HistoryEvidence) -> Coverage {
        self.lookback.coverage(evidence)
    }

    /// Whether an instant has to be asked before an event that became known at `known_at` is applied.
    fn has_come(&self, instant: EventTime, known_at: EventTime) -> bool {
        if self.options.known_then {
            return known_at >= instant;
        }
        self.ledger.legs() > self.options.most_legs && known_at.millis_since(instant) > self.horizon_ms
    }

    /// Whether an event changes none of the instants: it happened after the last one and corrects nothing earlier (the
    /// law of the prefix). So a log that goes on for long after them takes no memory.
    fn changes_nothing(&self, event: &Event) -> bool {
        let last = self.instants[self.instants.len() - 1];
        event.at.floor_second() > last.floor_second() && !is_correction(event)
    }

    /// Asks the next instant.
    fn step(&mut self, evidence: &HistoryEvidence) -> Result<(), LookbackError> {
        let instant = self.instants[self.done];
        let coverage = self.coverage(evidence);
        let is_known = if self.options.known_then { coverage.was_known_at(instant) } else { coverage.knows(instant) };
        if !is_known {
            // The source does not tell whether there were contacts then.
            self.gaps.unknown_instants += 1;
            self.done += 1;
            return Ok(());
        }
        self.wait_for(instant)?;
        let figures = self.ledger.figures(instant, coverage.history());
        self.gaps.short_instants += usize::from(self.lacks_a_window(&figures, &coverage));
        (self.receiver)(&figures, instant >= coverage.whole_since && !self.options.is_partial)?;
        self.done += 1;
        Ok(())
    }

    /// Whether history begins too late for a window that is asked for and has begun.
    fn lacks_a_window(&self, figures: &Figures, coverage: &Coverage) -> bool {
        // Long after the beginning no window needs a look.
        if figures.as_of.millis_since(coverage.whole_since) >= self.horizon_ms {
            return false;
        }
        let (lines, windows) = &self.wanted;
        let windows = || Window::ALL.iter().copied().filter(|window| windows.is_empty() || windows.contains(window));
        let is_missing = |line: LineIndex, window: Window| {
            let is_absent = figures.lines[line.as_usize()].window(window).is_none();
            is_absent && self.lookback.rules().window_range(line, window, figures.as_of).is_some()
        };
        let all = (0_u16..).take(figures.lines.len()).map(LineIndex::new);
        let mut wanted = all.filter(|line| lines.is_empty() || lines.contains(&line.as_usize()));
        wanted.any(|line| windows().any(|window| is_missing(line, window)))
    }

    /// Waits until the time of an instant has come.
    fn wait_for(&mut self, instant: EventTime) -> Result<(), LookbackError> {
        let began = *self.began.get_or_insert_with(Instant::now);
        let after_ms = u64::try_from(instant.millis_since(self.instants[0])).unwrap_or(0);
        let due = self.options.speed.map(|speed| Duration::from_millis(after_ms) / speed);
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(LookbackError::Stopped);
            }
            match due.and_then(|due| due.checked_sub(began.elapsed())).filter(|left| !left.is_zero()) {
                Some(left) => thread::sleep(left.min(POLL_INTERVAL)),
                None => return Ok(()),
            }
        }
    }
}

/// Whether a fact changes what is known of earlier instants.
fn is_correction(event: &Event) -> bool {
    matches!(event.fact.kind(), FactKind::OutcomeRecorded | FactKind::FeedbackReceived | FactKind::Retracted)
}
