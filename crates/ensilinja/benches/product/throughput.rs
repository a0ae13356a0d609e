//! The reading speed of the product, beside consumers that do less with the same topic.
//!
//! The three take turns, each in a process of its own. The time is from the start of the process until everything has
//! been read; for the product, until it is ready. A ratio is taken within a round, so that a machine that is busy for a
//! while is busy for all three.

use crate::bare_consumer::{self, Work};
use crate::process::{cpu_seconds, peak_resident_bytes};
use crate::product::{Product, county_configuration};
use crate::stand::{FIVE_MILLION, PARTITIONS, Stand};
use crate::table::{Budget, ROUNDS, Row, float};
use crate::topic::Topic;

const MIB: f64 = 1_048_576.0;

/// One reading of the topic.
struct Reading {
    events_a_second: f64,
    cpu_seconds_a_million: f64,
}

/// Measures.
pub fn measure(stand: &mut Stand) -> anyhow::Result<Vec<Row>> {
    let topic = stand.millions(FIVE_MILLION)?;
    let (mut polled, mut parsed, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak_mib = Vec::new();
    for _ in 0..ROUNDS {
        polled.push(reading(&topic, bare_consumer::time(Work::Poll, &topic)?));
        parsed.push(reading(&topic, bare_consumer::time(Work::Parse, &topic)?));
        let mut product = Product::start(&topic, &county_configuration(""))?;
        let seconds = product.wait_until_ready()?.as_secs_f64();
        read.push(reading(&topic, (seconds, cpu_seconds(product.pid())?)));
        peak_mib.push(float(peak_resident_bytes(product.pid())?) / MIB);
    }
    let (a, b, c) = ("a bare consumer", "b bare consumer that parses", "c ensilinja run");
    let ratio = |of: fn(&Reading) -> f64| read.iter().zip(&parsed).map(|(c, b)| of(c) / of(b)).collect();
    let mut rows = vec![Row::new(format!("events in {PARTITIONS} partitions"), vec![float(topic.events)], 0)];
    for (name, readings) in [(a, &polled), (b, &parsed), (c, &read)] {
        rows.push(Row::new(format!("{name}: events/s"), readings.iter().map(|r| r.events_a_second).collect(), 0));
    }
    rows.push(Row::new("c/b: events/s", ratio(|r| r.events_a_second), 2).within(Budget::AtLeast(0.7)));
    for (name, readings) in [(a, &polled), (b, &parsed), (c, &read)] {
        let cpu = readings.iter().map(|r| r.cpu_seconds_a_million).collect();
        rows.push(Row::new(format!("{name}: CPU s/million events"), cpu, 2));
    }
    rows.push(Row::new("c/b: CPU s/million events", ratio(|r| r.cpu_seconds_a_million), 2));
    rows.push(Row::new("c: most memory ever resident, MiB", peak_mib, 0).within(Budget::AtMost(300.0)));
    Ok(rows)
}

fn reading(topic: &Topic, (seconds, cpu_seconds): (f64, f64)) -> Reading {
    let events = float(topic.events);
    Reading { events_a_second: events / seconds, cpu_seconds_a_million: cpu_seconds / events * 1e6 }
}
