//! How much is kept: calls and parts of calls are bounded, and what was seen lately is never forgotten.

use ensilinja_model::{EventTime, Fact, LegKey, LineIndex};

use super::part::CallPart;
use super::{Capacity, StayPart, Stays, Step};

fn part(call: u128, second: i64, step: Step) -> StayPart {
    // Keys of calls are hashes.
    let call = LegKey::new(call.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    StayPart { call, line: LineIndex::new(0), at: EventTime::from_seconds(second), queue: 7, agent: 1, step }
}

fn small() -> Stays {
    Stays { capacity: Capacity { calls: 100, lines: 800 }, ..Stays::default() }
}

/// The facts that a part adds.
fn facts(stays: &mut Stays, part: &StayPart) -> Vec<Fact> {
    let mut facts = Vec::new();
    stays.take(part, &mut |event, _| facts.push(event.fact));
    facts
}

#[test]
fn a_part_is_small() {
    assert!(size_of::<StayPart>() <= 64, "{}", size_of::<StayPart>());
    assert!(size_of::<CallPart>() <= 40, "{}", size_of::<CallPart>());
}

#[test]
fn at_most_two_generations_of_calls_are_kept_and_the_last_ones_always() {
    let mut stays = small();
    for call in 0..10_000 {
        stays.take(&part(call, 1_000, Step::Entered), &mut |_, _| {});
        assert!(stays.calls() <= 200, "{}", stays.calls());
        if call >= 49 {
            let connect = part(call - 49, 1_005, Step::Connected { wait_s: 5 });
            assert_eq!(facts(&mut stays, &connect), [Fact::Answered], "call {call}");
        }
    }
    let forgotten = StayPart { agent: 2, ..part(1, 1_009, Step::TalkEnded { wait_s: 5, talk_s: 4 }) };
    assert_eq!(facts(&mut stays, &forgotten), []);
}

#[test]
fn calls_with_many_parts_fill_a_generation_too_and_one_call_has_a_limit() {
    let mut stays = small();
    let mut given = 0;
    for (second, call) in (1_000..6_000).zip((0..3).cycle()) {
        stays.take(&part(call, second, Step::Entered), &mut |_, _| given += 1);
        // A generation is full after the call that fills it.
        assert!(stays.young.lines() + stays.old.lines() <= 2 * (800 + 1_024));
    }
    assert!(given > 0);
    let mut stays = Stays::default();
    for second in 0..3_000 {
        stays.take(&part(1, 1_000 + 10 * second, Step::Entered), &mut |_, _| {});
    }
    assert_eq!(stays.young.lines(), 1_024);
}

#[test]
fn a_part_that_comes_again_is_not_kept_again() {
    let mut stays = small();
    for _ in 0..9 {
        for step in [Step::Entered, Step::RingCanceled, Step::Abandoned { wait_s: 0 }] {
            stays.take(&part(1, 1_000, step), &mut |_, _| {});
        }
    }
    assert_eq!(stays.young.lines(), 3);
}

#[test]
fn a_call_that_becomes_young_again_takes_its_conversations_along_and_leaves_none_behind() {
    let (connect, end) = (part(1, 1_005, Step::Connected { wait_s: 5 }), Step::TalkEnded { wait_s: 5, talk_s: 60 });
    let fill = |stays: &mut Stays, calls: std::ops::Range<u128>| {
        for call in calls {
            stays.take(&part(call, 1_000, Step::Entered), &mut |_, _| {});
        }
    };
    let mut stays = small();
    stays.take(&part(1, 1_000, Step::Entered), &mut |_, _| {});
    stays.take(&connect, &mut |_, _| {});
    fill(&mut stays, 1_000..1_100);
    assert_eq!((stays.young.noted(), stays.old.noted()), (0, 1), "the call is in the old generation");
    stays.take(&part(1, 1_006, Step::RingCanceled), &mut |_, _| {});
    assert_eq!((stays.young.noted(), stays.old.noted()), (1, 0));
    fill(&mut stays, 2_000..2_100);
    // The generation in which it connected is forgotten, and the call is not.
    assert_eq!(facts(&mut stays, &part(7, 1_065, end)), [Fact::Ended]);
    // The other way round: an end under another id, whose connect comes late.
    let mut stays = small();
    stays.take(&part(7, 1_065, end), &mut |_, _| {});
    fill(&mut stays, 1_000..1_100);
    stays.take(&part(7, 1_066, Step::RingCanceled), &mut |_, _| {});
    fill(&mut stays, 2_000..2_100);
    stays.take(&part(1, 1_000, Step::Entered), &mut |_, _| {});
    assert_eq!(facts(&mut stays, &connect), [Fact::Answered, Fact::Ended]);
}

#[test]
fn calls_whose_entry_was_not_read_are_counted() {
    let mut stays = small();
    stays.take(&part(1, 1_000, Step::Entered), &mut |_, _| {});
    stays.take(&part(1, 1_005, Step::Connected { wait_s: 5 }), &mut |_, _| {});
    stays.take(&part(2, 1_005, Step::Connected { wait_s: 5 }), &mut |_, _| {});
    stays.take(&part(3, 1_005, Step::Abandoned { wait_s: 5 }), &mut |_, _| {});
    stays.take(&part(4, 1_005, Step::TalkEnded { wait_s: 5, talk_s: 1 }), &mut |_, _| {});
    assert_eq!(stays.calls_without_entry(), 2);
    stays.take(&part(2, 1_000, Step::Entered), &mut |_, _| {});
    assert_eq!(stays.calls_without_entry(), 1, "it came late");
}
