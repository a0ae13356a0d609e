//! Tallies: the balance of all postings up to a point, with what it takes to read quantiles from the difference of two.
//!
//! Postings may be added in any order, and each may be taken back. Nothing in it can overflow in practice: counts and
//! sums are `i64`, and a histogram counts to four thousand million.

use hdrhistogram::Histogram;

use crate::entry_kind::{EntryKind, SampleKind};
use crate::figures::{Quantile, Quantiles, WindowFigures};
use crate::rules::Bounds;
use crate::sums::Sums;

/// Waits beyond this land in the histograms' last bucket: fifty days, in ms, which no leg lives.
const LONGEST_RECORDED_MS: u64 = 50 * 24 * 3600 * 1000;

/// The sum of all postings up to a point.
#[derive(Clone, Debug)]
pub(crate) struct Balance {
    pub sums: Sums,
    answer_waits: WaitDistribution,
    callback_waits: WaitDistribution,
}

impl Balance {
    pub fn new(bounds: &Bounds) -> Self {
        let (answer_waits, callback_waits) = Default::default();
        Self { sums: Sums::none(bounds), answer_waits, callback_waits }
    }

    /// Adds `n` postings of a transition, or takes them back where `n` is negative.
    pub fn add(&mut self, kind: EntryKind, sample_ms: u32, n: i32, bounds: &Bounds) {
        self.sums.add(kind, sample_ms, n, bounds);
        match kind.sample() {
            Some(SampleKind::AnswerWait) => self.answer_waits.add(sample_ms, n),
            Some(SampleKind::CallbackWait) => self.callback_waits.add(sample_ms, n),
            Some(SampleKind::CallbackOpenWait | SampleKind::AbandonWait | SampleKind::Handling) | None => {}
        }
    }

    /// As [`add`](Self::add), but without the sample.
    pub fn count(&mut self, kind: EntryKind, n: i32) {
        self.sums.count(kind, n);
    }

    /// What was posted after `earlier` was taken.
    pub fn since(&self, earlier: &Self) -> WindowFigures {
        let sums = &self.sums - &earlier.sums;
        WindowFigures {
            answer_wait_quantiles: self
                .answer_waits
                .quantiles_after(&earlier.answer_waits, sums.answer_waits().count()),
            callback_wait_quantiles: self
                .callback_waits
                .quantiles_after(&earlier.callback_waits, sums.callback_waits().count()),
            sums,
        }
    }
}

/// A histogram of waits. `hdrhistogram` can subtract histograms, not samples, so what is taken back lies apart.
#[derive(Clone, Debug, Default)]
struct WaitDistribution {
    recorded: WaitHistogram,
    taken_back: WaitHistogram,
}

impl WaitDistribution {
    fn add(&mut self, sample_ms: u32, n: i32) {
        let recorded = if n >= 0 { &mut self.recorded } else { &mut self.taken_back };
        recorded.add(sample_ms, n.unsigned_abs());
    }

    /// The quantiles of the `count` waits after `earlier`; `None` if there are none.
    fn quantiles_after(&self, earlier: &Self, count: i64) -> Option<Quantiles> {
        if count == 0 {
            return None;
        }
        let mut window = self.recorded.after(&earlier.recorded).expect("the window counts samples");
        if let Some(taken_back) = &self.taken_back.after(&earlier.taken_back) {
            window.subtract(taken_back).expect("what was taken back lies in the same second as what was recorded");
        }
        let mut quantiles = Quantiles::default();
        for quantile in Quantile::ALL {
            quantiles.0[*quantile as usize] = window.value_at_quantile(quantile.share());
        }
        Some(quantiles)
    }
}

/// A histogram of samples, made when the first one comes: twelve kilobytes that most lines' edges never need.
#[derive(Clone, Debug, Default)]
struct WaitHistogram(Option<Box<Histogram<u32>>>);

impl WaitHistogram {
    fn add(&mut self, sample_ms: u32, n: u32) {
        let histogram = self.0.get_or_insert_with(|| {
            let empty = Histogram::new_with_bounds(1, LONGEST_RECORDED_MS, 2);
            Box::new(empty.expect("1 ms to 50 days at two digits is a valid histogram"))
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
