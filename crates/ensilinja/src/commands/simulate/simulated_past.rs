//! The records of a past period.

use std::ops::Range;

use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress as _, ProgressUpdate};
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Publication};

use super::request::{Publications, SimulateRequest};
use crate::console::progress::ConsoleProgress;

/// The records of a past period, which report progress as they are taken.
pub(super) struct SimulatedPast {
    publications: Publications,
    period: Range<EventTime>,
    pub(super) progress: ConsoleProgress,
    taken: u64,
    /// The time that the records have reached.
    at: EventTime,
}

impl SimulatedPast {
    /// The records of `period`, with progress on the console.
    pub(super) fn new(request: &SimulateRequest, period: &Range<EventTime>) -> Self {
        let progress = ConsoleProgress::new(request.quiet, &County::zone());
        progress.begin("simulating", "events");
        Self {
            publications: request.publications(period.start),
            period: period.clone(),
            progress,
            taken: 0,
            at: period.start,
        }
    }

    /// How much of the period is left, in words.
    pub(super) fn left(&self) -> String {
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
