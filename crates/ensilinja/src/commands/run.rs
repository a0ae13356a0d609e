//! `ensilinja run`: the processor on a real topic, until SIGINT or SIGTERM.

use ensilinja_config::{Config, broken_nights, year_from};
use ensilinja_kafka::IngestIntervals;
use ensilinja_lookback::local_time::zoned;

use crate::clock::{self, LiveClock};
use crate::console::shutdown::{runtime, stop_signal};
use crate::live::Processor;

/// Reads and serves until SIGINT or SIGTERM.
///
/// # Errors
/// Why it cannot start, or that a thread that reads Kafka has died.
pub fn run(config: &Config) -> anyhow::Result<()> {
    warn_of_broken_nights(config);
    for group in &config.groups_without_lines {
        tracing::warn!(group, remedy = "remove the [[group]], or give its id to a line", "group without lines");
    }
    runtime()?.block_on(async {
        let stop = stop_signal()?;
        let processor = Processor::start(config, LiveClock::of_this_computer(), IngestIntervals::default())?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            listen = %processor.address(),
            topics = config.topics_in_words(),
            lines = config.lines.len(),
            "started"
        );
        processor.serve(stop).await?;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Warns of opening hours that may not be as intended.
fn warn_of_broken_nights(config: &Config) {
    let today = zoned(clock::wall()(), &config.zone).date();
    for nights in broken_nights(&config.lines, &year_from(today)) {
        tracing::warn!(
            line = %nights.line.id,
            key = "hours",
            value = nights.hours,
            midnights = nights.midnights(),
            remedy = nights.advice(),
            "opening hours interrupt a night at midnight"
        );
    }
}
