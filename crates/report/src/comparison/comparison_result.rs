//! The result of a comparison over many instants: one row for each figure that differs at any of them.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::EventTime;

use super::differences::{ComparedValue, Differences, FigureKey, NotCompared};

/// How many differing instants are listed in all. Further ones are only counted, so memory does not grow with the run.
pub const MOST_INSTANTS_LISTED: usize = 100_000;

/// All differences, and how much was compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComparisonResult {
    /// Number of figures compared; a figure counts once for each instant.
    pub compared: u64,
    /// The instants on both sides.
    pub instants: InstantSummary,
    /// Lines and instants on the one side only.
    pub only_in_one: OnlyIn,
    /// Lines and instants on the other side only.
    pub only_in_other: OnlyIn,
    /// Windows, figures and lines outside the scope of a side.
    pub not_compared: NotCompared,
    /// Number of figures that differed at first and were equal when queried again.
    pub passing: u64,
    /// The figures that differ, by line, window, name and labels.
    pub rows: BTreeMap<FigureKey, DifferingFigure>,
    listed: usize,
}

/// Lines and instants on one side only. They are not compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnlyIn {
    /// Lines.
    pub lines: BTreeSet<String>,
    /// Instants.
    pub instants: InstantSummary,
}

/// A number of instants, and their range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstantSummary {
    /// How many.
    pub count: u64,
    /// The first and the last; `None` if there are none.
    pub span: Option<(EventTime, EventTime)>,
}

/// A figure that differs at some instant.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferingFigure {
    /// Number of instants at which it differs.
    pub count: u64,
    /// The first of them.
    pub first: Observation,
    /// The last of them.
    pub last: Observation,
    /// The instant with the largest difference; the first if several are equal.
    pub most: Observation,
    /// All of them, up to [`MOST_INSTANTS_LISTED`] in the whole result.
    pub at: Vec<Observation>,
    /// The contacts behind the difference at `first`, if they were traced.
    pub contacts: Option<TracedContacts>,
}

/// The values of both sides at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The instant.
    pub as_of: EventTime,
    /// The value of the one side.
    pub one: ComparedValue,
    /// The value of the other side.
    pub other: ComparedValue,
}

/// The contacts that contribute differently to a figure on the two sides. The ids are for the console only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracedContacts {
    /// The first of them.
    pub legs: Vec<ComparedLeg>,
    /// Number of further contacts.
    pub more: u64,
}

/// A leg and its contribution to a figure on each side.
#[derive(Clone, PartialEq)]
pub struct ComparedLeg {
    /// The id of its contact.
    pub contact: String,
    /// Its contribution on the one side: the figure if this leg were the only one. `None` if it contributes nothing.
    pub one: Option<f64>,
    /// Its contribution on the other side.
    pub other: Option<f64>,
    /// The entries behind the contribution on the one side, each with the position of its source.
    pub found_in_one: Vec<String>,
    /// The entries on the other side.
    pub found_in_other: Vec<String>,
}

impl std::fmt::Debug for ComparedLeg {
    /// Omits the id: it must not reach a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Leg").field("one", &self.one).field("other", &self.other).finish_non_exhaustive()
    }
}

impl ComparisonResult {
    /// The result for one instant, with the number of figures that differed only at first.
    #[must_use]
    pub fn of_one_instant(as_of: EventTime, differences: Differences, passing: u64) -> Self {
        let mut result = Self { passing, ..Self::default() };
        result.add(as_of, differences);
        result
    }

    /// Adds the differences at a later instant.
    pub fn add(&mut self, as_of: EventTime, differences: Differences) {
        self.compared += differences.compared;
        self.instants.add(as_of);
        self.only_in_one.lines.extend(differences.lines_of_one);
        self.only_in_other.lines.extend(differences.lines_of_other);
        self.not_compared.lines.extend(differences.not_compared.lines);
        self.not_compared.windows.extend(differences.not_compared.windows);
        self.not_compared.figures.extend(differences.not_compared.figures);
        for difference in differences.found {
            let seen = Observation { as_of, one: difference.one, other: difference.other };
            let figure = self.rows.entry(difference.key).or_insert_with(|| DifferingFigure::new(seen));
            figure.count += 1;
            figure.last = seen;
            if seen.distance() > figure.most.distance() {
                figure.most = seen;
            }
            if self.listed < MOST_INSTANTS_LISTED {
                self.listed += 1;
                figure.at.push(seen);
            }
        }
    }

    /// Whether both sides have the same lines, and all figures on both sides are equal. A line on one side only is a
    /// difference, unless the other side is of another shard; further instants, windows or figures on one side are not.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.rows.is_empty() && self.only_in_one.lines.is_empty() && self.only_in_other.lines.is_empty()
    }
}

impl InstantSummary {
    /// Counts a later instant.
    pub fn add(&mut self, at: EventTime) {
        self.count += 1;
        self.span = Some((self.span.map_or(at, |(first, _)| first), at));
    }
}

impl DifferingFigure {
    fn new(seen: Observation) -> Self {
        Self { count: 0, first: seen, last: seen, most: seen, at: Vec::new(), contacts: None }
    }
}

impl Observation {
    /// The other value less the one; `None` if a side has no number.
    #[must_use]
    pub fn by(&self) -> Option<f64> {
        // Figures have at most three decimals. Further decimals of a difference are rounding errors of `f64`.
        let (one, other) = self.one.number().zip(self.other.number())?;
        Some(((other - one) * 1000.0).round() / 1000.0)
    }

    /// The absolute difference; infinite if a side has no number.
    fn distance(&self) -> f64 {
        self.by().map_or(f64::INFINITY, f64::abs)
    }
}
