//! What is found over many instants: a row for each figure that ever differs.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::EventTime;

use super::differences::{ComparedValue, Differences, FigureKey, NotCompared};

/// How many differing instants are listed in all; the rest are counted. So memory does not grow with a run.
pub const MOST_INSTANTS_LISTED: usize = 100_000;

/// What was found, and how much was compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComparisonResult {
    /// Figures compared, each once at each instant.
    pub compared: u64,
    /// The instants that both sides have.
    pub instants: InstantSummary,
    /// What only one side has.
    pub only_in_one: OnlyIn,
    /// What only the other has.
    pub only_in_other: OnlyIn,
    /// What was not compared, since a side was narrowed to something else.
    pub narrowed: NotCompared,
    /// How many figures differed only until they were asked for again.
    pub passing: u64,
    /// The figures that differ, by line, window, name and labels.
    pub rows: BTreeMap<FigureKey, DifferingFigure>,
    listed: usize,
}

/// What only one side has; it is compared with nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OnlyIn {
    /// Lines.
    pub lines: BTreeSet<String>,
    /// Instants.
    pub instants: InstantSummary,
}

/// A number of instants, and where they lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstantSummary {
    /// How many.
    pub count: u64,
    /// The first and the last; `None` of none.
    pub span: Option<(EventTime, EventTime)>,
}

/// A figure that differs at some instant.
#[derive(Clone, Debug, PartialEq)]
pub struct DifferingFigure {
    /// At how many instants.
    pub count: u64,
    /// At which first.
    pub first: Observation,
    /// At which last.
    pub last: Observation,
    /// Where it differs most: the first such instant.
    pub most: Observation,
    /// All of them, as far as there is room for a list.
    pub at: Vec<Observation>,
    /// Through which contacts it differs at the first, where that was looked into.
    pub contacts: Option<TracedContacts>,
}

/// What both sides say at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// The instant.
    pub as_of: EventTime,
    /// What one side says.
    pub one: ComparedValue,
    /// What the other says.
    pub other: ComparedValue,
}

/// The contacts that add something else to a figure on one side than on the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracedContacts {
    /// The first of them.
    pub legs: Vec<ComparedLeg>,
    /// How many more there are.
    pub more: u64,
}

/// A contact on a line, and what it adds to a figure.
#[derive(Clone, PartialEq)]
pub struct ComparedLeg {
    /// Its id.
    pub contact: String,
    /// What it adds on one side: what the figure would be without anybody else. `None` if it has no part in it.
    pub one: Option<f64>,
    /// What it adds on the other.
    pub other: Option<f64>,
    /// The steps by which it does so on one side, each with where it was said.
    pub found_in_one: Vec<String>,
    /// ... and on the other.
    pub found_in_other: Vec<String>,
}

impl std::fmt::Debug for ComparedLeg {
    /// Without the id, so that it gets into no log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Leg").field("one", &self.one).field("other", &self.other).finish_non_exhaustive()
    }
}

impl ComparisonResult {
    /// What was found at one instant, and how many figures differed only until they were asked for again.
    #[must_use]
    pub fn of_one_instant(as_of: EventTime, differences: Differences, passing: u64) -> Self {
        let mut findings = Self { passing, ..Self::default() };
        findings.gather(as_of, differences);
        findings
    }

    /// Adds what was found at a later instant.
    pub fn gather(&mut self, as_of: EventTime, differences: Differences) {
        self.compared += differences.compared;
        self.instants.add(as_of);
        self.only_in_one.lines.extend(differences.lines_of_one);
        self.only_in_other.lines.extend(differences.lines_of_other);
        self.narrowed.windows.extend(differences.narrowed.windows);
        self.narrowed.figures.extend(differences.narrowed.figures);
        for difference in differences.found {
            let seen = Observation { as_of, one: difference.one, other: difference.other };
            let finding = self.rows.entry(difference.place).or_insert_with(|| DifferingFigure::new(seen));
            finding.count += 1;
            finding.last = seen;
            if seen.distance() > finding.most.distance() {
                finding.most = seen;
            }
            if self.listed < MOST_INSTANTS_LISTED {
                self.listed += 1;
                finding.at.push(seen);
            }
        }
    }

    /// Whether everything that both sides have is the same, and both have the same lines. That a run is of more
    /// instants, or was narrowed, is no difference; a line of which a side knows nothing is one.
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
    /// How much more the other says than the one; `None` where a side says nothing.
    #[must_use]
    pub fn by(&self) -> Option<f64> {
        // Figures are whole or thousandths; what is beyond that in a difference of two is the noise of the last bit.
        let (one, other) = self.one.number().zip(self.other.number())?;
        Some(((other - one) * 1000.0).round() / 1000.0)
    }

    /// How far apart the two are: nothing is as far as can be from anything.
    fn distance(&self) -> f64 {
        self.by().map_or(f64::INFINITY, f64::abs)
    }
}
