//! Tallies: the balance of all postings up to a point.
//!
//! A tally is a commutative group. Postings may be added in any order, each may be taken back, and the difference of
//! two tallies is the tally of what lies between them. Nothing in it can overflow in practice: counts and sums are
//! `i64`, and a histogram counts to four thousand million.

use hdrhistogram::Histogram;

use crate::figures::{Quantile, WaitFigures};
use crate::transition::{Sample, Transition};

/// Waits beyond this land in the histograms' last bucket: forty days, in ms, which no leg lives. A callback is given up
/// only after five working days, which Easter and Christmas make nearly two weeks.
const LONGEST_RECORDED_MS: u64 = 40 * 24 * 3600 * 1000;

/// The sum of all postings up to a point.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    pub counts: [i64; Transition::ALL.len()],
    pub abandon_wait_sum_ms: i64,
    pub handling_sum_ms: i64,
    pub answer_waits: Waits,
    pub callback_waits: Waits,
}

impl Tally {
    pub fn new(answer_bounds_ms: &[u32], callback_bounds_ms: &[u32]) -> Self {
        Self {
            counts: [0; Transition::ALL.len()],
            abandon_wait_sum_ms: 0,
            handling_sum_ms: 0,
            answer_waits: Waits::new(answer_bounds_ms),
            callback_waits: Waits::new(callback_bounds_ms),
        }
    }

    /// Adds `n` postings of a transition, or takes them back where `n` is negative.
    pub fn add(&mut self, transition: Transition, sample_ms: u32, n: i32) {
        self.count(transition, n);
        let times = i64::from(n);
        match transition.sample() {
            None => {}
            Some(Sample::AnswerWait) => self.answer_waits.add(sample_ms, n),
            Some(Sample::CallbackWait) => self.callback_waits.add(sample_ms, n),
            Some(Sample::AbandonWait) => self.abandon_wait_sum_ms += times * i64::from(sample_ms),
            Some(Sample::Handling) => self.handling_sum_ms += times * i64::from(sample_ms),
        }
    }

    /// As [`add`](Self::add), but without the sample.
    pub fn count(&mut self, transition: Transition, n: i32) {
        self.counts[transition as usize] += i64::from(n);
    }

    fn sum(&self, of: impl Fn(Transition) -> bool) -> i64 {
        Transition::ALL.iter().filter(|t| of(**t)).map(|t| self.counts[*t as usize]).sum()
    }

    /// Legs that have arrived and not stopped waiting.
    pub fn waiting(&self) -> i64 {
        self.sum(Transition::is_arrival) - self.sum(Transition::ends_waiting)
    }

    /// Callbacks that were opened and not resolved.
    pub fn outstanding(&self) -> i64 {
        self.counts[Transition::CallbackOpened as usize] - self.sum(|t| t.resolution().is_some())
    }
}

/// The distribution of one kind of wait: exact counts below chosen bounds, and a histogram for quantiles.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    bounds_ms: Box<[u32]>,
    /// One more than there are bounds: the last counts the waits beyond them all.
    between_bounds: Box<[i64]>,
    sum_ms: i64,
    recorded: Recorded,
    /// What was taken back: `hdrhistogram` can subtract histograms, not samples.
    taken_back: Recorded,
}

impl Waits {
    fn new(bounds_ms: &[u32]) -> Self {
        Self {
            bounds_ms: bounds_ms.into(),
            between_bounds: vec![0; bounds_ms.len() + 1].into(),
            sum_ms: 0,
            recorded: Recorded::default(),
            taken_back: Recorded::default(),
        }
    }

    fn add(&mut self, sample_ms: u32, n: i32) {
        let bucket = self.bounds_ms.partition_point(|bound| *bound < sample_ms);
        self.between_bounds[bucket] += i64::from(n);
        self.sum_ms += i64::from(n) * i64::from(sample_ms);
        let recorded = if n >= 0 { &mut self.recorded } else { &mut self.taken_back };
        recorded.add(sample_ms, n.unsigned_abs());
    }

    /// The waits recorded after `earlier` was taken.
    pub fn minus(&self, earlier: &Self) -> WaitFigures {
        let mut below = 0;
        let at_or_below = self
            .between_bounds
            .iter()
            .zip(&earlier.between_bounds)
            .map(|(end, start)| {
                below += end - start;
                below
            })
            .collect::<Vec<_>>();
        let (at_or_below, count) = (&at_or_below[..self.bounds_ms.len()], below);
        WaitFigures {
            at_or_below: at_or_below.into(),
            count,
            sum_ms: self.sum_ms - earlier.sum_ms,
            quantiles_ms: (count > 0).then(|| self.quantiles_after(earlier)),
        }
    }

    fn quantiles_after(&self, earlier: &Self) -> [u64; Quantile::ALL.len()] {
        let mut window = self.recorded.after(&earlier.recorded);
        if let Some(taken_back) = &self.taken_back.after(&earlier.taken_back) {
            let window = window.as_mut().expect("what was taken back was recorded");
            window.subtract(taken_back).expect("what was taken back lies in the same second as what was recorded");
        }
        let window = window.expect("the window counts samples");
        let mut quantiles = [0; Quantile::ALL.len()];
        for quantile in Quantile::ALL {
            quantiles[*quantile as usize] = window.value_at_quantile(quantile.share());
        }
        quantiles
    }
}

/// A histogram of samples, made when the first one comes: twelve kilobytes that most lines' edges never need.
#[derive(Clone, Debug, Default)]
struct Recorded(Option<Box<Histogram<u32>>>);

impl Recorded {
    fn add(&mut self, sample_ms: u32, n: u32) {
        let histogram = self.0.get_or_insert_with(|| {
            let empty = Histogram::new_with_bounds(1, LONGEST_RECORDED_MS, 2);
            Box::new(empty.expect("1 ms to 40 days at two digits is a valid histogram"))
        });
        histogram.saturating_record_n(u64::from(sample_ms).min(LONGEST_RECORDED_MS), n);
    }

    /// What was recorded after `earlier` was taken.
    fn after(&self, earlier: &Self) -> Option<Histogram<u32>> {
        let mut histogram = self.0.as_deref()?.clone();
        if let Some(earlier) = earlier.0.as_deref() {
            histogram.subtract(earlier).expect("a balance holds all that an earlier one held");
        }
        Some(histogram)
    }
}
