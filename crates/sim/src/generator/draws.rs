//! What is drawn from the random numbers: durations and choices.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_distr::Exp1;
use rand_pcg::Pcg64Mcg;

/// Whether something of this share happens.
pub(super) fn chance(rng: &mut Pcg64Mcg, share: f64) -> bool {
    rng.random::<f64>() < share
}

/// A duration in ms, even over [from, to) seconds.
pub(super) fn between_ms(rng: &mut Pcg64Mcg, from_s: f64, to_s: f64) -> i64 {
    to_ms(from_s + (to_s - from_s) * rng.random::<f64>())
}

/// How many waits are long, in a queue: most are short.
pub(super) const LONG_WAITS: f64 = 0.2;

/// A wait in ms, one of the long ones or one of the others. The others are exponential about half the mean, the long
/// ones the sum of two that are exponential about one and a half of it; so together they have about the mean. None is
/// longer than seven times the mean: somebody then takes pity.
pub(super) fn wait_ms(rng: &mut Pcg64Mcg, mean_s: f64, is_long: bool) -> i64 {
    let first = rng.sample::<f64, _>(Exp1);
    let stretched = if is_long { 1.5 * (first + rng.sample::<f64, _>(Exp1)) } else { 0.5 * first };
    to_ms(mean_s * stretched.min(7.0))
}

/// A wait in ms of either kind.
pub(super) fn any_wait_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    let is_long = chance(rng, LONG_WAITS);
    wait_ms(rng, mean_s, is_long)
}

/// A duration in ms: exponential.
pub(super) fn exponential_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    to_ms(mean_s * rng.sample::<f64, _>(Exp1))
}

/// How long something takes in ms: the sum of two exponential halves, so that very short ones are rare.
pub(super) fn duration_ms(rng: &mut Pcg64Mcg, mean_s: f64) -> i64 {
    let halves = rng.sample::<f64, _>(Exp1) + rng.sample::<f64, _>(Exp1);
    to_ms(mean_s * 0.5 * halves)
}

/// One of a few, by their shares of 1; the last takes what is missing from 1.
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

/// One of a few, each as likely.
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
