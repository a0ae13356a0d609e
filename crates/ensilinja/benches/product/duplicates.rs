//! The cost of duplicates: a topic with everything once, beside a topic with everything twice, as after the replay of a
//! producer. The same in the ledger alone, because a duplicate has to be fetched and parsed before it is known as one.

use std::time::Instant;

use ensilinja_ledger::{History, Ledger};
use ensilinja_model::{Event, LineId};
use ensilinja_wire::{Decoder, encode_structured};

use crate::builds::Builds;
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, float};
use crate::throughput::{Reading, reading};

const MOST: Budget = Budget::AtMost(1.5);

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let once = stand.millions(1)?;
    let mut twice = stand.create_topic("twice");
    for _ in 0..2 {
        twice.fill(stand.five_million_events(1))?;
    }
    anyhow::ensure!(twice.events == 2 * once.events, "the topics have different events");
    let (mut of_once, mut of_twice) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_once.push(reading(&builds.this, &once)?);
        of_twice.push(reading(&builds.this, &twice)?);
    }
    let row = |what: &str, decimals, readings: &[Reading], of: fn(&Reading) -> f64| {
        Row::new(what, readings.iter().map(of).collect(), decimals)
    };
    let ratio = |what: &str, of: fn(&Reading) -> f64| {
        Row::new(what, of_twice.iter().zip(&of_once).map(|(twice, once)| of(twice) / of(once)).collect(), 2)
    };
    let million = float(once.events) / 1e6;
    let mut rows = vec![
        row(&format!("{million:.1} million events once: s until ready"), 2, &of_once, |it| it.seconds),
        row("the same events twice: s until ready", 2, &of_twice, |it| it.seconds),
        ratio("twice/once: s until ready", |it| it.seconds).within(MOST),
        ratio("twice/once: CPU s", |it| it.cpu_seconds).within(MOST),
        ratio("twice/once: most memory ever resident", |it| it.peak_mib),
    ];
    rows.extend(ledger_alone(stand)?);
    Ok(rows)
}

/// A million events, applied to a ledger once and again.
fn ledger_alone(stand: &Stand) -> anyhow::Result<Vec<Row>> {
    let events = decoded(stand)?;
    let begin = events.iter().map(|event| event.at).min().unwrap_or(stand.began);
    let history = History { start: begin, from_first_record: true };
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut ledger = Ledger::new(ensilinja_config::county().rules(stand.began), stand.began);
        for seconds in [&mut new, &mut known] {
            let started = Instant::now();
            for event in &events {
                ledger.apply(event);
            }
            // What a ledger leaves for the next read belongs to the cost of the events.
            ledger.figures(stand.began, history);
            seconds.push(started.elapsed().as_secs_f64());
        }
    }
    let ratios = new.iter().zip(&known).map(|(new, known)| (new + known) / new).collect();
    let a_million = |seconds: Vec<f64>| seconds.iter().map(|it| it / float(events.len() as u64) * 1e6).collect();
    Ok(vec![
        Row::new("the ledger alone, new events: s/million events", a_million(new), 2),
        Row::new("the ledger alone, known events: s/million events", a_million(known), 2),
        Row::new("the ledger alone, twice/once: s", ratios, 2).within(MOST),
    ])
}

/// A million events, or a fifth of those of a short trial, in the form in which the ledger gets them.
fn decoded(stand: &Stand) -> anyhow::Result<Vec<Event>> {
    let lines: Vec<LineId> = ensilinja_config::county().lines.iter().map(|line| line.id.clone()).collect();
    let decoder = Decoder::new(&lines, *b"any key will do.");
    let event = |it: ensilinja_sim::SimEvent| Ok(decoder.decode_value(&encode_structured(&it.statement()).value)?);
    stand.some_events(stand.five_million / 5, 1).map(event).collect()
}
