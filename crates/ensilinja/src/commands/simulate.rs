//! `ensilinja simulate`: a simulated county publishes its events to a real topic, or writes them to a file.

pub mod event_file_writer;
mod publishing;
mod writing;

use std::ops::Range;
use std::path::PathBuf;

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication, Scenario};

use crate::console::progress::ConsoleProgress;
use crate::console::shutdown::runtime;
use crate::feed;
use ensilinja_config::Config;
use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress as _, ProgressUpdate};

/// A request for a simulation.
#[derive(Clone, Debug)]
pub struct SimulateRequest {
    /// The volume of contacts, as a multiple of the county's.
    pub volume: u32,
    /// The past period to simulate; `None` for now on, in real time.
    pub period: Option<Range<EventTime>>,
    /// The seed.
    pub seed: u64,
    /// Whether the records are disturbed as on real platforms.
    pub disorder: bool,
    /// A bad day.
    pub scenario: Option<Scenario>,
    /// The file to write a past period to, instead of publishing it.
    pub output: Option<PathBuf>,
    /// Whether an existing file is replaced.
    pub force: bool,
    /// Whether progress is hidden.
    pub quiet: bool,
}

/// The records to publish, in order.
type Publications = Box<dyn Iterator<Item = Publication> + Send>;

/// Publishes or writes the events until the end of the period, or until SIGINT or SIGTERM.
///
/// # Errors
/// If the topic does not take the events or does not keep them, the file cannot be written, or a past period was stopped
/// before its end.
pub fn simulate(request: &SimulateRequest, config: &Config) -> anyhow::Result<()> {
    let runtime = runtime()?;
    match (&request.output, &request.period) {
        (Some(path), Some(period)) => {
            writing::write(path.clone(), SimulatedPast::new(request, period), request.force, runtime)
        }
        _ => publishing::publish(request, config, &runtime),
    }
}

fn publications(request: &SimulateRequest, start: EventTime) -> Publications {
    let disorder = if request.disorder { Disorder::ROUGH } else { Disorder::NONE };
    let generator = Generator::new(&County::oma_hame(), request.seed, start, f64::from(request.volume));
    let scenario = request.scenario.map(|scenario| (scenario, start));
    feed::publications(generator, scenario, disorder, request.seed)
}

/// The records of a past period, which report progress as they are taken.
struct SimulatedPast {
    publications: Publications,
    period: Range<EventTime>,
    progress: ConsoleProgress,
    taken: u64,
    /// The time that the records have reached.
    at: EventTime,
}

impl SimulatedPast {
    fn new(request: &SimulateRequest, period: &Range<EventTime>) -> Self {
        let progress = ConsoleProgress::new(request.quiet, &County::zone());
        progress.begin("simulating", "events");
        Self {
            publications: publications(request, period.start),
            period: period.clone(),
            progress,
            taken: 0,
            at: period.start,
        }
    }

    /// How much of the period is left, in words.
    fn left(&self) -> String {
        let zone = County::zone();
        format!(
            "{} events of the time from {} to {} are done, and {} to {} is left",
            self.taken,
            to_the_minute(self.period.start, &zone),
            to_the_minute(self.at, &zone),
            to_the_minute(self.at, &zone),
            to_the_minute(self.period.end, &zone)
        )
    }
}

impl Iterator for SimulatedPast {
    type Item = Publication;

    fn next(&mut self) -> Option<Publication> {
        let publication = self.publications.next().filter(|publication| publication.at < self.period.end)?;
        self.taken += 1;
        self.at = self.at.max(publication.at);
        let since_start = |at: EventTime| u64::try_from(at.millis_since(self.period.start)).unwrap_or(0);
        self.progress.show(&ProgressUpdate {
            done: since_start(self.at),
            total: Some(since_start(self.period.end)),
            count: self.taken,
            at: Some(self.at),
        });
        Some(publication)
    }
}
