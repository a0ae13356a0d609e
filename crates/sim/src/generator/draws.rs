//! Random durations and choices.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_distr::Exp1;
use rand_pcg::Pcg64Mcg;

/// True with this probability.
pub(super) fn chance(rng: &mut Pcg64Mcg, share: f64) -> bool {
    rng.random::<f64>() < share
}

/// A duration in ms, uniform over [from, to) seconds.
pub(super) fn between_ms(rng: &mut Pcg64Mcg, from_s: f64, to_s: f64) -> i64 {
    to_ms(from_s + (to_s - from_s) * rng.random::<f64>())
}

/// The share of long waits in a queue.
pub(super) const LONG_WAITS: f64 = 0.2;

/// A wait in ms, long or short. Short waits are exponential with half the mean; long waits are the sum of two
/// exponential draws with 1.5 times the mean each. Together they have about the mean. A wait is limited to seven times
/// the mean.
pub(super) fn wait_ms(rng: &mut Pcg64Mcg, mean_s: f64, is_long: bool) -> i64 {
    let first = rng.sample::<f64, _>(Exp1);
    let stretched = if is_long { 1.5 * (first + rng.sample::<f64, _>(Exp1)) } else { 0.5 * first };
    to_ms(mean_s * stretched.min(7.0))
}

/// A wait in ms, long or short at random.
pub(super) fn any_wait_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    let is_long = chance(rng, LONG_WAITS);
    wait_ms(rng, mean_s, is_long)
}

/// An exponential duration in ms.
pub(super) fn exponential_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    to_ms(mean_s * rng.sample::<f64, _>(Exp1))
}

/// A handling duration in ms: the sum of two exponential halves, so that very short ones are rare.
pub(super) fn duration_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    let halves = rng.sample::<f64, _>(Exp1) + rng.sample::<f64, _>(Exp1);
    to_ms(mean_s * 0.5 * halves)
}

/// A choice by shares that add up to 1. The last choice takes any remainder.
pub(super) fn by_share<T: Copy>(rng: &mut Pcg64Mcg, among: &[(T, f64)]) -> T {
    let mut left = rng.random::<f64>();
    for (choice, share) in among {
        left -= share;
        if left < 0.0 {
            return *choice;
        }
    }
    among.last().expect("there is something to choose from").0
}

/// A choice with equal probabilities.
pub(super) fn pick<T: Copy>(rng: &mut Pcg64Mcg, among: &[T]) -> Option<T> {
    among.choose(rng).copied()
}

#[expect(clippy::cast_precision_loss, reason = "durations of days in ms fit 53 bits")]
pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

#[expect(clippy::cast_possible_truncation, reason = "simulated durations are a few weeks at most")]
fn to_ms(seconds: f64) -> i64 {
    (seconds * 1000.0) as i64
}
