//! Finds the unknowns that a system of sums determines.
//!
//! The published sums are a system of linear equations whose unknowns are the hidden counts. Gaussian elimination finds
//! the unknowns that a reader could compute. The arithmetic is modulo a prime, so there is no rounding.

use std::collections::BTreeMap;

/// A prime that is large against the coefficients of the sums, and small enough for products to fit an `i64`.
const PRIME: i64 = 2_147_483_647;

/// A row of coefficients by unknown, none of them 0.
type Coefficients = BTreeMap<usize, i64>;

/// The unknowns that have the same value in every solution. `equations` are coefficients by unknown; known terms do not
/// affect the result and are omitted.
pub(crate) fn determined_unknowns(equations: impl Iterator<Item = Coefficients>) -> Vec<usize> {
    let mut solved: Vec<(usize, Coefficients)> = Vec::new();
    for mut row in equations {
        for (unknown, solution) in &solved {
            if let Some(coefficient) = row.get(unknown).copied() {
                subtract(&mut row, coefficient, solution);
            }
        }
        // An equation that follows from the others has no terms left.
        let Some((unknown, coefficient)) = row.first_key_value().map(|(unknown, it)| (*unknown, *it)) else { continue };
        let inverse = inverse(coefficient);
        for coefficient in row.values_mut() {
            *coefficient = *coefficient * inverse % PRIME;
        }
        for (_, solution) in &mut solved {
            if let Some(coefficient) = solution.get(&unknown).copied() {
                subtract(solution, coefficient, &row);
            }
        }
        solved.push((unknown, row));
    }
    solved.iter().filter(|(_, row)| row.len() == 1).map(|(unknown, _)| *unknown).collect()
}

/// `row - times x other`.
fn subtract(row: &mut Coefficients, times: i64, other: &Coefficients) {
    for (unknown, coefficient) in other {
        let entry = row.entry(*unknown).or_insert(0);
        *entry = (*entry - times * coefficient % PRIME).rem_euclid(PRIME);
        if *entry == 0 {
            row.remove(unknown);
        }
    }
}

/// The multiplicative inverse of `number`, by Fermat's little theorem.
fn inverse(number: i64) -> i64 {
    let (mut power, mut result, mut exponent) = (number.rem_euclid(PRIME), 1, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * power % PRIME;
        }
        power = power * power % PRIME;
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn determined(equations: &[&[(usize, i64)]]) -> Vec<usize> {
        determined_unknowns(equations.iter().map(|row| row.iter().copied().collect()))
    }

    #[test]
    fn one_unknown_of_a_sum_is_determined_and_two_are_not() {
        assert_eq!(determined(&[&[(0, 1)]]), [0]);
        assert_eq!(determined(&[&[(0, 1), (1, 1)]]), [0; 0]);
    }

    #[test]
    fn an_unknown_that_links_two_rings_is_determined_although_each_sum_has_two_unknowns() {
        // Unknown 8 is the only link between two rings of four.
        let ring =
            |first: usize| [[first, first + 1], [first + 2, first + 3], [first, first + 2], [first + 1, first + 3]];
        let mut equations: Vec<Vec<(usize, i64)>> =
            [ring(0), ring(4)].concat().iter().map(|pair| pair.iter().map(|i| (*i, 1)).collect()).collect();
        equations[0].push((8, 1));
        equations[6].push((8, 1));
        let equations: Vec<&[(usize, i64)]> = equations.iter().map(Vec::as_slice).collect();
        assert_eq!(determined(&equations), [8]);
    }
}
