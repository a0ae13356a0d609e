//! `ensilinja demo`: a broker, a county, the processor and the server in one process.
//!
//! It is a Tuesday morning in September 2025, and the county has a past: a whole horizon of events is in the topic
//! before the processor starts, so that it rebuilds its figures as it would anywhere. The events come with duplicates,
//! delays and records that cannot be read, as they do.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_kafka::{EmbeddedBroker, Pace, Publisher};
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator};

use crate::cli::DemoArguments;
use crate::config::{self, Config};
use crate::processor::Processor;
use crate::run::{runtime, stop_signal};
use crate::{clock, feed};

/// Tuesday 2025-09-16 at 10:15 in Helsinki: the busiest time of a working day, when every line is open.
const START: EventTime = EventTime::from_seconds(1_758_006_900);

/// The embedded broker keeps 5 MiB a partition: enough of them to hold the history.
const PARTITIONS: i32 = 48;

/// The shortest time between two probes, however fast the clock goes.
const SHORTEST_PROBE: Duration = Duration::from_millis(20);

/// Shows the county until SIGINT or SIGTERM.
///
/// # Errors
/// If the address cannot be listened on, or the embedded broker fails.
pub fn demo(arguments: &DemoArguments) -> anyhow::Result<()> {
    let broker = EmbeddedBroker::start()?;
    let config = configuration(arguments, &broker);
    broker.create_topic(&config.kafka.topic, PARTITIONS)?;
    broker.create_topic(&config.kafka.dead_letter_topic, 1)?;
    let publisher = Publisher::new(&config.kafka)?;
    let past = config.rules(START).range_start(START);
    let generator = Generator::new(&County::oma_hame(), arguments.seed, past, 1.0);
    let mut publications = feed::publications(generator, None, Disorder::ROUGH, arguments.seed).peekable();
    while let Some(publication) = publications.next_if(|publication| publication.at < START) {
        feed::send(&publisher, &publication)?;
    }
    feed::finish(&publisher)?;

    let runtime = runtime()?;
    let clock = clock::scaled(START, arguments.speed);
    let stop = Arc::new(AtomicBool::new(false));
    let (told, feed_clock) = (Arc::clone(&stop), Arc::clone(&clock));
    let feeding = thread::Builder::new()
        .name("feed".to_owned())
        .spawn(move || feed::send_in_time(&publisher, publications, &feed_clock, &told))
        .context("the system gives no thread")?;
    runtime.block_on(async {
        let asked_to_stop = stop_signal()?;
        let processor = Processor::start(&config, clock, pace(arguments.speed)).await?;
        welcome(&processor, arguments)?;
        processor.serve(asked_to_stop).await
    })?;
    stop.store(true, Ordering::Relaxed);
    feeding.join().map_err(|_| anyhow::anyhow!("the feed died of a bug"))?
}

fn configuration(arguments: &DemoArguments, broker: &EmbeddedBroker) -> Config {
    let mut config = config::county();
    config.server.listen = arguments.listen;
    config.kafka.bootstrap_servers = broker.bootstrap_servers();
    config
}

/// A probe a second of the demo's time, so that what is shown keeps up with its clock.
fn pace(speed: u32) -> Pace {
    let usual = Pace::default();
    Pace { probe_interval: (usual.probe_interval / speed).max(SHORTEST_PROBE), ..usual }
}

fn welcome(processor: &Processor, arguments: &DemoArguments) -> anyhow::Result<()> {
    let address = processor.address();
    writeln!(
        io::stdout(),
        "It is Tuesday 2025-09-16 10:15 in Helsinki, and time goes {} times as fast as yours.\n\n\
         \x20 http://{address}/             the lines, live\n\
         \x20 http://{address}/metrics      for Prometheus\n\
         \x20 http://{address}/api/figures  as JSON\n\
         \x20 http://{address}/readyz       whether the figures are complete\n\n\
         Ctrl-C ends it.",
        arguments.speed
    )
    .context("standard output is closed")
}
