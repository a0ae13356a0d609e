//! The product measured as a whole, on a real Apache Kafka: `cargo bench -p ensilinja`, all of it or the sections that
//! are named behind `--`.
//!
//! docs/BENCH.md says how to read what it prints. Whatever is measured runs in a process of its own and is looked at
//! from outside; events are made, encoded and published before. Nothing stays behind.

mod bare_consumer;
mod county_events;
mod http;
mod latency;
mod live_load;
mod memory;
mod process;
mod product;
mod rebuild;
mod replay;
mod scrape;
mod stand;
mod table;
mod throughput;
mod viewers;

use std::time::Instant;

use crate::stand::Stand;
use crate::table::Row;

/// How often each thing is measured.
const ROUNDS: usize = 3;

/// A part of the table: its name, and what measures it.
type Section = (&'static str, fn(&mut Stand) -> anyhow::Result<Vec<Row>>);

const SECTIONS: [Section; 7] = [
    ("throughput", throughput::measure),
    ("replay", replay::measure),
    ("rebuild", rebuild::measure),
    ("memory", memory::measure),
    ("latency", latency::measure),
    ("scrape", scrape::measure),
    ("viewers", viewers::measure),
];

fn main() -> anyhow::Result<()> {
    // Cargo adds an option of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["child", "bare-consumer", work, brokers, topic] => bare_consumer::run(work, brokers, topic),
        ["child", "memory", legs] => memory::run(legs),
        ref names => run_sections(names),
    }
}

fn run_sections(names: &[&str]) -> anyhow::Result<()> {
    let known = SECTIONS.map(|(name, _)| name);
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        anyhow::bail!("there is no section {name}; there are {}", known.join(", "));
    }
    let began = Instant::now();
    let mut stand = Stand::start()?;
    table::begin();
    for (name, measure) in SECTIONS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        table::section(name);
        for row in measure(&mut stand)? {
            table::row(&row);
        }
    }
    table::end(began.elapsed());
    Ok(())
}
