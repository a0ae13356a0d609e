//! Hiding: which counts of a table must not be printed, so that no count of one to four people can be told.
//!
//! A count of people from 1 to 4 is hidden first. Then others are, where the fewest printed figures are lost by it,
//! until two things hold for whoever knows everything that is shown, every sum, and that no count is negative:
//!
//! - each count that was hidden first could be another. Nothing hidden is 0, so what no elimination tells is free to
//!   move both ways;
//! - no sum has hidden parts that come to 1 to 4 together: they would be such a count themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::elimination::told_unknowns;

/// Counts smaller than this, other than 0, are hidden.
pub const FEWEST_SHOWN: i64 = 5;

/// How many steps it is thought ahead what else a hidden count takes with it.
const STEPS_AHEAD: usize = 4;

/// What it costs to hide what cannot be hidden.
const IMPOSSIBLE: u64 = 1 << 40;

/// Counts, and which of them add up to which.
#[derive(Debug, Default)]
pub(crate) struct SumSystem {
    counts: Vec<Count>,
    /// A combination of counts that is known, whatever it comes to: a whole (1) and its parts (-1), say.
    equations: Vec<Equation>,
}

#[derive(Debug)]
struct Equation {
    terms: Vec<(usize, i64)>,
    scope: SumScope,
}

/// What a sum is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SumScope {
    /// Quantities of one row.
    Row,
    /// Rows, or periods, of one quantity.
    Table,
}

#[derive(Debug)]
struct Count {
    value: i64,
    /// Whether it counts people.
    of_people: bool,
    /// How many printed figures are lost if it is hidden.
    figures: u64,
    /// The equations it is in.
    equations: Vec<usize>,
}

impl SumSystem {
    /// Adds a count, by which so many figures are lost if it is hidden; the result is its index.
    pub fn push(&mut self, value: i64, of_people: bool, figures: u64) -> usize {
        self.counts.push(Count { value, of_people, figures, equations: Vec::new() });
        self.counts.len() - 1
    }

    /// How much a count is.
    pub fn value(&self, count: usize) -> i64 {
        self.counts[count].value
    }

    /// Says that a whole is the sum of its parts, up to something that is known.
    pub fn add_up(&mut self, scope: SumScope, whole: usize, parts: impl IntoIterator<Item = usize>) {
        let terms: Vec<_> = [(whole, 1)].into_iter().chain(parts.into_iter().map(|part| (part, -1))).collect();
        for (count, _) in &terms {
            self.counts[*count].equations.push(self.equations.len());
        }
        self.equations.push(Equation { terms, scope });
    }

    /// Which counts have to be hidden, by index.
    pub fn hidden(&self) -> Vec<bool> {
        let mut hidden: Vec<bool> = self.counts.iter().map(Count::is_small).collect();
        loop {
            let mut touched = BTreeSet::new();
            let all = 0..self.equations.len();
            let told = self.told(all.clone(), &hidden).into_iter().map(|told| self.counts[told].equations.clone());
            let thin = self.thin_sums(all, &hidden).map(|equation| vec![equation]);
            for near in told.chain(thin).collect::<Vec<_>>() {
                if near.iter().any(|equation| touched.contains(equation)) {
                    continue;
                }
                if let Some(cover) = self.cover(near, &hidden) {
                    hidden[cover] = true;
                    touched.extend(self.counts[cover].equations.iter().copied());
                }
            }
            if touched.is_empty() {
                self.show_needless(&mut hidden);
                return hidden;
            }
        }
    }

    /// Shows again what was hidden for others and turned out to be of no use to them, the dearest first.
    fn show_needless(&self, hidden: &mut [bool]) {
        let is_cover =
            |count: &usize| hidden[*count] && !self.counts[*count].is_small() && self.counts[*count].figures > 0;
        let mut covers: Vec<usize> = (0..self.counts.len()).filter(is_cover).collect();
        covers.sort_by_key(|count| std::cmp::Reverse((self.counts[*count].figures, self.counts[*count].value)));
        for cover in covers {
            hidden[cover] = false;
            let near = self.reach(cover, hidden);
            let tells = self.thin_sums(near.iter().copied(), hidden).next().is_some()
                || !self.told(near.iter().copied(), hidden).is_empty();
            hidden[cover] = tells;
        }
    }

    /// The equations that are linked to a count through what is hidden.
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

    /// The small counts that could be computed by these equations if these are hidden.
    fn told(&self, equations: impl Iterator<Item = usize>, hidden: &[bool]) -> Vec<usize> {
        let unknowns = equations.map(|equation| {
            let terms = self.equations[equation].terms.iter().copied();
            terms.filter(|(count, _)| hidden[*count]).collect::<BTreeMap<_, _>>()
        });
        let mut unknowns: Vec<_> = unknowns.filter(|row| !row.is_empty()).collect();
        // The shortest first keep the rest short.
        unknowns.sort_by_key(BTreeMap::len);
        let mut told = told_unknowns(unknowns.into_iter());
        told.retain(|count| self.counts[*count].is_small());
        told
    }

    /// Those of these sums whose hidden parts come to a small count of people together.
    fn thin_sums(&self, equations: impl Iterator<Item = usize>, hidden: &[bool]) -> impl Iterator<Item = usize> {
        equations.filter(|equation| {
            let is_of_people = self.terms_of(*equation).all(|count| self.counts[count].of_people);
            let mut terms = self.terms_of(*equation);
            let whole = terms.next().expect("a sum has a whole");
            let parts: i64 = terms.filter(|part| hidden[*part]).map(|part| self.counts[part].value).sum();
            !hidden[whole] && is_of_people && (1..FEWEST_SHOWN).contains(&parts)
        })
    }

    /// What else to hide, given the sums by which something is told: of the counts in them the one that costs least,
    /// or, if there is none, in the sums of those hidden with them, and so on. `None` if all that is not 0 is hidden
    /// already.
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

    /// What is lost if a count is hidden as the cover of another in the equation `by`: the figures that tell it, and
    /// those of the counts of its row behind which it must hide in its turn.
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
    /// Whether another count can hide behind it: not behind 0 people, for that is always shown. What counts no people
    /// may be anything.
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

    /// The total of these parts last.
    fn row(parts: &[i64]) -> Vec<bool> {
        let mut sums = SumSystem::default();
        let indices: Vec<usize> = parts.iter().map(|part| sums.push(*part, true, 1)).collect();
        let total = sums.push(parts.iter().sum(), true, 1);
        sums.add_up(SumScope::Table, total, indices);
        sums.hidden()
    }

    #[test]
    fn a_small_count_takes_the_smallest_other_with_it() {
        assert_eq!(row(&[3, 40, 20, 0]), [true, false, true, false, false]);
    }

    #[test]
    fn a_zero_is_shown_and_hides_nobody() {
        assert_eq!(row(&[0, 40, 20]), [false; 4]);
        assert_eq!(row(&[3, 0, 0]), [true, false, false, true]);
    }

    #[test]
    fn two_small_counts_that_are_small_together_take_a_third() {
        assert_eq!(row(&[1, 1, 9, 30]), [true, true, true, false, false]);
        assert_eq!(row(&[4, 4, 9]), [true, true, false, false]);
    }

    #[test]
    fn small_counts_that_are_not_small_together_hide_behind_each_other() {
        assert_eq!(row(&[2, 2, 2]), [true, true, true, false]);
    }
}
