//! `ensilinja demo`: a broker, a county, the processor and the server in one process.
//!
//! The county has a past: a whole horizon of events is in the topic before the processor starts, so that it rebuilds
//! its figures as it would anywhere. The events are simulated, with duplicates, delays and records that cannot be read,
//! or they come from a file.

mod capture;
mod recording;

use std::io::{self, Write as _};
use std::iter::Peekable;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_config::Config;
use ensilinja_kafka::{EmbeddedBroker, IngestIntervals, Publisher, Settings};
use ensilinja_lookback::kafka_settings;
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::{EventTime, LineId, printable_lines};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_wire::Decoder;

use crate::cli::DemoSource;
use crate::clock::LiveClock;
use crate::console::shutdown::{runtime, stop_signal};
use crate::contact_key::random_key;
use crate::live::Processor;
use crate::{clock, feed};
use recording::Recording;

/// The embedded broker keeps 5 MiB in each partition: this many partitions hold the history.
const PARTITIONS: i32 = 48;

/// The shortest time between two probes, no matter how fast the clock runs.
const SHORTEST_PROBE: Duration = Duration::from_millis(20);

/// A request for a demo.
#[derive(Clone, Debug)]
pub struct DemoRequest {
    /// The address to serve the figures on.
    pub listen: SocketAddr,
    /// The time at which the demo begins.
    pub at: EventTime,
    /// How many times faster than real time it runs.
    pub speed: u32,
    /// The seed of the simulation.
    pub seed: u64,
    /// A file of events to play instead of a simulation.
    pub events: Option<PathBuf>,
    /// The platform whose own records are played instead.
    pub source: Option<DemoSource>,
}

/// The records of the demo, in the order in which they are published, and a sentence about them.
struct DemoEvents {
    publications: Box<dyn Iterator<Item = Publication> + Send>,
    about: String,
}

/// Runs the demo until SIGINT or SIGTERM.
///
/// # Errors
/// If the address cannot be listened on, the file of events cannot be played, or the embedded broker fails.
pub fn demo(request: &DemoRequest) -> anyhow::Result<()> {
    let broker = EmbeddedBroker::start()?;
    let config = configuration(request, &broker)?;
    let DemoEvents { publications, about } = demo_events(request, &config)?;
    let topic = config.only_topic().context("the demo has one topic")?;
    broker.create_topic(topic, PARTITIONS)?;
    broker.create_topic(&config.kafka.dead_letter_topic, 1)?;
    let mut publications = publications.peekable();
    publish_history(&mut publications, request.at, &kafka_settings(&config), topic)?;

    let publisher = Publisher::new(&kafka_settings(&config), topic)?;
    let runtime = runtime()?;
    let clock = clock::scaled(request.at, request.speed);
    let stop = Arc::new(AtomicBool::new(false));
    let (stop_feed, feed_clock) = (Arc::clone(&stop), Arc::clone(&clock));
    let feeding = thread::Builder::new()
        .name("feed".to_owned())
        .spawn(move || feed::send_in_time(&publisher, publications, &feed_clock, &stop_feed))
        .context("the system provides no thread")?;
    runtime.block_on(async {
        let asked_to_stop = stop_signal()?;
        let processor = Processor::start(&config, LiveClock::trusted(clock), intervals(request.speed))?;
        let welcome = welcome(processor.address(), &in_words(request.at, &config), request.speed, &about);
        io::stdout().write_all(printable_lines(&welcome).as_bytes()).context("standard output is closed")?;
        processor.serve(asked_to_stop).await
    })?;
    stop.store(true, Ordering::Relaxed);
    feeding.join().map_err(|_| anyhow::anyhow!("the feed panicked, which is a bug"))?
}

fn configuration(request: &DemoRequest, broker: &EmbeddedBroker) -> anyhow::Result<Config> {
    let mut config = match request.source {
        Some(DemoSource::Asterisk) => capture::configuration()?,
        None => ensilinja_config::county(),
    };
    config.server.listen = request.listen;
    // Its contacts are invented, so the board may list them.
    config.server.contacts = true;
    config.kafka.bootstrap_servers = broker.bootstrap_servers();
    Ok(config)
}

/// The events from the beginning of the horizon at the start.
fn demo_events(request: &DemoRequest, config: &Config) -> anyhow::Result<DemoEvents> {
    let DemoRequest { at, seed, .. } = *request;
    let past = config.rules(at).range_start(at);
    if let Some(DemoSource::Asterisk) = request.source {
        let about = "The calls are those of a real Asterisk in a laboratory: its queue_log is played every half hour of \
                     the day, and read as it is.";
        let publications = Box::new(capture::publications(past, config.zone.clone()));
        return Ok(DemoEvents { publications, about: about.to_owned() });
    }
    let Some(path) = &request.events else {
        let generator = Generator::new(&County::oma_hame(), seed, past, 1.0);
        let publications = feed::publications(generator, None, Disorder::ROUGH, seed);
        let about = format!("The county is simulated from published figures (seed {seed}); its people are not real.");
        return Ok(DemoEvents { publications, about });
    };
    let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
    let recording = Recording::open(path, &Decoder::new(&ids, random_key()?), past)?;
    let (before, to_come, last) = recording.counts_around(at);
    let until = match last.filter(|_| to_come > 0) {
        Some(last) => format!("{to_come} to come, the last on {}", in_words(last, config)),
        None => "none to come".to_owned(),
    };
    let about = format!("The events come from {}: {before} before this time, {until}.", path.display());
    Ok(DemoEvents { publications: Box::new(recording), about })
}

/// Publishes all records from before `start`, in large batches: the embedded broker delivers one batch of each
/// partition at a time.
fn publish_history(
    publications: &mut Peekable<impl Iterator<Item = Publication>>,
    start: EventTime,
    settings: &Settings,
    topic: &str,
) -> anyhow::Result<()> {
    let mut settings = settings.clone();
    settings.properties.insert("linger.ms".to_owned(), "30".to_owned());
    let publisher = Publisher::new(&settings, topic)?;
    while let Some(publication) = publications.next_if(|publication| publication.at < start) {
        feed::send(&publisher, &publication)?;
    }
    feed::finish(&publisher)
}

/// One probe for each second of the demo's time, so that the figures keep up with its clock.
fn intervals(speed: u32) -> IngestIntervals {
    let usual = IngestIntervals::default();
    IngestIntervals { probe_interval: (usual.probe_interval / speed).max(SHORTEST_PROBE), ..usual }
}

/// An instant in words: `Tuesday 16 September 2025, 10:15`.
fn in_words(at: EventTime, config: &Config) -> String {
    zoned(at, &config.zone).strftime("%A %-d %B %Y, %H:%M").to_string()
}

fn welcome(address: SocketAddr, now: &str, speed: u32, about: &str) -> String {
    let pace = match speed {
        1 => "time runs at its real speed".to_owned(),
        _ => format!("time runs {speed} times faster than real time"),
    };
    format!(
        "Open the board: http://{address}/\n\n\
         It is {now} in Finland, and {pace}.\n\
         {about}\n\n\
         \x20 http://{address}/metrics      for Prometheus\n\
         \x20 http://{address}/api/figures  as JSON\n\
         \x20 http://{address}/readyz       whether the figures are complete\n\n\
         Ctrl-C ends it.\n"
    )
}
