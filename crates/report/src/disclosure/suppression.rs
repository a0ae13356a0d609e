//! Suppression: which counts of a table are hidden, so that no count of one to four people can be computed.
//!
//! Counts of 1 to 4 people are hidden first (primary suppression). Further counts are then hidden at a low cost in
//! printed figures (secondary suppression), until two conditions hold against a reader who knows all shown counts and
//! all sums, and that no count is negative:
//!
//! - Each small count has more than one possible value. No hidden count is 0, so a count that elimination does not
//!   determine can vary in both directions.
//! - In no sum do the hidden parts add up to 1 to 4: their total would be a small count too.

use std::collections::{BTreeMap, BTreeSet};

use super::elimination::determined_unknowns;

/// Counts below this are hidden, except 0.
pub const FEWEST_SHOWN: i64 = 5;

/// How many levels of consequences the cost of hiding a count takes into account.
const STEPS_AHEAD: usize = 4;

/// The cost of hiding a count that cannot be hidden.
const IMPOSSIBLE: u64 = 1 << 40;

/// Counts, and the equations between them.
#[derive(Debug, Default)]
pub(crate) struct SumSystem {
    counts: Vec<Count>,
    /// Linear combinations of counts with a known value: a whole (coefficient 1) less its parts (coefficient -1).
    equations: Vec<Equation>,
}

#[derive(Debug)]
struct Equation {
    terms: Vec<(usize, i64)>,
    scope: SumScope,
}

/// The terms of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SumScope {
    /// Quantities of one row.
    Row,
    /// Rows or periods of one quantity.
    Table,
}

#[derive(Debug)]
struct Count {
    value: i64,
    /// Whether it counts people.
    of_people: bool,
    /// Number of printed figures that are lost if it is hidden.
    figures: u64,
    /// The indices of its equations.
    equations: Vec<usize>,
}

impl SumSystem {
    /// Adds a count and returns its index. `figures` is the number of printed figures that are lost if it is hidden.
    pub fn push(&mut self, value: i64, of_people: bool, figures: u64) -> usize {
        self.counts.push(Count { value, of_people, figures, equations: Vec::new() });
        self.counts.len() - 1
    }

    /// The value of a count.
    pub fn value(&self, count: usize) -> i64 {
        self.counts[count].value
    }

    /// Adds the equation that a whole is the sum of its parts, up to a known difference.
    pub fn add_up(&mut self, scope: SumScope, whole: usize, parts: impl IntoIterator<Item = usize>) {
        let terms: Vec<_> = [(whole, 1)].into_iter().chain(parts.into_iter().map(|part| (part, -1))).collect();
        for (count, _) in &terms {
            self.counts[*count].equations.push(self.equations.len());
        }
        self.equations.push(Equation { terms, scope });
    }

    /// Whether each count must be hidden, by index.
    pub fn hidden(&self) -> Vec<bool> {
        let mut hidden: Vec<bool> = self.counts.iter().map(Count::is_small).collect();
        loop {
            let mut touched = BTreeSet::new();
            let all = 0..self.equations.len();
            let determined =
                self.determined(all.clone(), &hidden).into_iter().map(|count| self.counts[count].equations.clone());
            let remainders = self.small_remainders(all, &hidden).map(|equation| vec![equation]);
            for near in determined.chain(remainders).collect::<Vec<_>>() {
                if near.iter().any(|equation| touched.contains(equation)) {
                    continue;
                }
                if let Some(cover) = self.cover(near, &hidden) {
                    hidden[cover] = true;
                    touched.extend(self.counts[cover].equations.iter().copied());
                }
            }
            if touched.is_empty() {
                self.show_unnecessary(&mut hidden);
                return hidden;
            }
        }
    }

    /// Shows counts again whose secondary suppression turned out to be unnecessary, the most costly first.
    fn show_unnecessary(&self, hidden: &mut [bool]) {
        let is_cover =
            |count: &usize| hidden[*count] && !self.counts[*count].is_small() && self.counts[*count].figures > 0;
        let mut covers: Vec<usize> = (0..self.counts.len()).filter(is_cover).collect();
        covers.sort_by_key(|count| std::cmp::Reverse((self.counts[*count].figures, self.counts[*count].value)));
        for cover in covers {
            hidden[cover] = false;
            let near = self.reach(cover, hidden);
            let tells = self.small_remainders(near.iter().copied(), hidden).next().is_some()
                || !self.determined(near.iter().copied(), hidden).is_empty();
            hidden[cover] = tells;
        }
    }

    /// The equations that are connected to a count through hidden counts.
    fn reach(&self, count: usize, hidden: &[bool]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut next = self.counts[count].equations.clone();
        while let Some(equation) = next.pop() {
            if reached.insert(equation) {
                let links = self.terms_of(equation).filter(|count| hidden[*count]);
                next.extend(links.flat_map(|count| &self.counts[count].equations));
            }
        }
        reached
    }

    /// The small counts that these equations determine, given the hidden counts.
    fn determined(&self, equations: impl Iterator<Item = usize>, hidden: &[bool]) -> Vec<usize> {
        let unknowns = equations.map(|equation| {
            let terms = self.equations[equation].terms.iter().copied();
            terms.filter(|(count, _)| hidden[*count]).collect::<BTreeMap<_, _>>()
        });
        let mut unknowns: Vec<_> = unknowns.filter(|row| !row.is_empty()).collect();
        // Short equations first keep the others short during elimination.
        unknowns.sort_by_key(BTreeMap::len);
        let mut determined = determined_unknowns(unknowns.into_iter());
        determined.retain(|count| self.counts[*count].is_small());
        determined
    }

    /// The sums whose hidden parts add up to a small count of people.
    fn small_remainders(&self, equations: impl Iterator<Item = usize>, hidden: &[bool]) -> impl Iterator<Item = usize> {
        equations.filter(|equation| {
            let is_of_people = self.terms_of(*equation).all(|count| self.counts[count].of_people);
            let mut terms = self.terms_of(*equation);
            let whole = terms.next().expect("a sum has a whole");
            let parts: i64 = terms.filter(|part| hidden[*part]).map(|part| self.counts[part].value).sum();
            !hidden[whole] && is_of_people && (1..FEWEST_SHOWN).contains(&parts)
        })
    }

    /// The count to hide next, to protect a small count in the equations `near`: the cheapest one in these equations,
    /// or else in equations that share a hidden count with them, and so on. `None` if every count except 0 is hidden.
    fn cover(&self, near: Vec<usize>, hidden: &[bool]) -> Option<usize> {
        let mut near: BTreeSet<usize> = near.into_iter().collect();
        loop {
            let terms = || near.iter().flat_map(|equation| self.terms_of(*equation).map(move |it| (*equation, it)));
            let coverable = terms().filter(|(_, count)| !hidden[*count] && self.counts[*count].can_cover());
            let cost = |(equation, count): &(usize, usize)| {
                let cost = self.cost(*count, *equation, hidden, STEPS_AHEAD);
                (cost, self.counts[*count].value, *count)
            };
            if let Some((_, cover)) = coverable.min_by_key(cost) {
                return Some(cover);
            }
            let hidden_near = terms().map(|(_, count)| count).filter(|count| hidden[*count]);
            let wider: BTreeSet<usize> = hidden_near.flat_map(|count| self.counts[count].equations.clone()).collect();
            if wider.is_subset(&near) {
                return None;
            }
            near.extend(wider);
        }
    }

    /// The cost of hiding a count that covers another in the equation `by`: the figures that disclose it, and those of
    /// the counts in its row that must then cover it.
    fn cost(&self, count: usize, by: usize, hidden: &[bool], steps: usize) -> u64 {
        let this = &self.counts[count];
        if hidden[count] {
            return 0;
        }
        if !this.can_cover() {
            return IMPOSSIBLE;
        }
        if steps == 0 {
            return this.figures;
        }
        let next = this.equations.iter().filter(|it| **it != by && self.equations[**it].scope == SumScope::Row);
        let cost_of = |equation: &usize| {
            let others = self.terms_of(*equation).filter(|other| *other != count);
            others.map(|other| self.cost(other, *equation, hidden, steps - 1)).min().unwrap_or(IMPOSSIBLE)
        };
        next.map(cost_of).fold(this.figures, u64::saturating_add)
    }

    fn terms_of(&self, equation: usize) -> impl Iterator<Item = usize> {
        self.equations[equation].terms.iter().map(|(count, _)| *count)
    }
}

impl Count {
    /// Whether hiding it protects another count. A 0 is always shown and protects none. An amount that does not count
    /// people always protects.
    const fn can_cover(&self) -> bool {
        !self.of_people || self.value >= FEWEST_SHOWN
    }

    fn is_small(&self) -> bool {
        self.of_people && (1..FEWEST_SHOWN).contains(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each of these parts, and last their total, is hidden.
    fn row(parts: &[i64]) -> Vec<bool> {
        let mut sums = SumSystem::default();
        let indices: Vec<usize> = parts.iter().map(|part| sums.push(*part, true, 1)).collect();
        let total = sums.push(parts.iter().sum(), true, 1);
        sums.add_up(SumScope::Table, total, indices);
        sums.hidden()
    }

    #[test]
    fn a_small_count_is_covered_by_the_smallest_other_count() {
        assert_eq!(row(&[3, 40, 20, 0]), [true, false, true, false, false]);
    }

    #[test]
    fn a_zero_is_shown_and_covers_no_other_count() {
        assert_eq!(row(&[0, 40, 20]), [false; 4]);
        assert_eq!(row(&[3, 0, 0]), [true, false, false, true]);
    }

    #[test]
    fn two_small_counts_with_a_small_total_need_a_third_hidden_count() {
        assert_eq!(row(&[1, 1, 9, 30]), [true, true, true, false, false]);
        assert_eq!(row(&[4, 4, 9]), [true, true, false, false]);
    }

    #[test]
    fn small_counts_with_a_larger_total_cover_each_other() {
        assert_eq!(row(&[2, 2, 2]), [true, true, true, false]);
    }
}
