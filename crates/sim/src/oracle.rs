//! The naive oracle: the expected value of every figure, computed in the slow and obvious way.
//!
//! It keeps all facts. For a reading at `now` it goes through every leg from the beginning: sort the facts, derive the
//! postings, count those in the window. It shares only the vocabulary with the ledger, and nothing with the calendar.
//! So an error goes unnoticed only if both implementations have it.

mod indicators;
mod naive_callback;
mod naive_decision;
mod naive_facts;
mod naive_posting;
mod naive_reading;
mod naive_timeline;
mod naive_verdict;
mod naive_wait;
mod oracle_line;
mod windows;

use std::collections::{BTreeMap, BTreeSet};
use std::iter::repeat;
use std::sync::OnceLock;

use ensilinja_model::{EventTime, LineId};
use jiff::tz::TimeZone;

use self::naive_facts::NaiveFacts;
use self::naive_reading::NaiveReading;
use self::naive_timeline::NaiveTimeline;
use crate::{LineCalendar, SimEvent};

pub use oracle_line::{LevelFormula, OracleLimits, OracleLine};

/// A leg: line, contact and visit.
type NaiveLegKey = (LineId, String, Option<String>);

/// The facts of a leg, and its timelines once they have been needed.
#[derive(Clone, Default)]
struct NaiveLeg {
    facts: NaiveFacts,
    timelines: OnceLock<Timelines>,
}

/// The timeline of a leg. If a callback request superseded the end of the wait, readings before the request have
/// another one.
#[derive(Clone)]
struct Timelines {
    timeline: NaiveTimeline,
    before_request: Option<NaiveTimeline>,
}

impl NaiveLeg {
    /// The timeline for a reading at `second`.
    fn timeline(&self, line: &OracleLine, calendar: &LineCalendar, second: i64) -> &NaiveTimeline {
        let timelines = self.timelines.get_or_init(|| {
            let timeline = NaiveTimeline::of(&self.facts, line, calendar, true);
            let before_request = timeline.not_before.map(|_| NaiveTimeline::of(&self.facts, line, calendar, false));
            Timelines { timeline, before_request }
        });
        let is_before = timelines.timeline.not_before.is_some_and(|from| second < from);
        timelines.before_request.as_ref().filter(|_| is_before).unwrap_or(&timelines.timeline)
    }
}

/// The naive oracle. It has no `Debug`, because it holds ids of contacts.
#[derive(Clone)]
pub struct Oracle {
    lines: Vec<(OracleLine, LineCalendar)>,
    /// The bucket bounds of waits to answer, in ms; the same for all lines.
    answer_wait_bounds: BTreeSet<u32>,
    legs: BTreeMap<NaiveLegKey, NaiveLeg>,
}

impl Oracle {
    /// An oracle without events for these lines. Local days are those of `zone`.
    #[must_use]
    pub fn new(lines: Vec<OracleLine>, zone: TimeZone) -> Self {
        let answer_wait_bounds = naive_reading::answer_wait_bounds(lines.iter());
        let with_calendar = |(line, zone): (OracleLine, TimeZone)| {
            let calendar = LineCalendar::new(line.hours.clone(), &line.later_hours, zone);
            (line, calendar)
        };
        let lines = lines.into_iter().zip(repeat(zone)).map(with_calendar).collect();
        Self { lines, answer_wait_bounds, legs: BTreeMap::new() }
    }

    /// Applies an event. Order and duplicates do not matter; events of unknown lines are ignored.
    pub fn apply(&mut self, event: &SimEvent) {
        let leg = (event.line.clone(), event.contact.clone(), event.visit.clone());
        let leg = self.legs.entry(leg).or_default();
        if leg.facts.insert((event.at, event.fact)) {
            leg.timelines = OnceLock::new();
        }
    }

    /// Every figure at `now` except quantiles, by its series in the notation of the exposition.
    #[must_use]
    pub fn series(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.readings(now).flat_map(|line| line.figures()).collect()
    }

    /// The exact quantiles at `now`: the smallest sample with at least the share of the quantile at or below it. A
    /// window without samples has no quantiles.
    #[must_use]
    pub fn quantiles(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.readings(now).flat_map(|line| line.quantiles()).collect()
    }

    fn readings(&self, now: EventTime) -> impl Iterator<Item = NaiveReading<'_>> {
        self.lines.iter().map(move |(line, calendar)| {
            let (second, answer_wait_bounds) = (now.floor_second(), &self.answer_wait_bounds);
            let of_line = self.legs.iter().filter(|((id, _, _), _)| *id == line.id);
            let timelines = of_line.map(|(_, leg)| leg.timeline(line, calendar, second)).collect();
            NaiveReading { line, calendar, timelines, second, answer_wait_bounds }
        })
    }
}
