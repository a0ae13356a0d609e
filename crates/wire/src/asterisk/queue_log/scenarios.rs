//! All scenarios of a real Asterisk: the stays that its log makes, against the truth.

use proptest::prelude::*;

use crate::asterisk::truth::Exception;
use crate::asterisk::truth::{FoundStay, Joined, StayOutcome, check, mapping, sample, scenarios};
use crate::{Format, Mapping};

/// Stays of which the log says something else than the truth, or nothing, and why it cannot be known.
const UNKNOWABLE: [Exception; 23] = [
    ("07", "1031", None, "refused at the door: no line"),
    ("07", "1032", None, "refused at the door: no line"),
    ("07", "1033", None, "no such queue: no line"),
    ("07", "1034", None, "refused at the door: no line"),
    ("07", "1036", None, "the queue was full: no line"),
    ("07", "1037", None, "the line was closed: Queue() was never called"),
    ("09", "1044/q_nobody", None, "refused at the door: no line"),
    ("10", "1051", None, "hung up in the menu: Queue() was never called"),
    ("15", "1083", Some(StayOutcome::Answered), "answer and hang-up in the same millisecond: Asterisk joined them"),
    ("24", "1151", Some(StayOutcome::Answered), "answered as they are joined, as the log counts; picked up 4 s before"),
    ("24", "1152", Some(StayOutcome::Abandoned), "hung up in the delay before the joining: noticed as the delay ends"),
    ("24", "1154", Some(StayOutcome::Answered), "answered as they are joined, as the log counts; picked up 3 s before"),
    ("24", "1155", Some(StayOutcome::Answered), "hung up while the agent heard an announcement: logged as answered"),
    ("24", "1156", Some(StayOutcome::Answered), "the agent hung up in the announcement: logged as answered"),
    ("27", "1181/callback", Some(StayOutcome::Answered), "a callback is a call like another: the agent's answer"),
    ("27", "1182", Some(StayOutcome::Answered), "the customer was not reached: the log looks the same"),
    ("29", "1205", None, "the queue was deleted: no line"),
    ("30", "1212", Some(StayOutcome::Abandoned), "Asterisk was stopped, and logs an abandon"),
    ("30", "1213", Some(StayOutcome::Abandoned), "Asterisk was stopped, and logs an abandon"),
    ("30", "1222", Some(StayOutcome::Open), "Asterisk was killed: no end"),
    ("30", "1223", Some(StayOutcome::Open), "Asterisk was killed: no end"),
    ("13", "consultation", Some(StayOutcome::Answered), "calls of agents who ask before a transfer: in the log only"),
    (
        "05",
        "1019",
        Some(StayOutcome::Moved),
        "key 3 is not in the table of exits, and the site's own line was not written",
    ),
];

#[test]
fn every_stay_of_every_scenario_is_as_it_was() {
    for scenario in scenarios() {
        let log = sample(&format!("{scenario}.queue_log"));
        let found = Joined::of(log_mapping(), log.lines().map(str::as_bytes));
        check(&scenario, found, &UNKNOWABLE, |stay| scenario != "31" || stay.call.as_str() >= "1795957797.0");
    }
}

fn log_mapping() -> Mapping {
    mapping(Format::AsteriskQueueLog)
}

/// The lines of all scenarios.
fn all_lines() -> Vec<String> {
    scenarios()
        .flat_map(|scenario| {
            let log = sample(&format!("{scenario}.queue_log"));
            log.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn joined(lines: &[impl AsRef<str>]) -> Vec<FoundStay> {
    Joined::of(log_mapping(), lines.iter().map(|line| line.as_ref().as_bytes()))
}

#[test]
fn the_whole_log_gives_what_its_scenarios_give_and_nothing_is_retracted() {
    let mut whole = Joined::new(log_mapping());
    for line in all_lines() {
        whole.read(line.as_bytes());
    }
    let mut parts: Vec<_> = scenarios()
        .flat_map(|scenario| joined(&sample(&format!("{scenario}.queue_log")).lines().collect::<Vec<_>>()))
        .collect();
    parts.sort();
    assert_eq!(whole.found(), parts);
    assert_eq!(whole.retracted(), 0);
    assert_eq!(parts.len(), 172, "stays in the log");
}

#[test]
fn the_stage_of_an_abandon_says_whether_a_telephone_rang() {
    let found = joined(&sample("03.queue_log").lines().collect::<Vec<_>>());
    let stages: Vec<_> = found.iter().map(|stay| stay.outcome).collect();
    let (ringing, queue) = (StayOutcome::AbandonedWhileRinging, StayOutcome::Abandoned);
    assert_eq!(stages, [ringing, queue, StayOutcome::Answered, queue]);
}

#[test]
fn order_and_repeats_change_nothing() {
    let lines = all_lines();
    let expected = joined(&lines);
    let reversed: Vec<_> = lines.iter().rev().collect();
    assert_eq!(joined(&reversed), expected, "reversed");
    let doubled: Vec<_> = lines.iter().chain(&lines).chain(reversed).collect();
    assert_eq!(joined(&doubled), expected, "three times");
    let halves: Vec<_> = (0..2).flat_map(|half| lines.iter().skip(half).step_by(2)).collect();
    assert_eq!(joined(&halves), expected, "first the odd lines, then the even ones");
}

#[test]
fn from_any_offset_the_stays_that_begin_after_it_are_the_same() {
    let lines = all_lines();
    let expected = joined(&lines);
    for from in 0..lines.len() {
        let rest = &lines[from..];
        let found = joined(rest);
        let begun: Vec<_> = rest.iter().filter(|line| line.contains("|ENTERQUEUE|")).collect();
        assert_eq!(found.len(), begun.len(), "from line {from}: a stay exists only if its entry was read");
        let missing: Vec<_> = found.iter().filter(|stay| !expected.contains(stay)).collect();
        assert!(missing.is_empty(), "from line {from}: {missing:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_with_any_repeats_gives_the_same(lines in Just(all_lines()).prop_shuffle(), repeats in 0..400_usize) {
        let expected = joined(&all_lines());
        let repeated: Vec<_> = lines.iter().chain(&lines[..repeats]).collect();
        prop_assert_eq!(joined(&repeated), expected);
    }

    #[test]
    fn any_lines_that_are_lost_lose_only_themselves(lost in prop::collection::btree_set(0..430_usize, 1..40)) {
        let lines = all_lines();
        let kept = (0..).zip(&lines).filter(|(index, _)| !lost.contains(index)).map(|(_, line)| line);
        let kept: Vec<_> = kept.collect();
        let begun = kept.iter().filter(|line| line.contains("|ENTERQUEUE|")).count();
        prop_assert_eq!(joined(&kept).len(), begun);
    }
}
