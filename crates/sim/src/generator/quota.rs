//! Quota sampling: repeated choices whose frequencies never deviate from their shares by more than a few.
//!
//! With independent draws, a line with 628 calls misses a published share by a percentage point or more. Here every
//! draw credits each choice with its share and debits the chosen one by 1. The probability of a choice grows with its
//! credit, and is 0 while the choice is too far ahead.

use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// A quota among `N` choices.
#[derive(Clone, Debug)]
pub(super) struct Quota<const N: usize> {
    /// How many times fewer than its share each choice was made so far. The sum is 0 between draws.
    owed: [f64; N],
    /// How far a choice may be ahead of its share.
    slack: f64,
}

impl<const N: usize> Quota<N> {
    /// No choice gets ahead of its share by more than `slack` times the share plus 1.
    pub(super) const fn new(slack: f64) -> Self {
        Self { owed: [0.0; N], slack }
    }

    /// Makes a choice. `shares` add up to 1.
    pub(super) fn draw(&mut self, shares: &[f64; N], rng: &mut Pcg64Mcg) -> usize {
        self.draw_suited(shares, &[1.0; N], rng)
    }

    /// Makes a choice with preferences: each choice suits the occasion more (above 1) or less (below 1). Over many
    /// occasions the shares hold, and each choice is made mostly on occasions that suit it.
    pub(super) fn draw_suited(&mut self, shares: &[f64; N], suits: &[f64; N], rng: &mut Pcg64Mcg) -> usize {
        self.owe(shares);
        let chance = |choice: usize| (self.owed[choice] + self.slack * shares[choice]).max(0.0) * suits[choice];
        let chances: [f64; N] = std::array::from_fn(chance);
        let mut left = rng.random::<f64>() * chances.iter().sum::<f64>();
        let likely = (0..N).filter(|choice| chances[*choice] > 0.0);
        let mut chosen = 0;
        for choice in likely {
            chosen = choice;
            left -= chances[choice];
            if left < 0.0 {
                break;
            }
        }
        self.owed[chosen] -= 1.0;
        chosen
    }

    /// Records a forced choice. The shares still hold if forced choices are fewer than the share of the choice.
    pub(super) fn take(&mut self, shares: &[f64; N], choice: usize) {
        self.owe(shares);
        self.owed[choice] -= 1.0;
    }

    fn owe(&mut self, shares: &[f64; N]) {
        for (owed, share) in self.owed.iter_mut().zip(shares) {
            *owed += share;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const SHARES: [f64; 3] = [0.569, 0.21, 0.221];

    #[test]
    fn frequencies_stay_within_a_few_of_the_shares_after_any_number_of_draws() {
        for seed in 0..50 {
            let mut rng = Pcg64Mcg::seed_from_u64(seed);
            let (mut quota, mut made) = (Quota::new(1.0), [0.0; 3]);
            for draws in 1..500 {
                made[quota.draw(&SHARES, &mut rng)] += 1.0;
                for (made, share) in made.iter().zip(SHARES) {
                    let owed: f64 = share * f64::from(draws) - made;
                    assert!(owed.abs() < 4.0, "seed {seed}: {owed} after {draws}");
                }
            }
        }
    }

    #[test]
    fn forced_choices_count_towards_the_share_of_the_choice() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let (mut quota, mut made) = (Quota::new(1.0), [0; 3]);
        for draw in 0..10_000 {
            let closed = draw % 10 < 2;
            let choice = if closed { 2 } else { quota.draw(&SHARES, &mut rng) };
            if closed {
                quota.take(&SHARES, 2);
            }
            made[choice] += 1;
        }
        assert!((5_687..=5_693).contains(&made[0]) && (2_207..=2_213).contains(&made[2]), "{made:?}");
    }

    #[test]
    fn a_choice_is_made_mostly_on_suitable_occasions_and_as_often_as_its_share() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut quota = Quota::new(50.0);
        let mut made = [0; 2];
        for draw in 0..10_000_usize {
            let suits = if draw % 2 == 0 { 5.0 } else { 1.0 };
            made[draw % 2] += usize::from(quota.draw_suited(&[0.8, 0.2], &[1.0, suits], &mut rng) == 1);
        }
        assert!(made[0] > 2 * made[1] && (1_930..=2_070).contains(&(made[0] + made[1])), "{made:?}");
    }
}
