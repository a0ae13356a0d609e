//! The arguments of `demo`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ensilinja_lookback::local_time;
use ensilinja_model::{EventTime, vocabulary};
use ensilinja_sim::County;

use super::time_argument::TimeArgument;
use super::values::one_of;

pub(super) const EXAMPLES: &str = "\
Examples:
  ensilinja demo
  ensilinja demo --speed 60 --seed 7
  ensilinja demo --at 2025-09-16T23:30
  ensilinja demo --at 2025-12-24T11:55 --listen 127.0.0.1:8080
  ensilinja demo --at 2025-09-16T10:15 --events events.jsonl
  ensilinja demo --source asterisk

The file of --events has the format of `ensilinja simulate --output`, with events of the lines of deploy/ensilinja.toml.
Events before --at are history; later ones are published when their time comes.";

/// The years in which the demo may start: its calendar covers 1970 to 2100, and opening hours are laid out from 400
/// days before the start to two years after it.
const YEARS: std::ops::RangeInclusive<i16> = 1972..=2098;

vocabulary! {
    /// A platform whose own records can be played.
    DemoSource {
        /// The `queue_log` of an Asterisk.
        Asterisk = "asterisk",
    }
}

/// Arguments of `demo`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArguments {
    /// Where to serve the figures
    #[arg(long, value_name = "ADDRESS:PORT", env = "ENSILINJA_LISTEN", default_value = "127.0.0.1:9464")]
    pub listen: SocketAddr,
    /// The time in Finland at which the demo begins; by default a Tuesday morning when every line is open
    #[arg(long, value_name = "TIME", default_value = "2025-09-16T10:15", value_parser = start)]
    pub at: EventTime,
    /// How many times faster than real time the demo runs: 1 to 120
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub speed: u32,
    /// The seed of the simulation: the same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Play the events in this file, one a line, instead of a simulated county's
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    pub events: Option<PathBuf>,
    /// Play a platform's own records instead: the queue log of an Asterisk
    #[arg(
        long,
        value_name = "PLATFORM",
        conflicts_with_all = ["seed", "events"],
        value_parser = one_of(DemoSource::ALL, DemoSource::as_str)
    )]
    pub source: Option<DemoSource>,
}

fn start(text: &str) -> anyhow::Result<EventTime> {
    let zone = County::zone();
    let at = text.parse::<TimeArgument>().map_err(anyhow::Error::msg)?.instant(&zone)?;
    anyhow::ensure!(
        YEARS.contains(&local_time::zoned(at, &zone).year()),
        "the demo's calendar covers the years {} to {}",
        YEARS.start(),
        YEARS.end()
    );
    Ok(at)
}
