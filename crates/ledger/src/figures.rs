//! What a read returns: the figures of every line at one instant, as plain values.

use ensilinja_model::{AttemptResult, EventTime, FeedbackAnswer, Outcome, Stage, Survey, YesNo, vocabulary};

use crate::figure::{Decision, Flag, NpsGroup, Resolution, Undecided, Window, Within};
use crate::tally::Tally;
use crate::transition::Transition;

vocabulary! {
    /// The quantiles that are read from wait histograms.
    Quantile {
        /// Half of the waits are shorter.
        Median = "0.5",
        /// Nine of ten waits are shorter.
        P90 = "0.9",
    }
}

impl Quantile {
    /// The share of samples at or below the quantile, 0 to 1.
    #[must_use]
    pub const fn share(self) -> f64 {
        match self {
            Self::Median => 0.5,
            Self::P90 => 0.9,
        }
    }
}

/// The figures of every line at [`as_of`](Self::as_of).
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// The instant they are true for: a whole second, never earlier than that of an earlier read.
    pub as_of: EventTime,
    /// The latest local midnight.
    pub day_start: EventTime,
    /// One entry a line, in the order of the line table.
    pub lines: Vec<LineFigures>,
    /// Legs held in memory.
    pub legs: usize,
}

/// The figures of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFigures {
    /// Contacts that wait now.
    pub waiting: i64,
    /// How long the longest of them has waited, in ms; 0 if none waits.
    pub waiting_oldest_ms: i64,
    /// Callback requests not resolved yet.
    pub callbacks_outstanding: i64,
    /// The age of the oldest of them, in ms; 0 if there is none.
    pub callback_oldest_ms: i64,
    /// Whether the line is open.
    pub open: bool,
    /// When it last opened or closed; `None` for a line that never does.
    pub last_change: Option<EventTime>,
    /// When it will next open or close; `None` for a line that never does.
    pub next_change: Option<EventTime>,
    pub(crate) windows: [Option<WindowFigures>; Window::ALL.len()],
}

impl LineFigures {
    /// The figures of a window; `None` (absent, which is not low) while history does not reach back to its start.
    #[must_use]
    pub fn window(&self, window: Window) -> Option<&WindowFigures> {
        self.windows[window as usize].as_ref()
    }
}

/// The figures of one line in one window. Counts are of what happened in the window, whenever it was heard of.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowFigures {
    pub(crate) counts: [i64; Transition::ALL.len()],
    pub(crate) abandon_wait_sum_ms: i64,
    pub(crate) handling_sum_ms: i64,
    pub(crate) answer_waits: WaitFigures,
    pub(crate) callback_waits: WaitFigures,
}

impl WindowFigures {
    /// The difference of two balances, the later one first.
    pub(crate) fn between(start: &Tally, end: &Tally) -> Self {
        Self {
            counts: std::array::from_fn(|i| end.counts[i] - start.counts[i]),
            abandon_wait_sum_ms: end.abandon_wait_sum_ms - start.abandon_wait_sum_ms,
            handling_sum_ms: end.handling_sum_ms - start.handling_sum_ms,
            answer_waits: end.answer_waits.minus(&start.answer_waits),
            callback_waits: end.callback_waits.minus(&start.callback_waits),
        }
    }

    fn sum(&self, of: impl Fn(Transition) -> bool) -> i64 {
        Transition::ALL.iter().filter(|t| of(**t)).map(|t| self.counts[*t as usize]).sum()
    }

    /// Contacts that arrived.
    #[must_use]
    pub fn offered(&self) -> i64 {
        self.sum(Transition::is_arrival)
    }

    /// Contacts decided this way; the sum over all ways is the denominator of rates.
    #[must_use]
    pub fn decided(&self, decision: Decision) -> i64 {
        self.sum(|t| t.decision() == Some(decision))
    }

    /// Contacts that stopped waiting without a decision.
    #[must_use]
    pub fn undecided(&self, undecided: Undecided) -> i64 {
        self.sum(|t| t.undecided() == Some(undecided))
    }

    /// Contacts decided within the line's threshold (at it counts); short abandons are not among them.
    #[must_use]
    pub fn within_threshold(&self, within: Within) -> i64 {
        self.sum(|t| t.within_threshold() == Some(within))
    }

    /// Contacts answered, or called back and reached: each once, though both may have happened.
    #[must_use]
    pub fn handled(&self) -> i64 {
        self.sum(Transition::is_handling)
    }

    /// Legs with a peculiarity.
    #[must_use]
    pub fn flagged(&self, flag: Flag) -> i64 {
        self.sum(|t| t.has_flag(flag))
    }

    /// Attempts to call back, until the request was resolved.
    #[must_use]
    pub fn callback_attempts(&self, result: AttemptResult) -> i64 {
        self.sum(|t| t == Transition::attempt(result))
    }

    /// Callback requests resolved this way.
    #[must_use]
    pub fn callbacks_closed(&self, resolution: Resolution) -> i64 {
        self.sum(|t| t.resolution() == Some(resolution))
    }

    /// Outcomes recorded.
    #[must_use]
    pub fn outcomes(&self, outcome: Outcome) -> i64 {
        self.sum(|t| t == Transition::outcome(outcome))
    }

    /// Answers to the recommendation question.
    #[must_use]
    pub fn nps_answers(&self, group: NpsGroup) -> i64 {
        self.sum(|t| t == Transition::nps(group))
    }

    /// Answers to a yes/no question.
    #[must_use]
    pub fn survey_answers(&self, survey: Survey, answer: YesNo) -> i64 {
        self.sum(|t| t == Transition::feedback(FeedbackAnswer::Survey(survey, answer)))
    }

    /// Waits of the answered, from arrival.
    #[must_use]
    pub const fn answer_waits(&self) -> &WaitFigures {
        &self.answer_waits
    }

    /// Waits of the customers called back, from the request until they were reached, by the clock on the wall.
    #[must_use]
    pub const fn callback_waits(&self) -> &WaitFigures {
        &self.callback_waits
    }

    /// How long those who abandoned had waited, in all, in ms; short abandons included.
    #[must_use]
    pub const fn abandon_wait_sum_ms(&self) -> i64 {
        self.abandon_wait_sum_ms
    }

    /// How long those answered were served, in all, in ms, filed when the contact ended or was transferred.
    #[must_use]
    pub const fn handling_sum_ms(&self) -> i64 {
        self.handling_sum_ms
    }
}

/// The distribution of waits in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct WaitFigures {
    pub(crate) at_or_below: Box<[i64]>,
    pub(crate) count: i64,
    pub(crate) sum_ms: i64,
    pub(crate) quantiles_ms: Option<[u64; Quantile::ALL.len()]>,
}

impl WaitFigures {
    /// How many waits there are.
    #[must_use]
    pub const fn count(&self) -> i64 {
        self.count
    }

    /// Their sum in ms, long ones in full.
    #[must_use]
    pub const fn sum_ms(&self) -> i64 {
        self.sum_ms
    }

    /// How many are at or below each bound of [`Rules`](crate::Rules), exact to the ms, in the order of the bounds.
    #[must_use]
    pub fn at_or_below(&self) -> &[i64] {
        &self.at_or_below
    }

    /// A quantile in ms, within 1 %. `None` if there are no waits.
    #[must_use]
    pub fn quantile_ms(&self, quantile: Quantile) -> Option<u64> {
        self.quantiles_ms.map(|q| q[quantile as usize])
    }
}

/// The stage of an abandon as a decision.
pub(crate) const fn abandoned_at(stage: Stage) -> Decision {
    match stage {
        Stage::Menu => Decision::AbandonedMenu,
        Stage::Queue => Decision::AbandonedQueue,
        Stage::Ringing => Decision::AbandonedRinging,
    }
}
