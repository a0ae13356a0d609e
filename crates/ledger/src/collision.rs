//! Collisions: what is said of a leg that cannot all be said of one contact, as where a platform uses an id again and
//! names no visit.
//!
//! ```text
//! contact 1   offered ---- answered ---- ended
//! contact 2                                      offered' ---- answered' ---- ended'     lost: each is a second one
//!
//! contact 1   offered -- abandoned
//! contact 2                           offered' -- answered -- ended                      lost, stray, stray
//! ```
//!
//! - A fact is **lost** if an earlier one of its kind is more than a [minute](APART_MS) away: each register holds one
//!   instant. Which of the two came first in the log says nothing: the earlier takes the place of the later.
//! - A fact is **stray** if it is held, and yet the contact was over more than a minute before, or it had begun longer
//!   ago than any contact lives; and so is every fact that is not earlier than one.
//!
//! Copies of one event whose clocks differ by up to a minute are no collisions. So an id that is used again within a
//! minute cannot be told from a copy.
//!
//! Outcomes, answers of customers and retractions may come at any time: they collide with nothing. Nor do attempts to
//! call back; those that are not kept, for there are too many of a contact, are noted too.

use arrayvec::ArrayVec;
use ensilinja_model::{AttemptResult, Event, EventTime, Fact, FactKind, LegKey};

use crate::facts::{APART_MS, Applied, Facts};
use crate::instants::Register;

/// What an event changed, and whether the figures follow from other facts than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// As it is counted.
    pub applied: Applied,
    /// Whether it taught a fact. A fact may be news and collide with another at once.
    pub changed_facts: bool,
}

/// Something that was said of a leg and is not in its figures, or is and belongs to another contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Collision {
    /// The leg.
    pub leg: LegKey,
    /// What was said.
    pub kind: FactKind,
    /// Of when.
    pub at: EventTime,
}

/// An attempt to call back beyond the earliest thousand of its result of a leg: it is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SurplusAttempt {
    /// The leg.
    pub leg: LegKey,
    /// The second of the attempt.
    pub at: EventTime,
    /// Its result.
    pub result: AttemptResult,
}

/// What becomes known of collisions, and of what is not kept, while events come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollisionNote {
    /// There is this one.
    Found(Collision),
    /// It is none after all, as another event has shown.
    Cleared(Collision),
    /// This attempt is not kept. Which attempts are noted follows from what was told, in whatever order.
    Surplus(SurplusAttempt),
}

/// The facts of a contact's course, each with its register.
const COURSE: [(Register, FactKind); 9] = [
    (Register::Offered, FactKind::Offered),
    (Register::Queued, FactKind::Queued),
    (Register::Answered, FactKind::Answered),
    (Register::Abandoned, FactKind::Abandoned),
    (Register::CallbackRequested, FactKind::CallbackRequested),
    (Register::CallbackReached, FactKind::CallbackReached),
    (Register::CallbackClosed, FactKind::CallbackClosed),
    (Register::Transferred, FactKind::Transferred),
    (Register::Ended, FactKind::Ended),
];

/// Joins what an event says to the facts of its leg, and notes every collision that it makes.
pub(crate) fn learn(facts: &mut Facts, event: &Event, life_ms: i64, note: &mut dyn FnMut(CollisionNote)) -> Effect {
    use CollisionNote::{Cleared, Found};
    let kind = event.fact.kind();
    let collision = |(kind, at)| Collision { leg: event.leg, kind, at };
    let Some((register, _)) = COURSE.iter().find(|(_, of)| *of == kind) else {
        let applied = learn_beside(facts, event, note);
        return Effect { applied, changed_facts: applied == Applied::Applied };
    };
    let held = facts.at(*register);
    let before = strays(facts, life_ms);
    let applied = facts.learn(event.at, event.fact);
    if applied == Applied::Shadowed {
        note(Found(collision((kind, event.at))));
    }
    if applied != Applied::Applied {
        return Effect { applied, changed_facts: false };
    }
    let after = strays(facts, life_ms);
    let mut collides = false;
    for stray in before.iter().filter(|stray| !after.contains(stray)) {
        note(Cleared(collision(*stray)));
    }
    for stray in after.iter().filter(|stray| !before.contains(stray)) {
        note(Found(collision(*stray)));
        collides = true;
    }
    if let Some(displaced) = held.filter(|held| held.millis_since(event.at) > APART_MS) {
        note(Found(collision((kind, displaced))));
        collides = true;
    }
    Effect { applied: if collides { Applied::Shadowed } else { applied }, changed_facts: true }
}

/// Joins what collides with nothing, and notes the attempt that is not kept because of it: itself, or the last one that
/// was kept until now.
fn learn_beside(facts: &mut Facts, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Applied {
    let Fact::CallbackAttempted(result) = event.fact else { return facts.learn(event.at, event.fact) };
    let before = facts.last_attempt_kept(result);
    let applied = facts.learn(event.at, event.fact);
    let dropped = match applied {
        Applied::Surplus => Some(event.at.floor_second()),
        _ => before.filter(|_| facts.last_attempt_kept(result) != before),
    };
    if let Some(second) = dropped {
        note(CollisionNote::Surplus(SurplusAttempt { leg: event.leg, at: EventTime::from_seconds(second), result }));
    }
    applied
}

/// What is held and cannot be of the contact that came first.
fn strays(facts: &Facts, life_ms: i64) -> ArrayVec<(FactKind, EventTime), { COURSE.len() }> {
    let Some(first) = first_stray(facts, life_ms) else { return ArrayVec::new() };
    let held = COURSE.iter().filter_map(|(register, kind)| Some((*kind, facts.at(*register)?)));
    held.filter(|(_, at)| *at >= first).collect()
}

/// The earliest instant at which something is said that cannot be of the contact that came first.
fn first_stray(facts: &Facts, life_ms: i64) -> Option<EventTime> {
    let at = |register| facts.at(register);
    let first = COURSE.iter().filter_map(|(register, _)| at(*register)).min()?;
    let left = [Register::Transferred, Register::Ended].into_iter().filter_map(at).min();
    let over = left.into_iter().chain(at(Register::Abandoned)).min();
    let requested = at(Register::CallbackRequested);
    let is_stray = |register: Register, instant: EventTime, over: Option<EventTime>| {
        // A customer who asked for a callback may be served after hanging up.
        let waits_for_callback = register == Register::Answered && requested.is_some_and(|asked| asked <= instant);
        let is_after_end = over.is_some_and(|over| instant.millis_since(over) > APART_MS) && !waits_for_callback;
        is_after_end || instant.millis_since(first) > life_ms
    };
    let arrivals = [Register::Offered, Register::Queued, Register::Answered].map(|register| (register, over));
    let all = arrivals.into_iter().chain([(Register::Abandoned, left), (Register::CallbackRequested, None)]);
    let held = all.filter_map(|(register, over)| at(register).map(|instant| (register, instant, over)));
    held.filter(|(register, instant, over)| is_stray(*register, *instant, *over)).map(|(_, instant, _)| instant).min()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ensilinja_model::{LineIndex, Outcome, Stage};

    use super::*;

    const AT: EventTime = EventTime::from_seconds(1_758_006_900);
    const LIFE_MS: i64 = 5 * DAY;
    const SECOND: i64 = 1_000;
    const MINUTE: i64 = 60 * SECOND;
    const DAY: i64 = 24 * 60 * MINUTE;

    /// What collides where this is told in this order, each with its instant in ms; and how many events are counted as
    /// shadowed.
    fn told<'a>(said: impl IntoIterator<Item = &'a (Fact, i64)>) -> (BTreeSet<(FactKind, i64)>, usize) {
        let (mut found, mut shadowed) = (BTreeSet::new(), 0);
        let mut facts = None;
        for (fact, at_ms) in said {
            let at = AT.plus_millis(*at_ms);
            let facts = facts.get_or_insert_with(|| Facts::new(LineIndex::new(0), at));
            let event = Event { leg: LegKey::new(1), line: LineIndex::new(0), at, fact: *fact };
            let mut note = |note: CollisionNote| {
                let key = |collision: Collision| (collision.kind, collision.at.millis_since(AT));
                match note {
                    CollisionNote::Found(collision) => found.insert(key(collision)),
                    CollisionNote::Cleared(collision) => found.remove(&key(collision)),
                    CollisionNote::Surplus(surplus) => unreachable!("{surplus:?}"),
                };
            };
            shadowed += usize::from(learn(facts, &event, LIFE_MS, &mut note).applied == Applied::Shadowed);
        }
        (found, shadowed)
    }

    /// Asserts that these collide and no others, in whatever order it is told, once or twice.
    #[track_caller]
    fn assert_collide(said: &[(Fact, i64)], expected: &[(FactKind, i64)]) {
        let expected: BTreeSet<(FactKind, i64)> = expected.iter().copied().collect();
        let mut order: Vec<(Fact, i64)> = said.to_vec();
        for turn in 0..said.len() {
            order.rotate_left(1);
            for order in [order.clone(), order.iter().rev().copied().collect()] {
                let (found, shadowed) = told(&order);
                assert_eq!(found, expected, "turn {turn}: {order:?}");
                assert!(shadowed > 0 || expected.is_empty(), "turn {turn}: {order:?}");
                assert_eq!(told(order.iter().chain(&order)).0, expected, "turn {turn}, each twice");
            }
        }
    }

    const CHAT: [(Fact, i64); 3] = [(Fact::Offered, 0), (Fact::Answered, 42 * SECOND), (Fact::Ended, 20 * MINUTE)];

    fn later(said: &[(Fact, i64)], ms: i64) -> Vec<(Fact, i64)> {
        said.iter().map(|(fact, at)| (*fact, at + ms)).collect()
    }

    #[test]
    fn a_conversation_of_a_used_id_is_lost_to_the_earlier_one() {
        let again = [&CHAT[..], &later(&CHAT, 11 * DAY)].concat();
        let lost: Vec<_> = later(&CHAT, 11 * DAY).into_iter().map(|(fact, at)| (fact.kind(), at)).collect();
        assert_collide(&again, &lost);
        let soon = [&CHAT[..], &later(&CHAT, 21 * MINUTE)].concat();
        let lost: Vec<_> = later(&CHAT, 21 * MINUTE).into_iter().map(|(fact, at)| (fact.kind(), at)).collect();
        assert_collide(&soon, &lost);
    }

    #[test]
    fn a_conversation_that_has_other_facts_than_the_earlier_one_is_noticed() {
        use FactKind::{Answered, Ended, Offered};
        let gave_up = [(Fact::Offered, 0), (Fact::Abandoned(Stage::Queue), 30 * SECOND)];
        for apart in [5 * MINUTE, 11 * DAY] {
            let second = later(&CHAT, apart);
            let all = [(Offered, apart), (Answered, apart + 42 * SECOND), (Ended, apart + 20 * MINUTE)];
            assert_collide(&[&gave_up[..], &second].concat(), &all);
            assert_collide(&[&gave_up[..], &second[1..]].concat(), &all[1..]);
        }
        let waited = [(Fact::Offered, 0)];
        let all = [(Answered, 11 * DAY + 42 * SECOND), (Ended, 11 * DAY + 20 * MINUTE)];
        assert_collide(&[&waited[..], &later(&CHAT, 11 * DAY)[1..]].concat(), &all);
    }

    #[test]
    fn the_attempts_that_are_not_kept_are_noted_in_whatever_order_they_are_told() {
        let many: Vec<i64> = (0..1_003).map(|second| second * SECOND + 7).collect();
        let backwards: Vec<i64> = many.iter().rev().copied().collect();
        for order in [many.clone(), backwards, [&many[500..], &many[..500], &many[..]].concat()] {
            let mut facts = Facts::new(LineIndex::new(0), AT);
            let mut surplus = BTreeSet::new();
            for ms in order {
                let fact = Fact::CallbackAttempted(AttemptResult::Failed);
                let event = Event { leg: LegKey::new(1), line: LineIndex::new(0), at: AT.plus_millis(ms), fact };
                learn(&mut facts, &event, LIFE_MS, &mut |note| match note {
                    CollisionNote::Surplus(attempt) => {
                        surplus.insert(attempt.at.millis_since(AT));
                    }
                    other => unreachable!("{other:?}"),
                });
            }
            assert_eq!(surplus.into_iter().collect::<Vec<_>>(), [1_000, 1_001, 1_002].map(|second| second * SECOND));
        }
    }

    #[test]
    fn copies_late_news_and_the_course_of_one_contact_do_not_collide() {
        assert_collide(&[&CHAT[..], &later(&CHAT, 60 * SECOND)].concat(), &[]);
        assert_collide(&[&CHAT[..], &later(&CHAT, -400)].concat(), &[]);
        assert_collide(
            &[
                (Fact::Offered, 0),
                (Fact::Abandoned(Stage::Queue), 30 * SECOND),
                (Fact::CallbackRequested, 31 * SECOND),
                (Fact::Ended, 40 * SECOND),
                (Fact::CallbackAttempted(AttemptResult::Failed), 2 * DAY),
                (Fact::Answered, 3 * DAY),
                (Fact::CallbackReached, 3 * DAY),
                (Fact::CallbackClosed(ensilinja_model::CloseResult::Cancelled), 20 * DAY),
                (Fact::OutcomeRecorded(Outcome::Handled), 30 * DAY),
                (Fact::OutcomeRecorded(Outcome::Other), 40 * DAY),
            ],
            &[],
        );
    }
}
