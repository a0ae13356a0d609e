//! The reading speed of the product, beside consumers that do less with the same topic.
//!
//! They take turns, each in a process of its own. The time is from the start of the process until everything has been
//! read; for the product, until it is ready. A ratio is taken within a round, so that a machine that is busy for a
//! while is busy for all of them.

use crate::bare_consumer::{self, Work};
use crate::builds::{Build, Builds, Turns};
use crate::process::{cpu_seconds, peak_resident_bytes};
use crate::product::Product;
use crate::stand::{PARTITIONS, Stand};
use crate::table::{Budget, ROUNDS, Row, float};
use crate::topic::Topic;

const MIB: f64 = 1_048_576.0;

/// One reading of the topic.
pub struct Reading {
    /// From the start of the process on.
    pub seconds: f64,
    /// The processor time of all its threads.
    pub cpu_seconds: f64,
    /// The most memory ever resident. Not known of a bare consumer.
    pub peak_mib: f64,
}

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let topic = stand.millions(1)?;
    let (mut polled, mut parsed, mut read) = (Vec::new(), Vec::new(), Turns::new());
    for _ in 0..ROUNDS {
        polled.push(bare(Work::Poll, &topic)?);
        parsed.push(bare(Work::Parse, &topic)?);
        read.take(builds, |build| reading(build, &topic))?;
    }
    let rate = |reading: &Reading| float(topic.events) / reading.seconds;
    let cpu = |reading: &Reading| reading.cpu_seconds / float(topic.events) * 1e6;
    let (a, b, c) = ("a bare consumer", "b bare consumer that parses", "c ensilinja run");
    let mut rows = vec![Row::new(format!("events in {PARTITIONS} partitions"), vec![float(topic.events)], 0)];
    for (name, readings) in [(a, &polled), (b, &parsed)] {
        rows.push(Row::new(format!("{name}: events/s"), readings.iter().map(rate).collect(), 0));
    }
    rows.extend(read.rows([c, "events/s"], 0, rate, Budget::None, Budget::AtLeast(1.6)));
    rows.push(Row::new("c/b: events/s", ratios(&read, &parsed, rate), 2).within(Budget::AtLeast(0.95)));
    for (name, readings) in [(a, &polled), (b, &parsed)] {
        rows.push(Row::new(format!("{name}: CPU s/million events"), readings.iter().map(cpu).collect(), 2));
    }
    rows.extend(read.rows([c, "CPU s/million events"], 2, cpu, Budget::None, Budget::AtMost(0.55)));
    rows.push(Row::new("c/b: CPU s/million events", ratios(&read, &parsed, cpu), 2).within(Budget::AtMost(1.15)));
    let peak = "most memory ever resident, MiB";
    rows.extend(read.rows([c, peak], 0, |reading| reading.peak_mib, Budget::AtMost(300.0), Budget::AtMost(1.0)));
    Ok(rows)
}

/// One reading of a topic by a build of the product, from its start until it is ready.
pub fn reading(build: &Build, topic: &Topic) -> anyhow::Result<Reading> {
    let mut product = Product::start(build, topic, &build.configuration(""))?;
    let seconds = product.wait_until_ready()?.as_secs_f64();
    let peak_mib = float(peak_resident_bytes(product.pid())?) / MIB;
    Ok(Reading { seconds, cpu_seconds: cpu_seconds(product.pid())?, peak_mib })
}

fn bare(work: Work, topic: &Topic) -> anyhow::Result<Reading> {
    let (seconds, cpu_seconds) = bare_consumer::time(work, topic)?;
    Ok(Reading { seconds, cpu_seconds, peak_mib: 0.0 })
}

/// The product beside a bare consumer, in each round.
fn ratios(read: &Turns<Reading>, bare: &[Reading], of: impl Fn(&Reading) -> f64) -> Vec<f64> {
    read.of_this().iter().zip(bare).map(|(product, bare)| of(product) / of(bare)).collect()
}
