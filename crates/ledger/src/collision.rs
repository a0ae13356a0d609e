//! Collisions: facts of one leg that cannot all belong to one contact. They occur when a platform reuses an id without
//! a new visit.
//!
//! ```text
//! contact 1   offered ---- answered ---- ended
//! contact 2                                      offered' ---- answered' ---- ended'     lost: each is a second one
//!
//! contact 1   offered -- abandoned
//! contact 2                           offered' -- answered -- ended                      lost, stray, stray
//! ```
//!
//! - A fact is **lost** if another fact of its kind is more than a [minute](APART_MS) earlier, because each register
//!   holds one instant. Their order in the log does not matter: the earlier fact replaces the later one.
//! - A fact is **stray** if it is held although the contact ended more than a minute before, or began longer ago than
//!   the maximum life of a leg. All facts at or after the first stray one are stray too.
//!
//! Copies of one event whose clocks differ by up to a minute are not collisions. So an id that is reused within a
//! minute cannot be distinguished from a copy.
//!
//! Outcomes, answers, retractions and unknown waits may arrive at any time and never collide. Callback attempts do not
//! collide either, but those beyond the maximum number are reported too.

use arrayvec::ArrayVec;
use ensilinja_model::{AttemptResult, Event, EventTime, Fact, FactKind, LegKey};

use crate::facts::{APART_MS, Applied, Facts};
use crate::instants::Register;

/// The effect of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The result under which the event is counted.
    pub applied: Applied,
    /// Whether the facts changed. A fact can be new and collide with another one at the same time.
    pub changed_facts: bool,
}

/// A fact of a leg that is lost to another fact of its kind, or is held but belongs to another contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Collision {
    /// The leg.
    pub leg: LegKey,
    /// The kind of fact.
    pub kind: FactKind,
    /// The instant of the fact.
    pub at: EventTime,
}

/// A callback attempt beyond the earliest thousand with its result on its leg. It is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SurplusAttempt {
    /// The leg.
    pub leg: LegKey,
    /// The second of the attempt.
    pub at: EventTime,
    /// Its result.
    pub result: AttemptResult,
}

/// A change in the known collisions or surplus attempts, caused by an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollisionNote {
    /// This fact collides.
    Found(Collision),
    /// This fact no longer collides, because of another event.
    Cleared(Collision),
    /// This attempt is not kept. The same attempts are reported for any order of the events.
    Surplus(SurplusAttempt),
}

/// The kinds of fact that can collide, each with its register.
const COLLIDING: [(Register, FactKind); 10] = [
    (Register::Offered, FactKind::Offered),
    (Register::Queued, FactKind::Queued),
    (Register::Answered, FactKind::Answered),
    (Register::Abandoned, FactKind::Abandoned),
    (Register::TimedOut, FactKind::TimedOut),
    (Register::CallbackRequested, FactKind::CallbackRequested),
    (Register::CallbackReached, FactKind::CallbackReached),
    (Register::CallbackClosed, FactKind::CallbackClosed),
    (Register::Transferred, FactKind::Transferred),
    (Register::Ended, FactKind::Ended),
];

/// Joins the fact of an event to the facts of its leg, which are `before`, and passes each change of collisions to
/// `note`.
pub(crate) fn learn(
    facts: &mut Facts,
    before: &Facts,
    event: &Event,
    life_ms: i64,
    note: &mut dyn FnMut(CollisionNote),
) -> Effect {
    use CollisionNote::{Cleared, Found};
    let kind = event.fact.kind();
    let Some(register) = register_of(kind) else {
        let applied = learn_without_collision(facts, event, note);
        return Effect { applied, changed_facts: applied == Applied::Applied };
    };
    let collision = |(kind, at)| Collision { leg: event.leg, kind, at };
    let applied = facts.learn(event.at, event.fact);
    if applied == Applied::Shadowed {
        note(Found(collision((kind, event.at))));
    }
    if applied != Applied::Applied {
        return Effect { applied, changed_facts: false };
    }
    let mut collides = false;
    // Few legs have a stray fact.
    if first_stray(before, life_ms).is_some() || first_stray(facts, life_ms).is_some() {
        let [were_stray, are_stray] = [before, facts].map(|facts| strays(facts, life_ms));
        for stray in were_stray.iter().filter(|stray| !are_stray.contains(stray)) {
            note(Cleared(collision(*stray)));
        }
        for stray in are_stray.iter().filter(|stray| !were_stray.contains(stray)) {
            note(Found(collision(*stray)));
            collides = true;
        }
    }
    if let Some(displaced) = before.at(register).filter(|held| held.millis_since(event.at) > APART_MS) {
        note(Found(collision((kind, displaced))));
        collides = true;
    }
    let applied = if collides { Applied::Shadowed } else { applied };
    Effect { applied, changed_facts: true }
}

/// The register of a kind of fact that can collide.
const fn register_of(kind: FactKind) -> Option<Register> {
    Some(match kind {
        FactKind::Offered => Register::Offered,
        FactKind::Queued => Register::Queued,
        FactKind::Answered => Register::Answered,
        FactKind::Abandoned => Register::Abandoned,
        FactKind::TimedOut => Register::TimedOut,
        FactKind::CallbackRequested => Register::CallbackRequested,
        FactKind::CallbackReached => Register::CallbackReached,
        FactKind::CallbackClosed => Register::CallbackClosed,
        FactKind::Transferred => Register::Transferred,
        FactKind::Ended => Register::Ended,
        FactKind::WaitUnknown
        | FactKind::CallbackAttempted
        | FactKind::OutcomeRecorded
        | FactKind::FeedbackReceived
        | FactKind::Retracted => return None,
    })
}

/// Joins a fact that cannot collide. If an attempt is dropped, passes it to `note`: the new one, or the last one that
/// was kept before.
fn learn_without_collision(facts: &mut Facts, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Applied {
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

/// The held facts that cannot belong to the first contact.
fn strays(facts: &Facts, life_ms: i64) -> ArrayVec<(FactKind, EventTime), { COLLIDING.len() }> {
    let Some(first) = first_stray(facts, life_ms) else { return ArrayVec::new() };
    let held = COLLIDING.iter().filter_map(|(register, kind)| Some((*kind, facts.at(*register)?)));
    held.filter(|(_, at)| *at >= first).collect()
}

/// The instant of the earliest fact that cannot belong to the first contact.
fn first_stray(facts: &Facts, life_ms: i64) -> Option<EventTime> {
    let at = |register| facts.at(register);
    let first = COLLIDING.iter().filter_map(|(register, _)| at(*register)).min()?;
    let left = earlier(at(Register::Transferred), at(Register::Ended));
    let over = earlier(left, earlier(at(Register::Abandoned), at(Register::TimedOut)));
    let answered = at(Register::Answered);
    let requested = at(Register::CallbackRequested);
    // A customer who requested a callback may be answered after hanging up.
    let is_callback = requested.is_some() && requested <= answered;
    let stray = |instant: Option<EventTime>, over: Option<EventTime>| {
        let is_after_end = |instant: &EventTime| over.is_some_and(|over| instant.millis_since(over) > APART_MS);
        instant.filter(|instant| is_after_end(instant) || instant.millis_since(first) > life_ms)
    };
    let arrived = earlier(stray(at(Register::Offered), over), stray(at(Register::Queued), over));
    let answered = stray(answered, over.filter(|_| !is_callback));
    let given_up = earlier(stray(at(Register::Abandoned), left), stray(at(Register::TimedOut), left));
    earlier(earlier(arrived, answered), earlier(given_up, stray(requested, None)))
}

/// The earlier of two instants, if there is one.
fn earlier(one: Option<EventTime>, other: Option<EventTime>) -> Option<EventTime> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
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

    /// Applies the facts in this order. Returns the collisions, each with its instant in ms, and the number of events
    /// counted as shadowed.
    fn collisions_of<'a>(in_order: impl IntoIterator<Item = &'a (Fact, i64)>) -> (BTreeSet<(FactKind, i64)>, usize) {
        let (mut found, mut shadowed) = (BTreeSet::new(), 0);
        let mut facts = None;
        for (fact, at_ms) in in_order {
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
            let effect = learn(facts, &facts.clone(), &event, LIFE_MS, &mut note);
            shadowed += usize::from(effect.applied == Applied::Shadowed);
        }
        (found, shadowed)
    }

    /// Asserts that exactly these facts collide, in several orders, with and without duplicates.
    #[track_caller]
    fn assert_collide(facts: &[(Fact, i64)], expected: &[(FactKind, i64)]) {
        let expected: BTreeSet<(FactKind, i64)> = expected.iter().copied().collect();
        let mut order: Vec<(Fact, i64)> = facts.to_vec();
        for turn in 0..facts.len() {
            order.rotate_left(1);
            for order in [order.clone(), order.iter().rev().copied().collect()] {
                let (found, shadowed) = collisions_of(&order);
                assert_eq!(found, expected, "turn {turn}: {order:?}");
                assert!(shadowed > 0 || expected.is_empty(), "turn {turn}: {order:?}");
                assert_eq!(collisions_of(order.iter().chain(&order)).0, expected, "turn {turn}, each twice");
            }
        }
    }

    const CHAT: [(Fact, i64); 3] = [(Fact::Offered, 0), (Fact::Answered, 42 * SECOND), (Fact::Ended, 20 * MINUTE)];

    fn later(facts: &[(Fact, i64)], ms: i64) -> Vec<(Fact, i64)> {
        facts.iter().map(|(fact, at)| (*fact, at + ms)).collect()
    }

    #[test]
    fn a_contact_with_a_reused_id_is_lost_to_the_earlier_contact() {
        let again = [&CHAT[..], &later(&CHAT, 11 * DAY)].concat();
        let lost: Vec<_> = later(&CHAT, 11 * DAY).into_iter().map(|(fact, at)| (fact.kind(), at)).collect();
        assert_collide(&again, &lost);
        let soon = [&CHAT[..], &later(&CHAT, 21 * MINUTE)].concat();
        let lost: Vec<_> = later(&CHAT, 21 * MINUTE).into_iter().map(|(fact, at)| (fact.kind(), at)).collect();
        assert_collide(&soon, &lost);
    }

    #[test]
    fn a_contact_with_other_facts_than_the_earlier_contact_collides() {
        use FactKind::{Answered, Ended, Offered};
        let ends = [Fact::Abandoned(Stage::Queue), Fact::TimedOut];
        for (end, apart) in ends.into_iter().flat_map(|end| [(end, 5 * MINUTE), (end, 11 * DAY)]) {
            let gave_up = [(Fact::Offered, 0), (end, 30 * SECOND)];
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
    fn the_same_attempts_are_surplus_in_any_order() {
        let many: Vec<i64> = (0..1_003).map(|second| second * SECOND + 7).collect();
        let backwards: Vec<i64> = many.iter().rev().copied().collect();
        for order in [many.clone(), backwards, [&many[500..], &many[..500], &many[..]].concat()] {
            let mut facts = Facts::new(LineIndex::new(0), AT);
            let mut surplus = BTreeSet::new();
            for ms in order {
                let fact = Fact::CallbackAttempted(AttemptResult::Failed);
                let event = Event { leg: LegKey::new(1), line: LineIndex::new(0), at: AT.plus_millis(ms), fact };
                let before = facts.clone();
                learn(&mut facts, &before, &event, LIFE_MS, &mut |note| match note {
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
    fn copies_late_facts_and_the_normal_course_of_one_contact_do_not_collide() {
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
