//! `ensilinja run`: the processor on a real topic, until it is told to stop.

use anyhow::Context as _;
use ensilinja_kafka::IngestIntervals;
use tokio::signal::unix::{SignalKind, signal};

use crate::clock::{self, LiveClock};
use crate::live::Processor;
use ensilinja_config::{Config, broken_nights, year_from};
use ensilinja_lookback::local_time::zoned;

/// Reads and serves until SIGINT or SIGTERM.
///
/// # Errors
/// What keeps it from starting.
pub fn run(config: &Config) -> anyhow::Result<()> {
    warn_of_broken_nights(config);
    runtime()?.block_on(async {
        let stop = stop_signal()?;
        let processor = Processor::start(config, LiveClock::of_this_computer(), IngestIntervals::default())?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            listen = %processor.address(),
            topic = config.kafka.topic,
            lines = config.lines.len(),
            "started"
        );
        processor.serve(stop).await?;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Warns of hours that may not say what is meant.
fn warn_of_broken_nights(config: &Config) {
    let today = zoned(clock::wall()(), &config.zone).date();
    for nights in broken_nights(&config.lines, &year_from(today)) {
        tracing::warn!(
            line = %nights.line.id,
            key = "hours",
            value = nights.hours,
            midnights = nights.midnights(),
            remedy = nights.advice(),
            "opening hours break at midnight"
        );
    }
}

/// The runtime that serves HTTP. Two threads: the reading is done elsewhere.
///
/// # Errors
/// If the system gives no threads.
pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the system gives no threads to serve HTTP")
}

/// Done when the process is told to end, by SIGINT or SIGTERM.
///
/// # Errors
/// If the system takes no signal handlers.
pub fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let problem = "the system takes no signal handler";
    let mut terminate = signal(SignalKind::terminate()).context(problem)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(problem)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
