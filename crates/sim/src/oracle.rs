//! The naive oracle: what every figure must be, found the slow and obvious way.
//!
//! It keeps all that was ever said, and answers a question about `now` by going through every leg from the beginning:
//! sort its facts, write down what they amount to, count what lies in the window. It shares nothing with the ledger
//! but the vocabulary, and nothing with the calendar at all: a mistake would have to be made twice, in two shapes.

mod leg_story;
mod series;

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::{Channel, EventTime, Fact, LineId};
use jiff::tz::TimeZone;

use self::leg_story::LegStory;
use crate::{LinePromise, SimEvent, WeeklyHours};

/// What the oracle has to know about a line.
#[derive(Clone, Debug)]
pub struct OracleLine {
    /// Its name in labels.
    pub id: LineId,
    /// How its customers reach it.
    pub channel: Channel,
    /// When it is open.
    pub hours: WeeklyHours,
    /// An abandon sooner than this is short. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is within the threshold. In ms.
    pub threshold_ms: u32,
    /// A leg without a decision is an orphan after this. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day it was asked for.
    pub give_up_working_days: u16,
    /// What it promises.
    pub promise: LinePromise,
}

/// Facts of a leg, sorted by instant and then in the vocabulary's order; saying a thing twice says it once.
type Facts = BTreeSet<(EventTime, Fact)>;

/// How the series of a line are found.
type OfLine = fn(&OracleLine, &[LegStory], &series::Moment) -> Vec<(String, f64)>;

/// A leg: line, contact and visit.
type Leg = (LineId, String, Option<String>);

/// All that was said, and what it amounts to. It has no `Debug`, for it holds contacts' ids.
#[derive(Clone)]
pub struct Oracle {
    lines: Vec<OracleLine>,
    zone: TimeZone,
    legs: BTreeMap<Leg, Facts>,
}

impl Oracle {
    /// An oracle that has heard nothing yet, for these lines, with local days in `zone`.
    #[must_use]
    pub fn new(lines: Vec<OracleLine>, zone: TimeZone) -> Self {
        Self { lines, zone, legs: BTreeMap::new() }
    }

    /// Hears a fact. Those of unknown lines are of no account.
    pub fn hear(&mut self, event: &SimEvent) {
        let leg = (event.line.clone(), event.contact.clone(), event.visit.clone());
        self.legs.entry(leg).or_default().insert((event.at, event.fact));
    }

    /// Every figure at `now` except quantiles, keyed by its series as the exposition writes it.
    #[must_use]
    pub fn series(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.collect(now, series::figures)
    }

    /// The quantiles at `now`, exact: the smallest sample with at least the quantile's share of samples at or below it.
    /// A window without samples has none.
    #[must_use]
    pub fn quantiles(&self, now: EventTime) -> BTreeMap<String, f64> {
        self.collect(now, series::quantiles)
    }

    fn collect(&self, now: EventTime, of_line: OfLine) -> BTreeMap<String, f64> {
        let moment = series::Moment::of(now, &self.zone);
        let mut all = BTreeMap::new();
        for line in &self.lines {
            let stories: Vec<LegStory> = self
                .legs
                .iter()
                .filter(|((id, _, _), _)| *id == line.id)
                .map(|(_, facts)| LegStory::tell(facts, line, &self.zone))
                .collect();
            all.extend(of_line(line, &stories, &moment));
        }
        all
    }
}
