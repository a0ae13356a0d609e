//! Sums: the additive figures of a line over a time range.
//!
//! Sums form a commutative group. Sums of two lines or of two ranges can be added; the sums up to an instant minus
//! those up to an earlier instant are the sums of the range in between. So a rate over several lines is computed from
//! their sums, never from their rates.

use std::ops::{AddAssign, Sub};

use ensilinja_model::{AttemptResult, FeedbackAnswer, Outcome, Survey, YesNo};

use crate::entry_kind::{EntryKind, SampleKind};
use crate::figure::{Decision, Due, Flag, NpsGroup, Promise, Resolution, Undecided, UnknownWait, Verdict, Within};
use crate::rules::Bounds;

/// The sums of a line over a time range. Late events are included.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    pub(crate) counts: [i64; EntryKind::ALL.len()],
    pub(crate) abandon_wait_sum_ms: i64,
    pub(crate) timed_out_wait_sum_ms: i64,
    pub(crate) handling_sum_ms: i64,
    pub(crate) answer_waits: Waits,
    pub(crate) callback_waits: Waits,
    pub(crate) callback_open_waits: Waits,
}

impl Sums {
    /// Empty sums.
    #[must_use]
    pub fn none(bounds: &Bounds) -> Self {
        Self {
            counts: [0; EntryKind::ALL.len()],
            abandon_wait_sum_ms: 0,
            timed_out_wait_sum_ms: 0,
            handling_sum_ms: 0,
            answer_waits: Waits::none(&bounds.answer_wait_ms),
            callback_waits: Waits::none(&bounds.callback_wait_ms),
            callback_open_waits: Waits::none(&bounds.callback_wait_ms),
        }
    }

    /// Legs that have arrived and are still waiting. Only for sums since the beginning.
    pub(crate) fn waiting(&self) -> i64 {
        self.offered() - self.sum(EntryKind::ends_waiting)
    }

    /// Callbacks that were opened and not resolved, by due state. Only for sums since the beginning.
    pub(crate) fn outstanding(&self) -> [i64; Due::ALL.len()] {
        let overdue = self.of(EntryKind::BecameOverdue) - self.of(EntryKind::ResolvedWhileOverdue);
        let left_today = self.of(EntryKind::BecameOverdue) + self.of(EntryKind::ResolvedWhileDueToday);
        let today = self.sum(EntryKind::makes_due_today) - left_today;
        let all = self.callbacks_requested() - self.sum(|t| t.resolution().is_some());
        [all - today - overdue, today, overdue]
    }

    /// Promises that were made and not settled. Only for sums since the beginning.
    pub(crate) fn pending(&self) -> [i64; Promise::ALL.len()] {
        let settled = |promise| Verdict::ALL.iter().map(|verdict| self.promises(promise, *verdict)).sum::<i64>();
        let moved = self.sum(EntryKind::moves_promise);
        let made = self.sum(EntryKind::is_promised_arrival);
        [made - moved - settled(Promise::Answer), moved - settled(Promise::Callback)]
    }

    /// Adds `n` entries of a kind. A negative `n` takes them back.
    pub(crate) fn add(&mut self, kind: EntryKind, sample_ms: u32, n: i32, bounds: &Bounds) {
        self.count(kind, n);
        let n = i64::from(n);
        match kind.sample() {
            None => {}
            Some(SampleKind::AnswerWait) => self.answer_waits.add(sample_ms, n, &bounds.answer_wait_ms),
            Some(SampleKind::CallbackWait) => self.callback_waits.add(sample_ms, n, &bounds.callback_wait_ms),
            Some(SampleKind::CallbackOpenWait) => self.callback_open_waits.add(sample_ms, n, &bounds.callback_wait_ms),
            Some(SampleKind::AbandonWait) => self.abandon_wait_sum_ms += n * i64::from(sample_ms),
            Some(SampleKind::TimedOutWait) => self.timed_out_wait_sum_ms += n * i64::from(sample_ms),
            Some(SampleKind::Handling) => self.handling_sum_ms += n * i64::from(sample_ms),
        }
    }

    /// As [`add`](Self::add), without the sample.
    pub(crate) fn count(&mut self, kind: EntryKind, n: i32) {
        self.counts[kind as usize] += i64::from(n);
    }

    pub(crate) fn sum(&self, of: impl Fn(EntryKind) -> bool) -> i64 {
        EntryKind::ALL.iter().filter(|t| of(**t)).map(|t| self.counts[*t as usize]).sum()
    }

    pub(crate) const fn of(&self, kind: EntryKind) -> i64 {
        self.counts[kind as usize]
    }

    /// Contacts that arrived.
    #[must_use]
    pub fn offered(&self) -> i64 {
        self.sum(EntryKind::is_arrival)
    }

    /// Contacts decided in this way.
    #[must_use]
    pub fn decided(&self, decision: Decision) -> i64 {
        self.sum(|t| t.decision() == Some(decision))
    }

    /// Contacts decided in any way. The denominator of rates.
    #[must_use]
    pub fn all_decided(&self) -> i64 {
        self.sum(|t| t.decision().is_some())
    }

    /// Contacts that stopped waiting without a decision.
    #[must_use]
    pub fn undecided(&self, undecided: Undecided) -> i64 {
        self.sum(|t| t.undecided() == Some(undecided))
    }

    /// Contacts decided within the line's threshold (a wait of exactly the threshold counts), without short abandons.
    #[must_use]
    pub fn within_threshold(&self, within: Within) -> i64 {
        self.sum(|t| t.within_threshold() == Some(within))
    }

    /// Contacts that stopped waiting in this way, after a wait of unknown length.
    #[must_use]
    pub fn wait_unknown(&self, end: UnknownWait) -> i64 {
        self.sum(|t| t.unknown_wait() == Some(end))
    }

    /// Contacts answered, or called back and reached. Each counts once, even if both happened.
    #[must_use]
    pub fn handled(&self) -> i64 {
        self.sum(EntryKind::is_handling)
    }

    /// Legs with a data anomaly.
    #[must_use]
    pub fn flagged(&self, flag: Flag) -> i64 {
        self.sum(|t| t.has_flag(flag))
    }

    /// Callback attempts up to the resolution of the request.
    #[must_use]
    pub const fn callback_attempts(&self, result: AttemptResult) -> i64 {
        self.of(EntryKind::attempt(result))
    }

    /// Callback requests, whether or not the request ended the wait.
    #[must_use]
    pub fn callbacks_requested(&self) -> i64 {
        self.sum(EntryKind::opens_callback)
    }

    /// Callback requests resolved in this way.
    #[must_use]
    pub fn callbacks_closed(&self, resolution: Resolution) -> i64 {
        self.sum(|t| t.resolution() == Some(resolution))
    }

    /// Contacts decided by a callback request in this range whose customer was reached, then or later. Only a
    /// [`HistoricalLedger`](crate::HistoricalLedger) counts them; 0 in live figures, where they would change figures
    /// that were already shown. Never more than the contacts decided by a request: a contact that was answered first is
    /// not included.
    #[must_use]
    pub const fn requests_reached(&self) -> i64 {
        self.of(EntryKind::RequestReached)
    }

    /// Promises settled in this way.
    #[must_use]
    pub const fn promises(&self, promise: Promise, verdict: Verdict) -> i64 {
        self.of(EntryKind::settled(promise, verdict))
    }

    /// Outcomes of this kind recorded.
    #[must_use]
    pub const fn outcomes(&self, outcome: Outcome) -> i64 {
        self.of(EntryKind::outcome(outcome))
    }

    /// All outcomes recorded.
    #[must_use]
    pub fn all_outcomes(&self) -> i64 {
        Outcome::ALL.iter().map(|outcome| self.outcomes(*outcome)).sum()
    }

    /// Answers to the recommendation question.
    #[must_use]
    pub const fn nps_answers(&self, group: NpsGroup) -> i64 {
        self.of(EntryKind::nps(group))
    }

    /// Answers to a yes/no question.
    #[must_use]
    pub const fn survey_answers(&self, survey: Survey, answer: YesNo) -> i64 {
        self.of(EntryKind::feedback(FeedbackAnswer::Survey(survey, answer)))
    }

    /// Known waits of answered contacts, from arrival or from the queue, by the line's rule.
    #[must_use]
    pub const fn answer_waits(&self) -> &Waits {
        &self.answer_waits
    }

    /// Waits for callbacks, from the request until the customer was reached, in elapsed time.
    #[must_use]
    pub const fn callback_waits(&self) -> &Waits {
        &self.callback_waits
    }

    /// The same waits, in open time: only the time in which the line was open counts.
    #[must_use]
    pub const fn callback_open_waits(&self) -> &Waits {
        &self.callback_open_waits
    }

    /// The total wait of abandoned contacts in ms, including short abandons.
    #[must_use]
    pub const fn abandon_wait_sum_ms(&self) -> i64 {
        self.abandon_wait_sum_ms
    }

    /// The total wait of contacts that timed out in ms, whether they count in rates or are left out.
    #[must_use]
    pub const fn timed_out_wait_sum_ms(&self) -> i64 {
        self.timed_out_wait_sum_ms
    }

    /// The total handling time of answered contacts in ms. It counts when the contact ends or is transferred.
    #[must_use]
    pub const fn handling_sum_ms(&self) -> i64 {
        self.handling_sum_ms
    }
}

impl AddAssign<&Self> for Sums {
    fn add_assign(&mut self, other: &Self) {
        for (sum, more) in self.counts.iter_mut().zip(&other.counts) {
            *sum += more;
        }
        self.abandon_wait_sum_ms += other.abandon_wait_sum_ms;
        self.timed_out_wait_sum_ms += other.timed_out_wait_sum_ms;
        self.handling_sum_ms += other.handling_sum_ms;
        self.answer_waits += &other.answer_waits;
        self.callback_waits += &other.callback_waits;
        self.callback_open_waits += &other.callback_open_waits;
    }
}

/// The sums of the range between two instants, from the sums up to each.
impl Sub for &Sums {
    type Output = Sums;

    fn sub(self, earlier: Self) -> Sums {
        Sums {
            counts: std::array::from_fn(|i| self.counts[i] - earlier.counts[i]),
            abandon_wait_sum_ms: self.abandon_wait_sum_ms - earlier.abandon_wait_sum_ms,
            timed_out_wait_sum_ms: self.timed_out_wait_sum_ms - earlier.timed_out_wait_sum_ms,
            handling_sum_ms: self.handling_sum_ms - earlier.handling_sum_ms,
            answer_waits: &self.answer_waits - &earlier.answer_waits,
            callback_waits: &self.callback_waits - &earlier.callback_waits,
            callback_open_waits: &self.callback_open_waits - &earlier.callback_open_waits,
        }
    }
}

/// Waits of one kind: the exact number between the bounds of [`Bounds`], and their total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// One more than there are bounds. The last counts the waits beyond all bounds.
    between_bounds: Box<[i64]>,
    sum_ms: i64,
}

impl Waits {
    fn none(bounds_ms: &[u32]) -> Self {
        Self { between_bounds: vec![0; bounds_ms.len() + 1].into(), sum_ms: 0 }
    }

    fn add(&mut self, sample_ms: u32, n: i64, bounds_ms: &[u32]) {
        self.between_bounds[bounds_ms.partition_point(|bound| *bound < sample_ms)] += n;
        self.sum_ms += n * i64::from(sample_ms);
    }

    /// The number of waits.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.between_bounds.iter().sum()
    }

    /// Their total in ms.
    #[must_use]
    pub const fn sum_ms(&self) -> i64 {
        self.sum_ms
    }

    /// Their mean in ms, rounded down. `None` if there are none.
    #[must_use]
    pub fn mean_ms(&self) -> Option<i64> {
        self.sum_ms.checked_div(self.count())
    }

    /// The number of waits at or below each bound, exact to the ms, in the order of the bounds.
    pub fn at_or_below(&self) -> impl Iterator<Item = i64> {
        let bounds = self.between_bounds.len() - 1;
        self.between_bounds[..bounds].iter().scan(0, |below, between| {
            *below += between;
            Some(*below)
        })
    }
}

impl AddAssign<&Self> for Waits {
    fn add_assign(&mut self, other: &Self) {
        for (sum, more) in self.between_bounds.iter_mut().zip(&other.between_bounds) {
            *sum += more;
        }
        self.sum_ms += other.sum_ms;
    }
}

impl Sub for &Waits {
    type Output = Waits;

    fn sub(self, earlier: Self) -> Waits {
        let between = self.between_bounds.iter().zip(&earlier.between_bounds);
        Waits {
            between_bounds: between.map(|(end, start)| end - start).collect(),
            sum_ms: self.sum_ms - earlier.sum_ms,
        }
    }
}
