//! The facts of one leg, and searches in them.

use std::collections::BTreeSet;

use ensilinja_model::{EventTime, Fact};

/// The facts of a leg, ordered by instant and then by the vocabulary, without duplicates.
pub(super) type NaiveFacts = BTreeSet<(EventTime, Fact)>;

/// The earliest fact that `which` selects; at equal instants the first in the order of the vocabulary.
pub(super) fn earliest<T>(facts: &NaiveFacts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

/// The latest fact that `which` selects; at equal instants the last in the order of the vocabulary.
pub(super) fn latest<T>(facts: &NaiveFacts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().rev().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

/// The instant of the earliest fact that `which` selects.
pub(super) fn when(facts: &NaiveFacts, which: impl Fn(Fact) -> bool) -> Option<EventTime> {
    earliest(facts, |fact| which(fact).then_some(())).map(|(at, ())| at)
}
