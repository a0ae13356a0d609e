//! Provenance: the entries of a figure add up to it, and each follows from a fact.

use ensilinja_ledger::{Cause, Due, FactStatus, LineFigures, Promise, Rules, Window};
use ensilinja_model::{Event, EventTime, LineIndex};
use proptest::prelude::*;

use crate::arbitrary_events::arbitrary_events;
use crate::fixture::{BASE, DAY_MS, figures_at, rules_once};
use crate::laws::{all_figures, historical, window_range};

fn lines(rules: &Rules) -> impl Iterator<Item = LineIndex> {
    (0..u16::try_from(rules.lines().len()).expect("six lines")).map(LineIndex::new)
}

fn add(sum: &mut [i64], more: impl IntoIterator<Item = i64>) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// All counts of an instant.
fn all_counts(line: &LineFigures) -> Vec<i64> {
    let outstanding = Due::ALL.iter().map(|due| line.callbacks_outstanding(*due));
    let pending = Promise::ALL.iter().map(|promise| line.promises_pending(*promise));
    std::iter::once(line.waiting).chain(outstanding).chain(pending).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_entries_in_a_window_add_up_to_each_of_its_figures(
        events in arbitrary_events(9 * DAY_MS),
        now_ms in 0..16 * DAY_MS,
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let historical = historical(rules, &events);
        let live = figures_at(rules, &events, now);
        for (line, figures) in lines(rules).zip(&live.lines) {
            for window in Window::ALL {
                let range = rules.window_range(line, *window, now).expect("the lines have opened often enough");
                prop_assert_eq!(&range, &window_range(rules, line.as_usize(), *window, now));
                let window = figures.window(*window).expect("history is complete");
                let shown = all_figures(&window.sums);
                let mut explained = vec![0; shown.len()];
                let (mut answered, mut reached) = (false, false);
                for (_, entries) in historical.entries(line, range, now) {
                    prop_assert!(!entries.is_empty());
                    for entry in entries {
                        let alone = historical.window_with_only(&entry);
                        add(&mut explained, all_figures(&alone.sums));
                        answered |= alone.answer_wait_quantiles.is_some();
                        reached |= alone.callback_wait_quantiles.is_some();
                    }
                }
                prop_assert_eq!(explained, shown);
                prop_assert_eq!(answered, window.answer_wait_quantiles.is_some());
                prop_assert_eq!(reached, window.callback_wait_quantiles.is_some());
            }
        }
    }

    #[test]
    fn the_entries_of_open_legs_add_up_to_the_counts_of_the_instant(
        events in arbitrary_events(9 * DAY_MS),
        now_ms in 0..16 * DAY_MS,
    ) {
        let (rules, now) = (rules_once(), BASE.plus_millis(now_ms));
        let historical = historical(rules, &events);
        for (line, shown) in lines(rules).zip(figures_at(rules, &events, now).lines) {
            let mut explained = vec![0; all_counts(&shown).len()];
            let (mut oldest, mut oldest_callback, mut overdue, mut next_due) = (0, 0, 0, None::<EventTime>);
            for open_leg in historical.open_legs(line, now) {
                let mut of_leg = vec![0; explained.len()];
                for entry in &open_leg.entries {
                    add(&mut of_leg, all_counts(&historical.line_with_only(now, line, entry)));
                }
                prop_assert_eq!(&of_leg, &all_counts(&open_leg.figures), "of one leg");
                add(&mut explained, of_leg);
                oldest = oldest.max(open_leg.figures.waiting_oldest_ms);
                oldest_callback = oldest_callback.max(open_leg.figures.callback_oldest_ms);
                overdue = overdue.max(open_leg.figures.callback_overdue_oldest_ms);
                next_due = next_due.into_iter().chain(open_leg.figures.callback_next_due).min();
            }
            prop_assert_eq!(explained, all_counts(&shown));
            prop_assert_eq!((oldest, oldest_callback), (shown.waiting_oldest_ms, shown.callback_oldest_ms));
            prop_assert_eq!(overdue, shown.callback_overdue_oldest_ms);
            prop_assert_eq!(next_due, shown.callback_next_due);
        }
    }

    /// Every entry follows from an event whose fact is held, directly or by a timeout.
    #[test]
    fn each_entry_follows_from_a_held_fact_or_a_timeout(
        events in arbitrary_events(3 * DAY_MS),
        now_ms in 0..5 * DAY_MS,
    ) {
        let now = BASE.plus_millis(now_ms);
        let historical = historical(rules_once(), &events);
        for event in &events {
            let of_leg = |other: &&Event| other.leg == event.leg;
            let timeline = historical.timeline(event.leg, now).expect("an event is about this leg");
            for entry in &timeline.entries {
                let from: Vec<&Event> =
                    events.iter().filter(of_leg).filter(|event| entry.follows_from(event)).collect();
                prop_assert!(!from.is_empty(), "{:?}", entry);
                let is_in_its_second = from.iter().any(|event| event.at.floor_second() == entry.at.floor_second());
                let (source_at, _) = entry.source;
                prop_assert!(
                    is_in_its_second || matches!(entry.cause, Cause::Timeout(_)) || source_at < entry.at,
                    "only a truncated clock may be corrected: {:?}",
                    entry
                );
                let is_arrival = entry.name().starts_with("arrived") || matches!(entry.cause, Cause::Timeout(_));
                let counts = |event: &&Event| match timeline.status(event) {
                    FactStatus::Held => true,
                    FactStatus::Superseded { .. } => is_arrival,
                    FactStatus::Lost { .. } | FactStatus::Surplus => false,
                };
                prop_assert!(from.iter().all(counts), "{:?}", entry);
            }
            if let FactStatus::Lost { to, fact } = timeline.status(event) {
                prop_assert!((to, fact) != (event.at, event.fact));
                prop_assert!(events.iter().filter(of_leg).any(|other| timeline.status(other) == FactStatus::Held));
            }
        }
    }

    /// The timeline of a promise ends with the verdict that is counted.
    #[test]
    fn the_timeline_of_a_promise_ends_with_the_counted_verdict(
        events in arbitrary_events(3 * DAY_MS),
        now_ms in 0..5 * DAY_MS,
    ) {
        let rules = rules_once();
        let historical = historical(rules, &events);
        for event in &events {
            let now = BASE.plus_millis(now_ms);
            let timeline = historical.timeline(event.leg, now).expect("an event is about this leg");
            let is_verdict = |name: &str| ["answer_", "callback_"].iter().any(|promise| {
                name.strip_prefix(promise).is_some_and(|verdict| ["kept", "broken", "void"].contains(&verdict))
            });
            let verdicts: Vec<_> = timeline.entries.iter().filter(|entry| is_verdict(entry.name())).collect();
            prop_assert_eq!(verdicts.len(), usize::from(timeline.promise.is_some()));
            for (verdict, promise) in verdicts.iter().zip(&timeline.promise) {
                let name = format!("{}_{}", promise.promise.as_str(), promise.verdict.as_str());
                prop_assert_eq!((verdict.name(), verdict.cause), (name.as_str(), promise.cause));
                prop_assert!(promise.deadline.is_none_or(|deadline| promise.settled <= deadline));
                prop_assert!(promise.from <= promise.settled);
                let effective = timeline.limits.expect("a leg with a promise has arrived");
                prop_assert!(effective.limits.promises.answer.or(effective.limits.promises.callback).is_some());
            }
        }
    }
}
