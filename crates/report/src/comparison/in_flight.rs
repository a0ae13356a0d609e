//! What stays of differences from a live process while records are on their way to it.
//!
//! A live process is asked, and what it could know by then is worked out from the log. A record of the last second may
//! be in the log and not yet in its figures; so all is worked out twice, with and without what it may not have had.
//! What the process says then lies on the one, on the other, or between them, or else it differs.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{ComparedValue, Difference, Differences, FigureKey};

impl Differences {
    /// Of the differences between a live process and all that it may have known, those that are there as well if it
    /// knew no more than it must have known (`at_least`), and whose figure does not lie between the two.
    #[must_use]
    pub fn beyond(mut self, at_least: &Self) -> Self {
        let others: BTreeMap<&FigureKey, &Difference> =
            at_least.found.iter().map(|found| (&found.place, found)).collect();
        self.found.retain(|found| others.get(&found.place).is_some_and(|other| !is_between(found, other)));
        self
    }

    /// Of the differences, those whose figures differed before too.
    #[must_use]
    pub fn that_stay(mut self, before: &BTreeSet<FigureKey>) -> Self {
        self.found.retain(|found| before.contains(&found.place));
        self
    }

    /// Which figures differ.
    #[must_use]
    pub fn places(&self) -> BTreeSet<FigureKey> {
        self.found.iter().map(|found| found.place.clone()).collect()
    }
}

/// Whether what one side says lies between what the other says with all and with less.
fn is_between(with_all: &Difference, with_less: &Difference) -> bool {
    let numbers = [with_all.one, with_all.other, with_less.other].map(ComparedValue::number);
    let [Some(live), Some(all), Some(less)] = numbers else { return false };
    all.min(less) <= live && live <= all.max(less)
}
