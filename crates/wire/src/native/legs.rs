//! What the ledger makes of a sample: its legs, whatever the order of the records, and wherever reading begins.

use std::collections::BTreeMap;
use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_ledger::{
    EffectiveLimits, HistoricalLedger, LegTimeline, Limits, LineRules, Promises, Rules, TimedOutRule,
};
use ensilinja_model::{EventTime, LegKey, WaitFrom};
use serde_json::{Value, json};

use super::samples::{Sample, lines};
use crate::{Decoder, Mapping, Record, Stated};

/// 3 March 2026, the day of all samples.
const DAY: EventTime = EventTime::from_seconds(1_772_496_000);
const DAY_MS: i64 = 86_400_000;

/// The lines are always open, and promise nothing. The wait is counted as the source says.
fn rules() -> Rules {
    let days = Arc::new(Days::new("Europe/Helsinki").unwrap());
    let hours = OpeningHours::parse("24/7").unwrap();
    let hours = LineHours::new(&hours, &days, DAY.plus_millis(-90 * DAY_MS), DAY.plus_millis(90 * DAY_MS));
    let limits = Limits {
        short_abandon_ms: 0,
        threshold_ms: 60_000,
        orphan_after_ms: 86_400_000,
        give_up_working_days: 5,
        wait_from: WaitFrom::Arrival,
        timed_out: TimedOutRule::Counts,
        promises: Promises::NONE,
    };
    let effective_limits = vec![EffectiveLimits { valid_from: EventTime::MIN, limits }];
    let line = LineRules { hours, effective_limits };
    Rules::new(days, vec![line.clone(), line])
}

/// Contact, line and visit, as a sample writes them.
type Named = (String, String, Option<String>);

impl Sample {
    /// Checks the legs: in order, reversed, doubled, in every rotation, and from any offset those that begin there.
    pub(super) fn check_legs(&self, mapping: &Mapping) {
        let rules = rules();
        let expected: BTreeMap<Named, &Value> = self.legs.iter().map(|leg| (name_of(leg), leg)).collect();
        let found = |records: &[&String]| {
            let (ledger, names) = read(records, mapping, &rules);
            let legs = names.into_iter().filter_map(|(name, key)| {
                let timeline = ledger.timeline(key, DAY.plus_millis(2 * DAY_MS))?;
                timeline.arrived.map(|_| (name, leg_of(&timeline)))
            });
            legs.collect::<BTreeMap<Named, Value>>()
        };
        let check = |story: &str, records: &[&String]| {
            let found = found(records);
            assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{story}");
            for (name, leg) in &found {
                let mut expected = (*expected[name]).clone();
                expected
                    .as_object_mut()
                    .unwrap()
                    .retain(|key, _| !["contact", "line", "visit"].contains(&key.as_str()));
                assert_eq!(leg, &measured(&expected), "{story}: {name:?}");
            }
        };
        let records: Vec<&String> = self.records.iter().collect();
        let reversed: Vec<_> = records.iter().rev().copied().collect();
        check("in order", &records);
        check("reversed", &reversed);
        check("doubled", &[records.clone(), reversed, records.clone()].concat());
        let in_order = found(&records);
        for from in 1..records.len() {
            let (early, late) = records.split_at(from);
            check(&format!("from record {from} on, then those before"), &[late, early].concat());
            let touched = read(early, mapping, &rules).1;
            let later = found(late).into_iter().filter(|(name, _)| !touched.contains_key(name));
            for (name, leg) in later {
                assert_eq!(Some(&leg), in_order.get(&name), "from record {from} on");
            }
        }
    }
}

/// A ledger with what these records state, and the legs that they name.
fn read(records: &[&String], mapping: &Mapping, rules: &Rules) -> (HistoricalLedger, BTreeMap<Named, LegKey>) {
    let decoder = Decoder::of_source(&lines(), [7; 16], mapping.clone());
    let (mut ledger, mut names) = (HistoricalLedger::new(rules.clone()), BTreeMap::new());
    for record in records {
        let record = Record::of_value(record.as_bytes());
        let mut stated = Vec::new();
        // What is skipped is an error too.
        let _ = decoder.read(&record, &mut stated);
        for stated in stated {
            let Stated::Event(event) = stated else { unreachable!("formats with stays are read by their own tests") };
            ledger.apply(&event);
            let contact = decoder.named_contact(&record, event.leg, None).unwrap();
            let line = lines()[event.line.as_usize()].to_string();
            names.insert((contact.id, line, contact.visit), event.leg);
        }
    }
    (ledger, names)
}

fn name_of(leg: &Value) -> Named {
    let text = |name: &str| leg[name].as_str().map(str::to_owned);
    (text("contact").unwrap(), text("line").unwrap(), text("visit"))
}

/// Seconds as whole milliseconds, so that they can be compared.
fn measured(leg: &Value) -> Value {
    let members = leg.as_object().unwrap().iter().map(|(name, value)| {
        let seconds = value.as_f64().filter(|_| name.ends_with("_seconds"));
        #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
        let ms = seconds.map(|seconds| json!((seconds * 1_000.0).round() as i64));
        (name.clone(), ms.unwrap_or_else(|| value.clone()))
    });
    Value::Object(members.collect())
}

/// A leg as a sample writes it, with milliseconds for its seconds.
fn leg_of(timeline: &LegTimeline) -> Value {
    let mut leg = json!({});
    for entry in &timeline.entries {
        let name = entry.name();
        let decided = ["answered", "abandoned_queue", "abandoned_menu", "abandoned_ringing", "timed_out"];
        if let Some(decided) = decided.into_iter().find(|decided| name.starts_with(decided)) {
            leg["decided"] = decided.into();
            leg["wait_seconds"] = entry.sample_ms.into();
            continue;
        }
        match name {
            "moved" => leg["decided"] = "transferred".into(),
            "orphaned" => leg["decided"] = "orphaned".into(),
            "served" => leg["served_seconds"] = entry.sample_ms.into(),
            "callback_reached" => leg["callback_reached_after_seconds"] = entry.sample_ms.into(),
            "attempt_failed" => leg["failed_attempts"] = (leg["failed_attempts"].as_i64().unwrap_or(0) + 1).into(),
            name => {
                let outcome = name.strip_prefix("outcome_").map(|outcome| ("outcome", outcome));
                let nps = name.strip_prefix("nps_").map(|group| ("nps", group));
                let requested = name.starts_with("request_decided").then_some(("decided", "callback_requested"));
                if let Some((name, value)) = outcome.or(nps).or(requested) {
                    leg[name] = value.into();
                }
            }
        }
    }
    leg
}
