//! `ensilinja simulate`: a simulated county publishes its events to a real topic, or writes them to a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_kafka::Publisher;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication};
use tokio::runtime::Runtime;

use crate::cli::SimulateArguments;
use crate::config::Config;
use crate::events_file::{self, Ending};
use crate::report::stretch;
use crate::run::{runtime, stop_signal};
use crate::{clock, feed};

/// How long a pipe may take to accept what was written when the process is told to end.
const PIPE_WITHIN: Duration = Duration::from_secs(2);

/// The records to publish, in order.
type Publications = Box<dyn Iterator<Item = Publication> + Send>;

/// Publishes or writes until the past that was asked for is told, or until SIGINT or SIGTERM.
///
/// # Errors
/// [`QuestionError`](crate::report::QuestionError) for a past that there is not; otherwise if the topic does not take
/// the events, or the file cannot be written.
pub fn simulate(arguments: &SimulateArguments, config: &Config) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let past = arguments.past().map(|(from, to)| stretch(from, to, &County::zone())).transpose()?;
    let past = past.map(|past| (past.start, past.end));
    match (&arguments.output, past) {
        (Some(path), Some((from, to))) => {
            let past = publications(arguments, from).take_while(move |publication| publication.at < to);
            write(path.clone(), Box::new(past), runtime)
        }
        _ => publish(arguments, past, config, &runtime),
    }
}

fn publications(arguments: &SimulateArguments, start: EventTime) -> Publications {
    let disorder = if arguments.disorder { Disorder::ROUGH } else { Disorder::NONE };
    let generator = Generator::new(&County::oma_hame(), arguments.seed, start, f64::from(arguments.volume));
    let scenario = arguments.scenario.map(|scenario| (scenario, start));
    feed::publications(generator, scenario, disorder, arguments.seed)
}

/// Publishes the past from one instant to another, or from now on.
fn publish(
    arguments: &SimulateArguments,
    past: Option<(EventTime, EventTime)>,
    config: &Config,
    runtime: &Runtime,
) -> anyhow::Result<()> {
    let publisher = Arc::new(Publisher::new(&config.kafka)?);
    let stop = Arc::new(AtomicBool::new(false));
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
    if let Some((from, to)) = past {
        publish_past(&publisher, publications(arguments, from), to, &stop)?;
    } else {
        tracing::info!(volume = arguments.volume, "publishing live; stop with Ctrl-C");
        let clock = clock::wall();
        feed::send_in_time(&publisher, publications(arguments, clock()), &clock, &stop)?;
    }
    feed::finish(&publisher).with_context(|| {
        let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
        format!("the topic {topic} has not taken all records; see that it exists and that {brokers} can be reached")
    })
}

fn publish_past(
    publisher: &Publisher,
    publications: Publications,
    to: EventTime,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    for publication in publications.take_while(|publication| publication.at < to) {
        if stop.load(Ordering::Relaxed) {
            tracing::warn!("stopped before the end of the time asked for");
            break;
        }
        feed::send(publisher, &publication)?;
    }
    Ok(())
}

/// Writes the publications to a file, in a thread of its own: a pipe that nobody reads must not keep the process from
/// ending when it is told to.
fn write(path: PathBuf, publications: Publications, runtime: Runtime) -> anyhow::Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let name = path.display().to_string();
    let ended = runtime.block_on(async {
        let asked_to_stop = stop_signal()?;
        let writing = tokio::task::spawn_blocking(move || events_file::write(&path, publications, &stop));
        let nobody_reads = async {
            asked_to_stop.await;
            told.store(true, Ordering::Relaxed);
            tokio::time::sleep(PIPE_WITHIN).await;
        };
        tokio::select! {
            ended = writing => ended.context("the writing died of a bug")?.map(Some),
            () = nobody_reads => Ok(None),
        }
    });
    // The thread may be waiting for a reader still.
    runtime.shutdown_background();
    let Some(written) = ended? else {
        tracing::warn!("stopped: nobody reads {name}");
        return Ok(());
    };
    match written.ending {
        Ending::Whole => tracing::info!(events = written.lines, "written to {name}"),
        Ending::Stopped => tracing::warn!("stopped before the end of the time asked for: {name} is not whole"),
        Ending::ReaderGone => tracing::debug!(events = written.lines, "nobody reads {name} any more"),
    }
    if written.left_out > 0 {
        tracing::warn!("{} records that cannot be a line of a file were left out", written.left_out);
    }
    Ok(())
}
