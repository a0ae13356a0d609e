//! A mean that comes out: waits that are drawn at random, and nudged so that their mean is the published one.
//!
//! Waits are spread so widely that the mean of a few hundred misses by a tenth. Here what the waits so far fell short
//! of their mean is made up by the next ones: they are drawn about a mean that is somewhat longer, or shorter.

use rand_pcg::Pcg64Mcg;

use super::draws::{LONG_WAITS, wait_ms};
use super::quota::Quota;

/// The running correction of one kind of wait. In seconds throughout.
#[derive(Clone, Debug)]
pub(super) struct SteeredMean {
    /// What all waits so far together fell short of their mean.
    owed_s: f64,
    /// Over how many waits a debt is paid back.
    patience: f64,
    /// Short and long waits.
    kinds: Quota<2>,
}

/// Short and long waits are as many as they should be within this.
const SLACK: f64 = 1.0;

impl SteeredMean {
    pub(super) const fn new(patience: f64) -> Self {
        Self { owed_s: 0.0, patience, kinds: Quota::new(SLACK) }
    }

    /// The mean to draw the next wait about, where it would be `usual_s` without any debt: between a quarter and three
    /// times that.
    pub(super) fn aim_s(&self, usual_s: f64) -> f64 {
        (usual_s + self.owed_s / self.patience).clamp(0.25 * usual_s, 3.0 * usual_s)
    }

    /// A wait as in a queue, in ms, about that mean.
    pub(super) fn wait_ms(&mut self, usual_s: f64, rng: &mut Pcg64Mcg) -> i64 {
        let is_long = self.kinds.draw(&[1.0 - LONG_WAITS, LONG_WAITS], rng) == 1;
        wait_ms(rng, self.aim_s(usual_s), is_long)
    }

    /// What the waits so far fell short of their mean.
    pub(super) const fn owed_s(&self) -> f64 {
        self.owed_s
    }

    /// A wait was this long, and should have been `mean_s` on average.
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
    fn the_mean_of_a_hundred_waits_is_within_a_tenth_where_it_would_miss_by_a_fifth() {
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
