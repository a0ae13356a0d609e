//! Differences from a live process, allowing for records in flight.
//!
//! The figures of a live process are compared with figures computed from the log. A record of the last second may be in
//! the log and not yet in the figures of the process. So the figures are computed twice: with all records that the
//! process may have read, and with those only that it must have read. A figure of the process differs if it lies
//! outside the range of the two.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{ComparedValue, Difference, Differences, FigureKey};

impl Differences {
    /// Keeps the differences that records in flight do not explain. `self` is the comparison with all records that the
    /// process may have read, `at_least` the one with those that it must have read. A difference stays if it is in both
    /// and the live figure does not lie between the two computed ones.
    #[must_use]
    pub fn beyond(mut self, at_least: &Self) -> Self {
        let others: BTreeMap<&FigureKey, &Difference> =
            at_least.found.iter().map(|found| (&found.key, found)).collect();
        self.found.retain(|found| others.get(&found.key).is_some_and(|other| !is_between(found, other)));
        self
    }

    /// Keeps the differences of figures that differed `before`.
    #[must_use]
    pub fn that_stay(mut self, before: &BTreeSet<FigureKey>) -> Self {
        self.found.retain(|found| before.contains(&found.key));
        self
    }

    /// The figures that differ.
    #[must_use]
    pub fn keys(&self) -> BTreeSet<FigureKey> {
        self.found.iter().map(|found| found.key.clone()).collect()
    }
}

/// Whether the live figure lies between the two computed ones, both included.
fn is_between(with_all: &Difference, with_less: &Difference) -> bool {
    let numbers = [with_all.one, with_all.other, with_less.other].map(ComparedValue::number);
    let [Some(live), Some(all), Some(less)] = numbers else { return false };
    all.min(less) <= live && live <= all.max(less)
}
