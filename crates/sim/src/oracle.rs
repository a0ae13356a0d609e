//! The naive oracle: what every figure must be, found the slow and obvious way.
//!
//! It keeps all that was ever said, and answers a question about `now` by going through every leg from the beginning:
//! sort its facts, write down what they amount to, count what lies in the window. It shares nothing with the ledger
//! but the vocabulary, and nothing with the calendar at all: a mistake would have to be made twice, in two shapes.

mod indicators;
mod naive_callback;
mod naive_decision;
mod naive_facts;
mod naive_posting;
mod naive_reading;
mod naive_timeline;
mod naive_verdict;
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

/// What was said of a leg, and the story of it once it has been asked for.
#[derive(Clone, Default)]
struct NaiveLeg {
    facts: NaiveFacts,
    told: OnceLock<Timelines>,
}

/// The story of a leg, which is the same whenever it is asked for; unless a request came just after the customer was
/// gone, for then there is another story up to the request.
#[derive(Clone)]
struct Timelines {
    story: NaiveTimeline,
    until_the_request: Option<NaiveTimeline>,
}

impl NaiveLeg {
    /// The story as a reader at `second` knows it.
    fn story(&self, line: &OracleLine, calendar: &LineCalendar, second: i64) -> &NaiveTimeline {
        let told = self.told.get_or_init(|| {
            let story = NaiveTimeline::tell(&self.facts, line, calendar, true);
            let until_the_request = story.not_before.map(|_| NaiveTimeline::tell(&self.facts, line, calendar, false));
            Timelines { story, until_the_request }
        });
        let early = told.until_the_request.as_ref().filter(|_| told.story.not_before.is_some_and(|from| second < from));
        early.unwrap_or(&told.story)
    }
}

/// All that was said, and what it amounts to. It has no `Debug`, for it holds contacts' ids.
#[derive(Clone)]
pub struct Oracle {
    lines: Vec<(OracleLine, LineCalendar)>,
    /// The bounds of the waits of the answered, in ms; all lines have the same.
    answer_wait_bounds: BTreeSet<u32>,
    legs: BTreeMap<NaiveLegKey, NaiveLeg>,
}

impl Oracle {
    /// An oracle that has heard nothing yet, for these lines, with local days in `zone`.
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

    /// Hears a fact. Those of unknown lines are of no account.
    pub fn apply(&mut self, event: &SimEvent) {
        let leg = (event.line.clone(), event.contact.clone(), event.visit.clone());
        let heard = self.legs.entry(leg).or_default();
        if heard.facts.insert((event.at, event.fact)) {
            heard.told = OnceLock::new();
        }
    }

    /// Every figure at `now` except quantiles, keyed by its series as the exposition writes it.
    #[must_use]
    pub fn series(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.readings(now).flat_map(|line| line.figures()).collect()
    }

    /// The quantiles at `now`, exact: the smallest sample with at least the quantile's share of samples at or below it.
    /// A window without samples has none.
    #[must_use]
    pub fn quantiles(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.readings(now).flat_map(|line| line.quantiles()).collect()
    }

    fn readings(&self, now: EventTime) -> impl Iterator<Item = NaiveReading<'_>> {
        self.lines.iter().map(move |(line, calendar)| {
            let (second, answer_wait_bounds) = (now.floor_second(), &self.answer_wait_bounds);
            let of_line = self.legs.iter().filter(|((id, _, _), _)| *id == line.id);
            let stories = of_line.map(|(_, heard)| heard.story(line, calendar, second)).collect();
            NaiveReading { line, calendar, stories, second, answer_wait_bounds }
        })
    }
}
