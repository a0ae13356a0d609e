//! Disclosure control: which figures of a public report are hidden.
//!
//! The contacts concern health and social care, and a small count can identify a person. The rule is the threshold
//! rule for frequency tables, with threshold 5, applied to every count that a figure discloses:
//!
//! 1. Primary suppression: a count of one to four people is hidden. That includes arrivals and every n, the numerator
//!    of a percentage and its complement (38 of 40 discloses 2), each recorded outcome, and promoters, passives and
//!    detractors. A 0 is shown.
//! 2. Secondary suppression: counts from which such a count could be computed are hidden. That includes totals of
//!    lines, groups and periods, parts that add up to a whole, figures with the same denominator, and a mean with its
//!    n. Among the possible sets of counts, one that costs few figures is chosen.
//! 3. All hidden cells look alike. They do not show whether the suppression is primary or secondary.
//!
//! Reports by line and by group are protected together and may be published side by side. Reports that divide the same
//! time differently are not: publish either months or quarters, and no two reports with overlapping times or different
//! selections of lines. Days and hours are never published.

mod elimination;
mod suppression;

use std::collections::BTreeMap;

use crate::balances::{Balances, ReportSpan};
use crate::figure::{Figure, FigureKind};
use crate::goal_comparison;
use crate::quantity::{Quantity, Rest, SPLITS};
use crate::report_data::{Breakdown, ReportRequest};
use crate::subject::Subject;
use suppression::{SumScope, SumSystem};

pub use suppression::FEWEST_SHOWN;

/// Which counts may be shown.
#[derive(Debug)]
pub(crate) enum Disclosure {
    /// All of them: the report is not public.
    All,
    /// Those that are not hidden.
    Safe {
        /// The position of each protected count in `hidden`. Other counts must not be shown.
        indices: BTreeMap<(Subject, ReportSpan, Quantity), usize>,
        hidden: Vec<bool>,
    },
}

impl Disclosure {
    /// The counts of a public report that may be shown.
    pub fn of_public(balances: &Balances<'_>, request: ReportRequest) -> Self {
        let by = request.by;
        let mut table = CountTable { balances, request, sums: SumSystem::default(), indices: BTreeMap::new() };
        let data = balances.data();
        let (mut subjects, spans) = match by {
            Breakdown::Line | Breakdown::Group => {
                ([Subject::lines(data), Subject::groups(data)].concat(), vec![ReportSpan::Whole])
            }
            Breakdown::Month => (Subject::lines(data), balances.spans().chain([ReportSpan::Whole]).collect()),
            Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => {
                (Vec::new(), balances.spans().chain([ReportSpan::Whole]).collect())
            }
        };
        subjects.extend(Subject::totals(data));
        subjects.extend(goal_comparison::subjects(data, by));
        subjects.sort();
        subjects.dedup();
        table.push(&subjects, &spans);
        table.connect();
        let hidden = table.sums.hidden();
        Self::Safe { indices: table.indices, hidden }
    }

    /// Whether a count may be shown.
    pub fn allows(&self, subject: &Subject, span: ReportSpan, quantity: Quantity) -> bool {
        match self {
            Self::All => true,
            Self::Safe { indices, hidden } => {
                indices.get(&(subject.clone(), span, quantity)).is_some_and(|index| !hidden[*index])
            }
        }
    }
}

/// Builds the system of sums from the counts of a report.
struct CountTable<'a> {
    balances: &'a Balances<'a>,
    request: ReportRequest,
    sums: SumSystem,
    indices: BTreeMap<(Subject, ReportSpan, Quantity), usize>,
}

impl CountTable<'_> {
    /// Adds the counts that these figures disclose, and those that could break down a score.
    fn push(&mut self, subjects: &[Subject], spans: &[ReportSpan]) {
        for subject in subjects {
            let mut figures = Figure::printed_of(subject, self.request);
            if goal_comparison::of(self.balances.data(), subject).is_none() {
                figures.retain(|figure| figure.kind() != FigureKind::VolumeGoal);
            }
            let losses =
                |quantity: Quantity| figures.iter().filter(|it| it.discloses().contains(&quantity)).count() as u64;
            let is_full = Figure::listed_of(subject, self.request.by) == Figure::MACHINE_READABLE;
            let is_judged = |quantity: &Quantity| {
                let is_part = is_full && !quantity.is_on_request();
                !quantity.is_time()
                    && (is_part || losses(*quantity) > 0 || Figure::NpsInterval.discloses().contains(quantity))
            };
            for (span, quantity) in
                spans.iter().flat_map(|span| Quantity::ALL.iter().copied().filter(is_judged).map(move |it| (*span, it)))
            {
                let amount = self.balances.amount(subject, span, quantity);
                let index = self.sums.push(amount, quantity.counts_people(), losses(quantity));
                self.indices.insert((subject.clone(), span, quantity), index);
            }
        }
    }

    /// Adds the equations: sums over lines, over periods, and over the parts of a row.
    fn connect(&mut self) {
        let keys: Vec<(Subject, ReportSpan, Quantity)> = self.indices.keys().cloned().collect();
        // A subject of which only the arrivals are printed is part of no other sum.
        let mut subjects: BTreeMap<Quantity, Vec<Subject>> = BTreeMap::new();
        for (subject, _, quantity) in &keys {
            let subjects = subjects.entry(*quantity).or_default();
            if subjects.last() != Some(subject) {
                subjects.push(subject.clone());
            }
        }
        for (subject, span, quantity) in &keys {
            let whole = self.indices[&(subject.clone(), *span, *quantity)];
            self.add_up_subjects(whole, (subject, *span, *quantity), &subjects[quantity]);
            if *span == ReportSpan::Whole {
                self.add_up(whole, self.balances.spans().map(|part| (subject.clone(), part, *quantity)));
            }
            for split in SPLITS.iter().filter(|split| split.whole == *quantity) {
                let mut parts: Vec<Option<usize>> = split
                    .parts
                    .iter()
                    .map(|part| self.indices.get(&(subject.clone(), *span, *part)).copied())
                    .collect();
                if split.rest == Rest::People {
                    let known: i64 = parts.iter().flatten().map(|part| self.sums.value(*part)).sum();
                    parts.push(Some(self.sums.push(self.sums.value(whole) - known, true, 0)));
                }
                if let Some(parts) = parts.into_iter().collect::<Option<Vec<usize>>>() {
                    self.sums.add_up(SumScope::Row, whole, parts);
                }
            }
        }
    }

    /// Adds the equation that a subject is the sum of its parts. Lines that are in no part are one more part, whose
    /// count is not printed but could be computed.
    fn add_up_subjects(&mut self, whole: usize, key: (&Subject, ReportSpan, Quantity), subjects: &[Subject]) {
        let (subject, span, quantity) = key;
        let data = self.balances.data();
        let parts = subject.parts(data, subjects);
        let mut lines = data.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line));
        let is_covered = lines.all(|(index, line)| parts.iter().any(|part| part.holds(index, line)));
        let indices = parts.iter().filter_map(|part| self.indices.get(&((*part).clone(), span, quantity)).copied());
        let mut parts: Vec<usize> = indices.collect();
        if parts.is_empty() {
            return;
        }
        if !is_covered {
            let known: i64 = parts.iter().map(|part| self.sums.value(*part)).sum();
            parts.push(self.sums.push(self.sums.value(whole) - known, quantity.counts_people(), 0));
        }
        self.sums.add_up(SumScope::Table, whole, parts);
    }

    fn add_up(&mut self, whole: usize, parts: impl Iterator<Item = (Subject, ReportSpan, Quantity)>) {
        let parts: Vec<usize> = parts.filter_map(|part| self.indices.get(&part).copied()).collect();
        if !parts.is_empty() {
            self.sums.add_up(SumScope::Table, whole, parts);
        }
    }
}
