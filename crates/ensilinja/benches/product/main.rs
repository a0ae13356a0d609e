//! The product measured as a whole, on a real Apache Kafka: `cargo bench -p ensilinja` for all sections, or with the
//! names of sections after `--`.
//!
//! docs/BENCH.md explains the output. What is measured runs in a process of its own and is observed from outside;
//! events are generated, encoded and published before the measurement. Nothing stays behind.

mod bare_consumer;
mod builds;
mod county_events;
mod duplicates;
mod event_stream;
mod growth;
mod http;
mod latency;
mod live_load;
mod look_back;
mod memory;
mod process;
mod product;
mod rebuild;
mod replay;
mod scrape;
mod shards;
mod stand;
mod table;
mod throughput;
mod topic;
mod viewers;

use std::time::Instant;

use crate::builds::Builds;
use crate::stand::Stand;
use crate::table::Row;

/// A part of the table: its name, and the function that measures it.
type Section = (&'static str, fn(&mut Stand, &Builds) -> anyhow::Result<Vec<Row>>);

const SECTIONS: [Section; 11] = [
    ("throughput", throughput::measure),
    ("replay", replay::measure),
    ("duplicates", duplicates::measure),
    ("rebuild", rebuild::measure),
    ("memory", memory::measure),
    ("latency", latency::measure),
    ("scrape", scrape::measure),
    ("viewers", viewers::measure),
    ("look_back", look_back::measure),
    ("growth", growth::measure),
    ("shards", shards::measure),
];

fn main() -> anyhow::Result<()> {
    // Cargo adds `--bench`.
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
    let builds = Builds::from_environment()?;
    let mut stand = Stand::start(&builds)?;
    table::begin();
    for (name, measure) in SECTIONS.iter().filter(|(name, _)| names.is_empty() || names.contains(name)) {
        table::section(name);
        for row in measure(&mut stand, &builds)? {
            table::row(&row);
        }
    }
    table::end(began.elapsed());
    Ok(())
}
