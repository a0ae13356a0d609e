//! The laws of the ledger, over arbitrary event soup.

use ensilinja_ledger::{Decision, Figures, Ledger, Rules, Undecided, Window};
use ensilinja_model::{Event, EventTime, Fact, FactKind, LineIndex};
use proptest::prelude::*;

use crate::soup::{soup, stirred};
use crate::stand::{BASE, COMPLETE, DAY_MS, figures_at, rules};

/// A read somewhere in the two days after the base, or at an edge of a rule.
fn read_ms() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => 0..2 * DAY_MS,
        1 => 0..14 * DAY_MS,
        2 => (0..60_i64).prop_map(|n| n * 3_600_000),
        1 => 0..400_000_i64,
    ]
}

/// How far ahead of a read the events have come that it knows of.
const AHEAD_MS: i64 = 60_000;

/// Without the number of legs, which says what is held in memory and not what is true.
fn told(mut figures: Figures) -> Figures {
    figures.legs = 0;
    figures
}

/// The law of the prefix excepts what may be corrected.
fn may_be_corrected(event: &Event) -> bool {
    matches!(event.fact.kind(), FactKind::OutcomeRecorded | FactKind::FeedbackReceived | FactKind::Retracted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn order_and_duplicates_change_nothing((events, stirred) in stirred(2 * DAY_MS), now_ms in read_ms()) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        prop_assert_eq!(figures_at(rules, &events, now), figures_at(rules, &stirred, now));
    }

    /// Prefix: what was shown stays true, whatever is said of later.
    #[test]
    fn figures_depend_only_on_facts_up_to_now(events in soup(2 * DAY_MS), now_ms in read_ms()) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let lasting: Vec<Event> = events.into_iter().filter(|event| !may_be_corrected(event)).collect();
        let known = lasting.iter().filter(|event| event.at.floor_second() <= now.floor_second());
        prop_assert_eq!(told(figures_at(rules, known, now)), told(figures_at(rules, &lasting, now)));
    }

    /// Conservation: whoever arrived has been decided, has left undecided, or waits.
    #[test]
    fn nobody_is_lost_and_nobody_is_counted_twice(events in soup(DAY_MS / 2), now_ms in 0..DAY_MS) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let recent: Vec<Event> = events.into_iter().filter(|event| event.at >= BASE.plus_millis(-DAY_MS / 6)).collect();
        for line in figures_at(rules, &recent, now).lines {
            let mut offered = 0;
            let mut left = 0;
            for window in [Window::Today, Window::Yesterday] {
                let figures = line.window(window).expect("history is complete");
                offered += figures.offered();
                left += Decision::ALL.iter().map(|decision| figures.decided(*decision)).sum::<i64>();
                left += Undecided::ALL.iter().map(|undecided| figures.undecided(*undecided)).sum::<i64>();
                for decision in Decision::ALL {
                    prop_assert!(figures.decided(*decision) >= 0);
                }
            }
            prop_assert_eq!(offered, left + line.waiting);
            prop_assert!(line.waiting >= 0 && line.callbacks_outstanding >= 0);
            prop_assert!(line.waiting > 0 || line.waiting_oldest_ms == 0);
            prop_assert!(line.callbacks_outstanding > 0 || line.callback_oldest_ms == 0);
        }
    }

    /// Life: a leg posts nothing after its life, except what is said of it.
    #[test]
    fn a_leg_is_silent_after_its_life(events in soup(DAY_MS), later_ms in 0..3 * DAY_MS) {
        for (line, rules) in (0..).zip(rules_of_each_line()) {
            let of_line = |event: &&Event| event.line == LineIndex::new(line) && !may_be_corrected(event);
            let alone = |event: &Event| Event { line: LineIndex::new(0), ..*event };
            let mut events: Vec<Event> = events.iter().filter(of_line).map(alone).collect();
            let first = events.first().map(|event| event.leg);
            events.retain(|event| Some(event.leg) == first);
            let Some(arrived) = events.iter().filter(|event| makes_arrival(event)).map(|event| event.at).min() else {
                continue;
            };
            // Yesterday reaches back 49 hours at the most.
            let now = arrived.plus_millis(rules.life_ms() + 49 * 3_600_000 + 2_000 + later_ms);
            let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS));
            for event in &events {
                ledger.apply(event);
            }
            prop_assert_eq!(told(ledger.figures(now, COMPLETE)), told(figures_at(rules, [], now)));
        }
    }

    /// Rebuild: the log from the horizon gives the figures of the whole log, to a ledger that has lived through it all.
    #[test]
    fn reading_from_the_horizon_is_reading_everything(
        events in soup(50 * DAY_MS),
        mut reads_ms in prop::collection::vec(0..70 * DAY_MS, 1..6),
    ) {
        let rules = rules_once();
        let (life_ms, horizon_ms) = (rules.life_ms(), rules.horizon_ms());
        let events = within_a_life(events, life_ms);
        reads_ms.sort_unstable();
        let mut lived = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS));
        let heard_at = |n: i32, at: EventTime| at.plus_millis(if n % 3 == 0 { DAY_MS } else { 0 });
        // One event in three is heard of a day late, when eviction may have passed by.
        let mut unread: Vec<(EventTime, &Event)> =
            (0..).zip(&events).map(|(n, event)| (heard_at(n, event.at), event)).collect();
        unread.sort_by_key(|(heard, _)| *heard);
        let mut known: Vec<&Event> = Vec::new();
        for read_ms in reads_ms {
            let now = BASE.plus_millis(read_ms);
            let later = unread.split_off(unread.partition_point(|(heard, _)| *heard <= now.plus_millis(AHEAD_MS)));
            for (_, event) in std::mem::replace(&mut unread, later) {
                lived.apply(event);
                lived.apply(event);
                known.push(event);
            }
            let kept = known.iter().copied().filter(|event| event.at >= now.plus_millis(-horizon_ms));
            prop_assert_eq!(told(lived.figures(now, COMPLETE)), told(figures_at(rules, kept, now)));
        }
    }

    /// A read costs what changed, and finds what a read from nothing finds.
    #[test]
    fn reads_in_between_change_nothing(events in soup(DAY_MS), mut reads_ms in prop::collection::vec(read_ms(), 1..8)) {
        let rules = rules_once();
        reads_ms.sort_unstable();
        let mut ledger = Ledger::new(rules.clone(), BASE.plus_millis(-DAY_MS / 8));
        let mut told_of: Vec<Event> = Vec::new();
        for (number, read_ms) in reads_ms.iter().enumerate() {
            for event in events.iter().skip(number).step_by(reads_ms.len()) {
                ledger.apply(event);
                told_of.push(*event);
            }
            let now = BASE.plus_millis(*read_ms);
            prop_assert_eq!(ledger.figures(now, COMPLETE), figures_at(rules, &told_of, now));
        }
    }
}

fn rules_once() -> &'static Rules {
    static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
    RULES.get_or_init(rules)
}

/// The rules of each line as if there were no other, so that the life of a leg is that of its own line.
fn rules_of_each_line() -> &'static [Rules] {
    static RULES: std::sync::OnceLock<Vec<Rules>> = std::sync::OnceLock::new();
    RULES.get_or_init(|| rules().lines.into_iter().map(|line| Rules { lines: vec![line], ..rules() }).collect())
}

fn makes_arrival(event: &Event) -> bool {
    matches!(event.fact, Fact::Offered | Fact::Queued | Fact::Answered | Fact::Abandoned(_) | Fact::CallbackRequested)
}

/// The part of the soup that the law of the rebuild speaks of: a leg's arrival-making facts lie within a day of its
/// first fact, the rest within its life, and nothing follows a retraction.
fn within_a_life(mut events: Vec<Event>, life_ms: i64) -> Vec<Event> {
    let first = |events: &[Event], leg| events.iter().filter(|event| event.leg == leg).map(|event| event.at).min();
    let firsts: Vec<EventTime> =
        events.iter().map(|event| first(&events, event.leg).expect("it has an event")).collect();
    let mut firsts = firsts.into_iter();
    events.retain(|event| {
        let age_ms = event.at.millis_since(firsts.next().expect("one an event"));
        age_ms <= if makes_arrival(event) { DAY_MS } else { life_ms }
    });
    let last = |events: &[Event], leg| events.iter().filter(|event| event.leg == leg).map(|event| event.at).max();
    let lasts: Vec<Option<EventTime>> = events.iter().map(|event| last(&events, event.leg)).collect();
    let mut lasts = lasts.into_iter();
    events.retain(|event| lasts.next() == Some(Some(event.at)) || event.fact != Fact::Retracted);
    events
}
