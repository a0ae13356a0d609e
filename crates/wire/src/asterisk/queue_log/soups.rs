//! Generated calls against a simple model: the log is written as Asterisk writes it, with truncated seconds.

use proptest::prelude::*;

use crate::Format;
use crate::asterisk::truth::{FoundStay, Joined, QUEUES, StayOutcome, mapping};

/// The beginning of all calls, in ms.
const BEGIN_MS: i64 = 1_795_957_000_000;

/// A stay of a generated call. Times are in ms.
#[derive(Clone, Debug)]
struct Planned {
    queue: usize,
    /// Since the end of the stay before.
    gap_ms: i64,
    wait_ms: i64,
    end: End,
    /// Between an act and its line.
    delay_ms: [i64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Answered {
        talk_ms: i64,
        is_transfer: bool,
    },
    Key(u8),
    TimedOut,
    /// Given up if the stay is the last one, otherwise redirected by a third party.
    Abandoned {
        rings: bool,
    },
}

/// What the log must make of a stay.
type Expected = (String, usize, i64, StayOutcome, i64);

/// The lines of a call, and its stays.
fn write(call: usize, stays: &[Planned]) -> (Vec<String>, Vec<Expected>) {
    let id = format!("{}.{call}", BEGIN_MS / 1_000 + i64::try_from(call).unwrap());
    let agent = format!("agent{call}");
    let (mut lines, mut expected) = (Vec::new(), Vec::new());
    let mut now = BEGIN_MS + i64::try_from(call).unwrap() * 1_700;
    for (index, stay) in stays.iter().enumerate() {
        let Planned { queue, gap_ms, wait_ms, end, delay_ms } = stay;
        let name = QUEUES[*queue];
        let start = now + gap_ms;
        let entered = (start + delay_ms[0]) / 1_000;
        let left = start + delay_ms[0] + wait_ms;
        let (wait, second) = (left / 1_000 - start / 1_000, (left + delay_ms[1]) / 1_000);
        let line = |second: i64, agent: &str, rest: String| format!("{second}|{id}|{name}|{agent}|{rest}");
        lines.push(line(entered, "NONE", "ENTERQUEUE||1001|1".to_owned()));
        now = left + delay_ms[1];
        let outcome = match *end {
            End::Answered { talk_ms, is_transfer } => {
                lines.push(line(second, &agent, format!("CONNECT|{wait}|1.2|1")));
                now = left + talk_ms + delay_ms[1];
                let talk = (left + talk_ms) / 1_000 - left / 1_000;
                let end = if is_transfer { "BLINDTRANSFER|801|xfer" } else { "COMPLETEAGENT" };
                lines.push(line(now / 1_000, &agent, format!("{end}|{wait}|{talk}|1")));
                StayOutcome::Answered
            }
            End::Key(key) => {
                lines.push(line(second, "NONE", format!("EXITWITHKEY|{key}|1|1|{wait}")));
                if key == 2 { StayOutcome::Requested } else { StayOutcome::Moved }
            }
            End::TimedOut => {
                lines.push(line(second, "NONE", format!("EXITWITHTIMEOUT|1|1|{wait}")));
                StayOutcome::Moved
            }
            End::Abandoned { rings } => {
                let ringing = rings.then(|| line(second, "agent1", "RINGCANCELED|100".to_owned()));
                lines.extend(ringing);
                lines.push(line(second, "NONE", format!("ABANDON|1|1|{wait}")));
                match (index + 1 < stays.len(), rings) {
                    (true, _) => StayOutcome::Moved,
                    (_, true) => StayOutcome::AbandonedWhileRinging,
                    (_, false) => StayOutcome::Abandoned,
                }
            }
        };
        expected.push((id.clone(), *queue, entered, outcome, second));
    }
    (lines, expected)
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        (0..9_000_i64, any::<bool>()).prop_map(|(talk_ms, is_transfer)| End::Answered { talk_ms, is_transfer }),
        (1..3_u8).prop_map(End::Key),
        Just(End::TimedOut),
        any::<bool>().prop_map(|rings| End::Abandoned { rings }),
    ]
}

/// Calls with up to five stays in two queues, each of which takes so long at least.
fn calls(shortest_ms: i64, delay_ms: i64) -> impl Strategy<Value = Vec<Vec<Planned>>> {
    let delays = [0..=delay_ms, 0..=delay_ms];
    let stay = (0..2_usize, 0..3_000_i64, 0..9_000_i64, end(), delays).prop_map(
        move |(queue, gap_ms, wait_ms, end, delay_ms)| {
            let wait_ms = wait_ms.max(shortest_ms);
            Planned { queue, gap_ms, wait_ms, end, delay_ms }
        },
    );
    prop::collection::vec(prop::collection::vec(stay, 1..6), 1..6)
}

fn found(lines: &[String]) -> Vec<FoundStay> {
    Joined::of(mapping(Format::AsteriskQueueLog), lines.iter().map(String::as_bytes))
}

fn seconds(stay: &FoundStay) -> Expected {
    let decided = stay.decided.map_or(0, |at| {
        // A move is dated just before the abandon that it explains.
        if stay.outcome == StayOutcome::Moved { at.plus_millis(1).floor_second() } else { at.floor_second() }
    });
    (stay.call.clone(), stay.line, stay.entered.floor_second(), stay.outcome, decided)
}

/// Lines of several calls, in an order of their own, some twice.
fn mixed(lines: Vec<String>) -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let repeats = prop::collection::vec(any::<prop::sample::Index>(), 0..9);
    (Just(lines.clone()).prop_shuffle(), repeats).prop_map(move |(mut shuffled, repeats)| {
        let again = repeats.iter().map(|index| lines[index.index(lines.len())].clone());
        shuffled.extend(again.collect::<Vec<_>>());
        (lines.clone(), shuffled)
    })
}

/// The lines of calls in order and mixed, and their stays.
fn soup(shortest_ms: i64, delay_ms: i64) -> impl Strategy<Value = (Vec<String>, Vec<String>, Vec<Expected>)> {
    calls(shortest_ms, delay_ms).prop_flat_map(|calls| {
        let written: Vec<_> = calls.iter().enumerate().map(|(call, stays)| write(call, stays)).collect();
        let lines: Vec<_> = written.iter().flat_map(|(lines, _)| lines.clone()).collect();
        let mut expected: Vec<_> = written.into_iter().flat_map(|(_, expected)| expected).collect();
        expected.sort();
        mixed(lines).prop_map(move |(lines, shuffled)| (lines, shuffled, expected.clone()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn stays_of_calls_are_those_of_the_model((lines, shuffled, expected) in soup(1_200, 150)) {
        for lines in [lines, shuffled] {
            let mut stays: Vec<_> = found(&lines).iter().map(seconds).collect();
            stays.sort();
            prop_assert_eq!(stays, expected.clone());
        }
    }

    #[test]
    fn order_and_repeats_change_nothing_even_where_stays_follow_each_other_at_once(
        (lines, shuffled, _) in soup(0, 150)
    ) {
        prop_assert_eq!(found(&shuffled), found(&lines));
    }

    #[test]
    fn lines_of_any_kind_give_the_same_in_any_order(
        (lines, shuffled) in prop::collection::vec(
            (
                0..12_i64,
                0..2_usize,
                0..2_usize,
                prop::sample::select(vec![
                    "NONE|ENTERQUEUE||1|1", "a|CONNECT|0|1.2|1", "a|CONNECT|2|1.2|1", "NONE|ABANDON|1|1|0",
                    "NONE|ABANDON|1|1|3", "a|RINGCANCELED|9", "NONE|EXITWITHKEY|1|1|1|1", "NONE|EXITEMPTY|1|1|2",
                    "a|COMPLETEAGENT|1|1|1", "a|COMPLETECALLER|0|0|1", "a|BLINDTRANSFER|8|x|2|3|1",
                    "NONE|CALLBACKREQUEST|1",
                ]),
            ),
            1..14,
        )
        .prop_map(|parts| {
            let line = |(second, call, queue, rest): &(i64, usize, usize, &str)| {
                format!("{}|{call}.1|{}|{rest}", BEGIN_MS / 1_000 + second, QUEUES[*queue])
            };
            parts.iter().map(line).collect::<Vec<_>>()
        })
        .prop_flat_map(mixed)
    ) {
        prop_assert_eq!(found(&shuffled), found(&lines));
    }
}

#[test]
fn of_two_ends_under_another_id_the_stay_takes_the_one_that_is_its_own() {
    let [entry, connect, short, long] = [
        "1795957004|1.1|q_two|NONE|ENTERQUEUE||1|1",
        "1795957007|1.1|q_two|a|CONNECT|2|1.2|1",
        "1795957007|0.1|q_two|a|COMPLETECALLER|0|0|1",
        "1795957007|0.1|q_two|a|COMPLETEAGENT|1|1|1",
    ]
    .map(str::to_owned);
    let connect_first = found(&[entry.clone(), connect.clone(), short.clone(), long.clone()]);
    assert!(connect_first[0].ended.is_some(), "{connect_first:?}");
    assert_eq!(found(&[entry, short, long, connect]), connect_first);
}
