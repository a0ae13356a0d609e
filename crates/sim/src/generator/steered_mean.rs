//! Random waits that are steered towards a published mean.
//!
//! Waits vary so much that the mean of a few hundred independent draws misses by a tenth. Here the deviation of the
//! waits so far is corrected by the next ones: their mean is somewhat longer or shorter.

use rand_pcg::Pcg64Mcg;

use super::draws::{LONG_WAITS, wait_ms};
use super::quota::Quota;

/// The running correction of one kind of wait, in seconds.
#[derive(Clone, Debug)]
pub(super) struct SteeredMean {
    /// The total by which the waits so far fell short of their mean.
    owed_s: f64,
    /// The number of waits over which a deviation is corrected.
    patience: f64,
    /// Short and long waits.
    kinds: Quota<2>,
}

/// The slack of the quota of short and long waits.
const SLACK: f64 = 1.0;

impl SteeredMean {
    pub(super) const fn new(patience: f64) -> Self {
        Self { owed_s: 0.0, patience, kinds: Quota::new(SLACK) }
    }

    /// The mean for the next wait: `usual_s` with the correction, limited to a quarter and three times of it.
    pub(super) fn aim_s(&self, usual_s: f64) -> f64 {
        (usual_s + self.owed_s / self.patience).clamp(0.25 * usual_s, 3.0 * usual_s)
    }

    /// A queue wait in ms with the corrected mean.
    pub(super) fn wait_ms(&mut self, usual_s: f64, rng: &mut Pcg64Mcg) -> i64 {
        let is_long = self.kinds.draw(&[1.0 - LONG_WAITS, LONG_WAITS], rng) == 1;
        wait_ms(rng, self.aim_s(usual_s), is_long)
    }

    /// The total by which the waits so far fell short of their mean.
    pub(super) const fn owed_s(&self) -> f64 {
        self.owed_s
    }

    /// Records a wait of `wait_s` whose mean should be `mean_s`.
    pub(super) fn settle(&mut self, mean_s: f64, wait_s: f64) {
        self.owed_s += mean_s - wait_s;
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::generator::draws::seconds;

    #[test]
    fn the_mean_of_a_hundred_waits_is_within_a_tenth() {
        for seed in 0..200 {
            let mut rng = Pcg64Mcg::seed_from_u64(seed);
            let (mut mean, mut sum_s) = (SteeredMean::new(4.0), 0.0);
            for _ in 0..100 {
                let wait_s = seconds(mean.wait_ms(60.0, &mut rng));
                mean.settle(60.0, wait_s);
                sum_s += wait_s;
            }
            assert!((sum_s / 100.0 - 60.0).abs() < 6.0, "seed {seed}: {}", sum_s / 100.0);
        }
    }
}
