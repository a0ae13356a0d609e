//! The request for a simulation, and the records that it makes.

use std::ops::Range;
use std::path::PathBuf;

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication, Scenario};

use crate::feed;

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
pub(super) type Publications = Box<dyn Iterator<Item = Publication> + Send>;

impl SimulateRequest {
    /// The records from `start` on.
    pub(super) fn publications(&self, start: EventTime) -> Publications {
        let disorder = if self.disorder { Disorder::ROUGH } else { Disorder::NONE };
        let generator = Generator::new(&County::oma_hame(), self.seed, start, f64::from(self.volume));
        let scenario = self.scenario.map(|scenario| (scenario, start));
        feed::publications(generator, scenario, disorder, self.seed)
    }
}
