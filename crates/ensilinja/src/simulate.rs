//! `ensilinja simulate`: a simulated county publishes its events to a real topic.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_kafka::Publisher;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator};
use jiff::civil::DateTime;

use crate::cli::SimulateArguments;
use crate::config::Config;
use crate::run::{runtime, stop_signal};
use crate::{clock, feed};

/// Publishes until the past that was asked for is told, or until SIGINT or SIGTERM.
///
/// # Errors
/// If the topic does not take the events.
pub fn simulate(arguments: &SimulateArguments, config: &Config) -> anyhow::Result<()> {
    let publisher = Arc::new(Publisher::new(&config.kafka)?);
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = runtime()?;
    let asked_to_stop = {
        let _context = runtime.enter();
        stop_signal()?
    };
    let (told, waiting) = (Arc::clone(&stop), Arc::clone(&publisher));
    runtime.spawn(async move {
        asked_to_stop.await;
        told.store(true, Ordering::Relaxed);
        waiting.stop();
    });
    publisher.check_topic()?;
    publish(arguments, &publisher, &stop)?;
    feed::finish(&publisher).with_context(|| {
        let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
        format!("the topic {topic} has not taken all records; see that it exists and that {brokers} can be reached")
    })
}

fn publish(arguments: &SimulateArguments, publisher: &Publisher, stop: &AtomicBool) -> anyhow::Result<()> {
    let clock = clock::wall();
    let past = arguments.past().map(|(from, to)| Ok::<_, anyhow::Error>((instant(from)?, instant(to)?))).transpose()?;
    let start = past.map_or_else(|| clock(), |(from, _)| from);
    let disorder = if arguments.disorder { Disorder::ROUGH } else { Disorder::NONE };
    let generator = Generator::new(&County::oma_hame(), arguments.seed, start, f64::from(arguments.volume));
    let scenario = arguments.scenario.map(|scenario| (scenario, start));
    let publications = feed::publications(generator, scenario, disorder, arguments.seed);
    let Some((_, to)) = past else {
        tracing::info!(volume = arguments.volume, "publishing live; stop with Ctrl-C");
        return feed::send_in_time(publisher, publications, &clock, stop);
    };
    for publication in publications.take_while(|publication| publication.at < to) {
        if stop.load(Ordering::Relaxed) {
            tracing::warn!("stopped before the end of the time asked for");
            break;
        }
        feed::send(publisher, &publication)?;
    }
    Ok(())
}

/// A local time of the county as an instant; of two, the first.
fn instant(local: DateTime) -> anyhow::Result<EventTime> {
    let zoned = local.to_zoned(County::zone()).with_context(|| format!("{local} is no time in Helsinki"))?;
    Ok(EventTime::from_millis(zoned.timestamp().as_millisecond()))
}
