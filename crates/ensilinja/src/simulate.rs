//! `ensilinja simulate`: a simulated county publishes its events to a real topic, or writes them to a file.

pub mod event_file_writer;
mod publishing;
mod writing;

use std::ops::Range;

use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress as _, ProgressUpdate, RequestError};
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication};

use crate::cli::{SimulateArguments, When};
use crate::feed;
use crate::progress::ConsoleProgress;
use crate::run::runtime;
use ensilinja_config::Config;

/// The records to publish, in order.
type Publications = Box<dyn Iterator<Item = Publication> + Send>;

/// Publishes or writes until the past that was asked for is told, or until SIGINT or SIGTERM.
///
/// # Errors
/// [`UsageError`](crate::usage_error::UsageError) and [`RequestError`] for a past that cannot be meant; otherwise if the topic does not take
/// the events or does not keep them, the file cannot be written, or a past was stopped before its end.
pub fn simulate(arguments: &SimulateArguments, config: &Config) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let past = arguments.past().map(|(from, to)| period(from, to)).transpose()?;
    match (&arguments.output, past) {
        (Some(path), Some(past)) => writing::write(path.clone(), Past::new(arguments, &past), arguments.force, runtime),
        (_, past) => publishing::publish(arguments, past, config, &runtime),
    }
}

fn publications(arguments: &SimulateArguments, start: EventTime) -> Publications {
    let disorder = if arguments.disorder { Disorder::ROUGH } else { Disorder::NONE };
    let generator = Generator::new(&County::oma_hame(), arguments.seed, start, f64::from(arguments.volume));
    let scenario = arguments.scenario.map(|scenario| (scenario, start));
    feed::publications(generator, scenario, disorder, arguments.seed)
}

/// The publications of a past, which show how far they are as they are taken.
struct Past {
    publications: Publications,
    time: Range<EventTime>,
    progress: ConsoleProgress,
    taken: u64,
    /// The time that they have reached.
    at: EventTime,
}

impl Past {
    fn new(arguments: &SimulateArguments, time: &Range<EventTime>) -> Self {
        let progress = ConsoleProgress::new(arguments.quiet, &County::zone());
        progress.begin("simulating", "events");
        Self {
            publications: publications(arguments, time.start),
            time: time.clone(),
            progress,
            taken: 0,
            at: time.start,
        }
    }

    /// What of the time is left, in words, for who was told to stop.
    fn left(&self) -> String {
        let zone = County::zone();
        format!(
            "{} events of the time from {} to {} are through, and {} to {} is left",
            self.taken,
            to_the_minute(self.time.start, &zone),
            to_the_minute(self.at, &zone),
            to_the_minute(self.at, &zone),
            to_the_minute(self.time.end, &zone)
        )
    }
}

impl Iterator for Past {
    type Item = Publication;

    fn next(&mut self) -> Option<Publication> {
        let publication = self.publications.next().filter(|publication| publication.at < self.time.end)?;
        self.taken += 1;
        self.at = self.at.max(publication.at);
        let since_start = |at: EventTime| u64::try_from(at.millis_since(self.time.start)).unwrap_or(0);
        self.progress.show(&ProgressUpdate {
            done: since_start(self.at),
            total: Some(since_start(self.time.end)),
            count: self.taken,
            at: Some(self.at),
        });
        Some(publication)
    }
}

/// The time from `--from` to `--to`, the latter excluded.
fn period(from: When, to: When) -> anyhow::Result<Range<EventTime>> {
    let zone = County::zone();
    let period = from.instant_of("--from", &zone)?..to.instant_of("--to", &zone)?;
    if period.is_empty() { Err(RequestError::EmptyPeriod.into()) } else { Ok(period) }
}
