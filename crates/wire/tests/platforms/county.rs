//! Two days of the simulated county, once as events and once as the records of each platform: the figures are the same
//! to the second, in any order, and if records come again.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ensilinja_config::Config;
use ensilinja_ledger::{Figures, History, Ledger, Rules};
use ensilinja_model::{Event, EventTime, Fact, LegKey};
use ensilinja_sim::{County, Generator, SimEvent};
use ensilinja_wire::{Record, Stated, Stays, encode_structured};

use crate::calls::{Call, calls};
use crate::platform::{events_decoder, records_decoder};
use crate::writers::PLATFORMS;

/// 2025-09-08 at midnight in Finland, a Monday.
const FROM: EventTime = EventTime::from_seconds(1_757_278_800);
const HOUR_MS: i64 = 3_600_000;

const IN_ORDER: &str = "in order";

/// The events of two days. Callbacks may be attempted until the second evening.
static DAYS: LazyLock<Vec<SimEvent>> = LazyLock::new(|| {
    let end = FROM.plus_millis(48 * HOUR_MS);
    Generator::new(&County::oma_hame(), 7, FROM, 1.0).take_while(|event| event.reported_at < end).collect()
});

/// What a ledger shows on these days, every hour and a bit, and a day later.
fn figures(rules: &Rules, events: &[Event]) -> Vec<Figures> {
    let mut ledger = Ledger::new(rules.clone(), FROM);
    ledger.apply_all(events, |_, _| {});
    let everything = History { start: EventTime::MIN, from_first_record: true };
    let hours = (7..46).chain([72]).map(|hour| FROM.plus_millis(hour * HOUR_MS + hour * 61_000));
    hours.map(|now| ledger.figures(now, everything)).collect()
}

/// The events that records state; or the record that is refused.
fn read(config: &Config, records: &[&String]) -> Result<Vec<Event>, String> {
    let decoder = records_decoder(config);
    let (mut stays, mut events, mut stated) = (Stays::default(), Vec::new(), Vec::new());
    for record in records {
        let read = decoder.read(&Record::of_value(record.as_bytes()), &mut stated);
        read.map_err(|rejection| format!("{rejection:?} {record}"))?;
        for stated in stated.drain(..) {
            match stated {
                Stated::Event(event) => events.push(event),
                Stated::Stay(part) => stays.take(&part, &mut |event, _| events.push(event)),
            }
        }
    }
    Ok(events)
}

/// The events of these calls, from this project's own records.
fn told(config: &Config, calls: &[Call]) -> Vec<Event> {
    let decoder = events_decoder(config);
    let records = calls.iter().flat_map(Call::events).map(|event| encode_structured(&event.statement()).value);
    records.map(|value| decoder.decode_value(&value).unwrap()).collect()
}

/// Takes out the legs that were retracted. An event of AMI that comes before those that explain it may make a leg that
/// does not hold; it is retracted and given again, and counts in no figure but that of retracted contacts.
fn without_retracted(events: &mut Vec<Event>) -> usize {
    let retracted = events.iter().filter(|event| event.fact == Fact::Retracted).map(|event| event.leg);
    let retracted: BTreeSet<LegKey> = retracted.collect();
    events.retain(|event| !retracted.contains(&event.leg));
    retracted.len()
}

/// The first place at which figures differ; `None` if they are the same.
fn difference(config: &Config, found: &[Figures], expected: &[Figures]) -> Option<String> {
    let (place, (found, expected)) =
        (0..).zip(found.iter().zip(expected)).find(|(_, (one, other))| one.lines != other.lines)?;
    let lines = found.lines.iter().zip(&expected.lines).zip(&config.lines);
    let of_line = lines.filter(|((one, other), _)| one != other).map(|((one, other), line)| {
        let (one, other) = (format!("{one:?}"), format!("{other:?}"));
        let at = one.bytes().zip(other.bytes()).position(|(one, other)| one != other).unwrap_or(0);
        let near = |text: &str| text[at.saturating_sub(300)..text.len().min(at + 60)].to_owned();
        format!("{}\n  found    {}\n  expected {}", line.id, near(&one), near(&other))
    });
    let of_line: Vec<_> = of_line.collect();
    Some(format!("read {place} at {:?}: {}", found.as_of, of_line.join("\n")))
}

/// Every record, the later ones in reverse, and a third of them twice: what shippers do after an outage.
fn disturbed(records: &[String]) -> Vec<&String> {
    let (early, late) = records.split_at(records.len() / 3);
    let again = records.iter().enumerate().filter(|(place, _)| place % 3 == 0).map(|(_, record)| record);
    early.iter().chain(late.iter().rev()).chain(again).collect()
}

/// In an order in which no two neighbours stay together: the last half of the bits of a multiple of a large number.
fn shuffled(records: &[String]) -> Vec<&String> {
    let mut order: Vec<_> = records.iter().enumerate().collect();
    order.sort_by_key(|(place, _)| (*place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32);
    order.into_iter().map(|(_, record)| record).collect()
}

#[test]
fn records_of_every_platform_have_the_figures_of_the_same_county_of_events_in_any_order() {
    let mut differences = Vec::new();
    for platform in &PLATFORMS {
        let config = platform.config();
        let rules = config.rules(FROM);
        let calls = calls(DAYS.iter().cloned(), &platform.telling);
        assert!(calls.len() > 2_000, "{}", calls.len());
        let expected = figures(&rules, &told(&config, &calls));
        let mut records: Vec<_> = calls.iter().flat_map(platform.records).collect();
        records.sort_by_key(|(at, _)| *at);
        let records: Vec<String> = records.into_iter().map(|(_, record)| record).collect();
        for (story, records) in [
            (IN_ORDER, records.iter().collect()),
            ("as after an outage", disturbed(&records)),
            ("shuffled", shuffled(&records)),
        ] {
            let difference = match read(&config, &records) {
                Ok(mut events) => {
                    let retracted = without_retracted(&mut events);
                    let may_retract = platform.format == "asterisk_ami" && story != IN_ORDER;
                    assert!(retracted == 0 || may_retract, "{} {story}: {retracted}", platform.format);
                    difference(&config, &figures(&rules, &events), &expected)
                }
                Err(refused) => Some(refused),
            };
            differences.extend(difference.map(|text| format!("{} {story}: {text}", platform.format)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
