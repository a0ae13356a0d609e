//! The callback attempts of one leg.
//!
//! An attempt is identified by its second and its result. Sources report the same attempt with different fractions of a
//! second (a platform's copy is often truncated to whole seconds), so attempts with the same result in the same second
//! are one attempt, and the earliest instant is kept. It is a minimum for each key, so order and duplicates do not
//! matter.
//!
//! Example: `failed` at 10:40:07.512 and `failed` at 10:40:07 are one attempt, at 10:40:07.
//!
//! The earliest thousand attempts of each result are kept, so that a leg takes at most 32 kilobytes. Later ones are
//! [`AttemptUpdate::Surplus`]. Failed attempts never replace one that reached the customer.

use ensilinja_model::{AttemptResult, EventTime};

/// How many attempts of one result are kept for a leg. The earliest ones are kept.
pub(crate) const MOST_OF_A_RESULT: usize = 1_000;

/// One attempt: its earliest reported instant, and its result.
pub(crate) type Attempt = (EventTime, AttemptResult);

/// The effect of learning an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptUpdate {
    /// It is new, or earlier than the known instant.
    Changed,
    /// It was known already.
    Unchanged,
    /// A thousand earlier attempts with its result are known.
    Surplus,
}

/// The seconds in which attempts count, both ends included: from the request to the resolution.
pub(crate) type CountedSeconds = (i64, i64);

/// The attempts of a leg in ascending order of second and result.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempts(Box<[Attempt]>);

impl Attempts {
    /// What [`learn`](Self::learn) would do.
    pub fn judge(&self, attempt: Attempt) -> AttemptUpdate {
        match self.0.binary_search_by_key(&key(&attempt), key) {
            Ok(index) if self.0[index].0 <= attempt.0 => AttemptUpdate::Unchanged,
            Err(_) if self.last_second_kept(attempt.1).is_some_and(|last| last < attempt.0.floor_second()) => {
                AttemptUpdate::Surplus
            }
            _ => AttemptUpdate::Changed,
        }
    }

    /// Joins one attempt.
    pub fn learn(&mut self, attempt: Attempt) -> AttemptUpdate {
        let update = self.judge(attempt);
        if update != AttemptUpdate::Changed {
            return update;
        }
        match self.0.binary_search_by_key(&key(&attempt), key) {
            Ok(index) => self.0[index].0 = attempt.0,
            Err(index) => {
                let is_full = self.last_second_kept(attempt.1).is_some();
                let last = self.0.iter().rposition(|other| other.1 == attempt.1).filter(|_| is_full);
                let mut all = Vec::with_capacity(self.0.len() + 1);
                all.extend_from_slice(&self.0[..index]);
                all.push(attempt);
                all.extend_from_slice(&self.0[index..]);
                // The insertion moved it by one.
                last.map(|last| all.remove(last + 1));
                self.0 = all.into();
            }
        }
        update
    }

    /// The second of the last kept attempt with this result, if a thousand are kept. Every later one is surplus.
    pub fn last_second_kept(&self, result: AttemptResult) -> Option<i64> {
        let of_result = self.0.iter().filter(|attempt| attempt.1 == result);
        of_result.map(|attempt| attempt.0.floor_second()).nth(MOST_OF_A_RESULT - 1)
    }

    /// Every attempt.
    pub const fn all(&self) -> &[Attempt] {
        &self.0
    }
}

/// The identity of an attempt.
pub(crate) const fn key((at, result): &Attempt) -> (i64, AttemptResult) {
    (at.floor_second(), *result)
}

/// The attempts that count, of `attempts` in ascending order.
pub(crate) fn counted(attempts: &[Attempt], counted: Option<CountedSeconds>) -> &[Attempt] {
    let Some((first, last)) = counted.filter(|_| !attempts.is_empty()) else { return &[] };
    let from = attempts.partition_point(|(at, _)| at.floor_second() < first);
    let until = attempts.partition_point(|(at, _)| at.floor_second() <= last);
    &attempts[from.min(until)..until]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: AttemptResult = AttemptResult::Failed;
    const REACHED: AttemptResult = AttemptResult::Reached;

    fn at(ms: i64) -> EventTime {
        EventTime::from_millis(1_758_006_900_000 + ms)
    }

    fn learned(attempts: impl IntoIterator<Item = (i64, AttemptResult)>) -> Attempts {
        let mut known = Attempts::default();
        for (ms, result) in attempts {
            known.learn((at(ms), result));
        }
        known
    }

    #[test]
    fn attempts_with_one_second_and_result_are_one_attempt_at_the_earliest_instant() {
        let one = [(7_512, FAILED), (7_000, FAILED), (7_999, FAILED), (7_512, REACHED), (8_000, FAILED)];
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 4, 0, 3, 1]] {
            let known = learned(order.map(|n| one[n]));
            assert_eq!(known.all(), [(at(7_512), REACHED), (at(7_000), FAILED), (at(8_000), FAILED)], "{order:?}");
        }
    }

    #[test]
    fn a_known_attempt_changes_nothing_and_an_earlier_fraction_does() {
        let mut known = learned([(7_512, FAILED)]);
        assert_eq!(known.learn((at(7_512), FAILED)), AttemptUpdate::Unchanged);
        assert_eq!(known.learn((at(7_900), FAILED)), AttemptUpdate::Unchanged);
        assert_eq!(known.learn((at(7_000), FAILED)), AttemptUpdate::Changed);
        assert_eq!(known.learn((at(6_999), FAILED)), AttemptUpdate::Changed);
    }

    #[test]
    fn the_earliest_thousand_of_each_result_are_kept_in_any_order() {
        let many = || (0..1_200).map(|n| (n * 1_000 + 1, FAILED));
        let forwards = learned(many().chain([(2_000_000, REACHED)]));
        let backwards = learned([(2_000_000, REACHED)].into_iter().chain(many().collect::<Vec<_>>().into_iter().rev()));
        assert_eq!(forwards.all(), backwards.all());
        assert_eq!(forwards.all().len(), 1_001);
        assert_eq!(forwards.all()[999..], [(at(999_001), FAILED), (at(2_000_000), REACHED)]);
    }

    #[test]
    fn a_later_attempt_than_the_thousandth_is_surplus_and_an_earlier_one_replaces_it() {
        let mut known = learned((0..1_000).map(|n| (n * 1_000, FAILED)));
        assert_eq!(known.learn((at(1_000_000), FAILED)), AttemptUpdate::Surplus);
        assert_eq!(known.learn((at(1_000_000), REACHED)), AttemptUpdate::Changed);
        assert_eq!(known.learn((at(-1), FAILED)), AttemptUpdate::Changed);
        let failed: Vec<_> = known.all().iter().filter(|attempt| attempt.1 == FAILED).collect();
        assert_eq!((failed.len(), failed[0].0, failed[999].0), (1_000, at(-1), at(998_000)));
    }

    #[test]
    fn attempts_count_from_the_first_second_to_the_last() {
        let known = learned([(999, FAILED), (1_500, FAILED), (2_000, REACHED), (2_999, FAILED), (3_000, FAILED)]);
        let second = at(0).floor_second();
        assert_eq!(counted(known.all(), Some((second + 1, second + 2))), &known.all()[1..4]);
        assert_eq!(counted(known.all(), Some((second + 4, second + 3))), []);
        assert_eq!(counted(known.all(), None), []);
    }
}
