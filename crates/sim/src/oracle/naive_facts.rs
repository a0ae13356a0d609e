//! What was said of one leg, and how to find a thing in it.

use std::collections::BTreeSet;

use ensilinja_model::{EventTime, Fact};

/// Facts of a leg, sorted by instant and then in the vocabulary's order; saying a thing twice says it once.
pub(super) type NaiveFacts = BTreeSet<(EventTime, Fact)>;

/// The earliest fact that `which` picks; of several at one instant the first in the vocabulary's order.
pub(super) fn earliest<T>(facts: &NaiveFacts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

/// The latest fact that `which` picks; of several at one instant the last in the vocabulary's order.
pub(super) fn latest<T>(facts: &NaiveFacts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().rev().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

/// When first something was said that `which` picks.
pub(super) fn when(facts: &NaiveFacts, which: impl Fn(Fact) -> bool) -> Option<EventTime> {
    earliest(facts, |fact| which(fact).then_some(())).map(|(at, ())| at)
}
