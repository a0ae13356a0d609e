//! `ensilinja simulate`: a simulated county publishes its events to a real topic, or writes them to a file.

mod publishing;
mod writing;

use std::ops::Range;

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication};

use crate::cli::SimulateArguments;
use crate::feed;
use crate::local_time::in_words;
use crate::progress::{Position, Progress};
use crate::report::stretch;
use crate::run::runtime;
use ensilinja_config::Config;

/// The records to publish, in order.
type Publications = Box<dyn Iterator<Item = Publication> + Send>;

/// Publishes or writes until the past that was asked for is told, or until SIGINT or SIGTERM.
///
/// # Errors
/// [`QuestionError`](crate::report::QuestionError) for a past that there is not; otherwise if the topic does not take
/// the events or does not keep them, the file cannot be written, or a past was stopped before its end.
pub fn simulate(arguments: &SimulateArguments, config: &Config) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let past = arguments.past().map(|(from, to)| stretch(from, to, &County::zone())).transpose()?;
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
    progress: Progress,
    taken: u64,
    /// The time that they have reached.
    at: EventTime,
}

impl Past {
    fn new(arguments: &SimulateArguments, time: &Range<EventTime>) -> Self {
        let progress = Progress::new(arguments.quiet, &County::zone());
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
            in_words(self.time.start, &zone),
            in_words(self.at, &zone),
            in_words(self.at, &zone),
            in_words(self.time.end, &zone)
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
        self.progress.show(&Position {
            done: since_start(self.at),
            total: Some(since_start(self.time.end)),
            count: self.taken,
            at: Some(self.at),
        });
        Some(publication)
    }
}
