//! A balance: the sum of all postings up to a point, with histograms, so that the difference of two balances has
//! quantiles.
//!
//! Postings may be added in any order, and each may be taken back. Overflow is impossible in practice: counts and sums
//! are `i64`, and a histogram bucket counts to four billion.

use hdrhistogram::Histogram;

use crate::entry_kind::{EntryKind, SampleKind};
use crate::figures::{Quantile, Quantiles, WindowFigures};
use crate::rules::Bounds;
use crate::sums::Sums;

/// The upper bound of the histograms: fifty days in ms, longer than the life of any leg. Longer waits are recorded
/// as this long.
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

    /// Adds `n` postings of a kind. A negative `n` takes them back.
    pub fn add(&mut self, kind: EntryKind, sample_ms: u32, n: i32, bounds: &Bounds) {
        self.sums.add(kind, sample_ms, n, bounds);
        match kind.sample() {
            Some(SampleKind::AnswerWait) => self.answer_waits.add(sample_ms, n),
            Some(SampleKind::CallbackWait) => self.callback_waits.add(sample_ms, n),
            Some(
                SampleKind::CallbackOpenWait
                | SampleKind::AbandonWait
                | SampleKind::TimedOutWait
                | SampleKind::Handling,
            )
            | None => {}
        }
    }

    /// As [`add`](Self::add), without the sample.
    pub fn count(&mut self, kind: EntryKind, n: i32) {
        self.sums.count(kind, n);
    }

    /// The figures of the postings in this balance that are not in `earlier`.
    pub fn since(&self, earlier: &Self) -> WindowFigures {
        let sums = &self.sums - &earlier.sums;
        WindowFigures {
            answer_wait_quantiles: self
                .answer_waits
                .quantiles_since(&earlier.answer_waits, sums.answer_waits().count()),
            callback_wait_quantiles: self
                .callback_waits
                .quantiles_since(&earlier.callback_waits, sums.callback_waits().count()),
            sums,
        }
    }
}

/// A distribution of waits. `hdrhistogram` can subtract histograms but not samples, so samples that are taken back have
/// a histogram of their own.
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

    /// The quantiles of the `count` waits that are not in `earlier`; `None` if `count` is 0.
    fn quantiles_since(&self, earlier: &Self, count: i64) -> Option<Quantiles> {
        if count == 0 {
            return None;
        }
        let mut window = self.recorded.since(&earlier.recorded).expect("the window counts samples");
        if let Some(taken_back) = &self.taken_back.since(&earlier.taken_back) {
            window.subtract(taken_back).expect("a sample is taken back in the second in which it was recorded");
        }
        let mut quantiles = Quantiles::default();
        for quantile in Quantile::ALL {
            quantiles.0[*quantile as usize] = window.value_at_quantile(quantile.share());
        }
        Some(quantiles)
    }
}

/// A histogram of samples. It takes twelve kilobytes and is allocated for the first sample, because most edges never
/// have one.
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

    /// The samples that are not in `earlier`.
    fn since(&self, earlier: &Self) -> Option<Histogram<u32>> {
        let mut histogram = self.0.as_deref()?.clone();
        if let Some(earlier) = earlier.0.as_deref() {
            histogram.subtract(earlier).expect("a balance contains every earlier balance of its edge");
        }
        Some(histogram)
    }
}
